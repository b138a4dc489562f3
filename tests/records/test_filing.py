"""What the gateway writes before an act, on both databases: once, whatever is repeated or done at the same time."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from examples import papers
from models.errors import BadInput, Difference, Differs, KeyReused, Unknown
from models.identifiers import is_exchange_code
from models.tables import (
    DocumentRow,
    ExchangeCodeRow,
    ExchangeRow,
    FileRow,
    IdentityRow,
    NominationRow,
    NoteRow,
    PersonRow,
    identity_of_exchange,
)
from models.typed import clean_text, safe_filename
from models.vocabulary import DocumentStatus
from records.filing import Filing
from records.uploads import LARGEST_FILE
from tests.activities.students import NOW, Office, nomination, processes
from tests.databases import Database
from tests.programmes import small_programme
from tests.sealed import sealed_files

NOBODY = "EX-2027-DAR-999"


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path / "files", small_programme())


async def count(office: Office, table: type) -> int:
    [(found,)] = await office.rows(select(func.count()).select_from(table))
    return int(found)


async def test_a_nomination_gets_a_code_a_person_and_a_version(office: Office) -> None:
    first = await office.filing.register(nomination(1), NOW)
    second = await office.filing.register(nomination(2), NOW)
    assert (first.exchange_id, second.exchange_id) == ("EX-2027-DAR-001", "EX-2027-DAR-002")
    assert (first.new, first.nomination_version) == (True, 1)
    assert await office.filing.person_of("EX-2027-DAR-001") == first.person_id
    [(person,)] = await office.rows(select(PersonRow).where(PersonRow.id == first.person_id))
    assert (person.sending_id, person.student_number, person.family_name) == ("dartmouth", "F00001", "Rivera")
    assert "Rivera" not in first.person_id
    [(kept,)] = await office.rows(select(NominationRow).where(NominationRow.exchange_id == first.exchange_id))
    assert kept.form == nomination(1).model_dump(mode="json")


async def test_the_same_student_in_the_same_cohort_has_one_code(office: Office) -> None:
    first = await office.filing.register(nomination(1), NOW)
    again = await office.filing.register(nomination(1), NOW)
    typed_otherwise = await office.filing.register(nomination(1, student_number="f00001"), NOW)
    assert again == first.model_copy(update={"new": False})
    assert typed_otherwise.exchange_id == first.exchange_id
    assert await count(office, ExchangeCodeRow) == 1


async def test_another_cohort_is_another_exchange_of_the_same_person(office: Office) -> None:
    first = await office.filing.register(nomination(1), NOW)
    next_year = await office.filing.register(nomination(1, intake_year="2028"), NOW)
    assert (next_year.exchange_id, next_year.person_id) == ("EX-2028-DAR-001", first.person_id)


async def test_a_changed_nomination_of_a_running_exchange_is_not_taken_over(office: Office) -> None:
    running = await office.nominate(1)
    with pytest.raises(Differs) as told:
        await office.filing.register(nomination(1, email="other@example.edu"), NOW)
    assert (told.value.message, told.value.params["exchange"]) == ("nomination.differs", running.exchange_id)
    assert told.value.differences == (Difference("email", "student1@example.edu", "other@example.edu"),)
    assert "example.edu" not in str(told.value)
    assert list(await office.rows(select(PersonRow.email))) == [("student1@example.edu",)]
    assert await count(office, NominationRow) == 1


async def test_a_row_corrected_before_its_exchange_began_is_taken_over(office: Office) -> None:
    await office.filing.register(nomination(1), NOW)
    again = await office.filing.register(nomination(1, email="other@example.edu"), NOW)
    assert (again.new, again.nomination_version) == (False, 2)
    assert list(await office.rows(select(PersonRow.email))) == [("other@example.edu",)]


@pytest.mark.parametrize(
    ("days", "reason", "field"),
    [
        (-1, "", None),
        (0, "", "start"),
        (400, "", "end"),
        (0, "late", "late_reason"),
        (0, "The list came by post.", None),
        (400, "The list came by post.", None),
    ],
)
async def test_a_stay_that_has_begun_is_new_only_with_a_reason(
    office: Office, days: int, reason: str, field: str | None
) -> None:
    late = nomination(1, late_reason=reason)
    at = datetime.combine(late.start, time(12), UTC) + timedelta(days=days)
    if field is None:
        kept = await office.filing.register(late, at)
        [(form,)] = await office.rows(select(NominationRow.form).where(NominationRow.exchange_id == kept.exchange_id))
        assert form.get("late_reason", "") == reason
        return
    with pytest.raises(BadInput) as refused:
        await office.filing.register(late, at)
    assert refused.value.field == field
    assert await count(office, ExchangeCodeRow) == await count(office, PersonRow) == 0


async def test_a_known_student_is_found_whatever_day_it_is(office: Office) -> None:
    first = await office.filing.register(nomination(1), NOW)
    again = await office.filing.register(nomination(1), NOW + timedelta(days=1000))
    assert (again.exchange_id, again.new) == (first.exchange_id, False)


async def test_thirty_registrations_at_once_of_ten_students(office: Office) -> None:
    async with processes(office.database, 3) as sessions:
        filings = [Filing(own, office.files, office.programme) for own in sessions]
        found = await asyncio.gather(
            *(filings[n % 3].register(nomination(n // 3), NOW) for n in range(30)),
        )
    codes = {f"F{n // 3:05d}": r.exchange_id for n, r in enumerate(found)}
    assert sorted(codes.values()) == [f"EX-2027-DAR-{n:03d}" for n in range(1, 11)]
    assert all(len({r.exchange_id for r in found[n : n + 3]}) == 1 for n in range(0, 30, 3))
    assert sum(r.new for r in found) == 10
    assert (await count(office, PersonRow), await count(office, NominationRow)) == (10, 10)
    assert all(is_exchange_code(code) for code in codes.values())


async def test_an_unknown_university_is_refused(office: Office) -> None:
    foreign = nomination(1).model_copy(update={"sending": "nowhere"})
    with pytest.raises(BadInput, match=r"university.unknown"):
        await office.filing.register(foreign, NOW)


async def test_a_correction_is_a_new_version_and_earlier_ones_stay(office: Office) -> None:
    exchange = (await office.nominate(1)).exchange_id
    corrected = nomination(1, family_name="Riviera", end="2027-05-27", clinical_end="2027-05-27")
    assert await office.filing.revise(exchange, corrected, NOW) == 2
    assert await office.filing.revise(exchange, corrected, NOW) == 2
    assert await office.filing.revise(exchange, nomination(1), NOW) == 1
    versions = await office.rows(select(NominationRow.version, NominationRow.form).order_by(NominationRow.version))
    assert [(version, form["family_name"]) for version, form in versions] == [
        (1, "Rivera"),
        (2, "Riviera"),
    ]
    # Version 2 is kept, and not in force: only an event of the exchange changes who is nominated.
    [(name,)] = await office.rows(select(IdentityRow.family_name).join(ExchangeRow, identity_of_exchange()))
    assert name == "Rivera"
    assert list(await office.rows(select(PersonRow.family_name))) == [("Rivera",)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sending", "cqmu"),
        ("host", "dartmouth"),
        ("intake_year", 2028),
        ("student_number", "F99999"),
    ],
)
async def test_who_is_nominated_where_never_changes(office: Office, column: str, value: object) -> None:
    exchange = (await office.nominate(1)).exchange_id
    with pytest.raises(BadInput, match=rf"^nomination.field_fixed field={column}$"):
        await office.filing.revise(exchange, nomination(1).model_copy(update={column: value}), NOW)
    assert await count(office, NominationRow) == 1


async def test_corrections_at_once_are_numbered_one_by_one(office: Office) -> None:
    exchange = (await office.nominate(1)).exchange_id
    async with processes(office.database, 2) as sessions:
        filings = [Filing(own, office.files, office.programme) for own in sessions]
        versions = await asyncio.gather(
            *(filings[n % 2].revise(exchange, nomination(1, rank=str(n + 2)), NOW) for n in range(6))
        )
    assert sorted(versions) == [2, 3, 4, 5, 6, 7]


async def test_a_file_is_kept_with_what_it_is(office: Office) -> None:
    exchange = (await office.nominate(1)).exchange_id
    data = papers.passport_scan()
    document = await office.filing.file_document(exchange, "passport", "C:\\scans\\pass.pdf", data, "p-1", NOW)
    [(row, file)] = await office.rows(select(DocumentRow, FileRow).join(FileRow, FileRow.hash == DocumentRow.file_hash))
    assert (row.id, row.kind, row.filename, row.status) == (document, "passport", "pass.pdf", DocumentStatus.FILED)
    assert (file.size, file.media_type) == (len(data), "application/pdf")
    assert await office.files.read(file.hash) == data


async def test_the_same_file_of_the_same_kind_is_the_same_document(office: Office) -> None:
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    file = office.filing.file_document
    again = await asyncio.gather(*(file(ana, "cv", f"cv{n}.txt", b"my life", "p-1", NOW) for n in range(4)))
    others = [
        await file(ana, "cv", "cv.txt", b"my better life", "p-1", NOW),
        await file(ana, "transcript", "cv.txt", b"my life", "p-1", NOW),
        await file(eva, "cv", "cv.txt", b"my life", "p-2", NOW),
    ]
    assert len(set(again)) == 1
    assert len({*again, *others}) == 4
    assert (await count(office, DocumentRow), await count(office, FileRow)) == (4, 4)


async def test_documents_that_cannot_be_filed_leave_nothing(office: Office, tmp_path: Path) -> None:
    exchange = (await office.nominate(1)).exchange_id
    filing = Filing(office.sessions, sealed_files(office.sessions, tmp_path / "untouched"), office.programme)
    with pytest.raises(Unknown):
        await filing.file_document(NOBODY, "cv", "cv.pdf", b"data", "p-1", NOW)
    for kind in ("", "Passport", "../cv", "a b", "x" * 61):
        with pytest.raises(BadInput, match=r"^kind.unknown field=kind"):
            await filing.file_document(exchange, kind, "cv.pdf", b"data", "p-1", NOW)
    assert not (tmp_path / "untouched").exists()
    with pytest.raises(BadInput, match=r"upload.too_large"):
        await filing.file_document(exchange, "cv", "cv.pdf", bytes(LARGEST_FILE + 1), "p-1", NOW)
    assert await count(office, DocumentRow) == 0


async def test_a_note_is_kept_once_and_scoped_to_its_exchange(office: Office) -> None:
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    note = office.filing.note
    first = await note(ana, " The laboratory is \x00full.\r\n", "cqmu.coordinator", NOW, "note-d-1")
    assert await note(ana, "The laboratory is full.", "cqmu.coordinator", NOW, "note-d-1") == first
    assert await note(eva, "Welcome.", "cqmu.coordinator", NOW, "note-d-1") != first
    with pytest.raises(KeyReused):
        await note(ana, "The laboratory is empty.", "cqmu.coordinator", NOW, "note-d-1")
    with pytest.raises(KeyReused):
        await note(ana, "The laboratory is full.", "dartmouth.coordinator", NOW, "note-d-1")
    texts = await office.rows(select(NoteRow.text).where(NoteRow.id == first))
    assert list(texts) == [("The laboratory is full.",)]


async def test_long_ids_of_notes_still_fit_and_differ(office: Office) -> None:
    exchange = (await office.nominate(1)).exchange_id
    ids = [await office.filing.note(exchange, "Why.", "a", NOW, "n" * 118 + last) for last in "ab"]
    assert len(set(ids)) == 2
    assert max(map(len, ids)) <= 120


async def test_notes_that_cannot_be_kept_are_refused(office: Office) -> None:
    exchange = (await office.nominate(1)).exchange_id
    for text in ("", " \n\x07 ", "x" * 10_001):
        with pytest.raises(BadInput, match=r"^note.length field=note"):
            await office.filing.note(exchange, text, "a", NOW, "n-1")
    with pytest.raises(Unknown):
        await office.filing.note(NOBODY, "Why.", "a", NOW, "n-1")


async def test_an_unknown_exchange_is_unknown(office: Office) -> None:
    with pytest.raises(Unknown):
        await office.filing.person_of(NOBODY)
    with pytest.raises(Unknown):
        await office.filing.revise(NOBODY, nomination(1), NOW)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("passport.pdf", "passport.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\ana\\cv.docx", "cv.docx"),
        ("..", "document"),
        ("", "document"),
        ("a\r\nContent-Type: x.pdf", "aContent-Type_ x.pdf"),
        ("cv\u202efdp.exe", "cvfdp.exe"),
        ("护照 李娜.pdf", "护照 李娜.pdf"),
        ('what?<is>"this"|*.png', "what__is__this___.png"),
        (".htaccess", "htaccess"),
    ],
)
def test_filenames_are_only_names(typed: str, kept: str) -> None:
    assert safe_filename(typed) == kept


@given(st.text(max_size=400))
def test_any_filename_becomes_a_safe_one(typed: str) -> None:
    kept = safe_filename(typed)
    assert 0 < len(kept) <= 200
    assert not set(kept) & set("/\\\0\n\r")
    assert kept not in {".", ".."}
    assert safe_filename(kept) == kept


@given(st.text(max_size=100))
def test_text_is_kept_without_control_characters(typed: str) -> None:
    kept = clean_text(typed)
    assert "\0" not in kept
    assert clean_text(kept) == kept
