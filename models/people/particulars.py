"""Where a student lives and whom to call: forms that people fill in, each kept in versions. Personal data throughout.

Whether somebody may know of the exchange at all is asked first, in `models.people.authorization` (D44).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from models.errors import BadInput
from models.people.authorization import Actor, Parties
from models.people.housing import may_house, may_record_housing, may_see_housing
from models.people.roles import COORDINATING
from models.vocabulary import Role
from models.wire import Form

CURRENCY = r"^([A-Z]{3})?$"
PHONE = r"^\+?[0-9][0-9 ()/-]{4,30}$"


class ParticularKind(StrEnum):
    """What is kept of daily life."""

    RESIDENCE = "residence"
    HANDOVER = "handover"
    INSPECTION = "inspection"
    EMERGENCY_CARD = "emergency_card"


SETTLING = frozenset({ParticularKind.HANDOVER, ParticularKind.INSPECTION})
"""Forms that say what is open of keys and deposit (D34)."""


class Support(StrEnum):
    """What a host gives to housing that is not its own (seed E)."""

    NONE = "none"
    FREE = "free"
    SUPPORTED = "supported"


class CardReader(StrEnum):
    """Who may be shown an emergency card, by the student's own word."""

    HOST = "host"
    """Coordination and housing office of the host, and the programme office."""
    SENDING = "sending"
    """Coordination and partner office of the sending university."""
    UNIT = "unit"
    """The supervisor in whose unit the student works."""


class Residence(Form):
    """Housing outside the beds of the host."""

    address: str = Field(min_length=1, max_length=300)
    """In Latin letters."""
    address_local: str = Field(default="", max_length=300)
    """In the script of the place, as police and drivers read it."""
    landlord: str = Field(default="", max_length=200)
    landlord_phone: str = Field(default="", max_length=40)
    first_night: date
    last_night: date
    rent: Decimal | None = Field(default=None, ge=0, le=1_000_000, decimal_places=2)
    """A month, in `currency`."""
    currency: str = Field(default="", pattern=CURRENCY)
    support: Support = Support.NONE
    support_amount: Decimal | None = Field(default=None, ge=0, le=1_000_000, decimal_places=2)
    """A month, in `currency`."""
    granted_by: str = Field(default="", max_length=200)


class Handover(Form):
    """What is handed to the student at the check-in: the room as it is, keys, a deposit (D34)."""

    on: date
    condition: str = Field(min_length=1, max_length=2000)
    by: str = Field(min_length=1, max_length=200)
    keys: int = Field(default=0, ge=0, le=50)
    """Given."""
    deposit: Decimal = Field(default=Decimal(0), ge=0, le=1_000_000, decimal_places=2)
    """Paid, in `currency`; 0 where none was asked."""
    currency: str = Field(default="", pattern=CURRENCY)


class Inspection(Form):
    """The room as it was left, what came back, and what became of the deposit (D34)."""

    on: date
    condition: str = Field(min_length=1, max_length=2000)
    by: str = Field(min_length=1, max_length=200)
    keys: int = Field(default=0, ge=0, le=50)
    """Returned."""
    returned: Decimal = Field(default=Decimal(0), ge=0, le=1_000_000, decimal_places=2)
    """Of the deposit, in its currency."""
    withheld: Decimal = Field(default=Decimal(0), ge=0, le=1_000_000, decimal_places=2)
    reason: str = Field(default="", max_length=2000)
    """Why something was withheld."""


class EmergencyCard(Form):
    """Whom to call about a student, and how the student is reached and insured."""

    phone: str = Field(pattern=PHONE)
    phone_home: str = Field(default="", max_length=40)
    address: str = Field(min_length=1, max_length=300)
    """During the stay, in Latin letters."""
    address_local: str = Field(default="", max_length=300)
    contact: str = Field(min_length=1, max_length=200)
    relation: str = Field(min_length=1, max_length=80)
    contact_phone: str = Field(pattern=PHONE)
    insurer: str = Field(min_length=1, max_length=200)
    hotline: str = Field(pattern=PHONE)
    policy_number: str = Field(min_length=1, max_length=80)
    shown_to: frozenset[CardReader] = frozenset()


FORMS: Mapping[ParticularKind, type[Form]] = {
    ParticularKind.RESIDENCE: Residence,
    ParticularKind.HANDOVER: Handover,
    ParticularKind.INSPECTION: Inspection,
    ParticularKind.EMERGENCY_CARD: EmergencyCard,
}


def require_whole(form: Form) -> None:
    """That the parts of a form go together.

    Raises:
        BadInput: with the field that is wrong or missing.
    """
    match form:
        case Residence():
            if form.last_night < form.first_night:
                raise BadInput("nights.reversed", "last_night")
            if (form.rent is not None or form.support_amount is not None) and not form.currency:
                raise BadInput("field.missing", "currency")
            if form.support is not Support.NONE and not form.granted_by:
                raise BadInput("field.missing", "granted_by")
        case Handover():
            if form.deposit and not form.currency:
                raise BadInput("field.missing", "currency")
        case Inspection():
            if form.withheld and not form.reason:
                raise BadInput("field.missing", "reason")
        case EmergencyCard():
            if CardReader.HOST not in form.shown_to:
                raise BadInput("card.consent", "shown_to")


def may_keep(actor: Actor, kind: ParticularKind, parties: Parties) -> bool:
    """Whether this person fills in a form of this kind: of an emergency card, the student alone."""
    match kind:
        case ParticularKind.RESIDENCE:
            return actor.role is not Role.CLOCK and may_record_housing(actor, parties)
        case ParticularKind.EMERGENCY_CARD:
            return actor.role is Role.STUDENT and actor.id == parties.student
        case _:
            return may_house(actor, parties)


def may_read(actor: Actor, kind: ParticularKind, parties: Parties) -> bool:
    """Whether this person reads forms of this kind; of an emergency card, the student's consent decides besides."""
    return kind is not ParticularKind.EMERGENCY_CARD and may_see_housing(actor, parties)


def may_be_shown(actor: Actor, card: EmergencyCard, parties: Parties) -> bool:
    """Whether this person is shown a card, by what its student agreed to."""
    if actor.role is Role.STUDENT:
        return actor.id == parties.student
    if actor.role is Role.PROGRAMME_OFFICE:
        return CardReader.HOST in card.shown_to
    if actor.role is Role.SUPERVISOR:
        return CardReader.UNIT in card.shown_to and actor.institution == parties.host
    if actor.institution == parties.host and actor.role in COORDINATING | {Role.HOUSING_OFFICER}:
        return CardReader.HOST in card.shown_to
    if actor.institution == parties.sending and actor.role in COORDINATING | {Role.PARTNER_OFFICE}:
        return CardReader.SENDING in card.shown_to
    return False


def may_see_directory(role: Role) -> bool:
    """Whether somebody of this role lists who is here and how they are reached."""
    return role in COORDINATING | {Role.HOUSING_OFFICER}


def left_open(handover: Handover | None, inspection: Inspection | None) -> tuple[str, ...]:
    """What is not settled between student and host, `keys` that are out, a `deposit` without an end."""
    if handover is None:
        return ()
    keys = handover.keys - (inspection.keys if inspection else 0)
    deposit = handover.deposit - (inspection.returned + inspection.withheld if inspection else 0)
    open_now = (("keys", keys > 0), ("deposit", deposit > 0))
    return tuple(point for point, so in open_now if so)
