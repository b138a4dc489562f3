"""Events as the description of the API has them: what is told, by type, and what is taken."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, create_model
from pydantic.json_schema import SkipJsonSchema

from gateway.webhooks import BATCH, MOST, STRUCTURED
from models.events.outward import EVENTS
from models.messages.inbound import MEANT

REF = "#/components/schemas/{model}"
Short = Annotated[str, Field(min_length=1, max_length=120)]

_told: Any = reduce(or_, EVENTS.values())
_events: Any = list[Annotated[_told, Field(discriminator="type")]]


class _Feed(BaseModel):
    """Events in their order, as CloudEvents 1.0, and where to go on."""

    events: Any
    next: int
    """Pass it as `after`, now or later; nothing is passed over."""


FEED: Any = create_model("EventFeed", __base__=_Feed, __doc__=_Feed.__doc__, events=(_events, ...))


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class _Taken(BaseModel):
    specversion: Literal["1.0"]
    id: Short
    source: Short
    time: AwareDatetime | SkipJsonSchema[None] = Field(default=None, json_schema_extra=_no_default)


class OtherEvent(_Taken):
    """An event that means nothing here yet: it is kept, and answered with why."""

    type: Short
    data: dict[str, Any] = Field(default_factory=dict)


def _taken(kind: str) -> type[_Taken]:
    data = MEANT[kind]
    fields: dict[str, Any] = {"type": (Literal[kind], ...), "data": (data, ...)}
    return create_model(f"{data.__name__}Event", __base__=_Taken, __doc__=data.__doc__, **fields)


_inbound: Any = reduce(or_, [*(_taken(kind) for kind in MEANT), OtherEvent])


def inbound_schemas() -> dict[str, Any]:
    """The parts of the description that say what events are taken."""
    whole = TypeAdapter(_inbound).json_schema(ref_template=REF)
    parts: dict[str, Any] = whole.pop("$defs")
    return parts | {"InboundEvent": whole}


_EVENT = {"$ref": REF.format(model="InboundEvent")}
ONE = {"requestBody": {"required": True, "content": {STRUCTURED: {"schema": _EVENT}}}}
_EVENTS = {"type": "array", "maxItems": MOST, "items": _EVENT}
MANY = {"requestBody": {"required": True, "content": {BATCH: {"schema": _EVENTS}}}}


def told_webhook(schemas: dict[str, Any]) -> dict[str, Any]:
    """What an endpoint is sent: the same events as the feed gives, each by itself and signed."""
    signed = {
        "webhook-id": "The id of the event: the same when it is sent again",
        "webhook-timestamp": "When it was sent, in seconds",
        "webhook-signature": "Signatures by Standard Webhooks, with the secrets that hold now",
    }
    headers = [
        {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in signed.items()
    ]
    event = schemas["EventFeed"]["properties"]["events"]["items"]
    operation = {
        "summary": "An event in one of the exchanges that the endpoint's office may see",
        "operationId": "take_event",
        "parameters": headers,
        "requestBody": {"required": True, "content": {STRUCTURED: {"schema": event}}},
        "responses": {"2XX": {"description": "Taken"}, "410": {"description": "The endpoint wants no more"}},
    }
    return {"event": {"post": operation}}
