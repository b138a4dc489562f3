"""Recovery with the wrong database: workflows run that the records know nothing of, and none of them is ended."""

from typing import Any, NoReturn, cast

import pytest
from temporalio.client import Client

from failures.exits import BROKEN, exit_code
from gateway import leftovers
from gateway.leftovers import Leftovers
from models.catalogue.programme import Programme
from models.errors import Broken
from models.identifiers import cohort_workflow_id, exchange_workflow_id
from records.leftovers import Leftover
from tests.databases import Database
from tests.records.fakes import furnish, tell
from tests.records.story import ANN, COHORT, cohort_opened, opened

NOBODYS = exchange_workflow_id("EX-2027-DAR-077")


class Running:
    """Says what runs."""

    def __init__(self, *workflows: str) -> None:
        self._workflows = frozenset(workflows)

    async def running(self) -> frozenset[str]:
        return self._workflows


class Untouched:
    """A Temporal of which nothing may be ended."""

    def get_workflow_handle(self, workflow_id: str) -> NoReturn:
        raise AssertionError(f"{workflow_id} was touched")


class Ended:
    """A Temporal that notes what is ended."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def get_workflow_handle(self, workflow_id: str) -> Any:
        self._asked = workflow_id
        return self

    async def terminate(self, **_: object) -> None:
        self.ended.append(self._asked)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "LOOKS_AGAIN", 0.0)


def among(database: Database, programme: Programme, temporal: object, *workflows: str) -> Leftovers:
    return Leftovers(cast(Client, temporal), database.sessions, programme, cast(Any, Running(*workflows)))


async def test_an_empty_database_ends_nothing_that_runs(database: Database, programme: Programme) -> None:
    running = [NOBODYS, exchange_workflow_id(ANN), cohort_workflow_id(COHORT)]
    with pytest.raises(Broken, match=r"recover.no_records running=3") as refused:
        await among(database, programme, Untouched(), *running).end()
    assert exit_code(refused.value) == BROKEN


async def test_nothing_that_runs_is_no_wrong_database(database: Database, programme: Programme) -> None:
    assert await among(database, programme, Untouched(), "mailroom").end() == {}


async def test_one_exchange_on_record_is_enough_to_end_what_nobody_knows(
    database: Database, programme: Programme
) -> None:
    await furnish(database.sessions)
    await tell(database.sessions, COHORT, "cohort", cohort_opened())
    await tell(database.sessions, ANN, "ann", opened())
    temporal = Ended()
    found = await among(database, programme, temporal, NOBODYS, exchange_workflow_id(ANN)).end()
    assert found == {NOBODYS: Leftover.UNKNOWN}
    assert temporal.ended == [NOBODYS]
