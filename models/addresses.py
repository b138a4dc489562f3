"""One form of an e-mail address, in which it is kept, compared, sent to and signed in with.

The domain is in ASCII, as mail hosts ask for it: UTS 46 without the mappings of the transition, then IDNA 2008, which
pydantic has from `email-validator` and that from `idna` (Python's own codec is the standard of 2003). So ß stays a
letter of its own, and a browser's `xn--…` is the same address as the letters that somebody typed. What stands before
the @ keeps its case, as a host may look at it, and is compared without.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, validate_email
from pydantic_core import PydanticCustomError

from models.errors import BadInput
from models.invalid import Unfit
from models.typed import narrowed

NO_ADDRESS = "value.not_email"
LONGEST_LOCAL = 64


class NotAnAddress(Unfit):
    """The text is no e-mail address; it is not repeated here."""


class NotAsciiBeforeAt(NotAnAddress):
    """What stands before the @ has letters that most mail hosts take from nobody (they would need SMTPUTF8)."""


def canonical(text: str) -> str:
    """The one form of an address.

    Raises:
        NotAsciiBeforeAt: it is an address, but only few hosts could deliver to it.
        NotAnAddress: it is none.
    """
    local, _, domain = _stripped(text).rpartition("@")
    # One dot at the end is a name of the DNS written out in full; browsers and people copy it along.
    domain = domain.replace("\u3002", ".").replace("\uff61", ".").removesuffix(".")
    local, _, domain = _normalized(f"{local}@{domain}").rpartition("@")
    if len(local) > LONGEST_LOCAL:
        raise NotAnAddress(NO_ADDRESS)
    if not local.isascii():
        raise NotAsciiBeforeAt("value.email_letters")
    return f"{local}@{'.'.join(map(_ascii, domain.split('.')))}"


def entered(text: str) -> str:
    """The one form of an address that somebody enters for a person.

    Raises:
        BadInput: it is none, or mail hosts would not deliver to it.
    """
    try:
        return canonical(text)
    except NotAsciiBeforeAt:
        raise BadInput("email.not_ascii", "email") from None
    except NotAnAddress:
        raise BadInput("email.not_email", "email") from None


def mailbox(text: str) -> str:
    """What two spellings of one address have in common: ASCII, so that every database compares it the same way.

    Raises:
        NotAnAddress: it is none.
    """
    return canonical(text).lower()


def is_address(text: str) -> bool:
    """Whether a text is an address that mail can go to."""
    try:
        canonical(text)
    except NotAnAddress:
        return False
    return True


def reachable(text: str) -> bool:
    """Whether mail can go to what was typed."""
    try:
        return bool(canonical(text))
    except NotAnAddress:
        return False


def same_mailbox(one: str, other: str) -> bool:
    """Whether two texts name one mailbox; what is no address is the same as nothing."""
    try:
        return mailbox(one) == mailbox(other)
    except NotAnAddress:
        return False


def shown(address: str) -> str:
    """An address as people write it, the domain in its own script; what is no address stays as it is."""
    try:
        return _normalized(address)
    except NotAnAddress:
        return address


def _normalized(text: str) -> str:
    """The address with its domain in its own script, every label of it valid by IDNA 2008."""
    if "<" in text:
        raise NotAnAddress(NO_ADDRESS)
    try:
        return validate_email(text)[1]
    except PydanticCustomError:
        # Without the cause: its text may hold the address.
        raise NotAnAddress(NO_ADDRESS) from None


def _ascii(label: str) -> str:
    """A valid label as the DNS has it."""
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


def _stripped(text: str) -> str:
    """Without what is copied along at both ends: spaces, marks of direction, a byte order mark."""
    begin, end = 0, len(text)
    while begin < end and _invisible(text[begin]):
        begin += 1
    while end > begin and _invisible(text[end - 1]):
        end -= 1
    return narrowed(text[begin:end])


def _invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


Email = Annotated[str, AfterValidator(canonical), Field(json_schema_extra={"format": "email"})]
"""An address in its one form, however it was written."""
