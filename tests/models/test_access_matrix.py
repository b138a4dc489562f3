"""Role by kind of document by whose exchange by operation: what is not written here is refused."""

import itertools

import pytest

from models.catalogue.loading import load_programme
from models.people.authorization import Actor, Parties, may_see
from models.people.erasing import may_erase
from models.people.facts import may_read_facts, may_state_facts
from models.people.papers import may_open
from models.vocabulary import Purpose, Role

PARTIES = Parties(sending="dartmouth", host="cqmu", student="ana")
PLACES = {"own": ("ana", "dartmouth"), "sending": ("x", "dartmouth"), "host": ("x", "cqmu"), "other": ("x", "sample")}
"""Who asks, by what the exchange is to them: id and institution."""
UNIT = "cqmu.unit"
OPERATIONS = ("know", "open", "state", "read", "erase")

ALL = frozenset(Purpose)
OFFICES = ALL - {Purpose.HEALTH}
HEALTH = frozenset({Purpose.HEALTH, Purpose.INSURANCE, Purpose.TRAINING})
NOTHING = frozenset[Purpose]()
MAY: dict[tuple[Role, str], frozenset[Purpose]] = {
    (Role.STUDENT, "own"): ALL,
    (Role.COORDINATOR, "own"): OFFICES,
    (Role.COORDINATOR, "sending"): OFFICES,
    (Role.COORDINATOR, "host"): OFFICES,
    (Role.HEAD_OF_OFFICE, "own"): OFFICES,
    (Role.HEAD_OF_OFFICE, "sending"): OFFICES,
    (Role.HEAD_OF_OFFICE, "host"): OFFICES,
    (Role.PARTNER_OFFICE, "own"): NOTHING,
    (Role.PARTNER_OFFICE, "sending"): NOTHING,
    (Role.HOUSING_OFFICER, "host"): NOTHING,
    (Role.OCCUPATIONAL_HEALTH, "host"): HEALTH,
    (Role.SUPERVISOR, "host"): frozenset({Purpose.APPLICATION}),
    **{(Role.PROGRAMME_OFFICE, place): OFFICES for place in PLACES},
    **{(role, place): NOTHING for role in (Role.AUDITOR, Role.OPERATOR, Role.CLOCK) for place in PLACES},
}
"""Who knows of the exchange, and for which purposes they open documents, and state and read facts (D44, D46)."""


def may(operation: str, role: Role, place: str, purpose: Purpose) -> bool:
    """What the functions say that every page, call and command asks."""
    person, institution = PLACES[place]
    actor = Actor(id=person, role=role, institution=institution, unit=UNIT)
    if not may_see(actor, PARTIES, {UNIT}):
        return False
    match operation:
        case "know":
            return True
        case "open":
            return may_open(role, purpose)
        case "state":
            return may_state_facts(actor, purpose, PARTIES)
        case "read":
            return may_read_facts(actor, purpose, PARTIES)
        case _:
            return may_erase(actor)


def expected(operation: str, role: Role, place: str, purpose: Purpose) -> bool:
    if (role, place) not in MAY:
        return False
    if operation == "know":
        return True
    if operation == "erase":
        return role is Role.PROGRAMME_OFFICE
    return purpose in MAY[role, place]


@pytest.mark.parametrize("role", Role)
def test_nobody_does_more_than_is_written_here(role: Role) -> None:
    policy = load_programme().policy
    kinds = {document.kind: policy.purpose(document.kind) for document in policy.documents}
    assert set(kinds.values()) == ALL
    asked = list(itertools.product(OPERATIONS, PLACES, kinds))
    wrong = [
        (operation, place, kind)
        for operation, place, kind in asked
        if may(operation, role, place, kinds[kind]) != expected(operation, role, place, kinds[kind])
    ]
    assert wrong == []


def test_a_kind_that_nobody_described_is_opened_by_as_few_as_may_be() -> None:
    assert load_programme().policy.purpose("something_new") is Purpose.HEALTH
