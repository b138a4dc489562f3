"""Which nominees are known already, before anybody is nominated."""

from collections.abc import Iterable

from models.catalogue.programme import Programme
from models.rules.nomination import Nomination
from records.codes import known_in
from records.registry import cohort_of, person_with_number
from records.store.engine import Sessions, transaction


async def known_codes(
    sessions: Sessions, programme: Programme, rows: Iterable[tuple[int, Nomination]]
) -> dict[int, str]:
    """The exchanges of those who have one in the cohort that they are nominated for, by the number of their row."""
    found: dict[int, str] = {}
    async with transaction(sessions) as session:
        for number, nomination in rows:
            person = await person_with_number(session, nomination)
            code = await known_in(session, cohort_of(programme, nomination), person.id) if person is not None else None
            if code is not None:
                found[number] = code.exchange_id
    return found
