"""Connections to other systems: endpoints, deliveries of events to them, and events that other systems send."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from models.errors import Plain
from models.vocabulary import Role
from models.wire import Id, Moment, Wire

WEBHOOK_WORKFLOW = "Webhook"
WEBHOOK_QUEUE = "webhooks"
BACK_OFF = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
)
"""Pauses between the tries of one delivery; after the last one it is dead, and what follows it goes on."""
ROTATION = timedelta(hours=24)
"""How long events are signed with the previous secret too."""
TEST = "sojourn.test.v1"


def webhook_workflow_id(endpoint_id: str) -> str:
    """The workflow that delivers to one endpoint."""
    return f"webhook/{endpoint_id}"


class DeliveryStatus(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class InboundStatus(StrEnum):
    """What became of an event from elsewhere."""

    DONE = "done"
    UNMAPPED = "unmapped"
    REFUSED = "refused"
    KEPT = "kept"
    """What it means is on record and done as soon as the service is whole again; it need not be sent again."""


class WhyInactive(StrEnum):
    """Why nothing is delivered to an endpoint."""

    GONE = "gone"
    """It answered 410."""
    SWITCHED_OFF = "switched_off"
    CREATOR_LEFT = "creator_left"
    """Whoever answers for it may connect it no more: somebody who may decides whether it goes on."""


class Endpoint(Wire):
    """Where an institution wants its events delivered."""

    endpoint_id: Id
    institution: Id
    url: str
    description: str = ""
    kinds: tuple[str, ...] = ()
    """Only events of these types; empty: all."""
    active: bool
    why_inactive: str = ""
    """A `WhyInactive`, or words of before there was one."""
    created_at: Moment
    rotated_at: Moment | None = None
    office: Role | None = None
    """With whose rights it looks: it is told what this office may see, and no more."""


class NewEndpoint(Wire):
    """An endpoint with its secret, told once when it is made or rotated."""

    secret: str
    endpoint: Endpoint


class Delivery(Wire):
    """One event on its way to one endpoint."""

    delivery_id: int
    endpoint_id: Id
    event_id: str
    type: str
    stream: Id
    status: DeliveryStatus
    attempts: int
    answer: str
    """The last status, or the class of the failure."""
    next_at: Moment
    delivered_at: Moment | None


class Tried(Wire):
    """What one call of an endpoint brought."""

    accepted: bool
    answer: str
    gone: bool = False
    """The endpoint wants no more (410)."""
    retry_after: float | None = None
    """Seconds, where it said so."""


class DeliverDue(Wire):
    """Deliver what is due to one endpoint."""

    endpoint_id: Id
    now: Moment


class DeliverAnswer(Wire):
    """What is left."""

    active: bool
    next_at: Moment | None = None
    """When the next delivery is due; none: nothing waits."""
    delivered: int = 0


class WebhookState(Wire):
    """All that the workflow of an endpoint knows; the value it continues as new with."""

    endpoint_id: Id
    rung: bool = True
    next_at: Moment | None = None


class Received(Wire):
    """What became of an event from another system."""

    source: str
    event_id: str
    status: InboundStatus
    message: str = ""
    """The id of what is said about it; empty where nothing is wrong, or only `why` was kept."""
    params: dict[str, Plain] = Field(default_factory=dict)
    why: str = ""
    """What was said before there were message ids."""
    exchange_id: str = ""
    repeated: bool = False


class InboundView(Wire):
    """An event from another system as it is kept."""

    inbound_id: int
    source: str
    event_id: str
    type: str
    received_at: Moment
    institution: Id
    status: InboundStatus
    message: str = ""
    params: dict[str, Plain] = Field(default_factory=dict)
    why: str
    exchange_id: str
