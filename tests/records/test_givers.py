"""Absences and deputies of before the migration get whoever gave them, from the events."""

import json

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from records.store.engine import alembic_config, transaction, upgrade
from tests.activities.students import NOW
from tests.databases import Database

GIVEN = {
    "a-1": {"id": "cqmu.coordinator", "role": "coordinator", "institution": "cqmu"},
    "a-2": {"id": "cqmu.coordinator", "role": "programme_office", "on_behalf_of": "cqmu.programme_office"},
}


def _before(connection: Connection) -> None:
    """Back to the schema before, with rows and events as they were written then."""
    config = alembic_config(connection)
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    [script] = [one for one in scripts if one.path.endswith("_standing.py")]
    assert isinstance(script.down_revision, str)
    command.downgrade(config, script.down_revision)


async def test_rows_of_before_get_their_givers_from_the_events(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(_before)
    async with transaction(database.sessions) as session:
        told = [
            {"kind": "absence_planned", "absence_id": name, "person": "x.y", "actor": giver}
            for name, giver in GIVEN.items()
        ]
        head = {"id": "cqmu.head_of_office", "role": "head_of_office"}
        told += [
            {"kind": "member_added", "person": "x.y", "actor": GIVEN["a-1"]},
            {"kind": "member_changed", "person": "x.y", "fields": ["deputies", "name"], "actor": head},
            {"kind": "member_changed", "person": "x.y", "fields": ["email"], "actor": GIVEN["a-1"]},
        ]
        columns = "stream, seq, batch_key, batch_index, kind, at, actor_id, actor_role, actor_institution, payload"
        values = ":s, :n, :k, 0, :kind, :at, 'x', 'coordinator', '', :payload"
        for number, payload in enumerate(told, start=1):
            about = {"s": "person:x.y", "n": number, "k": f"k-{number}", "kind": payload["kind"], "at": NOW}
            await session.execute(
                text(f"INSERT INTO events ({columns}) VALUES ({values})"), about | {"payload": json.dumps(payload)}
            )
        for name in (*GIVEN, "a-3"):
            row = "(id, person_id, first_day, last_day, deputy_id) VALUES (:id, 'x.y', '2027-01-01', '2027-01-01', '')"
            await session.execute(text(f"INSERT INTO absences {row}"), {"id": name})
        entry = "('x.y', 'coordinator', 'cqmu', '', 'N', 'n@x.example', 'en', '[]', 1)"
        names = "person_id, role, institution_id, unit_id, name, email, language, deputies, revision"
        await session.execute(text(f"INSERT INTO members ({names}) VALUES {entry}"))
    await upgrade(database.engine)
    async with transaction(database.sessions) as session:
        rows = await session.execute(text("SELECT id, given_by FROM absences"))
        absences = {row[0]: row[1] for row in rows}
        [deputies_by] = await session.scalars(text("SELECT deputies_by FROM members"))
    read = {name: json.loads(value) if isinstance(value, str) else value for name, value in absences.items()}
    assert read == {**GIVEN, "a-3": None}
    assert (json.loads(deputies_by) if isinstance(deputies_by, str) else deputies_by) == head
