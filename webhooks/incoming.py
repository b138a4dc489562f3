"""Reading what other systems send: CloudEvents 1.0 over HTTP, structured, binary or several in a batch."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from models.errors import BadInput
from models.idempotency import Fingerprint, fingerprint, hashed
from models.identifiers import is_exchange_code

LARGEST = 16 * 1024
"""Bytes of an event that another system sends."""
MOST = 50
"""Events of a batch."""
LONGEST = 120
"""Characters of an id, a source and a type."""
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
REQUIRED = ("specversion", "id", "source", "type")
_EVENTS = "application/cloudevents"
_PREFIX = "ce-"


@dataclass(frozen=True)
class Incoming:
    """One event as another system sent it, in whichever mode."""

    source: str
    event_id: str
    type: str
    data: Any
    payload: dict[str, Any]
    """The event in its structured form."""
    fingerprint: Fingerprint
    """What tells it from another event of the same id; the same in each mode."""

    @property
    def exchange_id(self) -> str:
        """The exchange that it names; empty where it names none."""
        named = str(self.data.get("exchange_id", "")) if isinstance(self.data, dict) else ""
        return named if is_exchange_code(named) else ""


def is_batch(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether a body holds several events, by its content type."""
    return _media_type(_content_type(headers)) == BATCH


def read(headers: Iterable[tuple[str, str]], body: bytes) -> tuple[Incoming, ...]:
    """The events of a request: one, or those of a batch. Nothing is taken of a batch with an event that is none.

    The content type says the mode, as the HTTP binding of CloudEvents has it: an event in the body under its own media
    type, else one in the headers `ce-…` with its data in the body. JSON without such headers is an event too.

    Raises:
        BadInput: it is no CloudEvent 1.0 in JSON, or too large, or cannot be kept.
    """
    named = [(name.lower(), value) for name, value in headers]
    content_type = _content_type(named)
    media = _media_type(content_type)
    if media == BATCH:
        return tuple(_structured(one) for one in _batch(body))
    if len(body) > LARGEST:
        raise BadInput("event.too_large", "event", most=LARGEST // 1024)
    if media.startswith(_EVENTS) and media != STRUCTURED:
        raise BadInput("event.not_cloudevent", "event")
    attributes = [(name, value) for name, value in named if name.startswith(_PREFIX)]
    if media != STRUCTURED and attributes:
        return (_binary(attributes, content_type, body),)
    return (_structured(body),)


def kept(payload: dict[str, Any]) -> Incoming:
    """An event that was read and kept before."""
    return _structured(json.dumps(payload).encode())


def _content_type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _batch(body: bytes) -> list[bytes]:
    try:
        events = json.loads(body)
        _require(isinstance(events, list))
        parts = [json.dumps(one, ensure_ascii=False).encode("utf-8", "surrogatepass") for one in events]
    except (ValueError, RecursionError):
        raise BadInput("event.not_batch", "event") from None
    if len(parts) > MOST:
        raise BadInput("event.too_many", "event", most=MOST)
    if any(len(part) > LARGEST for part in parts):
        raise BadInput("event.too_large", "event", most=LARGEST // 1024)
    return parts


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError


def _structured(body: bytes) -> Incoming:
    try:
        payload = json.loads(body)
        _require(all(payload[name] for name in REQUIRED))  # the library would make up an id
        event = JSONFormat().read(CloudEvent, body)
    except Exception:  # whatever the library says of it
        raise BadInput("event.not_cloudevent", "event") from None
    return _sent(event, payload, hashed(body))


def _binary(attributes: list[tuple[str, str]], content_type: str, body: bytes) -> Incoming:
    named = dict(attributes)
    headers = named | ({"content-type": content_type} if content_type else {})
    try:
        _require(len(named) == len(attributes))  # which of two counts is anybody's guess
        _require(all(named[f"{_PREFIX}{name}"] for name in REQUIRED))
        for value in named.values():
            _require(value.isascii())
            unquote(value, errors="strict")
        event = from_binary(HTTPMessage(headers, body), JSONFormat(), CloudEvent)
        payload = json.loads(JSONFormat().write(event))
    except Exception:  # whatever the library says of it
        raise BadInput("event.not_cloudevent", "event") from None
    if f"{_PREFIX}time" not in named:
        del payload["time"]
    return _sent(event, payload)


def _sent(event: BaseCloudEvent, payload: dict[str, Any], body_hash: str = "") -> Incoming:
    source, event_id, kind = event.get_source(), event.get_id(), event.get_type()
    if max(len(source), len(event_id), len(kind)) > LONGEST:
        raise BadInput("event.ids_too_long", "event")
    if not _can_be_kept(payload):
        raise BadInput("event.unkeepable", "event")
    data = _data(event)
    said = {name: _written(value) for name, value in event.get_attributes().items() if name in payload}
    said.pop("datacontenttype", None)  # a mode may say it where another leaves it out
    told = fingerprint([said, data], earlier=(body_hash,) if body_hash else ())
    return Incoming(source, event_id, kind, data, payload, told)


def _written(value: Any) -> str:
    """The value of an attribute as a header has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _data(event: BaseCloudEvent) -> Any:
    """The data of an event; JSON that came as bytes is read."""
    data = event.get_data()
    if not isinstance(data, bytes):
        return data
    try:
        return json.loads(data)
    except ValueError:
        return base64.b64encode(data).decode()


def _can_be_kept(payload: dict[str, Any]) -> bool:
    """Python reads more than PostgreSQL keeps."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError):
        return False
    return "\\u0000" not in text.replace("\\\\", "")
