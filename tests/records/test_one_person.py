"""One person, one exchange per host and intake; and an exchange keeps who was nominated, whatever is told later."""

from datetime import date
from pathlib import Path
from unicodedata import normalize

import pytest
from sqlalchemy import select

from gateway.nomination_files import check_sheet, read_nominations
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, Differs, NotAuthorised, NotOpen, Refused
from models.events import ExchangeOpened, StatusChanged
from models.people.authorization import Actor
from models.rules.again import UNANSWERED, Answers
from models.rules.nomination import Nomination
from models.tables import IdentityRow, NoteRow, PersonRow
from models.views import ExchangeFilter
from models.vocabulary import MobilityStatus, NominationStatus, Role
from records.corrections import Corrections
from records.queries import Reading
from records.registry import Registered
from records.stays import read_stay
from records.store.engine import transaction
from tests.activities.students import NOW, Office, nomination
from tests.databases import Database
from tests.records.fakes import NO_MAIL

CASES = Path(__file__).parents[1] / "cases"
SENDING = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path) -> Office:
    return Office(sqlite_database, tmp_path / "files", load_programme())


@pytest.fixture
def on_both(database: Database, tmp_path: Path) -> Office:
    """For what the databases might compare otherwise."""
    return Office(database, tmp_path / "files", load_programme())


def case(name: str) -> list[Nomination]:
    """The nominations of a case file."""
    checked = check_sheet(read_nominations(CASES / name), load_programme())
    assert not checked.refused
    return [one for _, one in checked.good]


async def begin(office: Office, told: Nomination, answers: Answers = UNANSWERED) -> Registered:
    """Register a nomination and open its exchange."""
    registered = await office.filing.register(told, NOW, answers, SENDING)
    plan = registered.nomination.to_plan(office.programme)
    opened = ExchangeOpened(at=NOW, student=registered.person_id, plan=plan, policy_version="test")
    await office.record(registered.exchange_id, opened)
    return registered


async def verify(office: Office, exchange: str) -> None:
    """The host verifies."""
    status = StatusChanged(at=NOW, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.VERIFIED)
    await office.record(exchange, status)


async def cells(office: Office, exchange: str) -> tuple[str, str]:
    """Name and address that a certificate and mails of an exchange have."""
    async with transaction(office.sessions) as session:
        person = (await read_stay(session, exchange, office.programme)).person
        return person.family_name, person.email


async def test_a_later_nomination_leaves_a_running_exchange_as_it_is(office: Office) -> None:
    (before,), (after,) = case("k01-a-2027.csv"), case("k01-b-2028.csv")
    first = await begin(office, before)
    with pytest.raises(Differs, match=r"nomination.person_differs") as told:
        await office.filing.register(after, NOW, Answers(), SENDING)
    assert [one.column for one in told.value.differences] == ["family_name", "email"]
    kept = await begin(office, after, Answers(person="keep"))
    assert await cells(office, kept.exchange_id) == ("Lee", "ana.lee@dartmouth.example.edu")
    assert await cells(office, first.exchange_id) == ("Lee", "ana.lee@dartmouth.example.edu")


async def test_what_is_told_anew_holds_for_its_own_exchange(on_both: Office) -> None:
    (before,), (after,) = case("k01-a-2027.csv"), case("k01-b-2028.csv")
    first = await begin(on_both, before)
    second = await on_both.filing.register(after, NOW, Answers(person="correct"), SENDING)
    # Registered and not begun: not even the address that the student signs in with has changed.
    assert list(await on_both.rows(select(PersonRow.email))) == [("ana.lee@dartmouth.example.edu",)]
    await begin(on_both, after, Answers(person="correct"))
    assert second.person_id == first.person_id
    assert await cells(on_both, first.exchange_id) == ("Lee", "ana.lee@dartmouth.example.edu")
    assert await cells(on_both, second.exchange_id) == ("Smith", "ana.new@dartmouth.example.edu")
    assert list(await on_both.rows(select(PersonRow.email))) == [("ana.new@dartmouth.example.edu",)]


@pytest.mark.parametrize(
    ("state", "message"), [("pending", "nomination.differs"), ("verified", "nomination.differs_verified")]
)
async def test_other_cells_of_a_known_number_are_told(office: Office, state: str, message: str) -> None:
    first = await begin(office, case("k04-a.csv")[0])
    if state == "verified":
        await verify(office, first.exchange_id)
    with pytest.raises(Differs) as told:
        await office.filing.register(case("k04-b-last-day-corrected.csv")[0], NOW, Answers(), SENDING)
    assert told.value.message == message
    assert [tuple(one) for one in told.value.differences] == [
        ("end", "2027-05-28", "2027-06-11"),
        ("clinical_end", "2027-05-28", "2027-06-11"),
    ]
    assert (await office.filing.register(case("k04-a.csv")[0], NOW, Answers(), SENDING)).new is False


ANOTHER = {"family_name": "Okafor", "given_name": "Chidi", "email": "c@example.edu", "birth_date": "1999-01-02"}


@pytest.mark.parametrize("intake", ["", "2028"], ids=["the same intake", "another intake"])
async def test_another_person_under_a_known_number_is_never_known_already(office: Office, intake: str) -> None:
    await office.nominate(1)
    for answers in (Answers(), Answers(known="correct", person="correct", same="yes", reason="No.")):
        with pytest.raises(BadInput, match=r"nomination.another_person field=student_number"):
            await office.filing.register(nomination(1, intake_year=intake, **ANOTHER), NOW, answers, SENDING)
    with pytest.raises(BadInput, match=r"nomination.another_person"):
        await office.filing.revise("EX-2027-DAR-001", nomination(1, **ANOTHER), NOW)


async def test_a_passports_number_that_one_side_does_not_tell_is_no_difference(office: Office) -> None:
    first = nomination(1, passport_number="E12345678")
    await begin(office, first)
    assert not (await office.filing.register(nomination(1), NOW, Answers(), SENDING)).new
    later = await office.filing.register(nomination(1, intake_year="2028"), NOW, Answers(), SENDING)
    assert later.nomination.passport_number == "E12345678"
    other = nomination(1, passport_number="X99999999")
    with pytest.raises(Differs) as asked:
        await office.filing.register(other, NOW, Answers(), SENDING)
    assert [tuple(one) for one in asked.value.differences] == [("passport_number", "E12345678", "X99999999")]


SPELLINGS: dict[str, dict[str, object]] = {
    "as it is": {},
    "capitals": {"family_name": "RIVERA", "given_name": "ANA LUCIA"},
    "swapped": {"family_name": "Ana Lucia", "given_name": "Rivera"},
    "joined": {"given_name": "Analucia"},
    "hyphen": {"given_name": "Ana-Lucia"},
    "accents": {"family_name": "Rivéra", "given_name": "Ana Lucía"},
    "without the middle name": {"given_name": "Ana"},
    "full width": {"family_name": "\uff32\uff49vera"},
    "zero width": {"family_name": "Riv\u200bera"},
    "the address alone": {"family_name": "Other", "birth_date": date(1999, 1, 2), "email": "S@X.EDU"},
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
async def test_the_same_person_under_another_number_is_asked(office: Office, spelling: dict[str, object]) -> None:
    first = await begin(office, nomination(1, email="s@x.edu"))
    again = nomination(2).model_copy(update={"birth_date": first.nomination.birth_date} | spelling)
    with pytest.raises(Conflict, match=r"nomination.same_person") as asked:
        await office.filing.register(again, NOW, Answers(), SENDING)
    assert asked.value.params["exchange"] == first.exchange_id
    same = await office.filing.register(again, NOW, Answers(same="yes"), SENDING)
    assert (same.exchange_id, same.new, same.nomination) == (first.exchange_id, False, first.nomination)
    with pytest.raises(BadInput, match=r"nomination.reason_missing field=reason"):
        await office.filing.register(again, NOW, Answers(same="no"), SENDING)
    another = await office.filing.register(again, NOW, Answers(same="no", reason="Cousins."), SENDING)
    assert (another.new, another.note_id) == (True, f"{another.exchange_id}.nominated")
    assert list(await office.rows(select(NoteRow.text, NoteRow.author_id))) == [("Cousins.", SENDING.id)]
    assert not (await office.filing.register(again, NOW, Answers(), SENDING)).new, "once answered, known by its number"


TWINS = ("Ana Maria", "Beatriz", "\u00c9milie")


async def test_twins_are_two(office: Office) -> None:
    born = nomination(1).birth_date
    for number, given in enumerate(TWINS, start=1):
        told = nomination(number).model_copy(update={"birth_date": born, "given_name": given})
        assert (await begin(office, told)).new


NUMBERS = ("f00001", " F00001 ", "F 00001", "\uff26\uff10\uff10\uff10\uff10\uff11", "F0\u200b0001", "F\u00a000001")


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_number_is_one_number_however_it_is_written(office: Office, number: str) -> None:
    first = await begin(office, nomination(1))
    again = nomination(1).model_copy(update={"student_number": number})
    assert (await office.filing.register(again, NOW, Answers(), SENDING)).exchange_id == first.exchange_id


@pytest.mark.parametrize("name", ["k13-umlaut.csv", "k13-accented-number.csv"])
async def test_numbers_with_accents_are_known_again_in_any_case(on_both: Office, name: str) -> None:
    first = [await begin(on_both, one) for one in case(name)]
    for change in (str, str.lower, str.upper, lambda text: normalize("NFD", text)):
        for one, known in zip(case(name), first, strict=True):
            again = one.model_copy(update={"student_number": change(one.student_number)})
            found = await on_both.filing.register(again, NOW, Answers(), SENDING)
            assert (found.exchange_id, found.new) == (known.exchange_id, False)
    reading = Reading(on_both.sessions, on_both.programme)
    number = case(name)[0].student_number
    for text in (number, number.lower(), number.upper(), "marlow IRIS", "iris marlow"):
        found_rows = await reading.exchanges(ExchangeFilter(search=text))
        assert [row.exchange_id for row in found_rows] == [first[0].exchange_id], text


SEARCHES = [
    ("\u0130pek", "ipek"),
    ("Gro\u00df", "GROSS"),
    ("M\u00fcller", "muller"),
    ("M\u00fcller", "M\u00dcLLER"),
    ("\u00d8stby", "\u00f8STBY"),
    ("Nguy\u1ec5n", "nguyen"),
]


@pytest.mark.parametrize(("name", "text"), SEARCHES)
async def test_a_search_finds_letters_in_any_case(on_both: Office, name: str, text: str) -> None:
    first = await begin(on_both, nomination(1).model_copy(update={"family_name": name}))
    reading = Reading(on_both.sessions, on_both.programme)
    assert [row.exchange_id for row in await reading.exchanges(ExchangeFilter(search=text))] == [first.exchange_id]


async def test_another_university_hears_only_that_the_host_must_clear_it_up(on_both: Office) -> None:
    first = await begin(on_both, case("k10-a.csv")[0])
    with pytest.raises(Conflict, match=r"nomination.same_person"):
        await on_both.filing.register(case("k10-b-other-number.csv")[0], NOW, Answers(), SENDING)
    (elsewhere,) = case("k10-b-other-university.csv")
    sample = Actor(id="sample.coordinator", role=Role.COORDINATOR, institution="sample")
    for answers in (Answers(), Answers(same="yes"), Answers(same="no", reason="Sure.")):
        with pytest.raises(Conflict, match=r"nomination.elsewhere") as told:
            await on_both.filing.register(elsewhere, NOW, answers, sample)
        assert str(told.value) == "nomination.elsewhere field=student_number host=cqmu"
        assert first.exchange_id not in repr(told.value.params)
    cleared = await on_both.filing.register(elsewhere, NOW, Answers(same="no", reason="Two people."), OFFICE)
    assert cleared.new


async def correct(office: Office, exchange: str, told: dict[str, str], by: Actor, reason: str = "Passport.") -> bool:
    """Correct personal data under one key."""
    corrections = Corrections(office.sessions, office.programme, NO_MAIL)
    return await corrections.correct_person(exchange, told, by, Answers(reason=reason), NOW, "key-1")


async def test_personal_data_of_a_verified_nomination_change_by_an_event_alone(office: Office) -> None:
    exchange = (await begin(office, nomination(1))).exchange_id
    with pytest.raises(NotOpen, match=r"nomination.not_verified"):
        await correct(office, exchange, {"family_name": "Riviera"}, HOST)
    await verify(office, exchange)
    reading = Reading(office.sessions, office.programme)
    before = await reading.exchange(exchange)
    for by in (SENDING, Actor(id="p", role=Role.STUDENT), Actor(id="x", role=Role.HOUSING_OFFICER, institution="cqmu")):
        with pytest.raises(NotAuthorised, match=r"not_allowed.correct_person"):
            await correct(office, exchange, {"family_name": "Riviera"}, by)
    assert not await correct(office, exchange, {"family_name": "Riviera", "email": "new@example.edu"}, HOST)
    assert await correct(office, exchange, {"family_name": "Riviera", "email": "new@example.edu"}, HOST)
    after = await reading.exchange(exchange)
    assert before is not None
    assert after is not None
    assert (before.student.name, after.student.name) == ("RIVERA Ana Lucia", "RIVIERA Ana Lucia")
    assert after.revision == before.revision + 1
    happened = after.timeline[-1]
    assert (happened.kind, happened.note, happened.actor_id) == ("person_corrected", "Passport.", HOST.id)
    assert "Riviera" not in happened.event.model_dump_json()
    versions = select(IdentityRow.version, IdentityRow.family_name).order_by(IdentityRow.version)
    assert list(await office.rows(versions)) == [(1, "Rivera"), (2, "Riviera")]
    assert await cells(office, exchange) == ("Riviera", "new@example.edu")


REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"student_number": "F2"}, "Passport.", "nomination.field_fixed field=student_number"),
    ({"start": "2027-03-02"}, "Passport.", "nomination.field_fixed field=start"),
    ({"family_name": "Rivera"}, "Passport.", "nomination.unchanged"),
    ({"family_name": "Riviera"}, "", "field.missing field=reason"),
    ({"birth_date": "yesterday"}, "Passport.", "cell.not_a_date field=birth_date"),
    (ANOTHER, "Passport.", "nomination.another_person"),
]


@pytest.mark.parametrize(("told", "reason", "message"), REFUSED, ids=[one[2] for one in REFUSED])
async def test_what_cannot_be_corrected_is_told(
    office: Office, told: dict[str, str], reason: str, message: str
) -> None:
    exchange = (await begin(office, nomination(1))).exchange_id
    await verify(office, exchange)
    with pytest.raises(Refused) as refused:
        await correct(office, exchange, told, HOST, reason)
    assert str(refused.value).startswith(message)
