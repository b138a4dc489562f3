"""What people read: every kind of mail in both languages, as snapshots, and what no mail may ever contain."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from syrupy.assertion import SnapshotAssertion

from mail.compose import Composer
from mail.render import Body, Box, Detail, Letter, Link, Para, Quote, Rendered, Section, WritingUniversity, render
from models.catalogue.loading import load_programme
from models.events import RungFired, StepClosed
from models.notifications.notices import OVERVIEWS, NoticeKind, Reader
from models.vocabulary import LANGUAGES, Role, RungKind, Side, StepKind, StepStatus, Target
from records.store.engine import transaction
from tests.mail.letters import letters
from tests.mail.world import CODE, DUE, NOW, World, opened, owner
from texts.answers import ask_of
from texts.dates import distance_words, due_words, moment_words, short_due
from texts.i18n import translated

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_kind_of_mail(small_world: World, language: str, snapshot: SnapshotAssertion) -> None:
    found = await letters(small_world, language)
    assert {letter.kind for _, letter in found.values()} == set(NoticeKind) - OVERVIEWS
    for name, (_, letter) in sorted(found.items()):
        mail = render(letter)
        assert f"Subject: {mail.subject}\n\n{mail.text}" == snapshot(name=f"{name}.txt")
        _check(letter, mail)


async def test_every_kind_says_everything_in_chinese(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[str] = set()

    def overheard(message: str, language: str) -> str:
        said.add(message)
        return translated(message, language)

    monkeypatch.setattr("texts.names.translated", overheard)
    found = await letters(small_world, "zh")
    assert {letter.kind for _, letter in found.values()} == set(NoticeKind) - OVERVIEWS
    assert len(said) > 50
    assert not [message for message in said if message and not HAN.search(translated(message, "zh"))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind not in OVERVIEWS])
async def test_every_kind_of_html(
    small_world: World, kind: NoticeKind, language: str, snapshot: SnapshotAssertion
) -> None:
    found = await letters(small_world, language)
    mails = {name: render(letter) for name, (_, letter) in found.items() if letter.kind is kind}
    name = max(mails, key=lambda name: (name.endswith("student"), name))
    assert mails[name].html == snapshot


async def test_the_university_that_writes_stands_above_in_its_colours(small_world: World) -> None:
    programme = load_programme()
    await small_world.record(opened(StepKind.HOST_APPROVAL, to=owner(Side.HOST, Role.COORDINATOR)))
    (row,) = await small_world.messages()
    for language, name in (("en", "Chongqing Medical University"), ("zh", "重庆医科大学")):
        row.language = language
        async with transaction(small_world.sessions) as session:
            _, letter = await Composer(programme, "https://x.example").compose(session, row)
        assert letter.by == WritingUniversity(name, "#1d4e89", "#8fbef0")
        [head] = re.findall(r'<p class="by" style="[^"]*;color:(#\w+)[^"]*">([^<]*)</p>', render(letter).html)
        assert head == ("#1d4e89", name)
        assert ".by { color: #8fbef0 !important" in render(letter).html


OF_COHORTS = {NoticeKind.COHORT_BELOW_MINIMUM, NoticeKind.COHORT_REPLANNED}


def _check(letter: Letter, mail: Rendered) -> None:
    """One action, the code, why this person gets it, and no trace of a program."""
    assert mail.subject.startswith(letter.code) or letter.kind in OF_COHORTS
    for body in (mail.text, _plain(mail.html)):
        assert letter.because in body
        assert letter.name in body
        assert not re.search(r"None|Undefined|\{\{|\}\}|<built-in|_nomination|NoticeKind", body)
        assert letter.body.headline in body
        facts = [fact for block in letter.body.blocks if isinstance(block, Box) for fact in block.facts]
        for fact in facts:
            assert fact.value in body
            assert all(item in body for item in fact.items)
        if facts and letter.reader is Reader.OWNER:
            assert body.count(facts[0].value) == 1
    assert mail.html.count('class="box') <= 1
    assert "http://" not in mail.html
    assert not re.search(r"<(img|script|link|iframe)", mail.html), "nothing is fetched when a mail is read"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _plain(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts)


@pytest.mark.parametrize("kind", list(StepKind))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_step_of_the_catalogue_reads_as_a_request(
    small_world: World, kind: StepKind, language: str
) -> None:
    programme = load_programme()
    policy = programme.policy.step(kind)
    unit = "cqmu-lipid" if policy.role is Role.SUPERVISOR else ""
    subject = {
        StepKind.CONFIRM_BED: "bed-1",
        StepKind.FIND_PLACE: "laboratory",
        StepKind.RECORD_ATTENDANCE: "academic_lectures,cultural_activities",
        StepKind.SETTLE_CERTIFICATE: "D42.arrival,D42.attendance.clinical,D42.evaluation.EX-1.laboratory.1,D1.duration",
        StepKind.SUBMIT_DOCUMENTS: ",".join(d.kind for d in programme.policy.documents),
    }.get(kind, "")
    to = owner(policy.side, policy.role, unit)
    await small_world.record(opened(kind, to=to, subject=subject))
    if kind is StepKind.WAIT_FOR_SEAT:
        assert await small_world.messages() == []
        return
    (row,) = await small_world.messages()
    row.language = language
    composer = Composer(small_world.programme.model_copy(update={"policy": programme.policy}), "https://x.example")
    async with transaction(small_world.sessions) as session:
        _, letter = await composer.compose(session, row)
    mail = render(letter)
    _check(letter, mail)
    assert not re.search(r"D\d+\.|cqmu-lipid", mail.text), "codes are put into words"
    assert len(mail.subject) < 100


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_offer_says_who_pays_what_and_the_housing_terms(small_world: World, language: str) -> None:
    """What the student is asked to acknowledge stands in the letter itself (D6, seed D and E)."""
    programme = load_programme()
    await small_world.record(opened(StepKind.ACCEPT_OFFER, to=owner(Side.STUDENT, Role.STUDENT)))
    (row,) = await small_world.messages()
    row.language = language
    async with transaction(small_world.sessions) as session:
        _, letter = await Composer(programme, "").compose(session, row)
    text = render(letter).text
    housing = programme.institutions["cqmu"].housing
    for term in (*(programme.fees if language == "en" else programme.fees_zh),):
        assert term in text
    assert (housing.terms if language == "en" else housing.terms_zh) in text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_clock_of_the_law_says_which(small_world: World, language: str) -> None:
    """To whoever owes it, answers for it or reads along (D29)."""
    policy = load_programme().policy
    rung = RungFired(
        at=DUE,
        step_id=f"{CODE}.register_residence.1",
        rung=1,
        rung_kind=RungKind.ESCALATION,
        to=(Target.OWNER, Target.HEAD_OF_OFFICE),
        copy_to=(Target.PARTNER_OFFICE,),
    )
    await small_world.record(opened(StepKind.REGISTER_RESIDENCE), rung)
    rows = await small_world.messages()
    assert [row.kind for row in rows] == ["step_opened", "escalation", "escalation", "escalation"]
    composer = Composer(small_world.programme.model_copy(update={"policy": policy}), "https://x.example")
    law = policy.step(StepKind.REGISTER_RESIDENCE)
    for row in rows:
        row.language = language
        async with transaction(small_world.sessions) as session:
            _, letter = await composer.compose(session, row)
        mail = render(letter)
        for body in (mail.text, _plain(mail.html)):
            assert (law.law_zh if language == "zh" else law.law) in body


async def test_what_was_settled_meanwhile_is_said(small_world: World) -> None:
    closed = StepClosed(at=NOW, step_id=f"{CODE}.verify_nomination.1", status=StepStatus.CANCELLED, outcome="cancelled")
    await small_world.record(opened(StepKind.VERIFY_NOMINATION), closed)
    (row,) = await small_world.messages()
    async with transaction(small_world.sessions) as session:
        _, letter = await Composer(small_world.programme, "https://x.example").compose(session, row)
    mail = render(letter)
    assert letter.body.settled
    assert letter.link == Link("Open the exchange", f"https://x.example/exchanges/{CODE}")
    for body in (mail.text, mail.html):
        assert "This was settled before the mail could be sent. Nothing is left to do." in body


def hostile(language: str = "en") -> Letter:
    nasty = "Eve\r\nBcc: all@example.org\u2028<script>alert(1)</script>\u202e{{ 7*7 }}"
    blocks = (
        Para(nasty),
        Box((Detail(nasty, nasty, (nasty,)),), Link(nasty, nasty)),
        Quote(nasty, nasty),
        Section(nasty, (nasty,), (Link(nasty, nasty),)),
    )
    return Letter(
        kind=NoticeKind.STEP_OPENED,
        language=language,
        reader=Reader.OWNER,
        name=nasty,
        greeting=nasty,
        code=CODE,
        body=Body(nasty, nasty, blocks),
        rows=((nasty, nasty),),
        because=nasty,
        link=Link(nasty, nasty),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_breaks_neither_header_nor_page(language: str) -> None:
    mail = render(hostile(language))
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "\u202e" not in mail.subject
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "{{ 7*7 }}" in mail.text, "values are never templates"
    assert len(mail.subject) <= 160


def test_every_step_says_what_it_asks_and_why() -> None:
    policy = load_programme().policy
    for kind in StepKind:
        english, chinese = ask_of(policy, kind, "en"), ask_of(policy, kind, "zh")
        assert HAN.search(chinese.do)
        assert HAN.search(chinese.why)
        assert english.do.endswith(".")
        assert english.why.endswith(".")


DST = datetime(2027, 3, 14, 6, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "language", "words"),
    [
        (DUE, "Asia/Shanghai", "en", "Fri 11 Dec 2026, 23:59 China time"),
        (DUE, "Asia/Shanghai", "zh", "2026年12月11日（周五）23:59（北京时间）"),
        (DUE, "America/New_York", "en", "Fri 11 Dec 2026, 10:59 US Eastern time"),
        (DST, "America/New_York", "en", "Sun 14 Mar 2027, 01:59 US Eastern time"),
        (DST + timedelta(hours=1), "America/New_York", "en", "Sun 14 Mar 2027, 03:59 US Eastern time"),
        (DUE, "Asia/Kathmandu", "en", "Fri 11 Dec 2026, 21:44 Kathmandu time, UTC+05:45"),
        (DUE, "America/Los_Angeles", "zh", "2026年12月11日（周五）07:59（洛杉矶当地时间，UTC-08:00）"),
    ],
)
def test_moments_in_words(at: datetime, zone: str, language: str, words: str) -> None:
    assert moment_words(at, zone, language) == words


@pytest.mark.parametrize(
    ("away", "english", "chinese"),
    [
        (timedelta(days=10), "in 10 days", "还有10天"),
        (timedelta(days=1, minutes=1), "in 1 day", "还有1天"),
        (timedelta(hours=23, minutes=59), "in 23 hours", "还有23小时"),
        (timedelta(minutes=59), "in 59 minutes", "还有59分钟"),
        (timedelta(0), "now", "现在到期"),
        (timedelta(minutes=-1), "1 minute ago", "已逾期1分钟"),
        (timedelta(days=-3), "3 days ago", "已逾期3天"),
    ],
)
def test_distances_in_words(away: timedelta, english: str, chinese: str) -> None:
    since = DUE - away
    assert distance_words(DUE, "Asia/Shanghai", since, "en") == english
    assert distance_words(DUE, "Asia/Shanghai", since, "zh") == chinese


def test_a_due_time_is_told_in_the_readers_zone_too() -> None:
    words = due_words(DUE, "Asia/Shanghai", NOW, "en", "America/New_York")
    assert words == "Fri 11 Dec 2026, 23:59 China time (in 10 days; for you: Fri 11 Dec 2026, 10:59 US Eastern time)"
    assert due_words(DUE, "Asia/Shanghai", NOW, "en", "Asia/Singapore") == (
        "Fri 11 Dec 2026, 23:59 China time (in 10 days)"
    )


def test_a_subject_names_the_hour_only_where_it_matters() -> None:
    assert short_due(DUE, "Asia/Shanghai", "en") == "Fri 11 Dec"
    assert short_due(DUE, "America/New_York", "en") == "Fri 11 Dec, 10:59"
    assert short_due(DUE, "Asia/Shanghai", "zh") == "12月11日（周五）"
