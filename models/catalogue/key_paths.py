"""What a person finds a value of a catalogue file by."""

from typing import Any


def label_of(item: Any, index: int) -> str:
    """What a person finds an item of a list by: its id, or its place counted from 1."""
    if isinstance(item, dict):
        # The rungs of a ladder have a kind too, but many have the same.
        name = item.get("id") or item.get("partner") or ("offset" not in item and item.get("kind"))
        if isinstance(name, str):
            return name
    return str(index + 1)


def path_of(key: str, location: tuple[int | str, ...], raw: Any) -> str:
    """The key path of a fault, like `contacts[cqmu.coordinator].email`."""
    for part in location:
        if isinstance(part, int):
            item = raw[part] if isinstance(raw, list) and part < len(raw) else None
            key, raw = f"{key}[{label_of(item, part)}]", item
        else:
            key = f"{key}.{part}" if key else part
            raw = raw.get(part) if isinstance(raw, dict) else None
    return key
