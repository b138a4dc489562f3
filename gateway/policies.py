"""Policies of exchanges that began before policies were kept: asked of their workflows, and kept with the records."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from temporalio.client import Client

from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from gateway.passes import whole_pass
from gateway.questions import answer_of
from models.catalogue.policy import Policy
from models.errors import Closed, SojournError
from models.identifiers import exchange_workflow_id
from records.remembering import keep_policy, without_policy
from records.store.engine import Sessions, transaction

logger = logging.getLogger(__name__)

PAGE = 40
"""Exchanges that are read at a time, and whose policies are kept in one transaction."""
AT_ONCE = 2
"""Workflows asked side by side; one that is not in memory is replayed to answer."""
IN_VAIN = 5
"""So many that do not answer while none does: no worker is there to answer."""


class Policies:
    """Keeps what is missing. Safe to repeat: what is kept is asked of nobody again."""

    def __init__(self, client: Client, sessions: Sessions) -> None:
        self._client = client
        self._sessions = sessions

    async def keep_missing(self, beat: Callable[[], None] = lambda: None) -> int:
        """Ask every running exchange whose policy is not on record; says how many are kept now.

        `beat` is called after every page.

        Raises:
            Unavailable: the database is away.
        """
        kept = silent = 0
        last = ""
        while True:
            async with transaction(self._sessions) as session:
                missing = await without_policy(session, last, PAGE)
            if not missing:
                return kept
            found = await self._asked(missing)
            async with transaction(self._sessions) as session:
                for writer, policy in found:
                    await keep_policy(session, writer, policy)
            kept += len(found)
            silent += len(missing) - len(found)
            if not kept and silent >= IN_VAIN:
                return 0
            last = max(missing)
            beat()

    async def run(self) -> None:
        """Keep what is missing as soon as workflows answer; what is missing then, the audit of the night asks for."""
        try:
            kept = await whole_pass(self.keep_missing())
        except SojournError as error:
            logger.warning("policies of before were not kept (%s); the audit of the night tries again", error)
        else:
            if kept:
                logger.info("the policies of %d exchanges of before are kept", kept)

    async def _asked(self, missing: Mapping[str, str]) -> Sequence[tuple[str, Policy]]:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(exchange_id: str, writer: str) -> tuple[str, Policy] | None:
            async with turn:
                policy = await self._ask(exchange_workflow_id(exchange_id))
            return (writer, policy) if policy is not None else None

        answers = await asyncio.gather(*(one(exchange_id, writer) for exchange_id, writer in missing.items()))
        return [answer for answer in answers if answer is not None]

    async def _ask(self, workflow_id: str) -> Policy | None:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            with translated():
                async with asyncio.timeout(CALL_WITHIN.total_seconds()):
                    return await answer_of(handle, "policy", Policy, rpc_timeout=CALL_WITHIN)
        except Closed:
            return None
        except (SojournError, TimeoutError) as error:
            logger.info("%s did not say its policy (%s)", workflow_id, type(error).__name__)
            return None
