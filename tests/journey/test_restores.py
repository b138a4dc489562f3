"""Copies of three different moments are put back together: what goes on, what is lost, and how an operator hears it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from dev.stack import DevStack
from models.tables import CertificateRow, ExchangeRow
from models.vocabulary import Outcome, StepKind
from tests.journey.audit import Books, open_books
from tests.journey.commands import said
from tests.journey.journey import COHORT, Journey, open_journey, stack_in

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

STOPS = (
    StepKind.VERIFY_NOMINATION,
    StepKind.SUBMIT_DOCUMENTS,
    StepKind.SENDING_APPROVAL,
    StepKind.CONFIRM_BED,
    StepKind.EVALUATE_STUDENT,
    StepKind.DEPART,
)
"""Where everybody stands at the earlier moment."""
LATER = (
    StepKind.SUBMIT_DOCUMENTS,
    StepKind.SENDING_APPROVAL,
    StepKind.ACCEPT_OFFER,
    None,
    StepKind.DEPART,
    None,
)
"""Where they stand at the later one; two exchanges are closed by then."""
FOUND_OUT_OF_STEP = 6


@dataclass(frozen=True)
class Moments:
    """The whole state folder of a service at two moments, and everybody of it."""

    earlier: Path
    later: Path
    journey: Journey
    newcomer: str
    """The exchange that began in between."""

    def restored(self, folder: Path, database: Path, temporal: Path, files: Path) -> Path:
        """A state folder put together from copies of different moments."""
        for source, pattern in ((database, "sojourn.db*"), (temporal, "temporal.db*"), (database, "secret.key")):
            for file in source.glob(pattern):
                shutil.copy(file, folder)
        shutil.copytree(files / "files", folder / "files")
        return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def moments(tmp_path_factory: pytest.TempPathFactory) -> Moments:
    """Played once: an earlier moment and a later one, each with everything stopped."""
    folder, earlier = tmp_path_factory.mktemp("service"), tmp_path_factory.mktemp("copies") / "earlier"
    async with stack_in(folder) as stack, open_journey(stack) as before:
        await before.nominate(COHORT[: len(STOPS)])
        await stand(before, STOPS)
    shutil.copytree(folder, earlier)
    async with stack_in(folder) as stack, open_journey(stack, before) as journey:
        await stand(journey, LATER)
        known = set(journey.travellers)
        await journey.nominate(COHORT[len(STOPS) : len(STOPS) + 1])
        (newcomer,) = set(journey.travellers) - known
    return Moments(earlier, folder, journey, newcomer)


async def stand(journey: Journey, stops: tuple[StepKind | None, ...]) -> None:
    """Let everybody act until each exchange stands before a step, or is closed."""
    async with asyncio.TaskGroup() as everybody:
        for exchange, stop in zip(sorted(journey.travellers), stops, strict=True):
            everybody.create_task(journey.go_with(journey.travellers[exchange], stop))


async def test_database_newer_than_temporal_and_files_older(moments: Moments, tmp_path: Path) -> None:
    folder = moments.restored(tmp_path, moments.later, moments.earlier, moments.earlier)
    async with opened(folder, moments) as (stack, journey, books):
        fates = await recovered(stack)
        assert fates[f"exchange/{moments.newcomer}"] == "started"
        assert {fates[f"exchange/{row.id}"] for row in await books.rows(ExchangeRow) if row.closed_at} == {"over"}
        await journey.go()
        await all_completed(books)
        assert await books.told_again() == []
        kept = {path.name for path in files_in(folder)}
        lost = {row.file_hash for row in await books.rows(CertificateRow)} - kept
        assert len(lost) == LATER.count(None), "certificates were issued after the files were copied"
        audited = await said(stack, "audit", "--json")
        assert audited.code == FOUND_OUT_OF_STEP
        found = audited.data["findings"]
        assert {one["kind"] for one in found} == {"file_lost"}
        assert {one["params"]["row"] for one in found} >= lost
        shutil.copytree(moments.later / "files", folder / "files", dirs_exist_ok=True)
        audited = await said(stack, "audit")
        assert audited.code == 0, audited.out


async def test_temporal_newer_than_the_database(moments: Moments, tmp_path: Path) -> None:
    folder = moments.restored(tmp_path, moments.earlier, moments.later, moments.later)
    async with opened(folder, moments) as (stack, journey, books):
        fates = await recovered(stack)
        assert fates[f"exchange/{moments.newcomer}"] == "unknown"
        # A timer may have had one read the records before anybody recovered.
        exchanges = {fates[f"exchange/{row.id}"] for row in await books.rows(ExchangeRow)}
        assert {"started", "resumed"} <= exchanges <= {"started", "resumed", "in_step"}
        del journey.travellers[moments.newcomer]
        await journey.nominate(COHORT[len(STOPS) + 1 : len(STOPS) + 2])
        assert moments.newcomer in journey.travellers, "the code is given to the next student"
        await journey.go()
        await all_completed(books)
        assert await books.told_again() == []
        audited = await said(stack, "audit")
        assert audited.code == 0, audited.out


@asynccontextmanager
async def opened(folder: Path, moments: Moments) -> AsyncIterator[tuple[DevStack, Journey, Books]]:
    async with (
        stack_in(folder) as stack,
        open_journey(stack, moments.journey) as journey,
        open_books(stack) as books,
    ):
        journey.travellers = dict(journey.travellers)
        for traveller in journey.travellers.values():
            traveller.accepted = {}
        yield stack, journey, books


async def recovered(stack: DevStack) -> dict[str, str]:
    """Recover, and say what became of each workflow."""
    done = await said(stack, "recover", "--json")
    assert done.code == 0, done.err
    return {one["workflow"]: one["fate"] for one in done.data}


def files_in(folder: Path) -> list[Path]:
    return list((folder / "files").rglob("*"))


async def all_completed(books: Books) -> None:
    assert {row.outcome for row in await books.rows(ExchangeRow)} == {Outcome.COMPLETED}
