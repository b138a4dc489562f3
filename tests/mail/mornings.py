"""Mornings on which digests are written, in a world with the real catalogue's steps and ladders."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from activities.digests import Digests
from mail.compose import Composer
from mail.drafts import Drafts
from mail.outbox import Outbox
from mail.reading import NothingToSay
from mail.render import Letter, Section
from models.catalogue.loading import load_programme
from models.events import AbsencePlanned, PreferencesSet, StepClosed
from models.messages.contracts import WriteDigests
from models.messages.exchange import RungAt, StepPlan
from models.people.authorization import Actor
from models.posting import DigestChoice
from models.tables import MessageRow, MessageStatus
from models.vocabulary import Role, StepStatus
from records.access.signing import Signing
from records.calendars import Calendars
from records.clearance_alerts import ClearanceAlerts
from records.clearances import Clearances
from records.statements import Statements
from records.store.append import append
from records.store.engine import Sessions, transaction
from tests.mail.world import CODE, HOST_COORDINATOR, World, programme
from tests.wakers import CountingWaker

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
MORNING = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
"""Eight o'clock on a Tuesday in Chongqing."""
EVENING = MORNING + timedelta(hours=13)
"""Eight o'clock on the same day in Hanover."""
DAY = timedelta(days=1)
OFFICE = Actor(id="cqmu.programme", role=Role.PROGRAMME_OFFICE, institution="cqmu")


class Mornings(World):
    """A world in which mornings come."""

    def __init__(self, sessions: Sessions) -> None:
        self.programme = programme().model_copy(update={"policy": load_programme().policy})
        super().__init__(sessions, Outbox(self.programme))
        self.programme = programme().model_copy(update={"policy": load_programme().policy})
        self.waker = CountingWaker()
        outbox = Outbox(self.programme)
        clearances = Clearances(Statements(sessions, self.programme, outbox), self.programme)
        alerts = ClearanceAlerts(sessions, clearances, outbox)
        self.digests = Digests(sessions, self.programme, Calendars(self.programme), self.waker, alerts)
        self.signing = Signing("a secret for tests, long enough")
        self._composer = Composer(self.programme, "https://sojourn.example", self.signing)
        self.drafts = Drafts(self._composer, "Sojourn <sojourn@sojourn.example>")
        self._events = 0

    async def morning(self, zone: str = SHANGHAI, at: datetime = MORNING, asked: str = "") -> list[str]:
        """Write the digests of a zone, by the clock or because somebody asked; the keys of what was written."""
        before = {m.key for m in await self.messages()}
        answer = await self.digests.write_digests(WriteDigests(zone=zone, at=at, asked=asked))
        written = [m.key for m in await self.messages() if m.key not in before]
        assert answer.written == len(written)
        return written

    async def letter(self, key: str, language: str = "") -> Letter | None:
        """What a message would say now; nothing where there is nothing to say."""
        row = next(m for m in await self.messages() if m.key == key)
        row.language = language or row.language
        try:
            async with transaction(self.sessions) as session:
                return (await self._composer.compose(session, row))[1]
        except NothingToSay:
            return None

    async def sections(self, key: str) -> dict[str, tuple[str, ...]]:
        """What a message lists, by heading."""
        letter = await self.letter(key)
        assert letter is not None
        return {block.heading: block.items for block in letter.body.blocks if isinstance(block, Section)}

    async def sent(self, status: MessageStatus = MessageStatus.SENT) -> None:
        """Everything queued leaves, or waits."""
        async with transaction(self.sessions) as session:
            queued = update(MessageRow).where(MessageRow.status == MessageStatus.QUEUED)
            await session.execute(queued.values(status=status))

    async def close(self, step_id: str, at: datetime, outcome: str = "verified") -> None:
        """Somebody answers a step."""
        event = StepClosed(
            at=at,
            actor=HOST_COORDINATOR,
            step_id=step_id,
            status=StepStatus.DONE,
            outcome=outcome,
            decision_id=f"d-{step_id}",
        )
        await self.record(event)

    async def prefer(self, person: str, digest: DigestChoice = DigestChoice.DAILY, zone: str = "") -> None:
        """Somebody sets how they are written to."""
        await self._about(person, PreferencesSet(at=MORNING, actor=OFFICE, person=person, digest=digest, zone=zone))

    async def leave(self, person: str, deputy: str, at: datetime = MORNING, days: int = 7) -> None:
        """Somebody goes away from a moment on."""
        event = AbsencePlanned(
            at=at,
            actor=OFFICE,
            absence_id=f"away-{person}",
            person=person,
            first_day=at.date(),
            last_day=(at + days * DAY).date(),
            deputy=deputy,
        )
        await self._about(person, event)

    async def _about(self, person: str, event: AbsencePlanned | PreferencesSet) -> None:
        self._events += 1
        async with transaction(self.sessions) as session:
            await append(session, self.outbox, f"person:{person}", f"about:{self._events}", (event,))


def plan(step: str, due_at: datetime, rungs: dict[int, datetime], zone: str = SHANGHAI) -> StepPlan:
    """A step's due time and rungs."""
    at = tuple(RungAt(index=index, at=moment) for index, moment in rungs.items())
    return StepPlan(step_id=f"{CODE}.{step}.1", due_at=due_at, zone=zone, rungs=at)
