"""Queries to workflows: where an exchange or a cohort is, by what the workflow itself knows."""

from typing import Any, TypeVar

from temporalio.client import Client

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered, answering
from gateway.questions import answer_of
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


class StatusQueries:
    """Asks workflows; changes nothing."""

    def __init__(self, client: Client, filing: Filing) -> None:
        self._client = client
        self._filing = filing
        self._registry = Lookups(filing.sessions)
        self.availability = Availability(client)

    async def answers(self) -> bool:
        """Whether Temporal answers now."""
        return await self.availability.answers()

    @answered(AnswerTime.LOOK)
    async def status(self, exchange_id: str) -> ExchangeStatus:
        """Where an exchange is, from its workflow."""
        return await self._ask(exchange_id, ExchangeWorkflow.status, ExchangeStatus)

    @answered(AnswerTime.LOOK)
    async def timeline(self, exchange_id: str) -> list[TimelineEntry]:
        """What happened in an exchange, from its workflow."""
        timeline: list[TimelineEntry] = await self._ask(exchange_id, ExchangeWorkflow.timeline, list)
        return timeline

    async def _ask(self, exchange_id: str, query: Any, answer: type[T]) -> T:
        handle = self._client.get_workflow_handle(exchange_workflow_id(exchange_id))
        try:
            async with answering(self.availability, AnswerTime.LOOK):
                return await answer_of(handle, query, answer)
        except Closed:
            await self._filing.person_of(exchange_id)  # an exchange nobody ever nominated is unknown, not closed
            raise

    @answered(AnswerTime.LOOK)
    async def cohort_status(self, cohort_id: str) -> CohortStatus:
        """Seats and waitlist of a cohort, from its workflow."""
        handle = self._client.get_workflow_handle(cohort_workflow_id(cohort_id))
        try:
            async with answering(self.availability, AnswerTime.LOOK):
                return await answer_of(handle, CohortWorkflow.status, CohortStatus)
        except Closed:
            if not await self._registry.has_cohort(cohort_id):
                raise Unknown("cohort.unknown", cohort=cohort_id) from None
            raise

    @answered(AnswerTime.LOOK)
    async def open_step(self, exchange_id: str, *kinds: StepKind) -> str:
        """The id of the open step of a kind, or of the first of several that is open, by the records.

        Raises:
            NotOpen: no such step is open.
            Unknown: there is no such exchange.
            Unavailable: no such step is open, and Temporal is away.
        """
        found = await self._registry.open_step(exchange_id, kinds)
        if found is not None:
            return found
        stage = await self._registry.stage_of(exchange_id)
        if stage is None:
            raise Unknown("exchange.unknown", exchange=exchange_id)
        if not await self.answers():
            raise Unavailable("temporal.away")  # what is asked of the exchange and kept may open it
        raise NotOpen("step.not_awaited", exchange=exchange_id, step_kind=kinds[0], stage=stage)
