"""What a step is decided on: nominee, wishes and what stands against them, seats, the room and who else is there."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import EVENT, ExchangeOpened, ExchangeReopened, NominationCorrected
from models.messages.plan import UNRANKED, Plan, PlannedContent
from models.people.authorization import Actor
from models.rules.again import PERSONAL
from models.tables import (
    BedNightRow,
    BedRow,
    CohortRow,
    EventRow,
    ExchangeRow,
    IdentityRow,
    PlacementRow,
    SeatRow,
    StepRow,
    WaitlistRow,
    identity_of_exchange,
)
from models.views.dossiers import (
    ABOUT_A_BED,
    ABOUT_A_NOMINATION,
    ABOUT_A_PLACE,
    Changed,
    Dossier,
    Fit,
    NomineeFacts,
    Room,
    Roommate,
    SeatsLeft,
    Wish,
    may_see_nominee,
)
from models.vocabulary import ROTATION_CONTENTS, StepKind
from records.beds import in_a_row
from records.places import Outlook, UnitNow, asked_of, loads, outlooks, units_now
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to

PLANNED = ("level", "discipline", "start", "end", "laboratories", "specialties", "rank")
"""Cells of a nomination that are compared between versions."""
_NOMINATED = tuple(
    kind.model_fields["kind"].default for kind in (ExchangeOpened, ExchangeReopened, NominationCorrected)
)


async def dossier(session: AsyncSession, titles: Titles, step_id: str, actor: Actor) -> Dossier | None:
    """The facts of a step for whoever may see its exchange; `None` where there is no such step for them (D44)."""
    query = (
        select(StepRow, ExchangeRow, IdentityRow)
        .join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(StepRow.id == step_id, visible_to(actor))
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    step, exchange, person = found
    plan = Plan.model_validate(exchange.plan)
    nominates = step.kind in ABOUT_A_NOMINATION and may_see_nominee(actor.role)
    return Dossier(
        nominee=_nominee(person) if nominates else None,
        changed=await _changed(session, exchange) if nominates else (),
        rank=plan.rank if nominates and plan.rank != UNRANKED else None,
        wishes=await _wishes(session, titles, step, exchange, plan),
        seats=await _seats(session, exchange.cohort_id) if nominates else None,
        room=await _room(session, exchange) if step.kind in ABOUT_A_BED else None,
    )


def _nominee(person: IdentityRow) -> NomineeFacts:
    return NomineeFacts.model_validate({name: getattr(person, name) for name in NomineeFacts.model_fields})


async def _changed(session: AsyncSession, exchange: ExchangeRow) -> tuple[Changed, ...]:
    """What the newest version of the nomination says otherwise than the one before, cell by cell."""
    if exchange.nomination_version < 2:
        return ()
    versions = exchange.nomination_version - 1, exchange.nomination_version
    rows = await session.scalars(
        select(IdentityRow)
        .where(IdentityRow.exchange_id == exchange.id, IdentityRow.version.in_(versions))
        .order_by(IdentityRow.version)
    )
    people = [{name: _text(getattr(row, name)) for name in ("student_number", *PERSONAL)} for row in rows]
    payloads = await session.scalars(
        select(EventRow.payload)
        .where(EventRow.stream == exchange.id, EventRow.kind.in_(_NOMINATED))
        .order_by(EventRow.seq.desc())
        .limit(2)
    )
    events = [EVENT.validate_python(payload) for payload in payloads]
    opening = ExchangeOpened | ExchangeReopened | NominationCorrected
    plans = [_planned(event.plan) for event in reversed(events) if isinstance(event, opening)]
    return (*_differing(people), *_differing(plans))


def _differing(versions: list[dict[str, str]]) -> Iterable[Changed]:
    if len(versions) < 2:
        return
    before, after = versions
    for column, was in before.items():
        if was != after[column]:
            yield Changed(column=column, before=was, after=after[column])


def _planned(plan: Plan) -> dict[str, str]:
    return {name: _text(getattr(plan, name)) for name in PLANNED}


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


async def _seats(session: AsyncSession, cohort_id: str) -> SeatsLeft | None:
    cohort = await session.get(CohortRow, cohort_id)
    if cohort is None:
        return None
    taken = select(func.count()).where(SeatRow.cohort_id == cohort_id, SeatRow.exchange_id.is_not(None))
    waiting = select(func.count()).where(WaitlistRow.cohort_id == cohort_id)
    counted = (await session.execute(select(taken.scalar_subquery(), waiting.scalar_subquery()))).one()
    return SeatsLeft(cap=cohort.cap, taken=counted[0], waiting=counted[1])


async def _wishes(
    session: AsyncSession, titles: Titles, step: StepRow, exchange: ExchangeRow, plan: Plan
) -> tuple[Wish, ...]:
    """The blocks that a step is about, each with its units; where a place is decided, how each unit stands to it."""
    if step.kind not in ABOUT_A_NOMINATION | ABOUT_A_PLACE:
        return ()
    units = await units_now(session, titles.programme, exchange.host_id) if step.kind in ABOUT_A_PLACE else None
    blocks = await _blocks(session, plan, step)
    return tuple([await _wish(session, exchange, plan, block, units, step) for block in blocks])


async def _blocks(session: AsyncSession, plan: Plan, step: StepRow) -> list[PlannedContent]:
    """All blocks of a plan, or the one that a place is for: by its key, or by the days of the placement."""
    if step.kind in ABOUT_A_NOMINATION:
        return list(plan.contents)
    place = await session.get(PlacementRow, step.subject)
    if place is not None:
        return [PlannedContent(content=place.content, start=place.start, end=place.end)]
    return [block for block in plan.contents if block.key == step.subject]


async def _wish(
    session: AsyncSession,
    exchange: ExchangeRow,
    plan: Plan,
    block: PlannedContent,
    units: dict[str, UnitNow] | None,
    step: StepRow,
) -> Wish:
    wanted = (step.unit_id,) if step.kind is StepKind.ACCEPT_STUDENT and step.unit_id else plan.wishes(block)
    wanted = wanted if block.content in ROTATION_CONTENTS else ()
    fits = [Fit(unit_id=unit) for unit in wanted]
    if units is not None and wanted:
        own = {unit: units[unit] for unit in wanted if unit in units}
        # A place that is taken already, for whoever is asked to accept, is not against it.
        without = (step.subject,) if step.kind is StepKind.ACCEPT_STUDENT else ()
        load = await loads(session, own, block.start, block.end, without=without)
        asked = await asked_of(session, exchange.id, block.start, block.end)
        seen = outlooks(own, load, asked, wanted)
        fits = [_fit(one, own) for one in seen if one.unit_id in wanted]
    return Wish(
        content=block.content,
        number=block.number,
        start=block.start,
        end=block.end,
        hours=block.hours,
        units=tuple(fits),
    )


def _fit(seen: Outlook, units: dict[str, UnitNow]) -> Fit:
    now = units.get(seen.unit_id)
    return Fit(
        unit_id=seen.unit_id,
        unmet=seen.unmet,
        room=seen.room,
        capacity=now.terms.capacity if now else 0,
        supervisors=now.supervisors if now else (),
    )


async def _room(session: AsyncSession, exchange: ExchangeRow) -> Room | None:
    """The room of the bed that is held, and who else sleeps there on these nights."""
    mine = select(BedNightRow.night, BedNightRow.bed_id).where(BedNightRow.exchange_id == exchange.id)
    nights = dict((await session.execute(mine.order_by(BedNightRow.night))).all())
    if not nights:
        return None
    last = max(nights)
    bed = await session.get(BedRow, nights[last])
    if bed is None:
        return None
    own = [night for night, held in nights.items() if held == bed.id]
    others = (
        select(BedNightRow.night, ExchangeRow.id, IdentityRow)
        .join(BedRow, BedRow.id == BedNightRow.bed_id)
        .join(ExchangeRow, ExchangeRow.id == BedNightRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(
            BedRow.institution_id == bed.institution_id,
            BedRow.building == bed.building,
            BedRow.room == bed.room,
            BedNightRow.exchange_id != exchange.id,
            BedNightRow.night.between(min(own), max(own)),
        )
        .order_by(ExchangeRow.id, BedNightRow.night)
    )
    rows = [(night, code, person) for night, code, person in await session.execute(others)]
    names = {code: student_of(person).name for _, code, person in rows}
    return Room(
        bed_id=bed.id,
        building=bed.building,
        room=bed.room,
        first_night=min(own),
        last_night=max(own),
        others=tuple(
            Roommate(student=names[code], exchange_id=code, first_night=first, last_night=until)
            for code, first, until in in_a_row((code, night) for night, code, _ in rows)
        ),
    )
