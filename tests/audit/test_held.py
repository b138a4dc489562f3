"""Holdings against exchanges, and files against rows."""

import os
import time
from pathlib import Path

import pytest

from models.events import SeatAnswered, SeatTaken
from models.messages.audit import AuditFinding, FindingKind
from models.tables import FileRow
from records.audit.files import StoredFiles
from records.audit.holdings import Holdings
from records.sealed_files import FileOwner
from records.store.engine import Sessions, transaction
from tests.audit.conftest import ByHand
from tests.databases import Database
from tests.records.fakes import furnish, tell
from tests.records.story import ANN, BO, CYD, NOON, bed, cohort_opened, opened, place
from tests.records.story import COHORT as COHORT_ID
from tests.sealed import kept_in_clear, sealed_files

Said = set[tuple[FindingKind, str, object]]


async def nothing() -> None:
    """No break: nobody else works here."""


def said(findings: list[AuditFinding]) -> Said:
    return {(one.kind, one.stream, one.params.get("table")) for one in findings}


async def settled(sessions: Sessions) -> None:
    """Two students with seat, bed and place."""
    await furnish(sessions)
    await tell(sessions, COHORT_ID, "cohort", cohort_opened())
    for number, exchange in enumerate((ANN, BO), start=1):
        await tell(sessions, exchange, f"{exchange}:0", opened(f"p-{number}"))
        await tell(sessions, COHORT_ID, f"seat:{number}", SeatTaken(at=NOON, exchange_id=exchange, seat=number))
        granted = SeatAnswered(at=NOON, answer="granted", seat=number)
        await tell(sessions, exchange, f"{exchange}:1", granted, bed(number), place(exchange))


CHANGED: dict[str, tuple[str, Said]] = {
    "nothing": ("UPDATE exchanges SET revision = revision", set()),
    "bed of nobody": (
        f"UPDATE bed_nights SET exchange_id = '{CYD}' WHERE exchange_id = '{BO}'",
        {(FindingKind.HOLDING_OF_UNKNOWN, CYD, "bed_nights")},
    ),
    "place of nobody": (
        f"UPDATE place_days SET exchange_id = '{CYD}' WHERE exchange_id = '{BO}'",
        {(FindingKind.HOLDING_OF_UNKNOWN, CYD, "place_days")},
    ),
    "seat of nobody": (
        f"UPDATE seats SET exchange_id = '{CYD}' WHERE number = 2",
        {(FindingKind.HOLDING_OF_UNKNOWN, CYD, "seats"), (FindingKind.SEAT_DIFFERS, BO, "seats")},
    ),
    "over": (
        f"UPDATE exchanges SET closed_at = '2027-02-01 00:00:00+00:00', seat = NULL WHERE id = '{ANN}'",
        {(FindingKind.HOLDING_OF_CLOSED, ANN, table) for table in ("bed_nights", "place_days", "seats")},
    ),
    "another seat": (
        f"UPDATE exchanges SET seat = 3 WHERE id = '{ANN}'",
        {(FindingKind.SEAT_DIFFERS, ANN, "seats")},
    ),
    "one seat for two": (
        f"UPDATE exchanges SET seat = 2 WHERE id = '{ANN}'",
        {(FindingKind.SEAT_DIFFERS, ANN, "seats"), (FindingKind.HELD_TWICE, COHORT_ID, "seats")},
    ),
}


@pytest.mark.parametrize("what", CHANGED)
async def test_holdings_that_nobody_should_have_are_named(
    database: Database, looking: Sessions, by_hand: ByHand, what: str
) -> None:
    await settled(database.sessions)
    statement, expected = CHANGED[what]
    await by_hand(statement)
    assert said(await Holdings(looking, (0.0,)).find(nothing)) == expected


async def test_two_holders_of_a_night_are_named_where_no_constraint_stood_against_it(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """A table that was copied back without its keys."""
    await settled(sqlite_database.sessions)
    async with transaction(sqlite_database.sessions) as session:
        connection = await session.connection()
        for statement in (
            "ALTER TABLE bed_nights RENAME TO nights",
            "CREATE TABLE bed_nights AS SELECT * FROM nights",
            f"INSERT INTO bed_nights SELECT bed_id, night, '{ANN}' FROM bed_nights WHERE exchange_id = '{BO}' LIMIT 1",
        ):
            await connection.exec_driver_sql(statement)
    found = said(await Holdings(sqlite_database.sessions, ()).find(nothing))
    assert found == {(FindingKind.HELD_TWICE, "cqmu.bed.2", "bed_nights")}


async def test_files_that_are_lost_damaged_or_of_nobody_are_named(
    database: Database, looking: Sessions, tmp_path: Path
) -> None:
    store = sealed_files(database.sessions, tmp_path / "files")
    texts = (b"good", b"lost", b"damaged", b"left", b"new", b"erased")
    whose = [FileOwner(person_id=str(text), purpose="identity", bound_to="d") for text in texts]
    stored = [await store.put(text, owner, NOON) for text, owner in zip(texts, whose, strict=True)]
    good, lost, damaged, left, new, erased = stored
    clear = kept_in_clear(tmp_path / "files", b"of before")
    async with transaction(database.sessions) as session:
        for one in (good, lost, damaged, erased):
            await store.note(session, one, "application/pdf", NOON)
        session.add(FileRow(hash=clear, size=9, media_type="application/pdf", created_at=NOON))
        await store.vault.erase(session, erased.owner.person_id, "identity", NOON)
    where = {path.name: path for path in (tmp_path / "files").glob("??/*")}
    where[lost.hash].unlink()
    where[damaged.hash].write_bytes(b"other")
    before = time.time() - 2 * 24 * 3600
    for one in (good, left):
        os.utime(where[one.hash], (before, before))
    found = await StoredFiles(looking, store.over(looking), time.time).find(nothing)
    assert {(one.kind, one.params["row"]) for one in found} == {
        (FindingKind.FILE_LOST, lost.hash),
        (FindingKind.FILE_DAMAGED, damaged.hash),
        (FindingKind.FILE_WITHOUT_ROW, left.hash),
    }
    assert new.hash not in str(found), "its row may be on the way"


async def test_without_a_folder_and_without_rows_there_is_nothing_to_find(
    sqlite_database: Database, tmp_path: Path
) -> None:
    files = sealed_files(sqlite_database.sessions, tmp_path / "none")
    assert await StoredFiles(sqlite_database.sessions, files, time.time).find(nothing) == []
