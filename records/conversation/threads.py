"""Reading what was written about an exchange: each reader sees what is for them, opened under the student's key."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Broken, NotOpen, Unknown
from models.identifiers import kind_of
from models.people.authorization import Actor, Owner, Parties, may_see
from models.people.conversation import (
    audiences_of,
    is_meant,
    is_named,
    may_write_about,
    may_write_post,
    same_office,
)
from models.people.roles import OFFICES, STAFF
from models.tables import ExchangeRow, IdentityRow, PlacementRow, PostRow, StepRow, identity_of_exchange
from models.views.conversation import PostForm, PostView, QuestionLine, ReaderChoice, ThreadView
from models.views.shared import Student
from models.vocabulary import Role, Side, StepKind, StepStatus
from records.conversation.questions import questions_to
from records.conversation.scopes import CONVERSATION, asked_of, readable_posts, scope_of
from records.fact_seals import WRITTEN, NothingSealed, Sealing
from records.particulars import parties_of
from records.queries.titles import Titles, owner_of, student_of
from records.queries.visibility import visible_to
from records.roster import Roster
from records.store.engine import Sessions, transaction


class Threads:
    """Reads conversations."""

    def __init__(self, sessions: Sessions, programme: Programme, sealing: Sealing | None = None) -> None:
        self._sessions = sessions
        self.programme = programme
        self._titles = Titles(programme)
        self._roster = Roster(programme)
        self.sealing = (sealing or NothingSealed()).beside(WRITTEN)

    @property
    def about_health(self) -> frozenset[StepKind]:
        """Steps about somebody's health."""
        return self.programme.policy.about_health

    async def of(self, exchange_id: str, actor: Actor, *, step_id: str = "", newest: int | None = None) -> ThreadView:
        """What somebody reads of an exchange, or of one step of it; only the `newest` so many.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
        """
        async with transaction(self._sessions) as session:
            exchange, student = await seen(session, exchange_id, actor)
            rows = await readable_posts(session, exchange_id, actor, self.about_health)
            takes_part = await self.takes_part(session, exchange, actor)
            shown = [row for row in rows if step_id in ("", row.step_id)]
            last = shown if newest is None else shown[len(shown) - min(newest, len(shown)) :]
            words = await self._opened(session, exchange_id, last)
        about_health = bool(step_id) and kind_of(step_id) in self.about_health
        may_write = may_write_post(actor, takes_part=takes_part) and may_write_about(actor, about_health=about_health)
        return ThreadView(
            exchange_id=exchange_id,
            posts=tuple(self._view(row, student, words.get(row.id), exchange) for row in last),
            more=len(shown) - len(last),
            may_write=may_write and exchange.closed_at is None,
        )

    async def form(self, exchange_id: str, actor: Actor, step_id: str = "") -> PostForm:
        """What somebody may choose from who writes about an exchange, or about a step of it.

        Raises:
            Unknown: there is no such exchange or step, or it is not for them to know (D44).
        """
        async with transaction(self._sessions) as session:
            exchange, student = await seen(session, exchange_id, actor)
            step = await self.step_of(session, exchange, step_id)
            return await self.choices(session, exchange, student, step, actor)

    async def questions_to(self, actor: Actor) -> list[QuestionLine]:
        """What somebody is asked and has not answered."""
        async with transaction(self._sessions) as session:
            return await questions_to(session, self._titles, actor)

    async def choices(
        self, session: AsyncSession, exchange: ExchangeRow, student: Student, step: StepRow | None, actor: Actor
    ) -> PostForm:
        """As `form`, in the caller's transaction."""
        await self._roster.recent(session)
        health = step is not None and step.kind in self.about_health
        if not may_write_about(actor, about_health=health):
            return PostForm()
        asked = [one for one in self._askable(exchange, step) if not is_meant(actor, one)]
        people = await self._people(session, exchange, student)
        if health:
            asked = [one for one in asked if one.role in (Role.STUDENT, Role.OCCUPATIONAL_HEALTH)]
            people = [one for one in people if one.role in (Role.STUDENT, Role.OCCUPATIONAL_HEALTH)]
        return PostForm(
            audiences=audiences_of(actor, about_health=health),
            askable=tuple(dict.fromkeys(asked)),
            people=tuple(one for one in people if one.person not in (actor.id, actor.on_behalf_of)),
        )

    async def step_of(self, session: AsyncSession, exchange: ExchangeRow, step_id: str) -> StepRow | None:
        """A step of an exchange; `None` where none is named.

        Raises:
            Unknown: it has no such step.
        """
        if not step_id:
            return None
        row = await session.get(StepRow, step_id)
        if row is None or row.exchange_id != exchange.id:
            raise Unknown("step.unknown")
        return row

    async def takes_part(self, session: AsyncSession, exchange: ExchangeRow, actor: Actor) -> bool:
        """Whether somebody owes or owed a step of an exchange, or is named in something written about it."""
        if actor.role in OFFICES | {Role.STUDENT}:
            return True
        steps = await session.scalars(select(StepRow).where(StepRow.exchange_id == exchange.id))
        if any(is_meant(actor, owner_of(one)) for one in steps):
            return True
        posts = await session.scalars(select(PostRow).where(PostRow.exchange_id == exchange.id))
        return any(is_named(actor, scope_of(one, None, self.about_health)) for one in posts)

    def _askable(self, exchange: ExchangeRow, step: StepRow | None) -> list[Owner]:
        """Who may be asked: whoever owes the step first, then the offices, the student and the programme office."""
        offices = [
            Owner(side=side, role=Role.COORDINATOR, institution=institution)
            for side, institution in ((Side.SENDING, exchange.sending_id), (Side.HOST, exchange.host_id))
        ]
        student = Owner(
            side=Side.STUDENT, role=Role.STUDENT, institution=exchange.sending_id, person=exchange.person_id
        )
        programme = Owner(side=Side.PROGRAMME, role=Role.PROGRAMME_OFFICE)
        owner = [owner_of(step)] if step is not None and step.status is StepStatus.OPEN else []
        plain = {(one.role, one.institution) for one in owner}
        others = [one for one in (*offices, student, programme) if (one.role, one.institution) not in plain]
        return [*owner, *others]

    async def _people(self, session: AsyncSession, exchange: ExchangeRow, student: Student) -> list[ReaderChoice]:
        """Who may be mentioned: of those who may know of the exchange, and the student."""
        placed = select(PlacementRow.unit_id).where(PlacementRow.exchange_id == exchange.id)
        units = frozenset(await session.scalars(placed))
        parties = parties_of(exchange)
        ids = dict.fromkeys((exchange.sending_id, exchange.host_id, self.programme.home))
        universities = [found for one in ids if (found := self.programme.institution(one)) is not None]
        here = [
            ReaderChoice(person=one.id, name=one.name, role=one.role, institution=university.id, unit=one.unit)
            for university in universities
            for one in university.contacts
            if one.role in STAFF and _knows(one.id, one.role, university.id, one.unit, parties, units)
        ]
        mine = ReaderChoice(person=student.id, name=student.name, role=Role.STUDENT, institution=exchange.sending_id)
        return [*here, mine]

    async def _opened(self, session: AsyncSession, exchange_id: str, rows: Iterable[PostRow]) -> dict[str, str]:
        """The words of posts by id; of none where their key was erased or the settings lack it."""
        sealed = {row.id: row.sealed for row in rows}
        if not sealed:
            return {}
        try:
            plain = await self.sealing.open_all(session, exchange_id, CONVERSATION, sealed)
        except (NotOpen, Broken):
            return {}
        return {one: said.decode() for one, said in plain.items()}

    def _view(self, row: PostRow, student: Student, text: str | None, exchange: ExchangeRow) -> PostView:
        asked = asked_of(row)
        return PostView(
            post_id=row.id,
            at=row.at,
            by=self._titles.who(row.author_id, student),
            role=row.author_role,
            institution=row.institution_id,
            audience=row.audience,
            step_id=row.step_id or "",
            kind=kind_of(row.step_id) if row.step_id else "",
            text=text or "",
            erased=text is None,
            by_mail=row.by_mail,
            asked=asked,
            is_open=asked is not None and row.answered_at is None and exchange.closed_at is None,
            answers=row.answers_id or "",
            mentions=tuple(self._titles.who(one, student) for one in row.mentions),
        )


async def seen(session: AsyncSession, exchange_id: str, actor: Actor) -> tuple[ExchangeRow, Student]:
    """An exchange that somebody may know of, and its student.

    Raises:
        Unknown: there is no such exchange, or it is not for them to know (D44).
    """
    query = select(ExchangeRow, IdentityRow).join(IdentityRow, identity_of_exchange())
    found = (await session.execute(query.where(ExchangeRow.id == exchange_id, visible_to(actor)))).one_or_none()
    if found is None:
        raise Unknown("exchange.not_seen")
    return found[0], student_of(found[1])


def _knows(person: str, role: Role, institution: str, unit: str, parties: Parties, units: frozenset[str]) -> bool:
    return may_see(Actor(id=person, role=role, institution=institution, unit=unit), parties, units)


def office_alone(actor: Actor, one: ReaderChoice) -> bool:
    """Whether somebody who may be mentioned is of the writer's own office."""
    reader = Actor(id=one.person, role=one.role, institution=one.institution)
    return same_office(reader, actor.role, actor.institution)
