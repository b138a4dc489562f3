"""Connections to other systems for people: endpoints, deliveries, and events that come in."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from gateway.failures import translated
from models.errors import BadInput, Refused
from models.identifiers import EXCHANGE_QUEUE, is_exchange_code
from models.messages.exchange import Decide, ReportArrival, ReportAttendance, ReportDeparture, ReportMovement
from models.messages.mailroom import RING
from models.messages.webhooks import WEBHOOK_WORKFLOW, Endpoint, InboundStatus, NewEndpoint, Received, WebhookState
from models.messages.webhooks import webhook_workflow_id as workflow_id
from models.people.authorization import Actor
from models.vocabulary import Movement, StepKind
from webhooks.cloudevents import TYPES
from webhooks.endpoints import Endpoints
from webhooks.feed import Feed
from webhooks.inbound import Inbound

if TYPE_CHECKING:
    from gateway.operations import Gateway

LARGEST = 16 * 1024
"""Bytes of an event that another system sends."""
INBOUND = "sojourn.inbound."
SENT_AS = {"arrived_at": "at", "moved_at": "at", "departed_on": "on"}
"""What fields of our acts are called in events."""


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
        self.endpoints = endpoints
        self.inbound = inbound
        self.feed = feed
        self.types = TYPES
        """The types of events that other systems may get."""
        self._clock = clock

    async def add_endpoint(
        self, institution: str, url: str, description: str, kinds: tuple[str, ...], actor: Actor, key: str
    ) -> NewEndpoint:
        """Add an endpoint and have its workflow running."""
        made = await self.endpoints.add(institution, url, description, kinds, actor, self._clock(), key)
        await self.wake(made.endpoint.endpoint_id)
        return made

    async def change_endpoint(
        self, endpoint_id: str, url: str, description: str, kinds: tuple[str, ...], active: bool, actor: Actor, key: str
    ) -> Endpoint:
        """Change an endpoint, or switch it off and on."""
        changed = await self.endpoints.change(endpoint_id, url, description, kinds, active, actor, self._clock(), key)
        await self.wake(endpoint_id)
        return changed

    async def redeliver(self, delivery_id: int, actor: Actor) -> None:
        """Send a dead delivery again."""
        await self.wake(await self.endpoints.redeliver(delivery_id, actor, self._clock()))

    async def wake(self, endpoint_id: str) -> None:
        """Have the workflow of an endpoint look now."""
        self._gateway.availability.require()
        with translated():
            await self._client.start_workflow(
                WEBHOOK_WORKFLOW,
                WebhookState(endpoint_id=endpoint_id),
                id=workflow_id(endpoint_id),
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=RING,
                static_summary=f"delivers events to {endpoint_id}",
            )

    async def receive(self, body: bytes, actor: Actor) -> Received:
        """Take an event from another system: what it means is done as if a person had done it, once per event.

        Raises:
            BadInput: it is no CloudEvent 1.0; nothing of it is kept.
            Conflict: the id was used for another event.
            Unavailable: no answer in time; send it again.
        """
        event, payload = _read(body)
        known = await self.inbound.keep(payload, hashlib.sha256(body).hexdigest(), actor, self._clock())
        if known is not None:
            return known
        return await self._apply(event, actor)

    async def retry(self, source: str, event_id: str, actor: Actor) -> Received:
        """Try again to apply an event that was kept."""
        payload = await self.inbound.payload(source, event_id, actor)
        return await self._apply(_read(json.dumps(payload).encode())[0], actor)

    async def _apply(self, event: CloudEvent, actor: Actor) -> Received:
        source, event_id = event.get_source(), event.get_id()
        data = event.get_data()
        exchange_id = str(data.get("exchange_id", "")) if isinstance(data, dict) else ""
        try:
            status, refusal = await self._act(event.get_type(), data, f"in-{_key(source, event_id)}", actor)
        except Refused as error:
            status, refusal = InboundStatus.REFUSED, error
        except ValidationError as error:
            status, refusal = InboundStatus.REFUSED, _invalid(error)
        answer = Received(
            source=source,
            event_id=event_id,
            status=status,
            message=refusal.message if refusal else "",
            params=refusal.params if refusal else {},
            exchange_id=exchange_id,
        )
        await self.inbound.settle(answer)
        return answer

    async def _act(self, kind: str, data: Any, key: str, actor: Actor) -> tuple[InboundStatus, Refused | None]:
        mapped = self._mapped().get(kind)
        if mapped is None:
            known = sorted(self._mapped())
            return InboundStatus.UNMAPPED, BadInput("event.unmapped", "type", event_type=kind[:80], event_types=known)
        if not isinstance(data, dict) or not is_exchange_code(str(data.get("exchange_id", ""))):
            return InboundStatus.UNMAPPED, BadInput("event.no_exchange", "data")
        await mapped(str(data["exchange_id"]), data, key, actor)
        return InboundStatus.DONE, None

    def _mapped(self) -> dict[str, Callable[[str, dict[str, Any], str, Actor], Awaitable[None]]]:
        return {
            f"{INBOUND}dormitory.checked_in.v1": self._checked_in,
            f"{INBOUND}dormitory.checked_out.v1": self._checked_out,
            f"{INBOUND}badge.attendance.v1": self._attendance,
            f"{INBOUND}flight.confirmed.v1": self._flight,
            f"{INBOUND}residence.registered.v1": self._registered,
            f"{INBOUND}border.left.v1": self._left,
            f"{INBOUND}border.entered.v1": self._entered,
        }

    async def _checked_in(self, exchange_id: str, data: dict[str, Any], key: str, actor: Actor) -> None:
        report = ReportArrival(report_id=key, actor=actor, arrived_at=data.get("at"))  # type: ignore[arg-type]
        await self._gateway.report_arrival(exchange_id, report)

    async def _checked_out(self, exchange_id: str, data: dict[str, Any], key: str, actor: Actor) -> None:
        report = ReportDeparture(report_id=key, actor=actor, departed_on=data.get("on"))  # type: ignore[arg-type]
        await self._gateway.report_departure(exchange_id, report)

    async def _attendance(self, exchange_id: str, data: dict[str, Any], key: str, actor: Actor) -> None:
        named = ("content", "placement_id", "first_day", "last_day", "hours_planned", "hours_attended")
        values = {name: data.get(name) for name in named}
        report = ReportAttendance.model_validate({"report_id": key, "actor": actor} | values)
        await self._gateway.report_attendance(exchange_id, report)

    async def _flight(self, exchange_id: str, data: dict[str, Any], key: str, actor: Actor) -> None:
        await self._answer(exchange_id, StepKind.CONFIRM_ARRIVAL, "confirmed", key, actor)

    async def _registered(self, exchange_id: str, data: dict[str, Any], key: str, actor: Actor) -> None:
        await self._answer(exchange_id, StepKind.REGISTER_RESIDENCE, "registered", key, actor)

    async def _left(self, exchange_id: str, data: dict[str, Any], key: str, actor: Actor) -> None:
        await self._moved(exchange_id, Movement.LEFT_COUNTRY, data, key, actor)

    async def _entered(self, exchange_id: str, data: dict[str, Any], key: str, actor: Actor) -> None:
        await self._moved(exchange_id, Movement.REENTERED, data, key, actor)

    async def _moved(self, exchange_id: str, movement: Movement, data: dict[str, Any], key: str, actor: Actor) -> None:
        values = {"report_id": key, "actor": actor, "movement": movement, "moved_at": data.get("at")}
        if data.get("permitted_until"):
            values["permitted_until"] = data["permitted_until"]
        await self._gateway.report_movement(exchange_id, ReportMovement.model_validate(values))

    async def _answer(self, exchange_id: str, kind: StepKind, outcome: str, key: str, actor: Actor) -> None:
        step = await self._gateway.open_step(exchange_id, kind)
        await self._gateway.decide(Decide(decision_id=key, step_id=step, outcome=outcome, actor=actor))


def _read(body: bytes) -> tuple[CloudEvent, dict[str, Any]]:
    if len(body) > LARGEST:
        raise BadInput("event.too_large", "event", most=LARGEST // 1024)
    try:
        payload = json.loads(body)
        event = JSONFormat().read(CloudEvent, body)
        assert isinstance(event, CloudEvent)
    except Exception:  # whatever the library says of it
        raise BadInput("event.not_cloudevent", "event") from None
    if not isinstance(payload, dict) or max(len(event.get_id()), len(event.get_source()), len(event.get_type())) > 120:
        raise BadInput("event.ids_too_long", "event")
    if not _can_be_kept(payload):
        raise BadInput("event.unkeepable", "event")
    return event, payload


def _can_be_kept(payload: dict[str, Any]) -> bool:
    """Python reads more than PostgreSQL keeps."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError:
        return False
    return "\\u0000" not in text.replace("\\\\", "")


def _key(source: str, event_id: str) -> str:
    return hashlib.sha256(f"{source}\n{event_id}".encode()).hexdigest()[:32]


def _invalid(error: ValidationError) -> BadInput:
    """Which fields of the data are wrong, without the values."""
    found = error.errors(include_input=False, include_url=False)
    named = (".".join(SENT_AS.get(str(part), str(part)) for part in one["loc"])[:80] for one in found[:10])
    return BadInput("event.invalid", "data", fields=[f"data.{name}" for name in named])
