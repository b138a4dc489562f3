"""Mails about documents that were not accepted: one an hour to a person about an exchange, and nothing is lost."""

import re
from datetime import timedelta

import pytest

from mail.compose import Composer
from mail.reading import NothingToSay
from mail.render import Section
from models.events import DocumentChecked, DocumentReturned, DocumentSubmitted
from models.notifications.notices import DocumentFacts
from models.tables import DocumentRow, FileRow, FindingRow, MessageRow
from models.vocabulary import DocumentStatus, Severity, StepKind
from records.access.signing import Signing
from records.store.engine import transaction
from tests.mail.letters import compose
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


@pytest.mark.parametrize(
    ("language", "subject", "headline"),
    [
        ("en", r"replace 2 documents by ", "Please replace 2 documents"),
        ("zh", r"请于.+前重新提交2份材料", "请重新提交2份材料"),
    ],
)
async def test_a_mail_says_what_each_of_them_needs(world: World, language: str, subject: str, headline: str) -> None:
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport,photo"))
    for kind in ("passport", "photo"):
        await fail(world, kind, 0)
        async with transaction(world.sessions) as session:
            finding = FindingRow(document_id=f"{kind}-1", rule_id="D17.readable", field="file", reason="")
            finding.severity, finding.message, finding.params = Severity.BLOCKING, "finding.damaged", {}
            session.add(finding)
    composer = Composer(world.programme, "https://sojourn.example/", Signing("a secret for tests, long enough"))
    (row,) = await mails(world)
    _, letter = await compose(world, composer, row, language)
    assert re.search(subject, letter.body.subject)
    assert letter.body.headline == headline
    sections = [block for block in letter.body.blocks if isinstance(block, Section)]
    assert len({section.heading for section in sections}) == len(sections) == 2
    assert all(section.items for section in sections)


async def test_of_what_was_accepted_meanwhile_nothing_is_said(world: World) -> None:
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"))
    await fail(world, "passport", 0)
    composer = Composer(world.programme, "https://sojourn.example/", Signing("a secret for tests, long enough"))
    (row,) = await mails(world)
    await compose(world, composer, row, "en")
    async with transaction(world.sessions) as session:
        document = await session.get_one(DocumentRow, "passport-1")
        document.status = DocumentStatus.ACCEPTED
    with pytest.raises(NothingToSay):
        await compose(world, composer, row, "en")
