"""Digests at once, for an operator or whoever tries the service out; they come by themselves every morning."""

import asyncio

from gateway.composition import catalogue_of
from gateway.connection import connect
from gateway.failures import translated
from gateway.updates import new_id
from models.errors import Unavailable
from models.identifiers import DIGEST_WORKFLOW, EXCHANGE_QUEUE, digest_schedule_id
from models.messages.contracts import DigestAnswer
from records.absences import zones_in_use
from records.store.engine import open_engine, session_maker, transaction
from settings import Settings

ANSWERS_WITHIN = 60.0
"""Seconds in which all digests should be written; what takes longer goes on by itself."""


async def send_digests(settings: Settings) -> int:
    """Have the digests of every zone written now, whatever the hour; says how many were, and they leave at once.

    Raises:
        Unavailable: the database, Temporal or every worker is away.
    """
    programme = catalogue_of(settings)
    engine = open_engine(settings.database_url)
    try:
        async with transaction(session_maker(engine)) as session:
            zones = await zones_in_use(session, programme)
    finally:
        await engine.dispose()
    client, asked = await connect(settings.temporal_address, settings.temporal_namespace), new_id()

    async def written(zone: str) -> int:
        answer: DigestAnswer = await client.execute_workflow(
            DIGEST_WORKFLOW,
            args=[zone, asked],
            id=f"{digest_schedule_id(zone)}-{asked}",
            task_queue=EXCHANGE_QUEUE,
            result_type=DigestAnswer,
        )
        return answer.written

    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            with translated():
                return sum(await asyncio.gather(*(written(zone) for zone in sorted(set(zones)))))
    except TimeoutError:
        raise Unavailable("answer.late") from None
