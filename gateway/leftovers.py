"""Workflows that run although the records do not know them, or say that they are over.

A database that was restored from before they began leaves them behind. They would be taken for what is nominated next
under the same id.
"""

import asyncio
from collections.abc import Iterable

from temporalio.client import Client

from gateway.audit import AskedWorkflows
from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from models.errors import Closed, SojournError
from models.messages.audit import FindingKind
from records.audit.looking import LOOKS_AGAIN, pages, snapshot
from records.audit.running import PAGE, WorkflowStates, read
from records.audit.workflows import RecordedState, Seen, WorkflowSubject, compared, subject_of
from records.store.engine import Sessions

LEFT = frozenset({FindingKind.WORKFLOW_UNKNOWN, FindingKind.WORKFLOW_LEFT_RUNNING})


class Leftovers:
    """Finds them, and ends them where it is asked to."""

    def __init__(
        self,
        client: Client,
        sessions: Sessions,
        asked: WorkflowStates | None = None,
        pauses: tuple[float, ...] = LOOKS_AGAIN,
    ) -> None:
        self._client = client
        self._sessions = sessions
        self._asked = asked or AskedWorkflows(client)
        self._pauses = pauses

    async def find(self) -> list[str]:
        """Their ids; what begins or ends in this moment is not among them.

        Raises:
            Unavailable: Temporal or the database is away.
        """
        running = await self._asked.running() or ()
        found = await self._left({subject for one in running if (subject := subject_of(one)) is not None})
        for pause in self._pauses:
            if not found:
                break
            await asyncio.sleep(pause)
            found = await self._left(found)
        return sorted(one.workflow for one in found)

    async def _left(self, subjects: Iterable[WorkflowSubject]) -> set[WorkflowSubject]:
        found = set[WorkflowSubject]()
        for page in pages(sorted(subjects, key=lambda one: one.workflow), PAGE):
            async with snapshot(self._sessions) as session:
                recorded = await read(session, page)
            suspects = [one for one in page if _is_left(one, recorded[one], Seen(runs=True))]
            seen = [(one, await self._asked.look(one)) for one in suspects]
            found.update(one for one, there in seen if _is_left(one, recorded[one], there))
        return found

    async def end(self, workflow_id: str) -> bool:
        """End one; says whether it has ended."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            with translated():
                await handle.terminate("the records do not know it", rpc_timeout=CALL_WITHIN)
        except Closed:
            return True
        except SojournError:
            return False
        return True


def _is_left(subject: WorkflowSubject, recorded: RecordedState, seen: Seen) -> bool:
    finding = compared(subject, recorded, seen)
    return finding is not None and finding.kind in LEFT
