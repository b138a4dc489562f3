"""Documents handed in again: the same file, a better one, a worse one, and what is told once their step is closed."""

import ast
from datetime import date

import pytest
from sqlalchemy import select

from examples.papers import SPECIMEN, Holder, letter, passport_scan, portrait
from gateway import updates
from models.errors import BadInput, NotOpen
from models.messages.exchange import DocumentAnswer
from models.people.authorization import Actor
from models.tables import DocumentRow
from models.vocabulary import DocumentStatus, Role, StepKind
from records.store.engine import transaction
from tests.rules.source import room
from tests.workflows.test_refusals import refused
from tests.workflows.world import LAB_ONLY, World

FAR, NEAR = date(2037, 1, 1), date(2027, 1, 15)
Paper = tuple[str, bytes, dict[str, date]]
FIRST: dict[str, Paper] = {
    "passport": ("passport.pdf", passport_scan(SPECIMEN, FAR), {"expires_on": FAR}),
    "photo": ("photo.jpg", portrait(SPECIMEN), {}),
    "enrolment_proof": ("proof.pdf", letter("Proof of enrolment"), {}),
}
BETTER: dict[str, Paper] = {
    "passport": ("new.pdf", passport_scan(SPECIMEN, date(2038, 1, 1)), {"expires_on": date(2038, 1, 1)}),
    "photo": ("photo.jpg", portrait(Holder("Rivera", "Ana", date(2001, 5, 14))), {}),
    "enrolment_proof": ("proof.pdf", letter("Proof of enrolment", pages=2), {}),
}


async def nominated(world: World) -> str:
    """The exchange of the student whose papers these are."""
    return await world.nominate(
        LAB_ONLY,
        family_name=SPECIMEN.family_name,
        given_name=SPECIMEN.given_names,
        birth_date=f"{SPECIMEN.born}",
        nationality=SPECIMEN.nationality,
    )


@pytest.fixture
async def collecting(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[World, str, Actor]:
    """A world with an exchange that collects documents; a gateway that waits for a workflow fails at once."""
    monkeypatch.setattr(updates, "CATCHING_UP", ())
    exchange = await nominated(world)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    return world, exchange, Actor(id=(await world.view(exchange)).student.id, role=Role.STUDENT)


async def hand_in(of: tuple[World, str, Actor], kind: str, paper: Paper) -> DocumentAnswer:
    world, exchange, student = of
    name, data, days = paper
    return await world.gateway.add_document(exchange, kind, name, data, student, expires_on=days.get("expires_on"))


async def states(of: tuple[World, str, Actor], kind: str) -> dict[str, DocumentStatus]:
    world, exchange, _ = of
    query = select(DocumentRow).where(DocumentRow.exchange_id == exchange, DocumentRow.kind == kind)
    async with transaction(world.filing.sessions) as session:
        return {row.id: row.status for row in await session.scalars(query)}


async def told(of: tuple[World, str, Actor]) -> int:
    return len((await of[0].view(of[1])).timeline)


@pytest.mark.parametrize("kind", FIRST)
async def test_the_same_file_has_the_same_answer_and_leaves_nothing_new(
    collecting: tuple[World, str, Actor], kind: str
) -> None:
    first = await hand_in(collecting, kind, FIRST[kind])
    assert first.accepted
    before = await told(collecting)
    for _ in range(2):
        assert await hand_in(collecting, kind, FIRST[kind]) == first
    assert await told(collecting) == before
    assert await states(collecting, kind) == {first.document_id: DocumentStatus.ACCEPTED}


async def test_a_file_that_was_not_accepted_is_not_told_of_twice(collecting: tuple[World, str, Actor]) -> None:
    paper: Paper = ("cv.pdf", b"\x89PNG\r\n\x1a\n" + bytes(200), {})
    first = await hand_in(collecting, "photo", paper)
    assert not first.accepted
    before = await told(collecting)
    assert await hand_in(collecting, "photo", paper) == first
    assert await told(collecting) == before


@pytest.mark.parametrize("kind", FIRST)
async def test_a_better_one_replaces_what_was_accepted(collecting: tuple[World, str, Actor], kind: str) -> None:
    first = await hand_in(collecting, kind, FIRST[kind])
    better = await hand_in(collecting, kind, BETTER[kind])
    assert (better.accepted, better.missing) == (True, first.missing)
    was, now = DocumentStatus.REPLACED, DocumentStatus.ACCEPTED
    assert await states(collecting, kind) == {first.document_id: was, better.document_id: now}


@pytest.mark.parametrize("kind", FIRST)
async def test_a_worse_one_takes_nothing_away(collecting: tuple[World, str, Actor], kind: str) -> None:
    first = await hand_in(collecting, kind, FIRST[kind])
    worse = await hand_in(collecting, kind, ("broken", FIRST[kind][1][:400], FIRST[kind][2]))
    assert (worse.accepted, worse.missing) == (False, first.missing)
    kept, turned_down = DocumentStatus.ACCEPTED, DocumentStatus.REJECTED
    assert await states(collecting, kind) == {first.document_id: kept, worse.document_id: turned_down}


async def test_the_same_file_with_days_that_do_not_pass_is_owed_again(collecting: tuple[World, str, Actor]) -> None:
    name, data, _ = FIRST["passport"]
    first = await hand_in(collecting, "passport", FIRST["passport"])
    assert "passport" not in first.missing
    again = await hand_in(collecting, "passport", (name, data, {"expires_on": NEAR}))
    assert (again.accepted, "passport" in again.missing) == (False, True)
    right = await hand_in(collecting, "passport", FIRST["passport"])
    assert (right.accepted, right.missing) == (True, first.missing)


@pytest.mark.parametrize("kind", FIRST)
async def test_once_the_step_is_closed_it_is_told_in_words(collecting: tuple[World, str, Actor], kind: str) -> None:
    world, exchange, _ = collecting
    await world.until(exchange, StepKind.SENDING_APPROVAL)
    await refused(NotOpen, "document.settled", hand_in(collecting, kind, BETTER[kind]))


@pytest.mark.parametrize(
    ("step", "kinds"),
    [
        (StepKind.SUBMIT_DOCUMENTS, ("background_check", "no_such_paper")),
        (StepKind.ISSUE_INVITATION, ("jw202_form", "ds2019_form")),
        (StepKind.SUBMIT_HEALTH_RECORDS, ("immunization_record", "tb_test", "osha_training")),
    ],
)
async def test_what_this_stay_does_not_need_is_a_refusal_and_no_outage(
    world: World, monkeypatch: pytest.MonkeyPatch, step: StepKind, kinds: tuple[str, ...]
) -> None:
    monkeypatch.setattr(updates, "CATCHING_UP", ())
    exchange = await nominated(world)
    owner = world.people.actor((await world.until(exchange, step)).owner)
    for kind in kinds:
        hand_in = world.gateway.add_document(exchange, kind, "a.pdf", letter("A paper"), owner)
        await refused(BadInput, "document.not_needed", hand_in)


def test_it_is_known_which_refusals_may_mean_that_a_workflow_is_behind() -> None:
    """A new way to say that something is not open has to be sorted: does it mean a step the workflow may not know?"""
    said = set()
    for source in (*room("workflows"), *room("models")):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "NotOpen":
                said.add(ast.literal_eval(node.args[0]))
    stands = {
        "step.already_answered",
        "clinic.not_cleared",
        "stay.begun",
        "stay.not_begun",
        "exchange.ending",
        "student.left",
        "student.not_left",
        "movement.none",
        "suspension.ending",
        "bed.being_chosen",
        "bed.not_yet",
        "change.earlier_rules",
        "change.first_stay_open",
        "change.not_open",
        "change.not_verified",
        "change.stay_over",
        "clearance.none",
        "document.no_override",
        "paper.not_now",
        "rules.already_there",
        "session.cancelled",
        "session.sign_in_early",
        "session.sign_in_over",
    }
    assert said - updates.UNHEARD_OF == stands
    assert said >= updates.UNHEARD_OF
