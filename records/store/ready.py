"""Whether a database is one of the service, and at the schema of this version."""

import pkgutil

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import Broken, Unavailable
from models.migrations import versions
from models.tables import EventRow
from records.store.causes import at_start

VERSION_TABLE = "alembic_version"


async def require_schema(engine: AsyncEngine) -> None:
    """Refuse a database that is not ready to be used.

    Raises:
        Broken: it is damaged, another application's, or of a newer version of the service.
        Unavailable: it does not answer, or must be set up first; the text says what to do.
    """
    try:
        async with engine.connect() as connection:
            revision = await connection.run_sync(require_ours)
    except (SQLAlchemyError, OSError) as error:
        cause = at_start(error)
        if cause is None:
            raise
        raise cause from None
    if revision is None:
        raise Unavailable("database.not_set_up")
    if revision != max(revisions()):
        raise Unavailable("database.older", revision=revision)


def require_ours(connection: Connection) -> str | None:
    """The revision of the schema; none where nobody has set the database up.

    Raises:
        Broken: the database is another application's, or of a newer version of the service.
    """
    tables = set(inspect(connection).get_table_names())
    revision: str | None = None
    if VERSION_TABLE in tables:
        revision = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    if tables - {VERSION_TABLE} and (revision is None or EventRow.__tablename__ not in tables):
        raise Broken("database.not_ours")
    if revision is not None and revision not in revisions():
        raise Broken("database.newer", revision=revision)
    return revision


def revisions() -> frozenset[str]:
    """The revisions that this version knows, by the names of their files."""
    return frozenset(found.name[1:5] for found in pkgutil.iter_modules(versions.__path__))
