"""Whether papers go to a host abroad, by what was answered; and which notice is read between which countries."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.transfers import NoticeSection, TransferNotice, notice_faults, notice_for
from models.people.authorization import Actor, Parties
from models.people.consents import (
    ConsentAnswer,
    ConsentEntry,
    ConsentTo,
    answers_of,
    is_asked,
    is_refused,
    lacking,
    may_consent,
    may_record_consent,
    may_see_consents,
    went_to_host,
)
from models.vocabulary import Purpose, Role

T, S = ConsentTo
GIVEN, REFUSED, WITHDRAWN = ConsentAnswer
START = datetime(2027, 1, 4, 8, tzinfo=UTC)
PARTIES = Parties(sending="dartmouth", host="cqmu", student="p-1")


def ledger(*answers: tuple[int, ConsentTo, ConsentAnswer], notice: str = "n_1") -> tuple[ConsentEntry, ...]:
    """Answers by the day on which they were given."""
    about = {"notice": notice, "version": 1, "language": "en", "by": "p-1", "role": Role.STUDENT}
    return tuple(
        ConsentEntry.model_validate({"about": to, "answer": answer, "at": START + timedelta(days=day)} | about)
        for day, to, answer in answers
    )


def test_sensitive_papers_need_both_consents_and_others_one() -> None:
    nothing, first, both = ledger(), ledger((0, T, GIVEN)), ledger((0, T, GIVEN), (0, S, GIVEN))
    for purpose in Purpose:
        needs = (T, S) if purpose in (Purpose.IDENTITY, Purpose.CONDUCT, Purpose.HEALTH) else (T,)
        assert lacking(nothing, purpose) == needs
        assert lacking(first, purpose) == needs[1:]
        assert lacking(both, purpose) == ()
        assert not is_refused(nothing, purpose), "not asked is not refused"
    alone = ledger((0, S, GIVEN))
    assert lacking(alone, Purpose.HEALTH) == (T,)
    no = ledger((0, T, GIVEN), (0, S, REFUSED))
    assert is_refused(no, Purpose.IDENTITY)
    assert not is_refused(no, Purpose.STUDY)


@pytest.mark.parametrize(
    ("answers", "went"),
    [
        ((), [False, False, False]),
        (((1, T, GIVEN),), [True, True, True]),  # given afterwards, what waited goes
        (((1, T, GIVEN), (2, T, WITHDRAWN)), [True, True, True]),
        (((0, T, GIVEN), (1, T, WITHDRAWN)), [True, True, False]),
        (((0, T, GIVEN), (0, T, WITHDRAWN)), [True, False, False]),
        (((1, T, REFUSED),), [False, False, False]),
        (((1, T, GIVEN), (2, T, WITHDRAWN), (3, T, GIVEN)), [True, True, True]),
    ],
)
def test_what_went_to_the_host_stays_there_and_nothing_follows(
    answers: tuple[tuple[int, ConsentTo, ConsentAnswer], ...], went: list[bool]
) -> None:
    filed = (START, START + timedelta(days=1), START + timedelta(days=2))
    assert [went_to_host(ledger(*answers), Purpose.STUDY, at) for at in filed] == went


def test_a_no_takes_back_what_was_agreed_to_and_the_sensitive_one_with_it() -> None:
    both = ledger((0, T, GIVEN), (0, S, GIVEN))
    assert answers_of(both, {T: False}) == {WITHDRAWN: (T, S)}
    assert answers_of(both, {S: False}) == {WITHDRAWN: (S,)}
    assert answers_of((), {T: True, S: False}) == {GIVEN: (T,), REFUSED: (S,)}
    assert answers_of(both, {T: False, S: True}) == {WITHDRAWN: (T, S)}


def test_a_newer_notice_asks_again_who_agreed_and_nobody_else() -> None:
    assert is_asked((), "n_1")
    assert is_asked(ledger((0, T, GIVEN)), "n_1"), "a question is open"
    assert not is_asked(ledger((0, T, GIVEN), (0, S, REFUSED)), "n_1")
    assert is_asked(ledger((0, T, GIVEN), (0, S, REFUSED)), "n_2")
    assert not is_asked(ledger((0, T, REFUSED), (0, S, REFUSED)), "n_2"), "a no needs no repeating"
    assert lacking(ledger((0, T, GIVEN)), Purpose.STUDY) == (), "the earlier consent holds until then"


def test_who_answers_who_enters_and_who_reads() -> None:
    def actor(role: Role, institution: str, id: str = "x") -> Actor:
        return Actor(id=id, role=role, institution=institution)

    student = actor(Role.STUDENT, "dartmouth", "p-1")
    rights = {
        (student.role, "p-1"): (True, False, True),
        (Role.STUDENT, "p-2"): (False, False, False),
    }
    for (role, id), expected in rights.items():
        one = actor(role, "dartmouth", id)
        assert (
            may_consent(one, PARTIES),
            may_record_consent(one, PARTIES),
            may_see_consents(one, PARTIES),
        ) == expected
    for role, institution, records, sees in (
        (Role.COORDINATOR, "dartmouth", True, True),
        (Role.COORDINATOR, "cqmu", False, True),
        (Role.COORDINATOR, "sample", False, False),
        (Role.PROGRAMME_OFFICE, "cqmu", True, True),
        (Role.AUDITOR, "cqmu", False, True),
        (Role.OCCUPATIONAL_HEALTH, "cqmu", False, False),
        (Role.SUPERVISOR, "cqmu", False, False),
    ):
        one = actor(role, institution)
        assert not may_consent(one, PARTIES)
        assert (may_record_consent(one, PARTIES), may_see_consents(one, PARTIES)) == (records, sees), (
            role,
            institution,
        )


def test_the_notice_of_the_closest_countries_is_read_from_its_day_on() -> None:
    notices, on = load_programme().notices, date(2027, 1, 1)

    def found(sending: str, host: str, day: date = on) -> str | None:
        notice = notice_for(notices, sending, host, day)
        return notice.id if notice else None

    assert found("CN", "US") == "from_china_1"
    assert found("US", "CN") == "from_united_states_1"
    assert found("FI", "CN") == "from_europe_1"
    assert found("FI", "DE") == "anywhere_1"
    assert found("KR", "CN") == "anywhere_1"
    assert found("CN", "CN") is None, "nothing crosses a border"
    assert found("CN", "US", date(2026, 10, 31)) is None
    newer = notices[0].model_copy(update={"id": "from_china_2", "version": 2, "effective_from": date(2027, 1, 2)})
    both = (*notices, newer)
    assert [one.id for day in (1, 2) if (one := notice_for(both, "CN", "US", date(2027, 1, day)))] == [
        "from_china_1",
        "from_china_2",
    ]


def test_a_notice_that_cannot_be_read_is_a_fault_of_the_catalogue() -> None:
    section = NoticeSection(title="A", title_zh="甲", text="{home} and {somebody}", text_zh="乙")
    first = TransferNotice(
        id="a", version=1, sending=("XX",), effective_from=date(2027, 1, 1), source="s", sections=(section,)
    )
    faults = list(notice_faults({"a": first, "b": first.model_copy(update={"id": "b"})}))
    assert {(one.key, one.message) for one in faults} >= {
        ("a.sending", "catalogue.no_country"),
        ("a.sections[1].text", "catalogue.none_of"),
        ("b.version", "catalogue.repeated"),
        ("b.effective_from", "catalogue.repeated"),
    }
