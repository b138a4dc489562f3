"""Whether a database has been set up."""

from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import Unavailable
from models.tables import EventRow


async def require_schema(engine: AsyncEngine) -> None:
    """Refuse a database without tables.

    Raises:
        Unavailable: it does not answer, or has not been set up; the text says what to do.
    """
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda sync: inspect(sync).has_table(EventRow.__tablename__))
    except (OperationalError, OSError) as error:
        raise Unavailable("database.silent", error=type(error).__name__) from None
    if not found:
        raise Unavailable("database.not_set_up")
