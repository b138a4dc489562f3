"""A first start: people in every stage by the demo's script, and a folder that goes on without Temporal's own file."""

import os
import signal
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from demo.people import Participants
from demo.sample import SamplePlace, fill_sample
from dev.stack import free_port
from dev.up import Then, up
from gateway.composition import open_gateway, utc_now
from gateway.digests import send_digests
from models.notifications.notices import NoticeKind
from models.views import ExchangeFilter, WorklistFilter
from models.vocabulary import Stage, StepKind
from settings import Settings

pytestmark = pytest.mark.live

PLACES = (
    SamplePlace("D05", Stage.NOMINATION),
    SamplePlace("D06", Stage.NOMINATION, also=frozenset({StepKind.VERIFY_NOMINATION})),
    SamplePlace("C02", Stage.SENDING_APPROVAL, began=6),
)
REACHED = {
    "D05": (Stage.NOMINATION, [StepKind.VERIFY_NOMINATION]),
    "D06": (Stage.NOMINATION, [StepKind.CORRECT_NOMINATION]),
    "C02": (Stage.SENDING_APPROVAL, [StepKind.SENDING_APPROVAL]),
}


async def started(settings: Settings, then: Then) -> str:
    """What `sojourn up` says until this is done; then it is stopped as by Ctrl-C."""
    screen = Console(file=StringIO(), width=200)

    async def and_stop(own: Settings, console: Console) -> None:
        await then(own, console)
        os.kill(os.getpid(), signal.SIGINT)

    await up(settings, console=screen, then=and_stop)
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


async def reached(settings: Settings) -> dict[str, tuple[Stage, list[StepKind]]]:
    """Stage and open steps by student number."""
    async with open_gateway(settings) as services:
        found = {}
        for row in await services.reading.exchanges(ExchangeFilter()):
            nomination = await services.reading.nomination(row.exchange_id)
            assert nomination is not None
            found[nomination["student_number"]] = (row.stage, [move.kind for move in row.next_moves])
        return found


async def test_people_in_stages_survive_the_loss_of_temporals_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [n for n in os.environ if n.startswith(("SOJOURN_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    ports = ("temporal_port", "temporal_ui_port", "smtp_port", "portal_port")
    settings = Settings().model_copy(update={port: free_port() for port in ports}).in_folder(tmp_path / "var")

    async def fill(own: Settings, console: Console) -> None:
        await fill_sample(own, console, PLACES)
        assert await reached(own) == REACHED

    first = await started(settings, fill)
    assert "A sample programme is here: 3 students." in first

    for file in settings.data_dir.glob("temporal.db*"):
        file.unlink()

    async def go_on(own: Settings, console: Console) -> None:
        await fill_sample(own, console, PLACES)
        written = await send_digests(own)
        async with open_gateway(own) as services:
            mails = await services.reading.messages()
            assert len([one for one in mails if one.kind == NoticeKind.DIGEST]) == written

            async def now() -> datetime:
                return utc_now()

            people = Participants(services.gateway, services.programme, now)
            steps = await services.reading.worklist(None, WorklistFilter())
            [verify] = [step for step in steps if step.kind is StepKind.VERIFY_NOMINATION]
            await people.decide(verify, "verified")
            found = await services.reading.exchange(verify.exchange_id, None)
            assert found is not None
            assert found.stage is Stage.DOCUMENTS

    again = await started(settings, go_on)
    assert "workflows were started from the records." in again
    assert "virtual time" not in again
    assert "The sample programme is here already." in again
