"""What runs beside the workers: acts whose sender has gone, workflows to mend, policies and cohorts to be kept."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

from temporalio.client import Client

from gateway.intakes import Intakes
from gateway.operations import Gateway
from gateway.passes import whole_pass
from gateway.policies import Policies
from models.catalogue.programme import Programme
from models.errors import SojournError
from records.filing import Filing
from records.sealing_files import ClearFiles

logger = logging.getLogger(__name__)


@asynccontextmanager
async def beside(client: Client, filing: Filing, programme: Programme) -> AsyncIterator[None]:
    """Take up acts, mend workflows, keep policies of earlier exchanges and open cohorts, until it is left."""

    def clock() -> datetime:
        return datetime.now(UTC)

    async with aclosing(Gateway(client, filing, programme, clock)) as gateway:
        running = [
            asyncio.create_task(gateway.relay.run(), name="relay"),
            asyncio.create_task(gateway.mending.run(), name="mending"),
            asyncio.create_task(Policies(client, filing.sessions).run(), name="policies"),
            asyncio.create_task(Intakes(gateway.open_cohort, programme, clock).run(), name="intakes"),
            asyncio.create_task(_erased(gateway), name="erasing"),
            asyncio.create_task(_sealed(ClearFiles(filing.sessions, filing.files, programme, clock)), name="sealing"),
        ]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def _sealed(clear: ClearFiles) -> None:
    """Seal what an earlier release kept in clear; nothing is, most of the time."""
    try:
        done, left = await whole_pass(clear.seal_all())
    except SojournError as error:
        logger.warning("files of before were not sealed (%s); `sojourn seal-files` does it", error)
    else:
        if done or left:
            logger.info("%d files of before are sealed, %d are left in clear", done, left)


async def _erased(gateway: Gateway) -> None:
    """Erase what a restored copy of the database brought back; nothing is, most of the time."""
    try:
        again = await whole_pass(gateway.erasures.apply_again())
    except SojournError as error:
        logger.error(
            "erasures were not applied again (%s); nobody may read what was erased: start the worker anew", error
        )
    else:
        if again:
            logger.warning("%d keys and documents that a copy brought back are erased again", again)
