"""A damaged record of one person leaves the pages of everybody else as they are."""

import pytest
from sqlalchemy import text

from models.vocabulary import Role
from records.store.engine import transaction
from tests.portal.test_policy import table
from tests.portal.world import People, Portal
from tests.records.test_damaged_people import AWAY, DAMAGES, WANTED

ENTER = {
    "role": "housing_officer",
    "institution": "cqmu",
    "unit": "",
    "name": "Sun Li",
    "email": "sun@cqmu.example",
    "language": "en",
    "deputies": "",
}


async def seeded(portal: Portal) -> None:
    """Somebody entered, somebody away, and somebody's preferences: the rows that are damaged then."""
    office = await portal.signed_in("cqmu.programme_office")
    answer = await office.post("/admin/people/new", ENTER | {"person": "cqmu.housing.2"})
    assert answer.status_code == 303
    day = portal.now.date().isoformat()
    absence = {"person": "cqmu.housing.2", "first_day": day, "last_day": day, "deputy": "cqmu.coordinator"}
    assert (await office.post("/admin/absences", absence)).status_code == 303
    async with transaction(portal.office.sessions) as session:
        wanted = "VALUES ('cqmu.head_of_office', 'en', 'Asia/Shanghai', 'daily')"
        await session.execute(text(f"INSERT INTO preferences (person_id, language, zone, digest) {wanted}"))


async def damage_all(portal: Portal) -> None:
    """A row for every kind of damage, each damaged in its way."""
    keys = {"members": ("person_id", DAMAGES), "absences": ("id", AWAY), "preferences": ("person_id", WANTED)}
    async with transaction(portal.office.sessions) as session:
        for name, (key, damages) in keys.items():
            [original] = (await session.execute(text(f"SELECT * FROM {name} ORDER BY {key} DESC LIMIT 1"))).mappings()
            names = [str(column) for column in original]
            columns = ", ".join(names)
            for number, statement in enumerate(damages.values()):
                row = f"cqmu.damaged.{number}"
                values = ", ".join(f"'{row}'" if column == key else column for column in names)
                copied = f"INSERT INTO {name} ({columns}) SELECT {values} FROM {name} WHERE {key} = '{original[key]}'"
                await session.execute(text(copied))
                await session.execute(text(f"{statement} WHERE {key} = '{row}'"))
        await session.execute(text("UPDATE members SET revision = revision + 100"))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PARTNER_OFFICE, Role.PROGRAMME_OFFICE, Role.OPERATOR])
async def test_every_page_opens_whatever_is_damaged(portal: Portal, people: People, role: Role) -> None:
    await seeded(portal)
    await damage_all(portal)
    foreign = role in (Role.COORDINATOR, Role.PARTNER_OFFICE)
    client = await portal.signed_in(f"dartmouth.{role}" if foreign else f"cqmu.{role}")
    opened = 0
    for method, route, policy in table(portal.app):
        if method == "GET" and "{" not in route.path and role in (policy.roles or ()) and route.path != "/live":
            assert (await client.get(route.path)).status_code in (200, 303), route.path
            opened += 1
    assert opened >= (3 if role is Role.OPERATOR else 8)
    if role is Role.PROGRAMME_OFFICE:
        told = (await client.get("/admin")).text
        assert told.count("record_unread") == 0, "told in words"
        assert told.count("cannot be read (") == len(DAMAGES) + len(AWAY) + len(WANTED)
        assert "Wang" not in told


async def test_who_is_left_out_is_entered_again(portal: Portal, people: People) -> None:
    """Whose record is damaged holds no role; the programme office finds the id and enters them anew under it."""
    await seeded(portal)
    async with transaction(portal.office.sessions) as session:
        damaged = "UPDATE members SET email = '-', revision = revision + 1 WHERE person_id = 'cqmu.housing.2'"
        await session.execute(text(damaged))
    office = await portal.signed_in("cqmu.programme_office")
    assert 'href="/admin/people/cqmu.housing.2"' in (await office.get("/admin/people")).text
    form = (await office.get("/admin/people/cqmu.housing.2")).text
    assert 'name="role"' in form
    wrong = await office.post("/admin/people/cqmu.housing.2", ENTER | {"deputies": "Wang", "key": "w" * 32})
    assert wrong.status_code == 422
    mended = await office.post("/admin/people/cqmu.housing.2", ENTER | {"key": "m" * 32})
    assert mended.status_code == 303
    assert "Sun Li" in (await office.get("/admin/people/cqmu.housing.2")).text
    assert "cannot be read (" not in (await office.get("/admin")).text
