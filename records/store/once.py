"""Where the database keeps the keys of acts: rows that are written once, and the events of the log.

What is the same act and what another one is said in models/idempotency.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from models.idempotency import Fingerprint, fingerprint, hashed, is_repeated
from models.tables import Base, IdempotencyKeyRow
from records.projections.common import table_of


def _its_fingerprint(row: Row[Any]) -> str:
    kept: str = row.fingerprint
    return kept


@dataclass(frozen=True)
class KeyTable:
    """A table in which acts are kept, one row for each key."""

    row: type[Base]
    key: Sequence[str]
    """The columns that are the key."""
    kept: Callable[[Row[Any]], str] = _its_fingerprint
    """The fingerprint of what a row is of."""
    free: ColumnElement[bool] | None = None
    """The rows whose key is free again; who asks next under it overwrites them."""
    field: str = "id"
    """Where the key was given."""

    async def claim(self, session: AsyncSession, asked: Fingerprint, values: Mapping[str, Any]) -> Row[Any] | None:
        """Put an act on record under its key, in the caller's transaction; of two at once, the second waits for it.

        Returns:
            What is on record, where the same was asked before; `None` where it is new.

        Raises:
            KeyReused: something else was asked under the key.
        """
        here = {f"of_{name}": values[name] for name in self.key}
        insert = self._inserts[session.get_bind().dialect.name]
        while True:
            if (await session.execute(insert, dict(values))).one_or_none() is not None:
                return None
            known: Row[Any] | None = (await session.execute(self._known, here)).one_or_none()
            if known is not None:
                is_repeated(self.kept(known), asked, self.field)
                return known
            # Its key was freed between the two statements.

    @cached_property
    def _known(self) -> Select[Any]:
        table = table_of(self.row)
        return select(table).where(*(table.c[name] == bindparam(f"of_{name}") for name in self.key))

    @cached_property
    def _inserts(self) -> Mapping[str, Any]:
        """Statements by dialect, made once: every act goes through one."""
        return {"postgresql": self._insert(postgresql.insert), "sqlite": self._insert(sqlite.insert)}

    def _insert(self, insert: Callable[[Table], Any]) -> Any:
        table = table_of(self.row)
        new = insert(table).returning(table.c[self.key[0]])
        if self.free is None:
            return new.on_conflict_do_nothing()
        again = {column.name: new.excluded[column.name] for column in table.c if column.name not in self.key}
        return new.on_conflict_do_update(index_elements=list(self.key), set_=again, where=self.free)


KEPT = KeyTable(IdempotencyKeyRow, ("act_id",))
"""Keys of acts that leave no row of their own."""


async def is_asked_again(session: AsyncSession, act: Sequence[str], asked: Any, at: datetime) -> bool:
    """Whether an act was done before, in the caller's transaction with which it is done now.

    `act` says what is done to what under which key; `asked` is all that is asked, and by whom. Both make the
    fingerprint: the same personal data under two keys leave nothing alike.

    Raises:
        KeyReused: something else was done under the key.
    """
    told = fingerprint([*act, asked])
    values = {
        "act_id": f"{act[0]}-{hashed(chr(0).join(act))[:40]}",
        "fingerprint": told.value,
        "asked_at": at,
        "answered_at": at,
    }
    return await KEPT.claim(session, told, values) is not None
