"""More students than places, beds and seats, from several processes at once, on both databases."""

from bench import claims
from bench.claiming import KINDS, Claiming
from bench.claims import Race, race
from tests.databases import Database

STUDENTS, PROCESSES = 67, 3
"""201 claims: one of each kind for every student."""


async def test_two_hundred_claims_at_once_are_answered_and_none_is_given_twice(database: Database) -> None:
    found = await race(database.url, STUDENTS, PROCESSES)
    assert found.wrong == []
    assert len(found.answers) == STUDENTS * len(KINDS)
    assert found.given == {"place": 26, "bed": 10, "seat": 10, "swap": 3}


async def test_the_comparison_notices_what_is_wrong(sqlite_database: Database) -> None:
    """A claim that is lost, one that was given twice and one that is on record for nobody are each told."""
    exchanges = await claims.prepare(sqlite_database.url, 12)
    found = Race()
    seats = Claiming(sqlite_database.sessions)
    for exchange in exchanges:
        found.answers["seat", exchange] = await seats.claim("seat", exchange)
    found.given = {"place": 0, "bed": 0, "seat": 10}
    lost = dict(found.answers)
    lost["seat", exchanges[0]] = None
    twice = found.answers | {("seat", exchanges[10]): 1}
    for answers in (lost, twice):
        wrong = Race(answers=dict(answers), given=dict(found.given))
        await claims._compare(sqlite_database.sessions, wrong)
        assert "seat: what is on record is not what was answered" in wrong.wrong
    again = Race(answers={("seat", exchanges[11]): 4})
    await claims._again(seats, again)
    assert again.wrong == [f"seat of {exchanges[11]}: another answer when asked again"]
