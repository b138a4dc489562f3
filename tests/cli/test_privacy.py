"""`sojourn privacy export`: a whole archive for its reader alone, or no file."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from gateway.own_data import GivenOut
from models.errors import Unavailable
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, Stand


async def pieces(*, away: bool) -> AsyncIterator[bytes]:
    yield b"one, "
    if away:
        raise Unavailable("files.away", error="gone")
    yield b"two"


def test_an_archive_is_written_as_it_comes_and_never_over_another(run: Run, stand: Stand, tmp_path: Path) -> None:
    asked: list[tuple[str, Any]] = []
    away = True

    async def export(exchange: str, actor: Any, *, key: str) -> GivenOut:
        asked.append((exchange, key))
        return GivenOut("its-name.zip", pieces(away=away))

    cast(Any, stand.gateway).own_data = SimpleNamespace(export=export)
    broken = run("privacy", "export", EXCHANGE, "--to", "mine.zip", "--id", "x-1")
    assert broken.code == 3, broken
    assert "--id x-1" in broken.err
    assert list(tmp_path.iterdir()) == [], "half an archive is none"
    away = False
    said = run("privacy", "export", EXCHANGE, "--to", "mine.zip", "--id", "x-1", "--json")
    assert (said.code, said.data) == (0, {"file": "mine.zip", "bytes": 8, "id": "x-1"})
    kept = tmp_path / "mine.zip"
    assert kept.read_bytes() == b"one, two"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = run("privacy", "export", EXCHANGE, "--to", "mine.zip")
    assert again.code == 1
    assert "exists already" in again.err
    assert kept.read_bytes() == b"one, two"
    nowhere = run("privacy", "export", EXCHANGE, "--to", "none/mine.zip")
    assert "cannot be written" in nowhere.err
    assert asked == [(EXCHANGE, "x-1")] * 2, "nothing is given out where it cannot be written"
