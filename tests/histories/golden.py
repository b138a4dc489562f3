"""The golden histories: where they are, and how to read them."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).parent / "recorded"


def names() -> list[str]:
    """All recorded histories, e.g. `completed.exchange`; `earlier/…` are of exchanges that began before a change."""
    return sorted(path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.json"))


def text(name: str) -> str:
    """A history as it was exported."""
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def history(name: str) -> WorkflowHistory:
    """A history to replay."""
    return WorkflowHistory.from_json(json.loads(text(name))["workflowId"], text(name))


def events(name: str) -> list[dict[str, Any]]:
    """The events of a history."""
    found: list[dict[str, Any]] = json.loads(text(name))["events"]
    return found


def payloads(value: Any) -> Iterator[str]:
    """Everything a history carries, decoded: the payloads hide in base64."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "data" and isinstance(inner, str):
                yield base64.b64decode(inner).decode("utf-8", errors="replace")
            else:
                yield from payloads(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from payloads(inner)
    elif isinstance(value, str):
        yield value
