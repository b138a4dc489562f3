"""One form of an address: every spelling of one mailbox is one, and no two mailboxes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from models.addresses import Email, NotAnAddress, NotAsciiBeforeAt, canonical, mailbox, same_mailbox, shown

SPELLINGS = {
    "x@xn--fa-hia.example": ["x@faß.example", "x@FAẞ.example", "x@XN--FA-HIA.Example", " x@faß.example.\u200b"],
    "u@xn--mnchen-3ya.example": [
        "u@münchen.example",
        "u@MÜNCHEN.example",
        "u@mu\u0308nchen.example",
        "u@xn--mnchen-3ya.example.",
        "ｕ＠ｍünchen．example",
    ],
    "ana@xn--zwt745i.example": ["ana@重庆.example", "ana@重庆。example", "ana＠重庆｡example", "\ufeffana@重庆.example"],
    "ana@xn--4xa.example": ["ana@σ.example", "ana@Σ.example"],
    "ana@xn--3xa.example": ["ana@ς.example", "ana@XN--3XA.example"],
    "Ana.Rivera+x@example.edu": ["Ana.Rivera+x@EXAMPLE.edu", "\u202aAna.Rivera+x@example.edu\u202c"],
    "ana@sub.xn--bcher-kva.example": ["ana@sub.bücher.example", "ana@ＳＵＢ.bücher.example"],
}


@pytest.mark.parametrize(("form", "text"), [(form, text) for form, texts in SPELLINGS.items() for text in texts])
def test_every_spelling_has_one_form(form: str, text: str) -> None:
    assert canonical(text) == form
    assert canonical(form) == form
    assert same_mailbox(text, form.upper().lower())
    assert TypeAdapter(Email).validate_python(text) == form
    assert canonical(shown(form)) == form


def test_no_two_mailboxes_are_one() -> None:
    """The pairs that IDNA 2003 and a folding of case take for each other."""
    for one, other in (
        ("x@faß.example", "x@fass.example"),
        ("a@ς.example", "a@σ.example"),
        ("a@bücher.example", "a@bucher.example"),
        ("a@ıstanbul.example", "a@istanbul.example"),
    ):
        assert not same_mailbox(one, other)


def test_case_before_the_at_is_kept_and_not_compared() -> None:
    assert canonical("Ana.Rivera@Example.edu") == "Ana.Rivera@example.edu"
    assert mailbox("Ana.Rivera@Example.edu") == mailbox("ANA.RIVERA@example.edu") == "ana.rivera@example.edu"


def test_an_address_is_shown_as_people_write_it() -> None:
    assert shown("u@xn--mnchen-3ya.example") == "u@münchen.example"
    assert shown("Ana@example.edu") == "Ana@example.edu"
    assert shown("nonsense") == "nonsense"


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "ana", "ana@", "@example.edu", "ana@localhost", "ana@example..edu", "ana@.example.edu",
        "ana@example.edu..", "a b@example.edu", "ana.@example.edu", "a..b@example.edu", '"a b"@example.edu',
        "ana@[192.0.2.1]", "Ana <ana@example.edu>", "ana@ex_ample.edu", "ana@xn--a.example", "ana@-a.example",
        "ana@\u200bexample\u200b.edu\nBcc: x@y.example", "a" * 65 + "@example.edu", "ana@" + "a" * 64 + ".edu",
        "ana@b@example.edu", "ana@i\u2764.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(NotAnAddress) as refused:
        canonical(text)
    assert not isinstance(refused.value, NotAsciiBeforeAt)
    assert text == "" or text not in str(refused.value)
    assert not same_mailbox(text, text)


@pytest.mark.parametrize("text", ["mateo.ramírez@example.edu", "李娜@重庆.example", "ß@example.edu", "аna@example.edu"])
def test_letters_before_the_at_that_few_hosts_take_are_told_apart(text: str) -> None:
    with pytest.raises(NotAsciiBeforeAt):
        canonical(text)


@given(st.text(max_size=40), st.text(alphabet="aßςümAＡ。.-xn\u0308\u200d", max_size=20))
def test_the_form_of_a_form_is_itself(local: str, domain: str) -> None:
    for text in (f"{local}@{domain}.example", f"a@{domain}.example"):
        try:
            form = canonical(text)
        except NotAnAddress:
            continue
        assert form.isascii()
        assert canonical(form) == form
        assert canonical(form.rpartition("@")[0] + "@" + form.rpartition("@")[2].upper()) == form
