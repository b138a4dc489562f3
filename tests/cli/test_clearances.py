"""`sojourn clearance …`: what is cleared through which day, and the same on days that are only asked about."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from models.clearances import Clearance, ClearanceKind, ClearanceReason, ClearanceState, Covers
from models.rules.requirements.saying import it_blocks
from models.views.clearances import ClearancesView
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, Stand

LAST = date(2027, 5, 30)
UNTIL = date(2027, 5, 29)
RUNS_OUT = it_blocks("D20", "", "clearance.runs_out", UNTIL, kind="passport", until=UNTIL, last=LAST)
SHORT = Clearance(
    kind=ClearanceKind.INSURANCE,
    covers=Covers.CLINIC,
    state=ClearanceState.SHORT,
    holds=True,
    through=UNTIL,
    needed_through=LAST,
    why=(ClearanceReason(document="passport", finding=RUNS_OUT),),
)


def test_clearances_are_shown_with_what_to_do_also_for_other_days(run: Run, stand: Stand) -> None:
    asked: list[tuple[date | None, date | None]] = []

    async def clearances(exchange: str, actor: Any, start: date | None, end: date | None) -> ClearancesView:
        asked.append((start, end))
        days = {"start": start or date(2027, 3, 1), "end": end or LAST, "today": date(2027, 1, 1)}
        return ClearancesView(exchange_id=exchange, proposed=end is not None, clearances=(SHORT,), **days)

    cast(Any, stand.gateway).statements = SimpleNamespace(clearances=clearances)
    said = run("clearance", EXCHANGE)
    assert said.code == 0, said
    assert "As they are" in said.out
    assert "ends too soon" in said.out
    assert "Hand in a newer one" in said.out
    other = run("clearance", EXCHANGE, "--from", "2027-03-02", "--until", "2027-05-31", "--json")
    assert json.loads(other.out)["clearances"][0]["through"] == str(UNTIL)
    assert asked == [(None, None), (date(2027, 3, 2), date(2027, 5, 31))]
