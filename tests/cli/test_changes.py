"""`sojourn change blocks …`: what is typed becomes the blocks of the plan that holds."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.messages.changes import BlocksChange, SecondHostChange
from models.messages.exchange import Acknowledged
from models.vocabulary import Content, Stage
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, Stand
from tests.cli.views import exchange_view


@pytest.fixture
def asked(stand: Stand) -> list[BlocksChange]:
    """What the gateway was asked for; the plan that holds is that of the exchange."""
    found: list[BlocksChange] = []
    plan = exchange_view().plan

    async def request(exchange: str, change: BlocksChange, actor: Any, **_: Any) -> Acknowledged:
        found.append(change)
        return Acknowledged(exchange_id=exchange, stage=Stage.ROTATIONS)

    async def changes(exchange: str, actor: Any) -> Any:
        return SimpleNamespace(plans=(SimpleNamespace(plan=plan),)) if exchange == EXCHANGE else None

    cast(Any, stand.gateway).changes = SimpleNamespace(request=request)
    cast(Any, stand.reading).changes = changes
    return found


def test_blocks_are_moved_and_added(run: Run, asked: list[BlocksChange]) -> None:
    before = exchange_view().plan.contents
    block = before[0]
    days = f"{block.key}={block.start}/{block.start}"
    said = run("change", "blocks", EXCHANGE, "--on", days, "--add", "clinical:cqmu-oncology=2027-05-03/2027-05-28")
    assert said.code == 0, said
    (change,) = asked
    assert change.contents[0].end == block.start
    assert change.contents[1 : len(before)] == before[1:]
    last = change.contents[-1]
    assert (last.content, last.units) == (Content.CLINICAL, ("cqmu-oncology",))


def test_a_block_is_dropped(run: Run, asked: list[BlocksChange]) -> None:
    before = exchange_view().plan.contents
    more = ("--add", "cultural_lectures=2027-05-03/2027-05-07")
    assert run("change", "blocks", EXCHANGE, "--drop", before[0].key, *more).code == 0
    assert before[0] not in asked[0].contents
    assert asked[0].contents[-1].units == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--on", "laboratory=soon/later"), 2),
        (("--add", "surgery:cqmu-oncology=2027-05-03/2027-05-28"), 2),
        (("--drop", "laboratory.9"), 1),
    ],
)
def test_what_is_typed_wrongly_asks_nothing(
    run: Run, asked: list[BlocksChange], wrong: tuple[str, ...], code: int
) -> None:
    assert run("change", "blocks", EXCHANGE, *wrong).code == code
    assert asked == []


def test_a_second_host_is_named_with_days_and_wishes(run: Run, asked: list[Any]) -> None:
    days = ("sample", "--start", "2027-05-03", "--end", "2027-06-11", "--last-day", "2027-04-30")
    wished = ("--laboratory", "sample-public-health", "--laboratory-days", "2027-05-03/2027-05-21")
    said = run("change", "second-host", EXCHANGE, *days, *wished)
    assert said.code == 0, said
    (change,) = asked
    assert isinstance(change, SecondHostChange)
    assert (change.host, change.leaves_on, change.laboratories) == (
        "sample",
        date(2027, 4, 30),
        ("sample-public-health",),
    )
    assert (change.laboratory_start, change.laboratory_end) == (date(2027, 5, 3), date(2027, 5, 21))
