"""Queries to workflows: where an exchange or a cohort is, by what the workflow itself knows."""

from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client
from temporalio.service import RPCError

from gateway.availability import Availability
from gateway.failures import translated
from gateway.updates import ANSWER_WITHIN
from models.errors import Closed, NotOpen, Unavailable, Unknown
from models.identifiers import cohort_workflow_id, exchange_workflow_id
from models.messages.cohorts import CohortStatus
from models.messages.exchange import ExchangeStatus, TimelineEntry
from models.vocabulary import StepKind
from records.filing import Filing
from records.lookups import Lookups
from workflows.cohort import CohortWorkflow
from workflows.exchange import ExchangeWorkflow

T = TypeVar("T")
PULSE = timedelta(seconds=2)
"""How long Temporal may take to say that it is there."""


class StatusQueries:
    """Asks workflows; changes nothing."""

    def __init__(self, client: Client, filing: Filing) -> None:
        self._client = client
        self._filing = filing
        self._registry = Lookups(filing.sessions)
        self.availability = Availability()

    async def answers(self) -> bool:
        """Whether Temporal answers now."""
        try:
            return await self._client.service_client.check_health(timeout=PULSE)
        except (RPCError, RuntimeError):
            return False

    async def status(self, exchange_id: str) -> ExchangeStatus:
        """Where an exchange is, from its workflow."""
        return await self._ask(exchange_id, ExchangeWorkflow.status, ExchangeStatus)

    async def timeline(self, exchange_id: str) -> list[TimelineEntry]:
        """What happened in an exchange, from its workflow."""
        timeline: list[TimelineEntry] = await self._ask(exchange_id, ExchangeWorkflow.timeline, list)
        return timeline

    async def _ask(self, exchange_id: str, query: Any, answer: type[T]) -> T:
        self.availability.require()
        handle = self._client.get_workflow_handle(exchange_workflow_id(exchange_id))
        try:
            with translated():
                found: T = await handle.query(query, rpc_timeout=ANSWER_WITHIN)
                return found
        except Closed:
            await self._filing.person_of(exchange_id)  # an exchange nobody ever nominated is unknown, not closed
            raise

    async def cohort_status(self, cohort_id: str) -> CohortStatus:
        """Seats and waitlist of a cohort, from its workflow."""
        handle = self._client.get_workflow_handle(cohort_workflow_id(cohort_id))
        try:
            with translated():
                return await handle.query(CohortWorkflow.status, rpc_timeout=ANSWER_WITHIN)
        except Closed:
            if not await self._registry.has_cohort(cohort_id):
                raise Unknown("cohort.unknown", cohort=cohort_id) from None
            raise

    async def open_step(self, exchange_id: str, *kinds: StepKind) -> str:
        """The id of the open step of a kind, or of the first of several that is open.

        Raises:
            NotOpen: no such step is open.
        """
        try:
            status = await self.status(exchange_id)
        except Unavailable:  # the records know it too; what is asked of it is kept until the workflow can be asked
            found = await self._registry.open_step(exchange_id, kinds)
            if found is None:
                raise
            return found
        for step in status.open_steps:
            if step.kind in kinds:
                return step.step_id
        raise NotOpen("step.not_awaited", exchange=exchange_id, step_kind=kinds[0], stage=status.stage)
