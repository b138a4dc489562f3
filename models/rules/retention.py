"""How long papers are kept after an exchange, and which may be erased (D46)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta


def kept_until(closed: Iterable[datetime], retention: Mapping[str, int]) -> dict[str, datetime]:
    """By purpose, the moment from which papers may be erased; retention is in days after the last exchange ended."""
    last = max(closed)
    return {purpose: last + timedelta(days=days) for purpose, days in retention.items()}
