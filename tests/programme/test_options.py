"""Every discipline, laboratory and specialty of the page is offered, and given while there is room."""

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from _pytest.mark.structures import ParameterSet

from activities.placement import Placement
from demo.cohort import DARTMOUTH, first_monday, row
from docs.page import lines
from models.catalogue.programme import Programme, ProgrammeUnit
from models.events import ExchangeOpened
from models.messages.contracts import AssignPlace
from models.rules.nomination import Nomination, parse_row
from models.rules.stay import Fault
from models.vocabulary import Content, Level
from records.store.append import Wakers
from tests.activities.students import Office, OneMessage
from tests.portal.world import Portal
from tests.programme.conftest import Say
from tests.wakers import CountingWaker

MONDAY = first_monday(date(2026, 11, 2))
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
KINDS = {
    "H.4": "State key laboratory of Ministry of Education",
    "H.5": "Overseas Expertise Introduction Center for Discipline Innovation (111 Center)",
}
"""Headings over several laboratories, as they stand beside one."""
LISTS = {"G.1": "state_key", "G.2": "esi", "G.3": "phd", "G.4": "master"}


def below(section: str) -> list[str]:
    """The lines of a section that name something to choose."""
    found = [number for number in lines() if number.startswith(f"{section}.")]
    return [number for number in found if not any(other.startswith(f"{number}.") for other in found)]


def headings(section: str) -> list[str]:
    """The lines of a section under which others stand."""
    found = [number for number in lines() if number.startswith(f"{section}.")]
    return [number for number in found if any(other.startswith(f"{number}.") for other in found)]


def played(numbers: list[str]) -> list[ParameterSet]:
    """The lines as parameters, each marked as played."""
    return [pytest.param(number, marks=pytest.mark.plays(number), id=number) for number in numbers]


def nominated(programme: Programme, number: int = 1, **cells: str) -> Nomination | tuple[Fault, ...]:
    """What becomes of a nomination with these cells: it, or what is wrong with it."""
    own = {"student_number": f"P{number:05d}", "email": f"p{number}@students.dartmouth.example"}
    return parse_row(row(DARTMOUTH[0], MONDAY, number) | own | cells, programme)


def unit_of(programme: Programme, number: str) -> ProgrammeUnit:
    """The unit that a line names: by its name, and of laboratories of one name by the heading above."""
    content = Content.LABORATORY if number.startswith("H") else Content.CLINICAL
    units = [one for one in programme.institutions["cqmu"].units if one.content is content]
    found = [one for one in units if one.name == lines()[number]]
    if len(found) > 1:
        heading = lines()[number.rpartition(".")[0]]
        found = [one for one in found if one.status == heading]
    (unit,) = found
    return unit


@pytest.mark.parametrize("number", played(below("G")))
def test_a_discipline_is_nominated(programme: Programme, came_out: Say, number: str) -> None:
    """A student of each level is nominated with it."""
    list_id = LISTS[number.rpartition(".")[0]]
    (found,) = [one for one in programme.disciplines if one.name == lines()[number] and one.list == list_id]
    taken, refused = [], []
    for level in Level:
        outcome = nominated(programme, level=level, discipline=found.id)
        if level in found.levels:
            assert isinstance(outcome, Nomination), outcome
            assert outcome.discipline == found.id
            taken.append(level.value)
        else:
            assert not isinstance(outcome, Nomination)
            assert [(fault.field, fault.rule) for fault in outcome] == [("discipline", "D7")]
            refused.append(level.value)
    assert taken
    came_out(f"taken: {', '.join(taken)}" + (f"; refused: {', '.join(refused)} (D7)" if refused else ""))


@pytest.mark.parametrize("number", played(headings("G")))
async def test_a_list_of_disciplines_is_offered(portal: Portal, came_out: Say, number: str) -> None:
    """Anybody opens the page of what is offered."""
    offered = under(await options(portal), lines()[number].rstrip(":"))
    expected = [lines()[one] for one in lines() if one.startswith(f"{number}.")]
    assert offered == expected
    came_out(f"{len(offered)} disciplines, as on the page and in its order")


@pytest.mark.parametrize("number", played([*below("H"), *below("I")]))
async def test_a_unit_takes_students(office: Office, came_out: Say, number: str) -> None:
    """As many students as it takes at a time ask for it, and one more."""
    unit = unit_of(office.programme, number)
    placement = Placement(office.sessions, office.programme, OneMessage(), Wakers(CountingWaker()))
    assert unit.capacity >= 1
    for student in range(1, unit.capacity + 2):
        exchange_id = await nominate(office, student, unit)
        request = AssignPlace(
            key=f"key-{student}",
            exchange_id=exchange_id,
            placement_id=f"{exchange_id}.{unit.content}.1",
            host="cqmu",
            content=unit.content,
            preferences=(unit.id,),
            only=unit.id,
            start=MONDAY,
            end=MONDAY + timedelta(days=25),
            at=NOW,
        )
        given = (await placement.assign_place(request)).unit_id
        assert given == (unit.id if student <= unit.capacity else None)
    came_out(f"`{unit.id}`: {unit.capacity} at a time placed; of one more a person decides")


@pytest.mark.parametrize("number", played(headings("H")))
async def test_what_a_laboratory_is_stands_beside_it(portal: Portal, came_out: Say, number: str) -> None:
    """Anybody opens the page of what is offered."""
    page, kind = await options(portal), KINDS.get(number, lines()[number])
    beneath = [lines()[one] for one in lines() if one.startswith(f"{number}.")]
    laboratories = entries(page, "u-cqmu-laboratory")
    for name in beneath:
        assert any(entry.startswith(name) and kind in entry for entry in laboratories), name
    came_out(f"stands beside {', '.join(beneath)}")


async def nominate(office: Office, number: int, unit: ProgrammeUnit) -> str:
    """Register a student who wishes for a unit."""
    outcome = nominated(office.programme, number, **wish(unit))
    assert isinstance(outcome, Nomination), outcome
    registered = await office.filing.register(outcome, NOW)
    opened = ExchangeOpened(
        at=NOW, student=registered.person_id, plan=outcome.to_plan(office.programme), policy_version="test"
    )
    await office.record(registered.exchange_id, opened)
    return registered.exchange_id


def wish(unit: ProgrammeUnit) -> dict[str, str]:
    """The cells that wish for a unit."""
    return {"laboratories" if unit.content is Content.LABORATORY else "specialties": unit.id}


async def options(portal: Portal) -> str:
    """The page of what is offered, as somebody sees it who is not signed in."""
    answer = await portal.browser().get("/options")
    assert answer.status_code == 200
    return answer.text


def entries(page: str, part: str) -> list[str]:
    """The entries of one list of the page."""
    (found,) = re.findall(rf'<details id="{part}"[^>]*>.*?<ul>(.*?)</ul>', page, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", found, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in items]


def under(page: str, heading: str) -> list[str]:
    """The disciplines under a heading."""
    parts = re.findall(r'<details id="(l-\w+)"><summary><b>(.*?)</b>', page)
    (part,) = [part for part, name in parts if html.unescape(name) == heading]
    return entries(page, part)
