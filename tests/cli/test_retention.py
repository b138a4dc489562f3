"""`sojourn privacy retention`: what goes when, said in both languages and as JSON."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

from models.views.retention import RetentionLine, RetentionState, RetentionView
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, Stand

TODAY = date(2029, 2, 1)


def standing(stand: Stand, *lines: RetentionLine) -> list[tuple[Any, ...]]:
    """A gateway that answers with these lines; and what it was asked."""
    asked: list[tuple[Any, ...]] = []

    async def kept(*args: Any) -> RetentionView:
        asked.append((args[0], args[2]))
        return RetentionView(today=TODAY, through=date(2029, 3, 3), lines=lines, without_rule=("badge",))

    cast(Any, stand.gateway).erasures = SimpleNamespace(kept=kept)
    return asked


LINE = RetentionLine(
    exchange_id=EXCHANGE,
    document_id=f"{EXCHANGE}.passport.1",
    kind="passport",
    state=RetentionState.HELD,
    rule="identity_2026",
    kept_through=date(2029, 2, 28),
)


def test_it_lists_what_goes_and_what_is_kept(run: Run, stand: Stand) -> None:
    asked = standing(stand, LINE)
    shown = run("privacy", "retention").out
    for word in ("2029-02-28", "identity_2026", "Kept, because no rule lets them go"):
        assert word in shown
    told = json.loads(run("privacy", "retention", "--exchange", EXCHANGE, "--json").out)
    assert (told["lines"][0]["state"], told["without_rule"]) == ("held", ["badge"])
    assert asked == [(None, 30), (EXCHANGE, 30)]


def test_nothing_is_said_to_be_nothing(run: Run, stand: Stand) -> None:
    asked = standing(stand)
    assert "Nothing goes until 2029-03-03." in run("privacy", "retention", "--days", "7").out
    assert asked == [(None, 7)]
