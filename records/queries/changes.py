"""Changes of an exchange's plan: those that were asked for, plans that held, what another would bring about."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.errors import BadInput
from models.events import (
    EVENT,
    Arrived,
    ChangeApplied,
    ChangeClosed,
    ChangeRequested,
    Event,
    ExchangeOpened,
    ExchangeReopened,
    NominationCorrected,
    StayPermitted,
)
from models.messages.changes import (
    Change,
    ChangeStatus,
    Effect,
    HousingChange,
    PlaceOfBlock,
    SecondHostChange,
    UnitChange,
)
from models.messages.plan import Plan, PlannedContent
from models.people.authorization import Actor
from models.people.papers import may_read_notes
from models.people.particulars import ParticularKind, Residence
from models.rules.changes import added, changed_plan, name_of, places_after, swapped
from models.rules.impact import BedFor, HeldNow, effects_of
from models.rules.local import day_at
from models.tables import (
    BedNightRow,
    BedRow,
    EventRow,
    ExchangeRow,
    IdentityRow,
    NoteRow,
    ParticularRow,
    PlacementRow,
    StepRow,
    identity_of_exchange,
)
from models.views.changes import ChangePreview, ChangesView, ChangeView, PlanVersion
from models.vocabulary import Anchor, Role, StepStatus
from records.changes import accepted_papers
from records.intakes import closed_on, seat_for
from records.places import asked_of, loads, outlooks, units_now
from records.projections.holdings import ASSIGNED
from records.queries.second_hosts import hindered_by_other_stay, onward_preview
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to
from records.remembering import policy_of, writers_of

TOLD = tuple(
    kind.model_fields["kind"].default
    for kind in (
        ExchangeOpened,
        ExchangeReopened,
        NominationCorrected,
        ChangeRequested,
        ChangeApplied,
        ChangeClosed,
        Arrived,
        StayPermitted,
    )
)
ANY = "any"
NEW = "new"
"""Stands for the id of a place that is not taken yet."""


async def changes_of(
    session: AsyncSession, titles: Titles, exchange_id: str, actor: Actor | None
) -> ChangesView | None:
    """All changes and plans of an exchange; `None` where there is none or the actor may not know of it (D44)."""
    seen = select(ExchangeRow, IdentityRow).join(IdentityRow, identity_of_exchange())
    found = (await session.execute(seen.where(ExchangeRow.id == exchange_id, visible_to(actor)))).one_or_none()
    if found is None:
        return None
    _, person = found
    events = await _events(session, exchange_id)
    rows = await session.execute(select(NoteRow.id, NoteRow.text).where(NoteRow.exchange_id == exchange_id))
    notes: dict[str, str] = dict(rows.all())
    student = student_of(person)
    reads = actor is None or may_read_notes(actor.role, about_health=False)
    changes = [
        _change(event, events, titles.who(event.actor.id, student), notes.get(event.note_id or "", "") if reads else "")
        for event in reversed(events)
        if isinstance(event, ChangeRequested)
    ]
    plans = _plans(events)
    return ChangesView(
        exchange_id=exchange_id, version=plans[-1].number if plans else 1, changes=tuple(changes), plans=tuple(plans)
    )


async def _events(session: AsyncSession, exchange_id: str) -> list[Event]:
    """What is told of the plan, since the exchange was last opened."""
    found = await session.scalars(
        select(EventRow.payload).where(EventRow.stream == exchange_id, EventRow.kind.in_(TOLD)).order_by(EventRow.seq)
    )
    events = [EVENT.validate_python(payload) for payload in found]
    opened = [n for n, event in enumerate(events) if isinstance(event, ExchangeOpened | ExchangeReopened)]
    return events[opened[-1] :] if opened else events


def _change(asked: ChangeRequested, events: Sequence[Event], who: str, note: str) -> ChangeView:
    ends = (event for event in events if isinstance(event, ChangeApplied | ChangeClosed))
    end = next((event for event in ends if event.change_id == asked.change_id), None)
    status = ChangeStatus.OPEN
    if end is not None:
        status = end.status if isinstance(end, ChangeClosed) else ChangeStatus.APPLIED
    return ChangeView(
        change_id=asked.change_id,
        change=asked.change,
        name=name_of(asked.change, asked.before),
        status=status,
        version=asked.version,
        before=asked.before,
        after=end.plan if isinstance(end, ChangeApplied) else asked.after,
        effects=asked.effects,
        requested_at=asked.at,
        requested_by=who,
        note=note,
        closed_at=end.at if end is not None else None,
        reason=end.reason if isinstance(end, ChangeClosed) else "",
    )


def _plans(events: Sequence[Event]) -> list[PlanVersion]:
    """The plan as it was verified, and each that a change has made of it."""
    plans: list[PlanVersion] = []
    for event in events:
        match event:
            case ExchangeOpened() | ExchangeReopened() | NominationCorrected():
                plans = [PlanVersion(number=1, since=event.at, plan=event.plan)]
            case ChangeApplied():
                plans.append(
                    PlanVersion(number=event.version, since=event.at, plan=event.plan, change_id=event.change_id)
                )
    return plans


async def preview(
    session: AsyncSession, programme: Programme, exchange_id: str, change: Change, actor: Actor | None, now: datetime
) -> ChangePreview | None:
    """What a change would bring about now; `None` where the actor may not know of the exchange (D44).

    Raises:
        BadInput: the supervisor who is named is not one of the unit, or has the place already.
    """
    row = await session.scalar(select(ExchangeRow).where(ExchangeRow.id == exchange_id, visible_to(actor)))
    if row is None:
        return None
    writer = (await writers_of(session, [exchange_id]))[exchange_id]
    before, arrived = Plan.model_validate(row.plan), row.actual_arrival is not None
    policy = await policy_of(session, writer) or programme.frozen(before)
    after = changed_plan(before, change, policy, arrived=arrived)
    events = await _events(session, exchange_id)
    held = await _held(session, row, before, events, programme.zone_of(row.host_id), now)
    if isinstance(change, UnitChange) and change.supervisor:
        await _require_other(session, programme, row, change)
    places = _places_after(held.places, before, after, change)
    found: dict[str, object] = {
        "bed": await _bed(session, row, before, after),
        "seat": await seat_for(session, programme, exchange_id, before, after),
        "intake_closed": closed_on(programme, after, now) if before.cohort != after.cohort else None,
        "full": await _full(session, programme, row, held.places, places),
        "moving": await _moving(session, exchange_id, policy),
    }
    if isinstance(change, HousingChange):
        found |= await _outside(session, row, after, change.from_day)
    held = held.model_copy(update=found)
    plans = _plans(events)
    effects: list[Effect] = effects_of(before, after, places, held, policy)
    onward: Plan | None = None
    if isinstance(change, SecondHostChange):
        onward, there = await onward_preview(session, programme, exchange_id, change, before, after, policy, now)
        effects += there
    elif (before.start, before.end) != (after.start, after.end):
        effects += await hindered_by_other_stay(session, exchange_id, after, policy)
    return ChangePreview(
        exchange_id=exchange_id,
        version=plans[-1].number if plans else 1,
        change=change,
        name=name_of(change, before),
        before=before,
        after=after,
        onward=onward,
        effects=tuple(effects),
    )


async def _require_other(session: AsyncSession, programme: Programme, row: ExchangeRow, change: UnitChange) -> None:
    """Whether somebody else supervises in the unit, and is the one who is named (D39)."""
    known = programme.contacts(row.host_id, Role.SUPERVISOR, change.unit_id)
    if change.supervisor not in {one.id for one in known}:
        raise BadInput("unit.no_supervisor", "supervisor", person=change.supervisor, unit=change.unit_id)
    place = await session.get(PlacementRow, change.placement_id)
    if place is not None and (place.unit_id, place.supervisor_id) == (change.unit_id, change.supervisor):
        raise BadInput("change.nothing_changes", "supervisor")


def _places_after(
    places: tuple[PlaceOfBlock, ...], before: Plan, after: Plan, change: Change
) -> tuple[PlaceOfBlock, ...]:
    if isinstance(change, UnitChange):
        return swapped(places, change, NEW)
    more = [block for block in added(before, after) if block.units] if places else []
    new = (PlaceOfBlock(placement_id=f"{NEW}.{block.key}", unit_id=block.units[0], block=block) for block in more)
    return (*places_after(places, before, after), *new)


async def _held(
    session: AsyncSession, row: ExchangeRow, plan: Plan, events: Sequence[Event], zone: str, now: datetime
) -> HeldNow:
    permits = [event.until for event in events if isinstance(event, StayPermitted)]
    arrived = next((event for event in reversed(events) if isinstance(event, Arrived)), None)
    entered = (arrived.entered_at or arrived.arrived_at) if arrived is not None else None
    return HeldNow(
        today=day_at(zone, now),
        arrived_on=day_at(zone, row.actual_arrival) if row.actual_arrival else None,
        entered_on=day_at(zone, entered) if entered else None,
        permitted_until=row.permitted_until,
        first_permitted_until=permits[0] if permits else None,
        cleared_through=row.clearance_through,
        papers=tuple(await accepted_papers(session, row.id)),
        places=await _places(session, row.id, plan),
    )


async def _places(session: AsyncSession, exchange_id: str, plan: Plan) -> tuple[PlaceOfBlock, ...]:
    query = select(PlacementRow).where(PlacementRow.exchange_id == exchange_id, PlacementRow.status == ASSIGNED)
    rows = await session.scalars(query.order_by(PlacementRow.start, PlacementRow.id))
    return tuple(PlaceOfBlock(placement_id=row.id, unit_id=row.unit_id, block=_block_of(row, plan)) for row in rows)


def _block_of(row: PlacementRow, plan: Plan) -> PlannedContent:
    """The part of a block that a place is worked."""
    same = (block for block in plan.contents if block.content is row.content)
    block = next((one for one in same if one.start <= row.start and row.end <= one.end), None)
    if block is None:
        return PlannedContent(content=row.content, start=row.start, end=row.end)
    return block.model_copy(update={"start": row.start, "end": row.end})


async def _bed(session: AsyncSession, row: ExchangeRow, before: Plan, after: Plan) -> BedFor:
    """What bed there is for the nights of a plan; who shares the room is asked when it is taken."""
    if row.bed_id is None or (before.start, before.end) == (after.start, after.end):
        return BedFor.NOT_HELD
    first, last = after.start, after.end - timedelta(days=1)
    taken = exists().where(
        BedNightRow.bed_id == BedRow.id,
        BedNightRow.night.between(first, last),
        BedNightRow.exchange_id != row.id,
    )
    gender = await session.scalar(
        select(IdentityRow.gender).join(ExchangeRow, identity_of_exchange()).where(ExchangeRow.id == row.id)
    )
    free = select(BedRow.id).where(
        BedRow.institution_id == row.host_id, BedRow.active, BedRow.gender.in_({ANY, gender}), ~taken
    )
    ids = set(await session.scalars(free))
    if row.bed_id in ids:
        return BedFor.SAME
    return BedFor.OTHER if ids else BedFor.NONE


async def _outside(session: AsyncSession, row: ExchangeRow, plan: Plan, first: date) -> dict[str, object]:
    """The nights in a bed that living elsewhere from a night on frees, and whether it is on record where that is."""
    mine = BedNightRow.exchange_id == row.id, BedNightRow.night >= first
    nights = await session.scalar(select(func.count()).select_from(BedNightRow).where(*mine))
    newest = select(ParticularRow.form).where(
        ParticularRow.exchange_id == row.id, ParticularRow.kind == ParticularKind.RESIDENCE
    )
    form = await session.scalar(newest.order_by(ParticularRow.version.desc()).limit(1))
    lives = Residence.model_validate(form) if form else None
    last = plan.end - timedelta(days=1)
    address = lives is not None and lives.first_night <= first and lives.last_night >= last
    return {"outside_from": first, "frees": nights or 0, "address": address}


async def _full(
    session: AsyncSession,
    programme: Programme,
    row: ExchangeRow,
    held: tuple[PlaceOfBlock, ...],
    wanted: tuple[PlaceOfBlock, ...],
) -> tuple[str, ...]:
    """Units that cannot take the student on the days wanted."""
    units = await units_now(session, programme, row.host_id)
    full: list[str] = []
    for place in wanted:
        if place in held:
            continue
        first, last = place.block.start, place.block.end
        before = next((one for one in held if one.placement_id == place.placement_id), None)
        if before is not None and before.block.start <= first and last <= before.block.end:
            continue
        now = {unit: one for unit, one in units.items() if one.content is place.block.content}
        load = await loads(session, now, first, last, without=[one.placement_id for one in held])
        asked = await asked_of(session, row.id, first, last)
        seen = outlooks(now, load, asked, (place.unit_id,), supervisor=place.supervisor)
        if seen[0].unmet is not None:
            full.append(place.unit_id)
    return tuple(full)


async def _moving(session: AsyncSession, exchange_id: str, policy: Policy) -> tuple[str, ...]:
    """Open steps whose due time counts from the first or the last day of the stay."""
    ends = (Anchor.START, Anchor.END)
    kinds = [kind for kind, step in policy.steps.items() if step.due.anchor in ends]
    query = select(StepRow.kind).where(
        StepRow.exchange_id == exchange_id, StepRow.status == StepStatus.OPEN, StepRow.kind.in_(kinds)
    )
    return tuple(sorted(set(await session.scalars(query))))
