"""How many queries a page asks: a fixed number, however many exchanges there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.portal.world import People, Portal

DOOR = 8
"""Session, identity with roster and preferences, and for whom somebody stands in: asked for every page."""
LIMITS = {
    "/worklist": DOOR + 5,
    "/exchanges/{exchange}": DOOR + 20,
    "/board": DOOR + 7,
    "/exchanges": DOOR + 3,
    "/overdue": DOOR + 2,
    "/places?from=2027-03-01": DOOR + 2,
    "/cohorts": DOOR + 3,
    "/cohorts/2027-incoming-dartmouth-cqmu": DOOR + 6,
    "/events": DOOR + 1,
}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The queries sent meanwhile, by any engine."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", list(LIMITS))
async def test_a_page_asks_a_fixed_number_of_queries(portal: Portal, people: People, path: str) -> None:
    client = await portal.signed_in("cqmu.programme_office")
    url = path.format(exchange=people.exchange)
    await client.get(url)
    with counted() as few:
        assert (await client.get(url)).status_code == 200
    for number in range(50, 62):
        await portal.office.nominate(number)
    with counted() as many:
        assert (await client.get(url)).status_code == 200
    assert len(many) == len(few), "more exchanges, more queries"
    assert len(many) <= LIMITS[path], "\n".join(many)
