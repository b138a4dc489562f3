"""What a machine reads and finds on one file, for `sojourn document read`; it starts nothing and keeps nothing.

    python -m documents.look FILE KIND TODAY

prints JSON. It is a process of its own, so that the command line need not know how documents are read.
"""

import asyncio
import json
import sys
from contextlib import aclosing
from datetime import date
from pathlib import Path
from typing import Any

from documents.reader import DocumentReader
from models.reading import DocumentReading, ZoneRead
from models.rules.found_facts import proposed_facts
from models.rules.mrz import parse_zone
from records.file_types import sniff

HEAD = 64 * 1024
UNKNOWN = "application/octet-stream"


async def look(file: Path, kind: str, today: date) -> dict[str, Any]:
    """What is read of a file, its facts, and the two lines of a passport's zone where both are sure.

    Raises:
        OSError: the file cannot be read.
    """
    data = await asyncio.to_thread(file.read_bytes)
    media_type = sniff(data[:HEAD])
    async with aclosing(DocumentReader()) as reader:
        reading = await reader.read(data, media_type or UNKNOWN, zone="passport" in kind)
    return {
        "kind": kind,
        "media_type": media_type,
        "outcome": reading.outcome,
        "mrz": sure_zone(reading, today),
        "zones": [zone.model_dump(mode="json") for zone in reading.zones],
        "facts": [fact.model_dump(mode="json") for fact in proposed_facts(reading)],
        "pages": [page.model_dump(mode="json") for page in reading.pages],
    }


def sure_zone(reading: DocumentReading, today: date) -> tuple[str, str] | None:
    """The lines of the passport's zone: read from a text layer, or alike by two readers, and sound (D19).

    `None` where it is not sure, or where there are several.
    """
    sure = {zone.lines for zone in reading.zones if _is_sure(zone, today)}
    return next(iter(sure)) if len(sure) == 1 and len(reading.zones) == 1 else None


def _is_sure(zone: ZoneRead, today: date) -> bool:
    return (zone.exact or zone.second == zone.lines) and parse_zone(zone.lines, today).sound


def main() -> int:
    """Write down what is read."""
    file, kind, today = sys.argv[1:4]
    found = asyncio.run(look(Path(file), kind, date.fromisoformat(today)))
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
