"""Sessions of a host on both databases: who is invited and told, who was there, and the hours that come from it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import BadInput, KeyReused, NotAuthorised, NotOpen, Unknown
from models.events import Arrived, AttendanceReported
from models.messages.acts import ActStatus
from models.messages.broadcasts import Audience, AudienceKind
from models.messages.exchange import ReportAttendance
from models.messages.host_sessions import Mark, MarkedBy, PlanSession, Presence, SessionTerms
from models.notifications.notices import NoticeKind
from models.people.authorization import Actor
from models.tables import ActRow, MessageRow, SessionInvitationRow
from models.vocabulary import Content, Role
from records.host_sessions import HostSessions
from records.store.engine import alembic_config, transaction, upgrade
from records.store.rebuild import rebuild
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, LIPID, OUTGOING, SENDING, student
from tests.wakers import CountingWaker

STARTS = datetime(2027, 3, 10, 6, tzinfo=UTC)  # two in the afternoon in Chongqing
ENDS = STARTS + timedelta(hours=2)
DAY = date(2027, 3, 10)
LECTURES = Content.ACADEMIC_LECTURES


def terms(**values: Any) -> SessionTerms:
    said: dict[str, Any] = {
        "content": LECTURES,
        "title": "Health systems",
        "title_zh": "医疗体系",
        "place": "Hall 2",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "capacity": 3,
    }
    return SessionTerms.model_validate(said | values)


class Hosting:
    """A host that keeps sessions for students who have arrived."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.waker = CountingWaker()
        self.sessions = HostSessions(
            office.sessions, office.programme, Outbox(office.programme), self.waker, lambda: datetime.now(UTC)
        )
        self.exchanges: list[str] = []
        self.people: dict[str, Actor] = {}

    async def arrives(self, number: int, **cells: str) -> str:
        registered = await self.office.nominate(number, **cells)
        at = datetime(2027, 3, 1, 2, tzinfo=UTC)
        await self.office.record(registered.exchange_id, Arrived(at=at, report_id="a", arrived_at=at))
        self.people[registered.exchange_id] = student(registered.person_id)
        self.exchanges.append(registered.exchange_id)
        return registered.exchange_id

    async def plan(self, key: str = "plan", actor: Actor = HOST, **values: Any) -> str:
        answer = await self.sessions.plan(self.asked(**values), actor, NOW, key)
        return answer.session_id

    def asked(self, **values: Any) -> PlanSession:
        audience = Audience(kind=AudienceKind.CHOSEN, exchanges=tuple(self.exchanges))
        return PlanSession(host="cqmu", terms=terms(**values), audience=audience)

    async def mark(self, session: str, key: str, **presences: Presence) -> None:
        marks = [Mark(exchange_id=self.exchanges[int(n[1:])], presence=one) for n, one in presences.items()]
        await self.sessions.mark(session, marks, MarkedBy.OFFICE, HOST, ENDS + timedelta(hours=2), key)

    async def reports(self, exchange: str) -> list[ReportAttendance]:
        """What was kept for an exchange, in order."""
        query = select(ActRow.request).where(ActRow.exchange_id == exchange).order_by(ActRow.asked_at, ActRow.key)
        return [ReportAttendance.model_validate(row[0]) for row in await self.office.rows(query)]

    async def taken(self, exchange: str) -> None:
        """The exchange takes what was kept last, as its workflow would."""
        report = (await self.reports(exchange))[-1]
        fields = set(ReportAttendance.model_fields) - {"confirmed"}
        event = AttendanceReported.model_validate(report.model_dump(include=fields) | {"at": ENDS})
        await self.office.record(exchange, event)

    async def presences(self, session: str) -> Sequence[Presence]:
        query = select(SessionInvitationRow.presence).where(SessionInvitationRow.session_id == session)
        return [row[0] for row in await self.office.rows(query.order_by(SessionInvitationRow.exchange_id))]

    async def mails(self) -> list[tuple[str, str]]:
        query = select(MessageRow.exchange_id, MessageRow.params).where(MessageRow.kind == NoticeKind.SESSION)
        return [(row[0], row[1]["facts"]["news"]) for row in await self.office.rows(query.order_by(MessageRow.id))]


@pytest.fixture
async def hosting(database: Database, tmp_path: Path) -> Hosting:
    office = Office(database, tmp_path / "files", load_programme())
    await office.seed()
    made = Hosting(office)
    await made.arrives(1)
    await made.arrives(2, given_name="Bo")
    return made


async def test_students_are_invited_and_told_once(hosting: Hosting) -> None:
    one, two = hosting.exchanges
    session = await hosting.plan()
    again = await hosting.sessions.plan(hosting.asked(), HOST, NOW, "plan")
    assert (again.session_id, again.invited, again.repeated) == (session, 2, True)
    assert await hosting.mails() == [(one, "invited"), (two, "invited")]
    with pytest.raises(KeyReused):
        await hosting.sessions.plan(hosting.asked(title="Another"), HOST, NOW, "plan")


async def test_only_those_whose_stay_has_it_on_that_day_are_invited(hosting: Hosting) -> None:
    away = await hosting.arrives(3, **OUTGOING)
    none = await hosting.arrives(4, academic_lectures="no")
    answer = await hosting.sessions.plan(hosting.asked(), HOST, NOW, "a")
    assert (answer.invited, set(answer.left_out)) == (2, {away, none})
    first = datetime(2027, 2, 28, 15, 59, tzinfo=UTC)  # the last minute of February in Chongqing
    with pytest.raises(BadInput, match=r"session\.nobody"):
        await hosting.plan("b", starts_at=first - timedelta(hours=1), ends_at=first)
    assert await hosting.plan("c", starts_at=first + timedelta(minutes=1), ends_at=first + timedelta(hours=1))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"content": Content.LABORATORY}, "session.content"),
        ({"ends_at": STARTS}, "session.ends_before"),
        ({"ends_at": STARTS + timedelta(hours=12, minutes=1)}, "session.longer_than_a_day"),
        ({"ends_at": STARTS + timedelta(hours=10, minutes=1)}, "session.longer_than_a_day"),
        ({"capacity": 1}, "session.too_few_places"),
        ({"objectives": ("surgery",)}, "session.no_objective"),
    ],
)
async def test_a_session_that_is_not_sound_is_refused(hosting: Hosting, values: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        await hosting.plan(**values)
    assert not await hosting.mails()


async def test_who_keeps_them_is_the_host_office(hosting: Hosting) -> None:
    for actor in (SENDING, LIPID, hosting.people[hosting.exchanges[0]]):
        with pytest.raises(NotAuthorised):
            await hosting.plan(actor=actor)
    session = await hosting.plan()
    for actor in (SENDING, hosting.people[hosting.exchanges[0]]):
        with pytest.raises(NotAuthorised):
            await hosting.sessions.close(session, actor, ENDS, "x")
        with pytest.raises(NotAuthorised):
            await hosting.sessions.cancel(session, actor, NOW, "y")
    with pytest.raises(Unknown):
        await hosting.sessions.cancel("s-none", HOST, NOW, "z")


async def test_a_moved_session_is_told_and_who_it_does_not_fit_is_told_that_it_is_cancelled(hosting: Hosting) -> None:
    short = await hosting.arrives(5, end="2027-04-16", clinical_start="", clinical_end="", specialties="")
    session = await hosting.plan()
    later = terms(starts_at=STARTS + timedelta(days=60), ends_at=ENDS + timedelta(days=60))
    answer = await hosting.sessions.change(session, later, None, HOST, NOW, "m")
    assert (answer.version, answer.invited) == (2, 2)
    assert sorted(await hosting.mails())[-2:] == [(short, "cancelled"), (short, "invited")]
    assert [news for exchange, news in await hosting.mails() if exchange != short] == ["invited"] * 2 + ["moved"] * 2
    told = len(await hosting.mails())
    quiet = later.model_copy(update={"title": "Health systems of China", "capacity": 9})
    await hosting.sessions.change(session, quiet, None, HOST, NOW, "n")
    assert len(await hosting.mails()) == told, "another title alone is not worth a mail"
    other = later.model_copy(update={"content": Content.CULTURAL_LECTURES})
    with pytest.raises(BadInput, match=r"session\.another_content"):
        await hosting.sessions.change(session, other, None, HOST, NOW, "o")


async def test_a_cancelled_session_is_told_and_makes_no_hours(hosting: Hosting) -> None:
    session = await hosting.plan()
    await hosting.sessions.cancel(session, HOST, NOW, "c")
    assert (await hosting.sessions.cancel(session, HOST, NOW, "c")).repeated
    assert [news for _, news in await hosting.mails()] == ["invited"] * 2 + ["cancelled"] * 2
    for act in (hosting.sessions.close(session, HOST, ENDS, "x"), hosting.sessions.cancel(session, HOST, ENDS, "y")):
        with pytest.raises(NotOpen, match=r"session\.cancelled"):
            await act
    assert not await hosting.reports(hosting.exchanges[0])


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (STARTS - timedelta(minutes=15, seconds=1), "session.sign_in_early"),
        (STARTS - timedelta(minutes=15), ""),
        (ENDS, ""),
        (ENDS + timedelta(seconds=1), "session.sign_in_over"),
    ],
)
async def test_a_student_signs_in_while_it_is_held(hosting: Hosting, at: datetime, said: str) -> None:
    session, mine = await hosting.plan(), hosting.exchanges[0]
    if said:
        with pytest.raises(NotOpen, match=said):
            await hosting.sessions.sign_in(session, mine, hosting.people[mine], at)
        assert Presence.ATTENDED not in await hosting.presences(session)
        return
    assert not (await hosting.sessions.sign_in(session, mine, hosting.people[mine], at)).repeated
    assert (await hosting.sessions.sign_in(session, mine, hosting.people[mine], at)).repeated
    assert await hosting.presences(session) == [Presence.ATTENDED, Presence.INVITED]
    with pytest.raises(Unknown):
        await hosting.sessions.sign_in(session, hosting.exchanges[1], hosting.people[mine], at)


async def test_hours_are_kept_for_each_exchange_when_the_list_is_closed(hosting: Hosting) -> None:
    session, (one, two) = await hosting.plan(objectives=("rare_cases",)), hosting.exchanges
    await hosting.sessions.sign_in(session, one, hosting.people[one], STARTS)
    with pytest.raises(NotOpen, match=r"session\.not_begun"):
        await hosting.sessions.close(session, HOST, STARTS - timedelta(seconds=1), "early")
    await hosting.sessions.close(session, HOST, ENDS, "close")
    assert (await hosting.sessions.close(session, HOST, ENDS, "close")).repeated
    assert await hosting.presences(session) == [Presence.ATTENDED, Presence.ABSENT]
    [there], [missing] = await hosting.reports(one), await hosting.reports(two)
    assert (there.hours_planned, there.hours_attended, there.first_day, there.last_day) == (2, 2, DAY, DAY)
    assert (there.objectives, missing.objectives) == (("rare_cases",), ())
    assert (missing.hours_planned, missing.hours_attended) == (2, 0)
    with pytest.raises(NotOpen, match=r"session\.closed"):
        await hosting.sessions.close(session, HOST, ENDS, "again")


async def test_two_sessions_of_a_day_are_one_report_that_is_corrected(hosting: Hosting) -> None:
    one = hosting.exchanges[0]
    first = await hosting.plan("a")
    second = await hosting.plan("b", starts_at=ENDS, ends_at=ENDS + timedelta(hours=1))
    await hosting.mark(first, "m", e0=Presence.ATTENDED)
    await hosting.sessions.close(first, HOST, ENDS, "close a")
    await hosting.taken(one)
    await hosting.sessions.close(second, HOST, ENDS + timedelta(hours=1), "close b")
    reports = await hosting.reports(one)
    assert [(r.hours_planned, r.hours_attended) for r in reports] == [(2, 2), (3, 2)]
    assert reports[1].corrects == reports[0].report_id
    await hosting.mark(second, "late", e0=Presence.ATTENDED)  # before the exchange took the second report
    last = (await hosting.reports(one))[-1]
    assert (last.hours_planned, last.hours_attended, last.corrects) == (3, 3, reports[1].report_id)


async def test_an_excused_absence_is_not_planned_for_and_a_mark_is_corrected_with_its_reason(hosting: Hosting) -> None:
    session, (one, two) = await hosting.plan(), hosting.exchanges
    await hosting.sessions.announce_absence(session, two, "An exam at home.", hosting.people[two], NOW, "a")
    await hosting.mark(session, "m", e0=Presence.ATTENDED, e1=Presence.EXCUSED)
    await hosting.sessions.close(session, HOST, ENDS, "close")
    assert len(await hosting.reports(one)) == 1
    assert await hosting.reports(two) == [], "nothing was planned for who is excused"
    await hosting.taken(one)
    await hosting.mark(session, "wrong", e0=Presence.EXCUSED)
    first, corrected = await hosting.reports(one)
    assert (corrected.hours_planned, corrected.hours_attended, corrected.corrects) == (0, 0, first.report_id)
    query = select(SessionInvitationRow.reason).where(SessionInvitationRow.exchange_id == two)
    assert [row[0] for row in await hosting.office.rows(query)] == ["An exam at home."]


async def test_a_refused_report_is_passed_over_and_hours_by_hand_stand(hosting: Hosting) -> None:
    one, two = hosting.exchanges
    by_hand = AttendanceReported(
        at=ENDS, report_id="hand", content=LECTURES, first_day=DAY, last_day=DAY, hours_planned=2, hours_attended=1
    )
    await hosting.office.record(two, by_hand)
    session = await hosting.plan()
    answer = await hosting.sessions.close(session, HOST, ENDS, "close")
    assert answer.by_hand == (two,)
    async with hosting.office.sessions.begin() as records:
        act = await records.scalar(select(ActRow).where(ActRow.exchange_id == one))
        assert act is not None
        act.status = ActStatus.REFUSED
    await hosting.mark(session, "same", e0=Presence.ABSENT)
    assert len(await hosting.reports(one)) == 2, "marked as it is, it is told again"
    await hosting.mark(session, "m", e0=Presence.ATTENDED)
    reports = await hosting.reports(one)
    assert [(r.hours_attended, bool(r.corrects)) for r in reports] == [(0, False), (0, False), (2, True)]
    assert await hosting.reports(two) == []


async def test_marks_of_strangers_and_twice_are_refused(hosting: Hosting) -> None:
    session, one = await hosting.plan(), hosting.exchanges[0]
    twice = [Mark(exchange_id=one, presence=presence) for presence in (Presence.ABSENT, Presence.ATTENDED)]
    for marks, said in (
        (twice, "session.marked_twice"),
        ([Mark(exchange_id="EX-2027-DAR-099", presence=Presence.ABSENT)], "session.not_invited"),
    ):
        with pytest.raises(BadInput, match=said):
            await hosting.sessions.mark(session, marks, MarkedBy.FILE, HOST, ENDS, "k")
    assert set(await hosting.presences(session)) == {Presence.INVITED}


async def test_nobody_is_told_hours_who_never_came(hosting: Hosting) -> None:
    waiting = await hosting.office.nominate(9)
    hosting.exchanges.append(waiting.exchange_id)
    session = await hosting.plan()
    await hosting.sessions.close(session, HOST, ENDS, "close")
    assert await hosting.reports(waiting.exchange_id) == []
    assert HOST.role is Role.COORDINATOR


async def test_tables_rebuilt_from_the_events_leave_sessions_as_they_are(hosting: Hosting) -> None:
    session = await hosting.plan()
    await hosting.mark(session, "m", e0=Presence.ATTENDED)
    async with transaction(hosting.office.sessions) as records:
        assert await rebuild(records) > 0
    assert await hosting.presences(session) == [Presence.ATTENDED, Presence.INVITED]


async def test_an_upgrade_keeps_who_is_invited(hosting: Hosting) -> None:
    session = await hosting.plan()
    await hosting.mark(session, "m", e0=Presence.ATTENDED)
    engine = hosting.office.database.engine
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(alembic_config(c), "0028"))
    await upgrade(engine)
    assert await hosting.presences(session) == [Presence.ATTENDED, Presence.INVITED]
