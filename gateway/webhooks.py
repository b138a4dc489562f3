"""Connections to other systems for people: endpoints, deliveries, and events that come in."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered, answering
from models.errors import BadInput, Kept, KeyReused, Refused
from models.events.outward import TYPES
from models.identifiers import EXCHANGE_QUEUE
from models.messages.exchange import Decide, ReportArrival, ReportAttendance, ReportDeparture, ReportMovement
from models.messages.inbound import (
    MEANT,
    BadgeAttendance,
    BorderEntered,
    BorderLeft,
    CheckedIn,
    CheckedOut,
    FlightConfirmed,
    Meant,
    ResidenceRegistered,
)
from models.messages.mailroom import RING
from models.messages.webhooks import WEBHOOK_WORKFLOW, Endpoint, InboundStatus, NewEndpoint, Received, WebhookState
from models.messages.webhooks import webhook_workflow_id as workflow_id
from models.people.authorization import Actor
from models.vocabulary import Movement, StepKind
from webhooks.endpoints import Endpoints
from webhooks.feed import Feed
from webhooks.inbound import Inbound, OnRecord
from webhooks.incoming import BATCH as BATCH
from webhooks.incoming import MOST as MOST
from webhooks.incoming import STRUCTURED as STRUCTURED
from webhooks.incoming import Incoming, read
from webhooks.incoming import is_batch as is_batch

if TYPE_CHECKING:
    from gateway.operations import Gateway


class Connections:
    """Endpoints with their workflows, and inbound events with the acts they mean."""

    def __init__(
        self,
        client: Client,
        gateway: "Gateway",
        endpoints: Endpoints,
        inbound: Inbound,
        feed: Feed,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._gateway = gateway
        self.availability: Availability = gateway.availability
        self.endpoints = endpoints
        self.inbound = inbound
        self.feed = feed
        self.types = TYPES
        """The types of events that other systems may get."""
        self._clock = clock

    @answered(AnswerTime.ACT)
    async def add_endpoint(
        self, institution: str, url: str, description: str, kinds: tuple[str, ...], actor: Actor, key: str
    ) -> NewEndpoint:
        """Add an endpoint and have its workflow running."""
        made = await self.endpoints.add(institution, url, description, kinds, actor, self._clock(), key)
        await self.wake(made.endpoint.endpoint_id)
        return made

    @answered(AnswerTime.ACT)
    async def change_endpoint(
        self, endpoint_id: str, url: str, description: str, kinds: tuple[str, ...], active: bool, actor: Actor, key: str
    ) -> Endpoint:
        """Change an endpoint, or switch it off and on."""
        changed = await self.endpoints.change(endpoint_id, url, description, kinds, active, actor, self._clock(), key)
        await self.wake(endpoint_id)
        return changed

    @answered(AnswerTime.ACT)
    async def redeliver(self, delivery_id: int, actor: Actor) -> None:
        """Send a dead delivery again."""
        await self.wake(await self.endpoints.redeliver(delivery_id, actor, self._clock()))

    @answered(AnswerTime.ACT)
    async def wake(self, endpoint_id: str) -> None:
        """Have the workflow of an endpoint look now."""
        async with answering(self.availability, AnswerTime.ACT):
            await self._client.start_workflow(
                WEBHOOK_WORKFLOW,
                WebhookState(endpoint_id=endpoint_id),
                id=workflow_id(endpoint_id),
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=RING,
                static_summary=f"delivers events to {endpoint_id}",
            )

    @answered(AnswerTime.UPLOAD)
    async def receive(self, headers: Iterable[tuple[str, str]], body: bytes, actor: Actor) -> list[Received]:
        """Take events from another system: what each means is done as if a person had done it, once per event.

        Each event of a batch is answered for itself, in their order.

        Raises:
            BadInput: there is one that is no CloudEvent 1.0; nothing is kept.
            KeyReused: the id of a single event was used for another.
            Unavailable: no answer in time; send it again, and what was done is not done again.
        """
        events = read(headers, body)
        if len(events) == 1:
            return [await self._take(events[0], actor)]
        return [await self._one_of_many(sent, actor) for sent in events]

    async def _one_of_many(self, sent: Incoming, actor: Actor) -> Received:
        try:
            return await self._take(sent, actor)
        except KeyReused as error:
            return _answer(sent, InboundStatus.REFUSED, error)

    async def _take(self, sent: Incoming, actor: Actor) -> Received:
        kept = await self.inbound.keep(sent, actor, self._clock())
        return kept.settled or await self._apply(sent, kept, actor)

    @answered(AnswerTime.ACT)
    async def retry(self, inbound_id: int, actor: Actor) -> Received:
        """Try again to apply an event that was kept."""
        kept, sent = await self.inbound.again(inbound_id, actor)
        return kept.settled or await self._apply(sent, kept, actor)

    async def _apply(self, sent: Incoming, kept: OnRecord, actor: Actor) -> Received:
        refusal: Refused | Kept | None
        try:
            status, refusal = await self._act(sent, kept.act_id, actor)
        except Refused as error:
            status, refusal = InboundStatus.REFUSED, error
        except Kept as error:
            status, refusal = InboundStatus.KEPT, error
        except ValidationError as error:
            status, refusal = InboundStatus.REFUSED, _invalid(error)
        answer = _answer(sent, status, refusal)
        await self.inbound.settle(kept.inbound_id, answer)
        return answer

    async def _act(self, sent: Incoming, key: str, actor: Actor) -> tuple[InboundStatus, Refused | None]:
        meant = MEANT.get(sent.type)
        if meant is None:
            refusal = BadInput("event.unmapped", "type", event_type=sent.type[:80], event_types=sorted(MEANT))
            return InboundStatus.UNMAPPED, refusal
        if not sent.exchange_id:
            return InboundStatus.UNMAPPED, BadInput("event.no_exchange", "data")
        await self._do(meant.model_validate(sent.data), key, actor)
        return InboundStatus.DONE, None

    async def _do(self, said: Meant, key: str, actor: Actor) -> None:
        """The act that an event means."""
        exchange_id = said.exchange_id
        match said:
            case CheckedIn(at=at):
                arrival = ReportArrival(report_id=key, actor=actor, arrived_at=at)
                await self._gateway.report_arrival(exchange_id, arrival)
            case CheckedOut(on=on):
                departure = ReportDeparture(report_id=key, actor=actor, departed_on=on)
                await self._gateway.report_departure(exchange_id, departure)
            case BadgeAttendance():
                values = {"report_id": key, "actor": actor} | said.model_dump(exclude={"exchange_id"})
                await self._gateway.report_attendance(exchange_id, ReportAttendance.model_validate(values))
            case FlightConfirmed():
                await self._answer(exchange_id, StepKind.CONFIRM_ARRIVAL, "confirmed", key, actor)
            case ResidenceRegistered():
                await self._answer(exchange_id, StepKind.REGISTER_RESIDENCE, "registered", key, actor)
            case BorderLeft(at=at):
                moved = ReportMovement(report_id=key, actor=actor, movement=Movement.LEFT_COUNTRY, moved_at=at)
                await self._gateway.report_movement(exchange_id, moved)
            case BorderEntered(at=at, permitted_until=until):
                moved = ReportMovement(
                    report_id=key, actor=actor, movement=Movement.REENTERED, moved_at=at, permitted_until=until
                )
                await self._gateway.report_movement(exchange_id, moved)
            case _:
                assert_never(said)

    async def _answer(self, exchange_id: str, kind: StepKind, outcome: str, key: str, actor: Actor) -> None:
        step = await self._gateway.open_step(exchange_id, kind)
        await self._gateway.decide(Decide(decision_id=key, step_id=step, outcome=outcome, actor=actor))


def _answer(sent: Incoming, status: InboundStatus, refusal: Refused | Kept | None) -> Received:
    return Received(
        source=sent.source,
        event_id=sent.event_id,
        status=status,
        message=refusal.message if refusal else "",
        params=refusal.params if refusal else {},
        exchange_id=sent.exchange_id,
    )


def _invalid(error: ValidationError) -> BadInput:
    """Which fields of the data are wrong, without the values."""
    found = error.errors(include_input=False, include_url=False)
    named = (".".join(map(str, one["loc"]))[:80] for one in found[:10])
    return BadInput("event.invalid", "data", fields=[f"data.{name}" for name in named])
