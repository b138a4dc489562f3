"""In which forms events of other systems are read, and what is none."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from models.errors import BadInput
from webhooks.incoming import BATCH, LARGEST, STRUCTURED, Incoming, read

HEADERS = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/dorm", "ce-type": "t"}


def binary(
    body: bytes = b"{}", media: str = "application/json", *, changed: Mapping[str, str | None] = MappingProxyType({})
) -> tuple[Incoming, ...]:
    named = HEADERS | {f"ce-{name}": value for name, value in changed.items()}
    return read([("content-type", media), *((k, v) for k, v in named.items() if v is not None)], body)


def test_binary_mode_is_read_as_the_binding_says() -> None:
    [sent] = binary(
        b'{"door": 7}',
        changed={"id": "Euro%20%E2%82%AC%20%F0%9F%98%80", "subject": "50%25", "traceparent": "00-1"},
    )
    assert (sent.event_id, sent.data) == ("Euro € 😀", {"door": 7})
    assert (sent.payload["subject"], sent.payload["traceparent"]) == ("50%", "00-1")
    assert "time" not in sent.payload, "what was not said is not made up"
    assert binary(b"plain", "text/plain")[0].data == "plain"
    assert binary(b"")[0].data is None
    [structured] = read([("content-type", f"{STRUCTURED}; charset=UTF-8"), ("ce-id", "another")], _event())
    assert structured.event_id == "1", "the media type says the mode"
    assert read([], _event())[0].event_id == "1"


def _event(**changed: Any) -> bytes:
    whole = {"specversion": "1.0", "id": "1", "source": "/dorm", "type": "t"} | changed
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type"])
def test_an_event_without_what_it_must_say_is_none(missing: str) -> None:
    """The library would make up an id, and the event could come twice."""
    for value in (None, ""):
        with pytest.raises(BadInput):
            binary(changed={missing: value})
        with pytest.raises(BadInput):
            read([("content-type", STRUCTURED)], _event(**{missing: value}))


@pytest.mark.parametrize(
    "headers",
    [
        {"id": "%FF"}, {"id": "%E2%82"}, {"id": "é"}, {"time": "noon"}, {"time": "2027-03-01T10:00:00"}, {"id": "%00"},
        {"specversion": "0.3"}, {"specversion": "2.0"}, {"source": "x" * 121}, {"Bad_Name": "x"}, {"data": "x"},
    ],
)  # fmt: skip
def test_headers_that_cannot_be_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        binary(changed=headers)


def test_what_else_cannot_be_taken_is_refused() -> None:
    with pytest.raises(BadInput):
        read([*HEADERS.items(), ("ce-id", "2")], b"{}")
    with pytest.raises(BadInput):
        read([("content-type", "application/cloudevents+avro")], _event())
    for body in (
        b"",
        b"[]",
        b"\xff",
        b"{",
        b"[" * 15_000,
        _event(data="x" * LARGEST),
        _event(data=1e999),
        _event(id=7),
    ):
        with pytest.raises(BadInput):
            read([("content-type", STRUCTURED)], body)


def test_the_size_of_an_event_in_a_batch_is_its_own() -> None:
    """Not that of its letters written as escapes."""
    text = "宿舍" * (LARGEST // 8)
    batch = json.dumps([json.loads(_event(data={"text": text}))], ensure_ascii=False).encode()
    [sent] = read([("content-type", BATCH)], batch)
    assert sent.data == {"text": text}
