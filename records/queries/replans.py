"""Re-planned cohorts: what a proposal would bring each exchange, and what became of those that were decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Param, plain
from models.events import EVENT, ChangeApplied, ChangeClosed, ChangeRequested, CohortReplanned
from models.messages.changes import Area, ChangeStatus, Effect
from models.messages.plan import Plan
from models.messages.replans import ReplanCohort, ReplanExchange, Replanning, told_of
from models.people.authorization import Actor
from models.rules.changes import OVER, change_faults
from models.rules.local import day_at
from models.rules.replans import days_for
from models.tables import EventRow, ExchangeRow
from models.views.replans import ReplanPreview, ReplanState, ReplanView, StayMoved, StayProposed
from models.vocabulary import NominationStatus
from records.queries import changes
from records.queries.visibility import visible_to
from records.remembering_cohorts import replannings

_TOLD = tuple(kind.model_fields["kind"].default for kind in (ChangeRequested, ChangeApplied, ChangeClosed))


async def preview(
    session: AsyncSession, programme: Programme, cohort_id: str, wanted: Replanning, actor: Actor, now: datetime
) -> ReplanPreview:
    """What every open exchange of a cohort would get, in the order of their codes; those taken out are marked."""
    rows = list(
        await session.scalars(
            select(ExchangeRow)
            .where(ExchangeRow.cohort_id == cohort_id, ExchangeRow.closed_at.is_(None), visible_to(actor))
            .order_by(ExchangeRow.id)
        )
    )
    asked = ReplanCohort(
        decision_id="proposal", actor=actor, replanning=wanted, exchanges=tuple(row.id for row in rows) or ("none",)
    )
    stays = [
        await _proposed(session, programme, row, told_of(asked, row.id), actor, now, exempt=row.id in wanted.exempt)
        for row in rows
    ]
    return ReplanPreview(cohort_id=cohort_id, replanning=wanted, stays=tuple(stays))


async def _proposed(
    session: AsyncSession,
    programme: Programme,
    row: ExchangeRow,
    told: ReplanExchange,
    actor: Actor,
    now: datetime,
    *,
    exempt: bool,
) -> StayProposed:
    plan, today = Plan.model_validate(row.plan), day_at(programme.zone_of(row.host_id), now)
    arrived = row.actual_arrival is not None
    change = days_for(plan, told, begun=arrived or plan.start <= today)
    found = StayProposed(
        exchange_id=row.id,
        was_start=plan.start,
        was_end=plan.end,
        start=change.start,
        end=change.end,
        exempt=exempt,
    )
    if exempt:
        return found
    if row.nomination is not NominationStatus.VERIFIED:
        return _against(found, "change.not_verified")
    if row.stage in OVER or row.actual_departure is not None:
        return _against(found, "change.stay_over")
    faults = change_faults(plan, change, programme.policy, today=today, arrived=arrived)
    if faults:
        return _against(found, faults[0].message, faults[0].params)
    seen = await changes.preview(session, programme, row.id, change, actor, now)
    effects = seen.effects if seen is not None else ()
    hindrance = next((effect for effect in effects if effect.hinders), None)
    return found.model_copy(update={"effects": effects, "against": hindrance})


def _against(found: StayProposed, message: str, params: Mapping[str, Param] = MappingProxyType({})) -> StayProposed:
    values = {name: plain(value) for name, value in params.items()}
    effect = Effect(area=Area.BLOCKS, message=message, params=values, hinders=True)
    return found.model_copy(update={"against": effect})


async def replans(session: AsyncSession, cohort_id: str, actor: Actor | None) -> list[ReplanView]:
    """The decisions on other days for a cohort, newest first, with what became of each exchange one may know of."""
    return [await _view(session, cohort_id, event, actor) for event in reversed(await replannings(session, cohort_id))]


async def named(session: AsyncSession, cohort_id: str, replan_id: str) -> tuple[str, ...]:
    """The exchanges that a decision was about; none where there is no such decision."""
    found = (event.exchange_ids for event in await replannings(session, cohort_id) if event.replan_id == replan_id)
    return next(found, ())


async def _view(session: AsyncSession, cohort_id: str, event: CohortReplanned, actor: Actor | None) -> ReplanView:
    query = select(ExchangeRow).where(ExchangeRow.id.in_(event.exchange_ids), visible_to(actor))
    rows = {row.id: row for row in await session.scalars(query)}
    events = await session.execute(
        select(EventRow.stream, EventRow.payload)
        .where(
            EventRow.stream.in_(list(rows)),
            EventRow.kind.in_(_TOLD),
            EventRow.payload["change_id"].as_string() == event.replan_id,
        )
        .order_by(EventRow.position)
    )
    told: dict[str, list[object]] = {}
    for stream, payload in events:
        told.setdefault(stream, []).append(EVENT.validate_python(payload))
    return ReplanView(
        replan_id=event.replan_id,
        cohort_id=cohort_id,
        at=event.at,
        by=event.actor.id,
        replanning=event.replanning,
        stays=tuple(_moved(rows[one], told.get(one, ())) for one in sorted(rows)),
    )


def _moved(row: ExchangeRow, told: Sequence[object]) -> StayMoved:
    asked = next((one for one in told if isinstance(one, ChangeRequested)), None)
    plan = Plan.model_validate(row.plan)
    before, after = (asked.before, asked.after) if asked is not None else (plan, plan)
    state, reason = ReplanState.WAITING if row.closed_at is None else ReplanState.ENDED, ""
    for one in told:
        if isinstance(one, ChangeApplied):
            state = ReplanState.MOVED
        elif isinstance(one, ChangeClosed):
            ended = one.status is ChangeStatus.LAPSED and row.closed_at is not None
            state, reason = ReplanState.ENDED if ended else ReplanState.NOT_MOVED, one.reason
    return StayMoved(
        exchange_id=row.id,
        state=state,
        was_start=before.start,
        was_end=before.end,
        start=after.start,
        end=after.end,
        reason=reason,
    )
