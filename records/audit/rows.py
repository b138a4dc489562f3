"""Rows as events say they are, compared with rows as they stand."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from models.messages.audit import AuditFinding, FindingKind
from models.messages.plan import Plan
from models.tables import Base, DecisionRow, DocumentRow, ExchangeRow, PlaceDayRow
from models.wire import Wire
from records.projections.common import table_of

Row = Mapping[str, Any]
KEYS: Mapping[type[Base], tuple[str, ...]] = {PlaceDayRow: ("unit_id", "day", "exchange_id")}
"""By which columns rows are found, where that is not the primary key."""
COMPARED: Mapping[type[Base], tuple[str, ...]] = {
    DocumentRow: ("status", "submitted_at", "issued_on", "expires_on", "accepted"),
    # Which of a unit's places somebody works in depends on who else was there.
    PlaceDayRow: ("placement_id",),
}
"""The columns that events say, where that is not all of them."""
READ: Mapping[tuple[type[Base], str], type[Wire]] = {(ExchangeRow, "plan"): Plan}
"""What is compared as it is read: a row of an earlier release lacks what has a default since."""


def compared(table: type[Base], stream: str, told: Iterable[Row], found: Iterable[Row]) -> list[AuditFinding]:
    """What differs, named by table, key and columns."""
    expected, there = _by_key(table, told), _by_key(table, found)
    findings = [_about(FindingKind.ROW_MISSING, table, stream, key) for key in expected if key not in there]
    extra = FindingKind.DECISION_WITHOUT_EVENT if table is DecisionRow else FindingKind.ROW_WITHOUT_EVENT
    findings += [_about(extra, table, stream, key) for key in there if key not in expected]
    for key, row in expected.items():
        other = there.get(key, row)
        columns = tuple(
            name for name in _columns(table) if not _is_same(READ.get((table, name)), other[name], row[name])
        )
        if columns:
            findings.append(_about(FindingKind.ROW_DIFFERS, table, stream, key, columns))
    return findings


def _is_same(read: type[Wire] | None, one: Any, other: Any) -> bool:
    if one == other or read is None:
        return bool(one == other)
    try:
        return read.model_validate(one) == read.model_validate(other)
    except ValidationError:
        return False


def _by_key(table: type[Base], rows: Iterable[Row]) -> dict[str, Row]:
    names = KEYS.get(table) or tuple(column.name for column in table_of(table).primary_key)
    return {" ".join(str(row[name]) for name in names): row for row in rows}


def _columns(table: type[Base]) -> tuple[str, ...]:
    return COMPARED.get(table) or tuple(column.name for column in table_of(table).c)


def _about(kind: FindingKind, table: type[Base], stream: str, key: str, columns: tuple[str, ...] = ()) -> AuditFinding:
    parts: dict[str, Any] = {"parts": columns} if columns else {}
    return AuditFinding(kind=kind, stream=stream, params={"table": table.__tablename__, "row": key} | parts)
