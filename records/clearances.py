"""The clearances of exchanges, derived whenever somebody looks: nothing of them is kept that could be stale."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.clearances import Clearance, ClearanceReason
from models.errors import BadInput, Unknown
from models.events import EVENT, ClearanceEnded, Cleared, Event, ExchangeOpened, ExchangeReopened, StageEntered
from models.findings import FindingDraft
from models.messages.changes import DatesChange
from models.messages.plan import Plan
from models.people.authorization import Actor
from models.rules.changes import DayRange, changed_plan
from models.rules.clearance import cleared_days
from models.rules.clearances import NOT_ACCEPTED, ClearanceRecord, RegisterEntry, as_registered, clearances_of
from models.rules.local import day_at
from models.rules.plan_faults import clinic_is_open
from models.rules.requirements import KnownFacts, StayAsked, evaluate_by_kind, known_facts
from models.rules.stay import duration_faults
from models.tables import AuthorityPaperRow, EventRow, ExchangeRow
from models.views.clearances import ClearancesView
from models.vocabulary import DocumentStatus
from records.changes import accepted_papers, asked_anew
from records.particulars import parties_of
from records.queries.visibility import visible_to
from records.statements import Statements
from records.store.engine import transaction
from records.transfers import kinds_kept_here

TOLD = tuple(
    kind.model_fields["kind"].default
    for kind in (ExchangeOpened, ExchangeReopened, StageEntered, Cleared, ClearanceEnded)
)


@dataclass(frozen=True)
class _Looked:
    """What was found of an exchange for one look."""

    row: ExchangeRow
    policy: Policy
    record: ClearanceRecord
    known: KnownFacts
    shut: dict[str, list[FindingDraft]]
    """What is said of stated facts that cannot be opened, by kind."""
    kept_here: frozenset[str] = frozenset()
    """Kinds of which a document never went to the reader's university."""

    @property
    def plan(self) -> Plan:
        return Plan.model_validate(self.row.plan)


class Clearances:
    """Derives the clearances of exchanges, on the days of their plans or on others."""

    def __init__(self, statements: Statements, programme: Programme) -> None:
        self._statements = statements
        self._programme = programme

    async def of(
        self, exchange_id: str, actor: Actor, at: datetime, start: date | None = None, end: date | None = None
    ) -> ClearancesView:
        """Every clearance that a stay needs; other days than its own show what would fail then.

        Of what documents say those who may not open them are told the result alone (D46).

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
            BadInput: no stay may be as short or as long (D1).
        """
        looked = await self._look(exchange_id, actor, at)
        plan = looked.plan
        days = DayRange(start or plan.start, end or plan.end)
        proposed = days != DayRange(plan.start, plan.end)
        if proposed:
            for fault in duration_faults(days.start, days.end, looked.policy):
                raise BadInput(fault.message, fault.field, **fault.params)
            arrived = looked.row.actual_arrival is not None
            plan = changed_plan(plan, DatesChange(start=days.start, end=days.end), looked.policy, arrived=arrived)
        return ClearancesView(
            exchange_id=exchange_id,
            today=looked.record.today,
            start=plan.start,
            end=plan.end,
            proposed=proposed,
            clearances=self._derived(looked, plan, actor),
        )

    async def for_the_service(self, exchange_id: str, at: datetime) -> tuple[date, Policy, tuple[Clearance, ...]]:
        """The day at the host, the policy, and every clearance of a stay as it is, for nobody in particular.

        Raises:
            Unknown: there is no such exchange.
        """
        looked = await self._look(exchange_id, None, at)
        return looked.record.today, looked.policy, self._as_found(looked, looked.plan)

    async def compared(
        self, exchange_id: str, after: Plan, actor: Actor, at: datetime
    ) -> tuple[tuple[Clearance, ...], tuple[Clearance, ...]]:
        """The clearances of an exchange by its plan, and by another; raises as `of`."""
        looked = await self._look(exchange_id, actor, at)
        return self._derived(looked, looked.plan, actor), self._derived(looked, after, actor)

    def _derived(self, looked: _Looked, plan: Plan, actor: Actor) -> tuple[Clearance, ...]:
        return tuple(self._for_reader(one, actor, looked) for one in self._as_found(looked, plan))

    def _as_found(self, looked: _Looked, plan: Plan) -> tuple[Clearance, ...]:
        open_ = clinic_is_open(self._programme, plan)
        stay = StayAsked.of(plan, looked.policy, looked.record.today, clinic_open=open_)
        known = as_registered(looked.known, looked.record.entries)
        said = evaluate_by_kind(looked.policy.rules, known, stay)
        found = {kind: (*looked.shut.get(kind, ()), *said.get(kind, ())) for kind in {**said, **looked.shut}}
        return clearances_of(plan, looked.policy, looked.record, found)

    def _for_reader(self, clearance: Clearance, actor: Actor, looked: _Looked) -> Clearance:
        """A clearance without what is said on documents that are not for the reader; results stay (D46)."""
        told = []
        of_reader = actor, parties_of(looked.row), looked.kept_here
        for reason in clearance.why:
            [finding] = self._statements.without_values(reason.document, (reason.finding,), *of_reader)
            shown = ClearanceReason(document=reason.document, finding=finding)
            told.append(reason if reason.finding.message == NOT_ACCEPTED else shown)
        once = {one.model_dump_json(): one for one in told}
        return clearance.model_copy(update={"why": tuple(once.values())})

    async def _look(self, exchange_id: str, actor: Actor | None, at: datetime) -> _Looked:
        query = select(ExchangeRow).where(ExchangeRow.id == exchange_id)
        async with transaction(self._statements.sessions) as session:
            row = await session.scalar(query if actor is None else query.where(visible_to(actor)))
            if row is None:
                raise Unknown("exchange.not_seen")
            zone = self._programme.zone_of(row.host_id)
            still = await asked_anew(session, exchange_id)
            record = ClearanceRecord(
                today=day_at(zone, at),
                papers=(*await accepted_papers(session, exchange_id), *still),
                entries=await _entries(session, exchange_id),
                cleared=cleared_days(await _events(session, exchange_id), zone),
                permitted_until=row.permitted_until,
            )
            ids = [one.document_id for one in still]
            stated, shut = await self._statements.stated(session, exchange_id, (DocumentStatus.ACCEPTED,), ids)
            policy = await self._statements.policy_of(session, row)
            kept_here = await kinds_kept_here(session, self._programme, row, actor)
        return _Looked(row, policy, record, known_facts(stated), shut, kept_here)


async def _entries(session: AsyncSession, exchange_id: str) -> tuple[RegisterEntry, ...]:
    """The entries of the register that no other corrected, oldest first."""
    query = select(AuthorityPaperRow).where(AuthorityPaperRow.exchange_id == exchange_id)
    rows = list(await session.scalars(query.order_by(AuthorityPaperRow.at, AuthorityPaperRow.id)))
    corrected = {row.corrects for row in rows}
    return tuple(
        RegisterEntry(paper=row.paper, valid_from=row.valid_from, valid_until=row.valid_until)
        for row in rows
        if row.id not in corrected
    )


async def _events(session: AsyncSession, exchange_id: str) -> list[Event]:
    """What is told of the clearance for the clinic, since the exchange was last opened."""
    query = select(EventRow.payload).where(EventRow.stream == exchange_id, EventRow.kind.in_(TOLD))
    told = [EVENT.validate_python(payload) for payload in await session.scalars(query.order_by(EventRow.seq))]
    opened = [n for n, event in enumerate(told) if isinstance(event, ExchangeOpened | ExchangeReopened)]
    return told[opened[-1] :] if opened else told
