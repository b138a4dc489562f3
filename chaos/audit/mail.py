"""Messages against what the mail host took: each once, but for those whose repetition SMTP leaves undecidable."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from chaos.audit.findings import Finding, Records

AFTERMATH = 6.0
"""Seconds after a mail was taken in which an end of whoever sent it leaves it open whether that was marked."""


@dataclass(frozen=True)
class Copy:
    """One mail that the host took."""

    message_id: str
    at: float
    answered: bool
    """Whether the sender was told."""


def copies_in(book: Path) -> list[Copy]:
    """What the host wrote down."""
    if not book.exists():
        return []
    lines = [json.loads(line) for line in book.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return [Copy(line["id"], line["at"], line["answered"]) for line in lines]


def audit_mail(
    records: Records, copies: Iterable[Copy], faults: Iterable[tuple[float, float]], refused_person: str
) -> list[Finding]:
    """What was not sent, sent twice without a reason, or refused where the host took everything."""
    faults = list(faults)
    taken: defaultdict[str, list[Copy]] = defaultdict(list)
    for copy in copies:
        taken[copy.message_id].append(copy)
    found = []
    for row in records.rows("SELECT key, kind, status, message_id, recipient_id, attempts FROM messages ORDER BY id"):
        about = f"{row['kind']} to {row['recipient_id']}"
        if row["status"] == "sent" and row["message_id"] not in taken:
            found.append(Finding("mail lost", row["key"], f"{about} is marked as sent, and the host never took it"))
        elif row["status"] == "refused" and row["recipient_id"] != refused_person:
            found.append(
                Finding("mail refused", row["key"], f"{about} was given up, and the host refuses nobody but one")
            )
    for message_id, them in taken.items():
        for earlier in them[:-1]:
            if earlier.answered and not _open(earlier, faults):
                found.append(
                    Finding("mail twice", message_id, "it was sent again after the host had taken it and said so")
                )
                break
    return found


def waiting(records: Records) -> int:
    """How many messages wait to be sent now."""
    return int(records.rows("SELECT count(*) AS n FROM messages WHERE status = 'queued'")[0]["n"])


def doubles(copies: Iterable[Copy]) -> int:
    """How many mails came more than once."""
    seen: set[str] = set()
    twice: set[str] = set()
    for copy in copies:
        (twice if copy.message_id in seen else seen).add(copy.message_id)
    return len(twice)


def _open(copy: Copy, faults: list[tuple[float, float]]) -> bool:
    """Whether something died about when the host's answer was on its way to being marked."""
    return any(began - 1 <= copy.at + AFTERMATH and copy.at <= ended for began, ended in faults)
