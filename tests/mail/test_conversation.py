"""Conversations: who reads and writes, once, sealed, told by mail; and answers by mail, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import select

from dev.mailsink import MailSink
from models.catalogue.loading import load_programme
from models.errors import BadInput, KeyReused, NotAuthorised, NotOpen, Unknown
from models.events import ExchangeClosed, StepClosed
from models.messages.conversation import LONGEST_POST, MailResult, PostAudience, WritePost
from models.people.authorization import Actor
from models.tables import MailReplyRow, PostRow
from models.vocabulary import MobilityStatus, Outcome, Role, StepStatus
from records.conversation.scopes import CONVERSATION
from records.own_facts import OwnFacts
from records.store.append import NoOutbox
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.mail.conversations import (
    AUDITOR,
    HEAD,
    HEALTH,
    HOUSING,
    PARTNER,
    PROGRAMME,
    STRANGER,
    Talk,
    moment,
    reply,
    text_of,
)
from tests.records.stays import HOST, SENDING
from tests.sealed import VAULT

SIDES, STUDENT, OFFICE = PostAudience.SIDES, PostAudience.STUDENT, PostAudience.OFFICE


@pytest.fixture
async def talk(database: Database, tmp_path: Path) -> Talk:
    """On each database."""
    talk = Talk(Office(database, tmp_path / "files", load_programme()))
    await talk.begin()
    return talk


@pytest.fixture
async def small_talk(sqlite_database: Database, tmp_path: Path) -> Talk:
    """On SQLite alone."""
    talk = Talk(Office(sqlite_database, tmp_path / "files", load_programme()))
    await talk.begin()
    return talk


async def test_each_reads_what_is_for_them_and_nothing_else(talk: Talk) -> None:
    await talk.write(HOST, "to both", "k1", audience=SIDES)
    await talk.write(SENDING, "to the student too", "k2", audience=STUDENT)
    await talk.write(HOST, "among us", "k3", audience=OFFICE)
    await talk.write(PROGRAMME, "in the programme office", "k4", audience=OFFICE)
    await talk.write(HOST, "to housing", "k5", audience=SIDES, mentions=(HOUSING.id,))
    every = ["to both", "to the student too", "to housing"]
    readers: dict[Actor, list[str]] = {
        HOST: [*every[:2], "among us", every[2]],
        HEAD: [*every[:2], "among us", every[2]],
        SENDING: every,
        PARTNER: every,
        PROGRAMME: [*every[:2], "in the programme office", every[2]],
        HOUSING: ["to housing"],
        HEALTH: [],
        AUDITOR: [],
        talk.student: ["to the student too"],
    }
    for reader, said in readers.items():
        assert sorted(await talk.reads(reader)) == sorted(said), reader
    for reader in (STRANGER, talk.stranger):
        with pytest.raises(Unknown):
            await talk.threads.of(talk.exchange, reader)
        with pytest.raises(Unknown):
            await talk.write(reader, key="k9")
    for reader, count in ((HOST, 4), (SENDING, 3), (talk.student, 1), (HOUSING, 1), (AUDITOR, 0)):
        view = await talk.reading.exchange(talk.exchange, reader, now=NOW)
        assert view is not None
        assert [one.kind for one in view.timeline].count("post_written") == count, reader
    assert "among us" not in await talk.log()


async def test_a_question_is_asked_once_and_the_step_says_for_whom_it_waits(talk: Talk) -> None:
    answer = await talk.ask()
    assert (answer.told, answer.repeated, talk.waker.woken) == (1, False, 1)
    assert (await talk.ask()).repeated
    with pytest.raises(KeyReused):
        await talk.ask(text="Something else?")
    (message,) = await talk.messages()
    assert (message.recipient_id, message.kind) == (SENDING.id, "conversation")
    view = await talk.reading.exchange(talk.exchange, SENDING, now=NOW)
    assert view is not None
    step = next(one for one in view.steps if one.step_id == talk.verify)
    assert step.question is not None
    assert step.question.asked.institution == "dartmouth"
    assert [one.post_id for one in await talk.threads.questions_to(SENDING)] == [answer.post_id]
    assert not await talk.threads.questions_to(HOST)
    reply = await talk.write(SENDING, "Yes.", "k2", answers=answer.post_id, audience=OFFICE)
    assert (await talk.messages())[-1].recipient_id == HOST.id
    posts = (await talk.threads.of(talk.exchange, HOST, step_id=talk.verify)).posts
    assert [(one.text, one.audience, one.answers, one.is_open) for one in posts] == [
        ("Is the plan enough?", SIDES, "", False),
        ("Yes.", SIDES, answer.post_id, False),
    ]
    assert posts[1].post_id == reply.post_id
    again = await talk.reading.exchange(talk.exchange, HOST, now=NOW)
    assert again is not None
    assert not any(one.question for one in again.steps)
    assert not await talk.threads.questions_to(SENDING)


async def test_what_who_asked_adds_answers_nothing(small_talk: Talk) -> None:
    question = await small_talk.ask(HOST)
    await small_talk.write(HOST, "I mean its second part.", "k2", answers=question.post_id)
    await small_talk.write(HEAD, "It is urgent.", "k3", answers=question.post_id)
    assert [one.post_id for one in await small_talk.threads.questions_to(SENDING)] == [question.post_id]
    await small_talk.write(SENDING, "It is enough.", "k4", answers=question.post_id)
    assert not await small_talk.threads.questions_to(SENDING)


async def test_a_colleague_who_is_asked_answers(small_talk: Talk) -> None:
    question = await small_talk.ask(SENDING, to="coordinator@cqmu")
    assert [one.post_id for one in await small_talk.threads.questions_to(HOST)] == [question.post_id]
    await small_talk.write(HEAD, "For the coordinator: yes.", "k2", answers=question.post_id)
    assert not await small_talk.threads.questions_to(HOST)


async def test_who_may_not_writes_nothing(small_talk: Talk) -> None:
    for actor in (AUDITOR, HOUSING):
        with pytest.raises(NotAuthorised):
            await small_talk.write(actor)
    with pytest.raises(BadInput, match=r"post\.audience"):
        await small_talk.write(small_talk.student, audience=SIDES)
    with pytest.raises(BadInput, match=r"post\.mention"):
        await small_talk.write(HOST, audience=OFFICE, mentions=(SENDING.id,))
    with pytest.raises(BadInput, match=r"post\.mention"):
        await small_talk.write(HOST, audience=SIDES, mentions=(small_talk.student.id,))
    with pytest.raises(BadInput, match=r"post\.student_reads"):
        await small_talk.ask(to="student@dartmouth")
    with pytest.raises(BadInput, match=r"post\.to"):
        await small_talk.ask(to="coordinator@sample")
    with pytest.raises(BadInput, match=r"post\.asks_nobody"):
        await small_talk.ask(audience=OFFICE)
    for text in (" \n ", "x" * (LONGEST_POST + 1)):
        with pytest.raises(BadInput, match=r"post\.length"):
            await small_talk.write(HOST, text)
    note = await small_talk.write(HOST, "among us", audience=OFFICE)
    with pytest.raises(Unknown):
        await small_talk.write(SENDING, "I saw it", "k2", answers=note.post_id)
    with pytest.raises(Unknown):
        await small_talk.ask(step_id=f"{small_talk.other}.verify_nomination.1", key="k3")
    assert await small_talk.reads(SENDING) == []
    assert not await small_talk.messages()


async def test_words_about_health_are_of_the_student_and_occupational_health_alone(small_talk: Talk) -> None:
    for actor in (HOST, SENDING, PROGRAMME):
        with pytest.raises(NotAuthorised):
            await small_talk.ask(actor, to="", step_id=small_talk.clear)
    asked = await small_talk.ask(
        HEALTH, "student@dartmouth", step_id=small_talk.clear, audience=STUDENT, text="Which vaccine?"
    )
    await small_talk.write(small_talk.student, "The second one.", "k2", answers=asked.post_id)
    for actor in (small_talk.student, HEALTH):
        assert await small_talk.reads(actor) == ["Which vaccine?", "The second one."]
    for actor in (HOST, SENDING, PROGRAMME, HEAD):
        assert await small_talk.reads(actor) == []


async def test_what_is_over_is_asked_about_no_more(small_talk: Talk) -> None:
    asked = await small_talk.ask()
    closed = StepClosed(
        at=NOW, actor=HOST, step_id=small_talk.verify, status=StepStatus.DONE, outcome="verified", decision_id="d1"
    )
    await small_talk.office.record(small_talk.exchange, closed)
    assert not await small_talk.threads.questions_to(SENDING)
    with pytest.raises(NotOpen, match=r"post\.step_over"):
        await small_talk.ask(key="k2")
    ended = ExchangeClosed(at=NOW, outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED)
    await small_talk.office.record(small_talk.exchange, ended)
    with pytest.raises(NotOpen, match=r"exchange\.ending"):
        await small_talk.write(SENDING, "Yes.", "k3", answers=asked.post_id)
    thread = await small_talk.threads.of(small_talk.exchange, SENDING)
    assert (thread.may_write, [one.text for one in thread.posts]) == (False, ["Is the plan enough?"])


async def test_words_go_with_the_students_key_and_are_in_their_archive_before(talk: Talk) -> None:
    await talk.write(HOST, "for you", audience=STUDENT)
    await talk.write(HOST, "not for you", "k2", audience=SIDES)
    sessions, programme = talk.office.sessions, talk.office.programme
    facts = await OwnFacts(sessions, programme, NoOutbox(), talk.sealing).of(talk.exchange, talk.student, NOW)
    assert [one["text"] for one in facts["conversation"]] == ["for you"]
    async with transaction(sessions) as session:
        rows = list(await session.scalars(select(PostRow)))
        assert all(b"for you" not in row.sealed for row in rows)
        await VAULT.erase(session, talk.student.id, CONVERSATION, NOW)
    posts = (await talk.threads.of(talk.exchange, HOST)).posts
    assert [(one.text, one.erased) for one in posts] == [("", True), ("", True)]
    with pytest.raises(NotOpen):
        await talk.write(HOST, key="k3")


async def test_an_answer_by_mail_comes_into_the_thread_once(talk: Talk, smtp: MailSink) -> None:
    await talk.ask(text="Is <this> enough?")
    (mail,) = await talk.sent(smtp)
    assert "asks you" in mail["Subject"]
    assert talk.exchange in mail["Subject"]
    assert "Is <this> enough?" in text_of(mail)
    assert mail["Reply-To"].startswith("reply+")
    data = reply(mail, "Yes, from 2 March.\n\nAnn")
    assert await talk.replies.take(data, "", moment(1)) is MailResult.TAKEN
    assert await talk.replies.take(data, "", moment(1)) is MailResult.REPEATED
    posts = (await talk.threads.of(talk.exchange, HOST)).posts
    assert [(one.text, one.by_mail, one.is_open) for one in posts] == [
        ("Is <this> enough?", False, False),
        ("Yes, from 2 March.\n\nAnn", True, False),
    ]
    assert posts[1].by == next(c.name for c in talk.office.programme.contacts("dartmouth", Role.COORDINATOR))
    assert [one.recipient_id for one in await talk.messages()] == [SENDING.id, HOST.id]
    assert "from 2 March" not in await talk.log()


async def test_an_answer_that_cannot_be_taken_is_told_to_who_got_the_mail_and_nobody_else(
    small_talk: Talk, smtp: MailSink
) -> None:
    await small_talk.ask()
    (mail,) = await small_talk.sent(smtp)
    other = [reply(mail, "No!", sender="eve@evil.example", message_id=f"<{n}@evil.example>") for n in range(2)]
    assert [await small_talk.replies.take(one, "", NOW) for one in other] == [MailResult.REFUSED] * 2
    assert await small_talk.replies.take(reply(mail, "", message_id="<3@x>"), "", NOW) is MailResult.REFUSED
    assert await small_talk.replies.take(reply(mail, "Late.", message_id="<4@x>"), "", moment(91)) is MailResult.REFUSED
    told = (await small_talk.messages())[1:]
    assert [(one.recipient_id, one.params["facts"]["message"]) for one in told] == [
        (SENDING.id, "reply.other_address"),
        (SENDING.id, "post.length"),
        (SENDING.id, "reply.too_old"),
    ]
    *_, last = await small_talk.sent(smtp)
    assert "eve@evil.example" not in {*(str(one["To"]) for one in await small_talk.sent(smtp))}
    assert last["Reply-To"] == "exchange@cqmu.edu.cn" or not str(last["Reply-To"]).startswith("reply+")
    async with transaction(small_talk.office.sessions) as session:
        kept = list(await session.scalars(select(MailReplyRow.result)))
    assert sorted(kept) == ["post.length", "reply.other_address", "reply.other_address", "reply.too_old"]
    assert await small_talk.reads(HOST) == ["Is the plan enough?"]


async def test_what_a_program_wrote_and_what_is_for_nobody_changes_nothing(small_talk: Talk, smtp: MailSink) -> None:
    await small_talk.ask()
    (mail,) = await small_talk.sent(smtp)
    away = reply(mail, "I am away.", Auto_Submitted="auto-replied")
    assert await small_talk.replies.take(away, "", NOW) is MailResult.DROPPED
    token = str(mail["Reply-To"]).partition("+")[2].partition("@")[0]
    number, _, mac = token.partition("-")
    for forged in (f"{number}-{mac[::-1]}", f"{int(number) + 1}-{mac}", f"{10**19}-{mac}", "", token.partition("-")[2]):
        data = reply(mail, "Yes.").replace(token.encode(), forged.encode())
        assert await small_talk.replies.take(data, "", NOW) is MailResult.NOBODY, forged
    assert await small_talk.replies.take(b"\xff\x00 no mail", "", NOW) is MailResult.NOBODY
    assert len(await small_talk.messages()) == 1
    in_capitals = reply(mail, "Yes.").replace(token.encode(), b"nothing")
    assert await small_talk.replies.take(in_capitals, f"Reply+{token.upper()}@Sojourn.example", NOW) is MailResult.TAKEN


async def test_without_an_address_for_answers_mail_leads_to_the_page(small_talk: Talk, smtp: MailSink) -> None:
    await small_talk.ask()
    (mail,) = await small_talk.sent(smtp, None)
    assert not str(mail["Reply-To"] or "").startswith("reply+")
    assert f"/exchanges/{small_talk.exchange}/conversation" in text_of(mail)
    assert "above this line" not in text_of(mail)


async def test_a_mail_about_health_has_no_word_and_no_address(small_talk: Talk, smtp: MailSink) -> None:
    await small_talk.ask(HEALTH, "student@dartmouth", step_id=small_talk.clear, audience=STUDENT, text="Which vaccine?")
    (mail,) = await small_talk.sent(smtp)
    assert "vaccine" not in text_of(mail)
    assert "not in this mail" in text_of(mail)
    assert not str(mail["Reply-To"] or "").startswith("reply+")


async def test_who_stands_in_answers_for_who_is_away(small_talk: Talk) -> None:
    standing = SENDING.model_copy(update={"id": "dartmouth.deputy", "on_behalf_of": SENDING.id})
    asked = await small_talk.ask()
    post = WritePost(text="For them.", answers=asked.post_id)
    await small_talk.conversations.write(small_talk.exchange, post, standing, NOW, "k2")
    assert await small_talk.reads(HOST) == ["Is the plan enough?", "For them."]
