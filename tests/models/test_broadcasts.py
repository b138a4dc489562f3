"""What a message to many may say, how it is filled in, and what is told of who got it."""

from datetime import date
from typing import Any

import pytest

from models.errors import BadInput
from models.messages.broadcasts import Audience, AudienceKind, BroadcastWording
from models.people.authorization import Actor, Parties
from models.people.broadcasts import may_read_broadcast, may_write_to, may_write_to_many
from models.rules.broadcasts import (
    BroadcastDelivery,
    delivery_of,
    filled,
    require_sound,
    seen,
    unknown_placeholders,
    why_of,
)
from models.vocabulary import Role

COHORT = Audience(kind=AudienceKind.COHORT, cohort="2027-incoming-dartmouth-cqmu")
HELLO = BroadcastWording(subject="Hello", text="Dear {name}")
OF_DARTMOUTH = Parties(sending="dartmouth", host="cqmu", student="p-1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dear {name}, from {start}.", "Dear {start}, from 1 March."),
        ("{unknown} stays, {} too", "{unknown} stays, {} too"),
        ("{{start}}", "{1 March}"),
        ("a { b", "a { b"),
        ("", ""),
    ],
)
def test_placeholders_are_filled_in_once(text: str, told: str) -> None:
    """A value that looks like a placeholder is no placeholder: what somebody is called fills in nothing."""
    assert filled(text, {"name": "{start}", "start": "1 March"}) == told


def test_what_cannot_be_filled_in_is_found() -> None:
    assert unknown_placeholders("{name} {nam}", "{nam} {0} {}") == ("nam", "0", "")
    assert unknown_placeholders("{exchange}{start}{end}{host}{sending}{office}") == ()


@pytest.mark.parametrize(
    ("audience", "wording", "field"),
    [
        ({"kind": "cohort"}, {}, "cohort"),
        ({"kind": "unit", "cohort": "x"}, {}, "unit"),
        ({"kind": "arriving", "first_day": date(2027, 3, 1)}, {}, "last_day"),
        ({"kind": "arriving", "first_day": date(2027, 3, 2), "last_day": date(2027, 3, 1)}, {}, "last_day"),
        ({"kind": "chosen"}, {}, "exchanges"),
        ({}, {"subject": " "}, "subject"),
        ({}, {"text": "\n"}, "text"),
        ({}, {"text": "Dear {first_name}"}, "text"),
        ({}, {"subject_zh": "你好"}, "text_zh"),
        ({}, {"text_zh": "你好"}, "subject_zh"),
        ({}, {"subject_zh": "你好", "text_zh": "{姓名}"}, "text_zh"),
    ],
)
def test_a_message_that_is_not_whole_is_refused(audience: Any, wording: Any, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        require_sound(
            Audience.model_validate(audience or COHORT.model_dump()), BroadcastWording(**(HELLO.model_dump() | wording))
        )
    assert refused.value.field == field


def test_a_whole_one_is_not() -> None:
    require_sound(COHORT, HELLO)
    day = date(2027, 3, 1)
    require_sound(Audience(kind=AudienceKind.ARRIVING, first_day=day, last_day=day), HELLO)


def test_what_was_seen_changes_with_students_and_words_alone() -> None:
    one = seen(["EX-2027-DAR-001", "EX-2027-DAR-002"], HELLO)
    assert one == seen(["EX-2027-DAR-002", "EX-2027-DAR-001"], HELLO)
    assert one != seen(["EX-2027-DAR-001"], HELLO)
    assert one != seen(["EX-2027-DAR-001", "EX-2027-DAR-002"], HELLO.model_copy(update={"text": "Dear {name}!"}))


@pytest.mark.parametrize(
    ("status", "error", "delivery", "why"),
    [
        ("queued", None, BroadcastDelivery.WAITING, ""),
        ("queued", "451 4.7.1", BroadcastDelivery.WAITING, ""),
        ("sent", None, BroadcastDelivery.SENT, ""),
        ("refused", "bounced 5.1.1", BroadcastDelivery.BOUNCED, "5.1.1"),
        ("refused", "550 5.7.1", BroadcastDelivery.REFUSED, "550 5.7.1"),
        ("withdrawn", None, BroadcastDelivery.WITHDRAWN, ""),
        (None, None, BroadcastDelivery.NO_ADDRESS, ""),
    ],
)
def test_who_got_it(status: str | None, error: str | None, delivery: BroadcastDelivery, why: str) -> None:
    assert delivery_of(status, error) is delivery
    assert why_of(delivery, error) == why


WRITES = {
    Role.COORDINATOR: {"dartmouth", "cqmu"},
    Role.HEAD_OF_OFFICE: {"dartmouth", "cqmu"},
    Role.PARTNER_OFFICE: {"dartmouth"},
    Role.PROGRAMME_OFFICE: {"dartmouth", "cqmu", "other"},
}
"""At which university somebody of a role writes to a student from Dartmouth at CQMU."""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("place", ["dartmouth", "cqmu", "other"])
def test_who_writes_to_whom(role: Role, place: str) -> None:
    actor = Actor(id="x", role=role, institution=place, unit="cqmu-lipid")
    assert may_write_to(actor, OF_DARTMOUTH) is (place in WRITES.get(role, ()))
    assert may_write_to_many(actor) is (role in WRITES)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("writer", sorted(WRITES))
def test_who_reads_what_was_written(role: Role, writer: Role) -> None:
    here = may_read_broadcast(Actor(id="x", role=role, institution="cqmu"), "cqmu", writer)
    elsewhere = may_read_broadcast(Actor(id="x", role=role, institution="other"), "cqmu", writer)
    whole = role in {Role.PROGRAMME_OFFICE, Role.OPERATOR, Role.AUDITOR}
    leads = role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE} and writer is not Role.PROGRAMME_OFFICE
    assert here is (whole or leads or (role is writer is Role.PARTNER_OFFICE))
    assert elsewhere is whole
