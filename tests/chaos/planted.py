"""The few columns that the audit reads, in memory: healthy, until a test plants a fault in it."""

import json
import sqlite3
from typing import Any

from chaos.databases import SqliteRecords

EXCHANGE = "EX-2027-DAR-001"
STEP = f"{EXCHANGE}.verify_nomination.1"
NEXT = f"{EXCHANGE}.submit_documents.1"

_TABLES = """
CREATE TABLE events (position INTEGER PRIMARY KEY, stream, seq, kind, payload);
CREATE TABLE exchanges (id, stage, outcome);
CREATE TABLE steps (id, exchange_id, status);
CREATE TABLE decisions (step_id, id);
CREATE TABLE documents (id, filename);
CREATE TABLE seats (exchange_id, number);
CREATE TABLE bed_nights (bed_id, night, exchange_id);
CREATE TABLE place_days (unit_id, day, exchange_id);
CREATE TABLE messages (id INTEGER PRIMARY KEY, key, kind, status, message_id, recipient_id, attempts);
"""


class Planted:
    """An exchange whose nomination was verified, and which waits for documents."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.executescript(_TABLES)
        self._seq: dict[str, int] = {}
        self.records = SqliteRecords(self._connection)
        self.add("exchanges", id=EXCHANGE, stage="documents")
        self.tell("exchange_opened")
        self.tell("step_opened", step_id=STEP)
        self.tell("rung_fired", step_id=STEP, rung=0)
        self.tell("step_closed", step_id=STEP, outcome="verified", decision_id="d1")
        self.tell("step_opened", step_id=NEXT)
        self.add("steps", id=STEP, exchange_id=EXCHANGE, status="done")
        self.add("steps", id=NEXT, exchange_id=EXCHANGE, status="open")
        self.add("decisions", id="d1", step_id=STEP)
        self.tell("document_submitted", document_id="doc1")
        self.add("documents", id="doc1", filename="f1")
        self.tell("seat_taken", stream="cohort", exchange_id=EXCHANGE, seat=1)
        self.add("seats", exchange_id=EXCHANGE, number=1)
        self.add("bed_nights", bed_id="bed", night="2027-03-01", exchange_id=EXCHANGE)
        self.add("messages", key="m1", kind="reminder", status="sent", message_id="<m1>", recipient_id="somebody")

    def add(self, table: str, **values: Any) -> None:
        """Add a row."""
        marks = ", ".join("?" for _ in values)
        self._connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))

    def tell(self, kind: str, *, stream: str = EXCHANGE, skip: int = 0, **payload: Any) -> None:
        """Add the next event of a stream, or a later one."""
        seq = self._seq[stream] = self._seq.get(stream, 0) + 1 + skip
        self.add("events", stream=stream, seq=seq, kind=kind, payload=json.dumps(payload))

    def do(self, statement: str) -> None:
        """Change rows, or the schema."""
        self._connection.executescript(statement)
