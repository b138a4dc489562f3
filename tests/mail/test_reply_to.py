"""Whom an answer to a mail goes to: the office of the side that a step is on, and never the reader themself."""

import pytest

from mail.directory import Directory, Recipient
from mail.reply_to import office_of
from models.catalogue.programme import Programme
from models.events import CertificateIssued
from models.tables import MessageRow
from models.vocabulary import Role, Side, StepKind
from records.store.engine import transaction
from tests.mail.test_send import Post, post, small_post
from tests.mail.world import CODE, NOW, World, opened, owner, programme

__all__ = ["post", "small_post"]

SHARED = {"cqmu": "exchange@cqmu.example", "dartmouth": "global@dartmouth.example"}


def with_offices() -> Programme:
    """The programme, whose offices have addresses of their own."""
    plain = programme()
    offices = {
        one.id: one.model_copy(update={"office_email": SHARED.get(one.id)}) for one in plain.institutions.values()
    }
    return plain.model_copy(update={"institutions": offices})


async def answer_to(world: World, programme: Programme, row: MessageRow, reader: Recipient | None = None) -> str:
    async with transaction(world.sessions) as session:
        found = reader or await Directory(world.programme).find(session, row.recipient_id, row.recipient_role)
        assert found is not None
        return await office_of(session, programme, row, found)


@pytest.mark.parametrize("offices", [False, True])
@pytest.mark.parametrize(
    ("kind", "side", "role", "institution"),
    [
        (StepKind.CORRECT_NOMINATION, Side.SENDING, Role.PARTNER_OFFICE, "dartmouth"),
        (StepKind.SUBMIT_DOCUMENTS, Side.STUDENT, Role.STUDENT, "dartmouth"),
        (StepKind.VERIFY_NOMINATION, Side.HOST, Role.HEAD_OF_OFFICE, "cqmu"),
        (StepKind.REGISTER_RESIDENCE, Side.HOST, Role.HOUSING_OFFICER, "cqmu"),
    ],
)
async def test_a_step_is_answered_to_the_office_of_its_side(
    small_world: World, offices: bool, kind: StepKind, side: Side, role: Role, institution: str
) -> None:
    await small_world.record(opened(kind, to=owner(side, role)))
    rows = [row for row in await small_world.messages() if row.step_id]
    assert rows
    for row in rows:
        wanted = SHARED[institution] if offices else f"coordinator@{institution}.example"
        used = with_offices() if offices else small_world.programme
        assert await answer_to(small_world, used, row) == wanted


async def test_what_is_about_the_exchange_is_the_hosts(small_world: World) -> None:
    issued = CertificateIssued(at=NOW, number="C-1", version=1, verification="v", file_hash="h", issued_on=NOW.date())
    await small_world.record(issued)
    rows = [row for row in await small_world.messages() if row.exchange_id == CODE]
    told = {row.recipient_id: await answer_to(small_world, with_offices(), row) for row in rows}
    assert told
    assert set(told.values()) == {SHARED["cqmu"]}


async def test_the_office_itself_answers_to_the_programme_office(small_world: World) -> None:
    await small_world.record(opened(StepKind.VERIFY_NOMINATION))
    [row] = [row for row in await small_world.messages() if row.recipient_id == "cqmu.coordinator"]
    assert await answer_to(small_world, small_world.programme, row) == "programme@cqmu.example"


async def test_a_mail_about_nothing_in_particular_is_answered_to_the_readers_office(small_world: World) -> None:
    row = MessageRow(kind="digest", stream="digest", recipient_id="x", recipient_role=Role.COORDINATOR)
    for institution, email, wanted in (
        ("dartmouth", "head@dartmouth.example", "coordinator@dartmouth.example"),
        ("dartmouth", "Coordinator@dartmouth.example", "programme@cqmu.example"),
        ("cqmu", "programme@cqmu.example", "coordinator@cqmu.example"),
        ("elsewhere", "somebody@else.example", "programme@cqmu.example"),
        ("elsewhere", "PROGRAMME@cqmu.example", ""),
    ):
        reader = Recipient(
            id="x", role=Role.COORDINATOR, name="x", email=email, language="en", zone="UTC", institution=institution
        )
        assert await answer_to(small_world, small_world.programme, row, reader) == wanted


async def test_a_mail_says_whom_it_is_answered_to(small_post: Post) -> None:
    await small_post.world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    async with small_post.open():
        await small_post.send()
    [mail] = small_post.kept()
    assert mail["Reply-To"] == "coordinator@dartmouth.example"
