"""Everything that can be looked up in the records, one method each; every method is one consistent look."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from models.catalogue.programme import Programme
from models.catalogue.units import UnitTerms
from models.messages.changes import Change
from models.messages.contracts import LookForPlaces
from models.messages.exchange import Plan
from models.messages.replans import Replanning
from models.messages.suspensions import Coverage
from models.people.authorization import Actor
from models.rules.forecast import Forecast
from models.rules.service_levels import ServiceLevel
from models.rules.units import Unmet
from models.rules.year_report import YearReport
from models.views import (
    LARGEST_PAGE,
    CertificateView,
    CohortView,
    DoneStep,
    Escalation,
    EscalationFilter,
    ExchangeFilter,
    ExchangeSummary,
    ExchangeView,
    MailInDoubt,
    MessageFilter,
    MessageView,
    OperatorTask,
    WorklistCounts,
    WorklistFilter,
    WorklistRow,
)
from models.views.authority import PaperLine
from models.views.broadcasts import BroadcastSummary, BroadcastView
from models.views.changes import ChangePreview, ChangesView
from models.views.dossiers import Dossier
from models.views.host_sessions import HostSessionView, OwnSession, SessionLine
from models.views.ladders import RungView
from models.views.letters import LettersView
from models.views.places import EventView, Places
from models.views.replans import ReplanPreview, ReplanView
from models.views.service_levels import LevelFilter
from models.views.shared import Paged
from models.views.suspensions import Moved, SuspensionPreview, SuspensionView
from models.views.units import BrokenPlace, UnitHistory, UnitView
from models.vocabulary import Stage
from records.authority import AuthorityPapers
from records.calendars import Calendars
from records.places import outlooks_for
from records.queries import (
    broadcasts,
    changes,
    dossiers,
    exchange_view,
    exchanges,
    host_sessions,
    ladders,
    letters,
    offices,
    places,
    replans,
    service_levels,
    steps,
    suspensions,
    units,
    year_reports,
)
from records.queries.forecasts import Forecaster
from records.queries.paging import snapshot
from records.queries.titles import Titles
from records.store.engine import Sessions


class Reading:
    """The read side. Without an actor everything is shown: for operators, and for the service itself.

    Lists are ordered and complete up to the filter's `limit`; to go on, ask again with `after` set to the `cursor` of
    the last row. All methods raise `Unavailable` when the database is away, and `BadInput` for a cursor that is none.
    """

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        """Reads `sessions`, which may be those of a reading engine; `programme` gives titles and names."""
        self._sessions = sessions
        self._programme = programme
        self._titles = Titles(programme)
        self._forecaster = Forecaster(programme)
        self._calendars = Calendars(programme)

    async def worklist(self, actor: Actor | None, filters: WorklistFilter | None = None) -> list[WorklistRow]:
        """The open steps that the actor may decide, soonest due first."""
        async with snapshot(self._sessions) as session:
            return await steps.worklist(session, self._titles, actor, filters or WorklistFilter())

    async def worklist_page(self, actor: Actor, filters: WorklistFilter) -> tuple[list[WorklistRow], WorklistCounts]:
        """A page of a worklist, and how much is on every list; `now` must be given."""
        async with snapshot(self._sessions) as session:
            rows = await steps.worklist(session, self._titles, actor, filters)
            return rows, await steps.worklist_counts(session, self._titles, actor, filters)

    async def done_steps(self, actor: Actor, now: datetime, limit: int) -> list[DoneStep]:
        """What somebody answered in the last seven days, the newest first."""
        async with snapshot(self._sessions) as session:
            return await steps.done_steps(session, self._titles, actor, now, limit)

    async def units(self, actor: Actor, host: str, now: datetime) -> list[UnitView]:
        """The units of a host that the actor may see, with the places that must be moved."""
        async with snapshot(self._sessions) as session:
            return await units.units(session, self._titles, actor, host, now)

    async def places_to_move(self, actor: Actor, now: datetime) -> list[BrokenPlace]:
        """The places that must be moved in the units that somebody keeps; see `units.places_to_move`."""
        async with snapshot(self._sessions) as session:
            return await units.places_to_move(session, self._titles, actor, now)

    async def unit(self, actor: Actor, unit_id: str, now: datetime) -> UnitHistory | None:
        """One unit and its changes, the newest first; `None` where there is none or it is not for them."""
        async with snapshot(self._sessions) as session:
            return await units.unit(session, self._titles, actor, unit_id, now)

    async def place_outlook(self, request: LookForPlaces) -> list[tuple[str, Unmet | None]]:
        """The units of a host for a block, best first, each with what stands against it."""
        async with snapshot(self._sessions) as session:
            found = await outlooks_for(session, self._programme, request)
        return [(one.unit_id, one.unmet) for one in found]

    async def unit_terms(self) -> dict[str, UnitTerms]:
        """What owners of units have set, by unit; of the others the catalogue holds."""
        async with snapshot(self._sessions) as session:
            return await units.edited(session)

    async def cohort_ids(self, actor: Actor) -> list[str]:
        """The cohorts whose exchanges the actor may see."""
        async with snapshot(self._sessions) as session:
            return await offices.cohort_ids(session, actor)

    async def exchange(
        self, exchange_id: str, actor: Actor | None = None, *, now: datetime | None = None
    ) -> ExchangeView | None:
        """Everything of one exchange; `None` where there is none or the actor may not know of it (D44).

        `now` is the moment to call steps overdue at.
        """
        async with snapshot(self._sessions) as session:
            return await exchange_view.whole_exchange(session, self._titles, exchange_id, actor, now)

    async def dossier(self, step_id: str, actor: Actor) -> Dossier | None:
        """What a step is decided on; `None` where there is none or the actor may not know of it (D44)."""
        async with snapshot(self._sessions) as session:
            return await dossiers.dossier(session, self._titles, step_id, actor)

    async def ladder(self, step_id: str, actor: Actor) -> tuple[RungView, ...]:
        """The rungs of a step in the order of time; none for those who may not know of it (D44)."""
        async with snapshot(self._sessions) as session:
            return await ladders.rungs(session, self._programme, step_id, actor)

    async def papers(self, exchange_id: str, actor: Actor) -> tuple[PaperLine, ...]:
        """What the authority wrote about a stay; none for those who may not see it (D44, D46)."""
        return await AuthorityPapers(self._sessions).papers(exchange_id, actor)

    async def exchanges(
        self, filters: ExchangeFilter | None = None, actor: Actor | None = None
    ) -> list[ExchangeSummary]:
        """The exchanges that the actor may see (D44), in the order of their codes, with what happens next in each."""
        async with snapshot(self._sessions) as session:
            return await exchanges.exchanges(session, self._titles, filters or ExchangeFilter(), actor)

    async def cohort(self, cohort_id: str, actor: Actor | None = None) -> CohortView | None:
        """Seats and waitlist of a cohort; `None` where there is none or the actor may not know of it (D44)."""
        async with snapshot(self._sessions) as session:
            return await offices.cohort(session, cohort_id, actor)

    async def counts_by_stage(self, actor: Actor | None = None, *, cohort_id: str | None = None) -> dict[Stage, int]:
        """How many exchanges that the actor may see are at each stage, all stages in the programme's order."""
        async with snapshot(self._sessions) as session:
            return await exchanges.counts_by_stage(session, actor, cohort_id)

    async def escalations(
        self, filters: EscalationFilter | None = None, actor: Actor | None = None
    ) -> list[Escalation]:
        """The escalations that fired, in their order, of exchanges that the actor may see."""
        async with snapshot(self._sessions) as session:
            return await steps.escalations(session, self._titles, actor, filters or EscalationFilter())

    async def late_steps(self, actor: Actor, filters: WorklistFilter) -> list[WorklistRow]:
        """What is overdue in everything that the actor may see, whoever owes it."""
        async with snapshot(self._sessions) as session:
            return await steps.late_steps(session, self._titles, actor, filters)

    async def cohorts(self, actor: Actor) -> list[CohortView]:
        """The cohorts that the actor may see, with their seats."""
        async with snapshot(self._sessions) as session:
            return await offices.cohorts(session, actor)

    async def places(self, actor: Actor, host: str, first: date, last: date) -> Places:
        """Who works and sleeps where at a host, over a stretch of days."""
        async with snapshot(self._sessions) as session:
            return await places.places(session, self._titles, self._calendars, actor, host, first, last)

    async def nomination(self, exchange_id: str) -> dict[str, Any] | None:
        """The newest version of what was nominated; personal data, for those who correct it."""
        async with snapshot(self._sessions) as session:
            return await offices.nomination(session, exchange_id)

    async def events(
        self,
        *,
        stream: str | None = None,
        before: int | None = None,
        limit: int = 100,
        days: offices.Days = (None, None),
    ) -> list[EventView]:
        """The events on record, the newest first; `days` are the first and the last one, by UTC."""
        async with snapshot(self._sessions) as session:
            return await offices.events(session, self._titles, stream, before, limit, days)

    async def preview_suspension(self, coverage: Coverage, now: datetime) -> SuspensionPreview:
        """What a suspension would touch, by the records of now."""
        async with snapshot(self._sessions) as session:
            return await suspensions.preview(session, self._programme, coverage, now)

    async def suspensions(self, only: str | None = None) -> list[SuspensionView]:
        """The suspensions on record, or one of them, the newest first."""
        async with snapshot(self._sessions) as session:
            return await suspensions.suspensions(session, only)

    async def suspended(self, exchange_id: str) -> list[SuspensionView]:
        """The suspensions that pause an exchange now."""
        async with snapshot(self._sessions) as session:
            return await suspensions.holding(session, exchange_id)

    async def moved_by(self, suspension_id: str, after: int = 0, limit: int = 500) -> tuple[list[Moved], int | None]:
        """The steps that a suspension held with their due times before and after, and where to go on."""
        async with snapshot(self._sessions) as session:
            return await suspensions.moved(session, suspension_id, after, limit)

    async def preview_replan(self, cohort_id: str, wanted: Replanning, actor: Actor, now: datetime) -> ReplanPreview:
        """What other days for a cohort would bring each of its exchanges."""
        async with snapshot(self._sessions) as session:
            return await replans.preview(session, self._programme, cohort_id, wanted, actor, now)

    async def replans(self, cohort_id: str, actor: Actor | None = None) -> list[ReplanView]:
        """The decisions on other days for a cohort, the newest first, and what became of each exchange."""
        async with snapshot(self._sessions) as session:
            return await replans.replans(session, cohort_id, actor)

    async def replanned(self, cohort_id: str, replan_id: str) -> tuple[str, ...]:
        """The exchanges that a decision on other days was about, as it named them."""
        async with snapshot(self._sessions) as session:
            return await replans.named(session, cohort_id, replan_id)

    async def service_levels(self, wanted: LevelFilter, actor: Actor | None = None) -> list[ServiceLevel]:
        """How long steps take and how many are late, of the institutions whose figures the actor may see."""
        async with snapshot(self._sessions) as session:
            return await service_levels.levels(session, actor, wanted)

    async def year_report(self, year: int, actor: Actor, now: datetime) -> YearReport:
        """What became of an intake year's exchanges, for the partnerships that the actor may see."""
        async with snapshot(self._sessions) as session:
            return await year_reports.report(session, self._programme, year, actor, now)

    async def years(self) -> list[int]:
        """The intake years on record, the latest first."""
        async with snapshot(self._sessions) as session:
            return await year_reports.years(session)

    def forecast(self, plan: Plan, nominated_at: datetime) -> Forecast:
        """What an exchange would ask of whom by when, nominated at a moment; asks no records."""
        return self._forecaster.forecast(plan, nominated_at)

    async def changed_since(self, position: int | None) -> tuple[int, frozenset[str]]:
        """The last position of the events, and the streams that got any after an earlier one."""
        async with snapshot(self._sessions) as session:
            return await offices.changed_since(session, position)

    async def last_changes(self, streams: Collection[str]) -> dict[str, tuple[int, datetime]]:
        """Of each stream the number of its newest event that changes anything, and when that was."""
        async with snapshot(self._sessions) as session:
            return await offices.last_changes(session, streams)

    async def messages(self, filters: MessageFilter | None = None) -> list[MessageView]:
        """The messages of the outbox, in the order in which they were written."""
        async with snapshot(self._sessions) as session:
            return await offices.messages(session, filters or MessageFilter())

    async def broadcasts(self, actor: Actor, wanted: Paged | None = None) -> list[BroadcastSummary]:
        """The messages to many that the actor may read, the newest first."""
        async with snapshot(self._sessions) as session:
            return await broadcasts.broadcasts(session, actor, wanted or Paged())

    async def broadcast(self, broadcast_id: str, actor: Actor) -> BroadcastView | None:
        """A message to many, and who got it; `None` where there is none or the actor may not read it (D44)."""
        async with snapshot(self._sessions) as session:
            return await broadcasts.broadcast(session, broadcast_id, actor)

    async def host_sessions(self, actor: Actor, wanted: Paged | None = None) -> list[SessionLine]:
        """The sessions of the host whose office the actor is of, the latest first; all for the programme's."""
        async with snapshot(self._sessions) as session:
            return await host_sessions.host_sessions(session, self._programme, actor, wanted or Paged())

    async def host_session(self, session_id: str, actor: Actor) -> HostSessionView | None:
        """A session with its list; `None` where there is none or the actor may not read it (D44)."""
        async with snapshot(self._sessions) as session:
            return await host_sessions.host_session(session, self._programme, session_id, actor)

    async def own_sessions(self, actor: Actor, only: str | None = None) -> list[OwnSession]:
        """The sessions that a student is invited to, in the order of time; `only` one of them."""
        async with snapshot(self._sessions) as session:
            return await host_sessions.own_sessions(session, self._programme, actor, only)

    async def sessions_of(self, exchange_id: str, actor: Actor) -> list[SessionLine]:
        """The sessions that the student of an exchange is invited to, in the order of time."""
        async with snapshot(self._sessions) as session:
            return await host_sessions.sessions_of(session, self._programme, exchange_id, actor)

    async def mail_in_doubt(self) -> MailInDoubt:
        """How much mail may have come more than once, as far as the records go back."""
        async with snapshot(self._sessions) as session:
            return await offices.mail_in_doubt(session)

    async def operator_tasks(self, *, closed: bool = False, limit: int = LARGEST_PAGE) -> list[OperatorTask]:
        """What an operator must look at, oldest first; settled tasks too where `closed`."""
        async with snapshot(self._sessions) as session:
            return await offices.operator_tasks(session, closed, limit)

    async def certificate(self, verification: str) -> CertificateView | None:
        """The version of a certificate with this verification token; `None` where there is none."""
        async with snapshot(self._sessions) as session:
            return await offices.certificate(session, verification)

    async def changes(self, exchange_id: str, actor: Actor | None = None) -> ChangesView | None:
        """Changes and plans of an exchange; `None` where there is none or the actor may not know of it (D44)."""
        async with snapshot(self._sessions) as session:
            return await changes.changes_of(session, self._titles, exchange_id, actor)

    async def preview_change(
        self, exchange_id: str, change: Change, actor: Actor | None, now: datetime
    ) -> ChangePreview | None:
        """What a change would bring about; `None` where the actor may not know of the exchange (D44)."""
        async with snapshot(self._sessions) as session:
            return await changes.preview(session, self._programme, exchange_id, change, actor, now)

    async def letters(self, exchange_id: str, actor: Actor | None = None) -> LettersView | None:
        """The letters of an exchange; `None` where there is none or the actor may not know of it (D44)."""
        async with snapshot(self._sessions) as session:
            return await letters.letters(session, self._titles, self._programme, exchange_id, actor)
