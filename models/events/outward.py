"""The events that other systems are told, each type with the data that it carries."""

from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Field, create_model

from models.events import KINDS
from models.events.base import Fact
from models.wire import Id, Moment

PREFIX = "sojourn"
TOLD = tuple(kind for kind, one in KINDS.items() if one.outward is not None)
"""The kinds of event that leave the house."""


def event_type(kind: str) -> str:
    """The type of an event outside: `sojourn.stage_entered.v1`."""
    return f"{PREFIX}.{kind}.v1"


TYPES = tuple(event_type(kind) for kind in TOLD)


class ToldData(BaseModel):
    """What every event is about."""

    exchange_id: Id


class ToldEvent(BaseModel):
    """A CloudEvent 1.0 about one exchange."""

    specversion: Literal["1.0"]
    id: str
    """The same however often the event is sent."""
    source: str
    subject: Id
    time: Moment
    datacontenttype: Literal["application/json"]
    data: ToldData


def _data(kind: type[Fact]) -> type[ToldData]:
    fields: dict[str, Any] = {name: _field(kind, name) for name in kind.outward or ()}
    return create_model(f"{kind.__name__}Data", __base__=ToldData, __doc__=kind.__doc__, **fields)


def _field(kind: type[Fact], name: str) -> tuple[Any, Any]:
    """A field as its event has it; left out where it may be empty, or was not written yet, or is about health."""
    field = kind.model_fields[name]
    known = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    if field.is_required() and name not in kind.withheld:
        return known, ...
    return _without_none(known), Field(default=None, json_schema_extra=_no_default)


def _without_none(known: Any) -> Any:
    if get_origin(known) in (Union, UnionType):
        return reduce(or_, (one for one in get_args(known) if one is not NoneType))
    return known


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _event(kind: str) -> type[ToldEvent]:
    fact = KINDS[kind]
    fields: dict[str, Any] = {"type": (Literal[event_type(kind)], ...), "data": (_data(fact), ...)}
    return create_model(f"{fact.__name__}Event", __base__=ToldEvent, __doc__=fact.__doc__, **fields)


EVENTS: dict[str, type[ToldEvent]] = {event_type(kind): _event(kind) for kind in TOLD}
"""The form of each type of event."""
