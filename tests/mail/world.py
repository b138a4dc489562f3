"""A small exchange with everybody who may be written to, recorded as the service records it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.catalogue.policy import DocumentPolicy, DueRule, Policy, StepPolicy
from models.catalogue.programme import Bed, Contact, Institution, Programme
from models.events import Event, ExchangeOpened, StepOpened
from models.messages.exchange import Plan, PlannedContent, StepPlan
from models.people.authorization import Actor, Owner
from models.tables import ExchangeCodeRow, MessageRow, OperatorTaskRow, PersonRow
from models.vocabulary import (
    Anchor,
    Content,
    Direction,
    DocumentGroup,
    Level,
    Purpose,
    Role,
    Side,
    Stage,
    StepKind,
    Unit,
)
from records.store.append import append
from records.store.engine import Sessions, transaction
from tests.nominees import identity
from tests.programmes import small_programme

CODE = "EX-2027-DAR-007"
COHORT = "2027-incoming-dartmouth-cqmu"
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 11, 15, 59, 59, tzinfo=UTC)
HOST_COORDINATOR = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
TITLES = {
    StepKind.VERIFY_NOMINATION: ("Verify the nomination", "核实提名", Side.HOST, Role.COORDINATOR),
    StepKind.CORRECT_NOMINATION: ("Correct the nomination", "修改提名", Side.SENDING, Role.COORDINATOR),
    StepKind.SUBMIT_DOCUMENTS: ("Hand in the documents", "提交申请材料", Side.STUDENT, Role.STUDENT),
    StepKind.REGISTER_RESIDENCE: ("Register the residence", "办理住宿登记", Side.HOST, Role.HOUSING_OFFICER),
    StepKind.WAIT_FOR_SEAT: ("Wait for a seat", "候补名额", Side.PROGRAMME, Role.PROGRAMME_OFFICE),
    StepKind.FIND_BED: ("Find housing: no bed is free", "安排住宿：无床位", Side.HOST, Role.HOUSING_OFFICER),
}


def _contacts(institution: str, domain: str, zh: tuple[Role, ...] = ()) -> tuple[Contact, ...]:
    roles = (Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE, Role.HOUSING_OFFICER)
    return tuple(
        Contact(
            id=f"{institution}.{role}",
            role=role,
            name=f"{role.replace('_', ' ').title()} of {institution.title()}",
            email=f"{role}@{domain}",
            language="zh" if role in zh else "en",
        )
        for role in roles
    )


def programme() -> Programme:
    """CQMU and Dartmouth with their offices, and a policy with a handful of titles."""
    plain = small_programme()
    cqmu, dartmouth = plain.institutions["cqmu"], plain.institutions["dartmouth"]
    at_home = (
        *_contacts("cqmu", "cqmu.example", zh=(Role.HOUSING_OFFICER,)),
        Contact(id="cqmu.programme", role=Role.PROGRAMME_OFFICE, name="Yang Shuya", email="programme@cqmu.example"),
        Contact(id="cqmu.lipid", role=Role.SUPERVISOR, name="Qin Yulong", email="qin@cqmu.example", unit="cqmu-lipid"),
    )
    institutions: dict[str, Institution] = {
        "cqmu": cqmu.model_copy(
            update={"contacts": at_home, "beds": (Bed(id="bed-1", building="Hall 3", room="204"),)}
        ),
        "dartmouth": dartmouth.model_copy(update={"contacts": _contacts("dartmouth", "dartmouth.example")}),
    }
    asked = load_programme().policy.steps
    due = DueRule(anchor=Anchor.OPENED, offset=10, unit=Unit.DAYS)
    steps = {
        kind: StepPolicy(
            kind=kind,
            stage=Stage.NOMINATION,
            title=title,
            title_zh=title_zh,
            side=side,
            role=role,
            do=asked[kind].do,
            do_zh=asked[kind].do_zh,
            why=asked[kind].why,
            why_zh=asked[kind].why_zh,
            answers=asked[kind].answers,
            silent=asked[kind].silent,
            about=asked[kind].about,
            due=due,
            ladder="none",
        )
        for kind, (title, title_zh, side, role) in TITLES.items()
    }
    passport = DocumentPolicy(
        kind="passport",
        group=DocumentGroup.APPLICATION,
        purpose=Purpose.IDENTITY,
        step=StepKind.SUBMIT_DOCUMENTS,
        title="Passport",
        title_zh="护照",
        directions=(Direction.INCOMING,),
        rule="D18",
    )
    policy = Policy(version="test", steps=steps, ladders={}, documents=(passport,), rules={}, objectives={})
    return plain.model_copy(update={"institutions": institutions, "policy": policy})


def person(language: str = "en", **changes: str) -> PersonRow:
    """The nominee."""
    values = {
        "id": "p1",
        "sending_id": "dartmouth",
        "student_number": "F00123A",
        "family_name": "Li",
        "given_name": "Na",
        "native_name": "李娜",
        "email": "li.na@example.edu",
        "gender": "female",
        "nationality": "US",
        "language": language,
    }
    return PersonRow(**(values | changes), birth_date=date(2001, 5, 17))


PLAN = Plan(
    direction=Direction.INCOMING,
    sending="dartmouth",
    host="cqmu",
    year=2027,
    level=Level.PHD,
    discipline="state-neurology",
    start=date(2027, 3, 1),
    end=date(2027, 6, 30),
    contents=(PlannedContent(content=Content.LABORATORY, start=date(2027, 3, 1), end=date(2027, 6, 30)),),
)

OWNERS = {
    Side.HOST: ("cqmu", ""),
    Side.SENDING: ("dartmouth", ""),
    Side.STUDENT: ("dartmouth", "p1"),
    Side.UNIT: ("cqmu", ""),
    Side.PROGRAMME: ("", ""),
}


def owner(side: Side, role: Role, unit: str = "") -> Owner:
    """The owner of a step of the exchange."""
    institution, student = OWNERS[side]
    return Owner(side=side, role=role, institution=institution, person=student, unit=unit)


def opened(
    kind: StepKind,
    *,
    number: int = 1,
    subject: str = "",
    due_at: datetime = DUE,
    at: datetime = NOW,
    to: Owner | None = None,
    ends_at: datetime | None = None,
) -> StepOpened:
    """A step that opened."""
    to = to or owner(*TITLES[kind][2:])
    step_id = f"{CODE}.{kind}.{number}"
    zone = "Asia/Shanghai" if to.institution != "dartmouth" else "America/New_York"
    plan = StepPlan(step_id=step_id, due_at=due_at, zone=zone, ends_at=ends_at)
    return StepOpened(at=at, step_id=step_id, step=kind, owner=to, outcomes=(), subject=subject, plan=plan)


class World:
    """Records events and shows what they left in the outbox."""

    def __init__(self, sessions: Sessions, outbox: Outbox | None = None) -> None:
        self.sessions = sessions
        self.programme = programme()
        self.outbox = outbox or Outbox(self.programme)
        self._batches = 0
        self._steps = 0

    async def begin(self, language: str = "en", **changes: str) -> None:
        """The exchange begins."""
        async with transaction(self.sessions) as session:
            nominee = person(language, **changes)
            session.add(nominee)
            await session.flush()
            session.add(
                ExchangeCodeRow(
                    exchange_id=CODE,
                    cohort_id=COHORT,
                    year=2027,
                    sending_id="dartmouth",
                    host_id="cqmu",
                    person_id="p1",
                    number=7,
                )
            )
            await session.flush()
            session.add(identity(nominee, CODE))
        await self.record(ExchangeOpened(at=NOW, student="p1", plan=PLAN, policy_version="test"))

    async def record(self, *events: Event, stream: str = CODE) -> int:
        """Record events as one batch; says how many messages they caused."""
        self._batches += 1
        async with transaction(self.sessions) as session:
            appended = await append(session, self.outbox, stream, f"test:{self._batches}", events)
        return appended.messages

    async def queue(self, count: int, at: datetime = NOW) -> None:
        """So many messages to the host coordinator, a second apart."""
        numbers = range(self._steps, self._steps + count)
        self._steps += count
        events = (
            opened(StepKind.VERIFY_NOMINATION, number=n + 1, at=at + timedelta(seconds=n - numbers.start))
            for n in numbers
        )
        await self.record(*events)

    async def messages(self) -> Sequence[MessageRow]:
        """The outbox, in order."""
        async with transaction(self.sessions) as session:
            return (await session.scalars(select(MessageRow).order_by(MessageRow.id))).all()

    async def tasks(self) -> dict[str, OperatorTaskRow]:
        """What operators have or had to do, by kind."""
        async with transaction(self.sessions) as session:
            return {row.kind: row for row in await session.scalars(select(OperatorTaskRow))}

    async def told(self) -> set[tuple[str, str, str]]:
        """Kind, recipient and reader of everything in the outbox."""
        return {(m.kind, m.recipient_id, m.params["reader"]) for m in await self.messages()}
