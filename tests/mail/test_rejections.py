"""Mails about documents that were not accepted: one an hour to a person about an exchange, and nothing is lost."""

from datetime import timedelta

import pytest

from models.events import DocumentChecked, DocumentReturned, DocumentSubmitted
from models.notifications.notices import DocumentFacts
from models.tables import DocumentRow, FileRow, MessageRow
from models.vocabulary import DocumentStatus, StepKind
from records.store.engine import transaction
from tests.mail.world import CODE, HOST_COORDINATOR, NOW, World, opened


async def fail(world: World, kind: str, minutes: float, number: int = 1) -> None:
    """A document that the student handed in does not pass."""
    document, at = f"{kind}-{number}", NOW + timedelta(minutes=minutes)
    async with transaction(world.sessions) as session:
        file = f"{len(kind)}{number}".ljust(64, "0")
        if await session.get(FileRow, file) is None:
            session.add(FileRow(hash=file, size=1, media_type="application/pdf", created_at=NOW))
            await session.flush()
        row = DocumentRow(id=document, exchange_id=CODE, kind=kind, file_hash=file, filename="a.pdf", uploaded_by="p1")
        row.status, row.filed_at = DocumentStatus.FILED, NOW
        session.add(row)
    await world.record(
        DocumentSubmitted(at=at, document_id=document, document=kind),
        DocumentChecked(at=at, document_id=document, document=kind, accepted=False, findings=("D17.type",)),
    )


async def mails(world: World) -> list[MessageRow]:
    return [message for message in await world.messages() if message.kind == "document_rejected"]


def names(message: MessageRow) -> list[str]:
    facts = DocumentFacts.model_validate(message.params["facts"])
    return [one.document_id for one in (facts, *facts.others)]


async def begin_to_send(world: World, message: MessageRow, minutes: float) -> None:
    """As a batch does that claims it."""
    async with transaction(world.sessions) as session:
        row = await session.get_one(MessageRow, message.id)
        row.not_before = NOW + timedelta(minutes=minutes + 5)


async def test_what_is_not_sent_yet_names_all_of_them(world: World) -> None:
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport,photo"))
    await fail(world, "passport", 0)
    await fail(world, "photo", 1)
    await fail(world, "passport", 2, number=2)
    (mail,) = await mails(world)
    assert names(mail) == ["passport-2", "photo-1"]
    assert mail.not_before == NOW


@pytest.mark.parametrize("after", [0.5, 30, 59])
async def test_once_it_is_on_its_way_the_next_one_comes_an_hour_later(world: World, after: float) -> None:
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport,photo"))
    await fail(world, "passport", 0)
    await begin_to_send(world, (await mails(world))[0], 0)
    for number in range(2, 12):
        await fail(world, "passport", after, number=number)
    await fail(world, "photo", after)
    first, second = await mails(world)
    assert (names(first), names(second)) == (["passport-1"], ["photo-1", "passport-11"])
    assert second.not_before == NOW + timedelta(hours=1)


async def test_after_an_hour_it_is_told_at_once(world: World) -> None:
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    await fail(world, "passport", 0)
    await begin_to_send(world, (await mails(world))[0], 0)
    await fail(world, "passport", 61, number=2)
    assert (await mails(world))[1].not_before == NOW + timedelta(minutes=61)


async def test_what_somebody_returned_comes_in_one_mail(world: World) -> None:
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport,photo"))
    await fail(world, "passport", 0)
    await begin_to_send(world, (await mails(world))[0], 0)
    kinds = ("passport", "photo")
    await fail(world, "photo", 1)
    at = NOW + timedelta(minutes=70)
    await world.record(
        *(DocumentReturned(at=at, actor=HOST_COORDINATOR, document_id=f"{kind}-1", document=kind) for kind in kinds)
    )
    assert names((await mails(world))[-1]) == ["photo-1", "passport-1"]
