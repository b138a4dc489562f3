"""What the API answers to whatever its own description allows and forbids: schemathesis, seed by seed.

python -m bench.any_input --schemathesis PATH [--seeds 1 2 3] [--seconds 300]

schemathesis is no dependency of the service: install it anywhere and name its command. It fails on any answer of 500
and above; the portal runs in this process, so that calls are not counted against a token's limit.
"""

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from rich.console import Console

import portal.api.caller
from bench.portal import fill
from dev.stack import DevStack
from gateway.composition import open_for_serving
from models.people.access import OFFICE_SCOPES
from models.people.authorization import Actor
from models.vocabulary import Role
from portal.app import create_app
from portal.protocol import BoundedProtocol
from records.store.engine import migrate
from settings import Settings

EXCHANGES = 30
OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")


async def run(command: str, seeds: list[int], seconds: int, console: Console) -> int:
    """Serve, and let every seed have its time; how many of them found a fault."""
    portal.api.caller.PER_MINUTE = 10**9
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}", files_dir=folder / "files")
        await migrate(settings.database_url)
        await fill(settings, EXCHANGES)
        async with AsyncExitStack() as held:
            stack = await held.enter_async_context(DevStack(settings, folder, temporal_port=0, smtp_port=0, ui=False))
            address = await _serve(held, stack.settings)
            services = await held.enter_async_context(open_for_serving(stack.settings))
            now = datetime.now(UTC)
            issued = await services.gateway.tokens.issue(
                "cqmu", "bench", OFFICE_SCOPES, now + timedelta(days=1), OFFICE, now
            )
            faults = 0
            for seed in seeds:
                asked = [
                    "run", f"{address}/api/v1/openapi.json", "--header", f"Authorization: Bearer {issued.secret}",
                    "--seed", str(seed), "--max-time", str(seconds), "--checks", "not_a_server_error",
                    "--continue-on-failure", "--workers", "2", "--warnings", "off", "--request-timeout", "30",
                ]  # fmt: skip
                console.print(f"Seed {seed}")
                process = await asyncio.create_subprocess_exec(command, *asked)
                faults += bool(await process.wait())
            return faults


async def _serve(held: AsyncExitStack, settings: Settings) -> str:
    config = uvicorn.Config(
        create_app(settings), port=0, http=BoundedProtocol, log_level="error", access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.lifespan.startup()
    await server.startup()
    held.push_async_callback(server.shutdown)
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


def main() -> int:
    """Run it; the code is 0 when no seed found a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemathesis", required=True, help="the command, in whatever environment it is installed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--seconds", type=int, default=300, help="time of every seed")
    given = parser.parse_args()
    return min(1, asyncio.run(run(given.schemathesis, given.seeds, given.seconds, Console())))


if __name__ == "__main__":
    sys.exit(main())
