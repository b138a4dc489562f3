"""The audit's way to Temporal, and its parts put together."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from temporalio.client import Client

from gateway.composition import catalogue_of, files_in
from gateway.connection import connect
from gateway.inquiry import AskedWorkflows
from mail.audit import Mails
from models.catalogue.programme import Programme
from models.messages.audit import AuditReport, Part
from records.audit.auditing import audited
from records.audit.files import StoredFiles
from records.audit.holdings import Holdings
from records.audit.looking import LOOKS_AGAIN, Check
from records.audit.projection import Projection
from records.audit.running import Workflows
from records.sealed_files import SealedFiles
from records.store.engine import Sessions, open_engine, session_maker
from records.store.ready import require_schema
from settings import Settings
from webhooks.audit import Deliveries


def checks(
    looking: Sessions,
    files: SealedFiles,
    programme: Programme,
    client: Client,
    pauses: tuple[float, ...] = LOOKS_AGAIN,
) -> tuple[Check, ...]:
    """All parts of the audit; `looking` are sessions of a reading engine."""
    return (
        Workflows(looking, AskedWorkflows(client), pauses),
        Projection(looking),
        Mails(looking, programme),
        Deliveries(looking, programme),
        Holdings(looking, pauses),
        StoredFiles(looking, files.over(looking), time.time),
    )


async def audit(settings: Settings, parts: Collection[Part] = tuple(Part)) -> AuditReport:
    """Look at the service as it runs; what is away is said, and the rest looked at.

    Raises:
        Unavailable: the database is away or has not been set up.
    """

    async def breathe() -> None:
        await asyncio.sleep(0)

    async with _opened(settings) as found:
        return await audited(found, breathe, parts)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Check, ...]]:
    programme = catalogue_of(settings)
    engine = open_engine(settings.database_url, reading=True)
    try:
        await require_schema(engine)
        client = await connect(settings.temporal_address, settings.temporal_namespace, lazy=True)
        sessions = session_maker(engine)
        yield checks(sessions, files_in(settings, sessions), programme, client)
    finally:
        await engine.dispose()
