"""Who writes and reads which letter, for every role on every side; and that the transcript's time is kept (D43)."""

import pytest

from models.catalogue.loading import load_programme
from models.people.authorization import Actor, Parties
from models.people.letters import LETTER_RULES, LetterKind, issuer_of, may_read_letter, may_write_letter
from models.vocabulary import Anchor, Role, StepKind, Unit

PARTIES = Parties(sending="dartmouth", host="cqmu", student="p-1")
HOSTS = set(LetterKind) - {LetterKind.NOMINATION}
WRITES = {
    ("dartmouth", Role.COORDINATOR): {LetterKind.NOMINATION},
    ("dartmouth", Role.HEAD_OF_OFFICE): {LetterKind.NOMINATION},
    ("dartmouth", Role.PARTNER_OFFICE): {LetterKind.NOMINATION},
    ("cqmu", Role.COORDINATOR): HOSTS,
    ("cqmu", Role.HEAD_OF_OFFICE): HOSTS,
    ("cqmu", Role.HOUSING_OFFICER): {LetterKind.HOUSING},
}
READS = {
    Role.PROGRAMME_OFFICE: set(LetterKind),
    Role.COORDINATOR: set(LetterKind),
    Role.HEAD_OF_OFFICE: set(LetterKind),
    Role.STUDENT: set(LetterKind),
    Role.PARTNER_OFFICE: set(LetterKind) - {LetterKind.DATA_SHEET, LetterKind.INVITATION, LetterKind.HOUSING},
    Role.HOUSING_OFFICER: {LetterKind.HOUSING},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("institution", ["dartmouth", "cqmu", "elsewhere", ""])
def test_who_writes_which_letter(institution: str, role: Role) -> None:
    actor = Actor(id="p-1", role=role, institution=institution, unit="cqmu-lipid")
    everywhere = {Role.PROGRAMME_OFFICE: set(LetterKind), Role.CLOCK: {LetterKind.TRANSCRIPT}}
    expected = everywhere.get(role) or WRITES.get((institution, role), set())
    assert {kind for kind in LetterKind if may_write_letter(actor, kind, PARTIES)} == expected


@pytest.mark.parametrize("role", Role)
def test_who_reads_which_letter(role: Role) -> None:
    assert {kind for kind in LetterKind if may_read_letter(role, kind)} == READS.get(role, set())


def test_who_is_told_of_a_letter_may_read_it() -> None:
    for kind, rule in LETTER_RULES.items():
        assert all(may_read_letter(role, kind) for _, role in rule.told), kind
        assert issuer_of(kind, PARTIES) == ("dartmouth" if kind is LetterKind.NOMINATION else "cqmu")


def test_everything_a_transcript_waits_for_is_due_within_five_weeks_and_escalates() -> None:
    """The transcript is written with the last result: each of them is somebody's, with a ladder (D43)."""
    policy = load_programme().policy
    awaited = (StepKind.EVALUATE_STUDENT, StepKind.EVALUATE_PROGRAMME, StepKind.DEPART, StepKind.RECORD_ATTENDANCE)
    for kind in awaited:
        due = policy.step(kind).due
        assert due.anchor in (Anchor.END, Anchor.SUBJECT_END)
        assert due.unit is Unit.DAYS
        assert due.offset + 21 <= 35
        ladder = policy.ladder_of(kind)
        assert {rung.kind for rung in ladder.rungs} >= {"reminder", "escalation"}


def test_every_letter_has_a_rule() -> None:
    assert set(LETTER_RULES) == set(LetterKind)
