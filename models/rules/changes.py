"""The plan that a change request leads to, and what the rules have against it (D1, D7, D8, D9, D39).

Pure functions over plans. Who is concerned and what it brings about is in `models.rules.impact`.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from models.catalogue.jurisdiction import DECIDE, EntryRight, earlier_law
from models.catalogue.policy import Policy
from models.messages.changes import (
    BlocksChange,
    Change,
    DatesChange,
    DisciplineChange,
    HousingChange,
    IntakeChange,
    Nature,
    PlaceOfBlock,
    SecondHostChange,
    UnitChange,
)
from models.messages.plan import Plan, PlannedContent
from models.rules.second_host import second_host_faults
from models.rules.stay import Fault, duration_faults, fault_of
from models.vocabulary import ROTATION_CONTENTS, Stage

OVER = frozenset({Stage.DEPARTURE, Stage.CERTIFICATE, Stage.CLOSED})
"""Stages of a stay of which nothing is left to change."""


class DayRange(NamedTuple):
    """A first and a last day, both included."""

    start: date
    end: date


def nature_of(before: Plan, start: date, end: date) -> Nature:
    """What other days do to a stay, by its length: as long as before, longer, or shorter."""
    days = (end - start).days + 1
    if days == before.days:
        return Nature.SHIFTED
    return Nature.EXTENDED if days > before.days else Nature.SHORTENED


def name_of(change: Change, plan: Plan) -> str:
    """What a change is called: its kind, or what other days do to the stay."""
    return nature_of(plan, change.start, change.end) if isinstance(change, DatesChange) else change.kind


def changed_plan(plan: Plan, change: Change, policy: Policy, *, arrived: bool = False) -> Plan:
    """The plan as it would be, with what follows from it: visa class and form of the new length (D2, D3).

    Who has arrived keeps the visa and form of the entry: what is permitted from then on is for the authority to say.
    A change of unit leaves the plan as it is: which unit works a block is a matter of places, as housing is of beds.
    """
    match change:
        case DatesChange():
            moved = _on_days(plan, change.start, change.end)
            return moved if arrived else _with_form(moved, plan, policy)
        case SecondHostChange():
            moved = _on_days(plan, plan.start, change.leaves_on)
            return moved if arrived else _with_form(moved, plan, policy)
        case IntakeChange():
            moved = _on_days(plan, change.start, change.end).model_copy(update={"year": change.start.year})
            return _with_form(moved, plan, policy)
        case BlocksChange():
            return plan.model_copy(update={"contents": change.contents})
        case DisciplineChange():
            return plan.model_copy(update={"discipline": change.discipline})
        case UnitChange() | HousingChange():
            return plan


def _on_days(plan: Plan, start: date, end: date) -> Plan:
    days = DayRange(plan.start, plan.end), DayRange(start, end)
    moved = (_moved(block, *days) for block in plan.contents)
    contents = tuple(block for block in moved if block is not None)
    return plan.model_copy(update={"start": start, "end": end, "contents": contents})


def _moved(block: PlannedContent, was: DayRange, now: DayRange) -> PlannedContent | None:
    """What lay within some days on others; `None` where nothing of it is left.

    DayRange that are only shifted take it along. Otherwise what touched an end of them still does, and nothing reaches
    beyond it.
    """
    shift = now.start - was.start
    if shift == now.end - was.end:
        return block.model_copy(update={"start": block.start + shift, "end": block.end + shift})
    first = now.start if block.start == was.start else max(block.start, now.start)
    last = now.end if block.end == was.end else min(block.end, now.end)
    return block.model_copy(update={"start": first, "end": last}) if first <= last else None


def _with_form(after: Plan, before: Plan, policy: Policy) -> Plan:
    """A stay of another length may need another visa and form; a form that was decided stays (D2, D3)."""
    law = policy.law or earlier_law(after.host_country)
    if after.entry is not EntryRight.VISA or not before.visa_class:
        return after
    form = law.form(after.days)
    if form == DECIDE and law.form(before.days) == DECIDE:
        form = before.visa_form
    return after.model_copy(update={"visa_class": law.visa_class(after.days), "visa_form": form})


def change_faults(
    plan: Plan,
    change: Change,
    policy: Policy,
    *,
    today: date,
    arrived: bool,
    places: Sequence[PlaceOfBlock] = (),
) -> tuple[Fault, ...]:
    """What the rules have against a change today, by the days of the host; empty where nothing.

    What needs the catalogue, such as whether a discipline exists, is asked where that is known.
    """
    match change:
        case DatesChange():
            if change.start.year != plan.start.year and change.start != plan.start:
                return (fault_of("start", "change.another_year", "D4", change.start.isoformat(), year=plan.year),)
            return _day_faults(plan, change.start, change.end, policy, today=today, arrived=arrived)
        case IntakeChange():
            if change.start.year == plan.year:
                return (fault_of("start", "change.same_intake", "D4", change.start.isoformat(), year=plan.year),)
            return _day_faults(plan, change.start, change.end, policy, today=today, arrived=arrived)
        case SecondHostChange():
            return second_host_faults(plan, change, policy) or _first_stay_faults(plan, change, today)
        case UnitChange():
            return _unit_faults(change, places, today)
        case BlocksChange():
            return _block_faults(plan, change, today)
        case HousingChange():
            first, last, day = max(plan.start, today), plan.end - timedelta(days=1), change.from_day
            known = first <= day <= last
            told = fault_of("from_day", "night.outside_stay", "D34", day.isoformat(), first=first, last=last)
            return () if known else (told,)
        case DisciplineChange():
            if change.discipline == plan.discipline:
                return (fault_of("discipline", "change.nothing_changes", "", change.discipline),)
            return ()


def _day_faults(plan: Plan, start: date, end: date, policy: Policy, *, today: date, arrived: bool) -> tuple[Fault, ...]:
    if (start, end) == (plan.start, plan.end):
        return (fault_of("end", "change.nothing_changes", "", end.isoformat()),)
    faults = duration_faults(start, end, policy)
    if faults:
        return faults
    if start != plan.start and (arrived or plan.start <= today):
        return (fault_of("start", "change.stay_begun", "D39", start.isoformat(), day=plan.start),)
    if start != plan.start and start <= today:
        return (fault_of("start", "change.day_over", "D39", start.isoformat()),)
    if end < today:
        return (fault_of("end", "change.day_over", "D39", end.isoformat()),)
    if not any(block.content in ROTATION_CONTENTS for block in _on_days(plan, start, end).contents):
        return (fault_of("end", "block.none_planned", "D8", end.isoformat()),)
    return ()


def _first_stay_faults(plan: Plan, change: SecondHostChange, today: date) -> tuple[Fault, ...]:
    """Days that are over stay as they were, and the first stay keeps a block."""
    last = change.leaves_on
    if last < today:
        return (fault_of("last_day", "change.day_over", "D39", last.isoformat()),)
    if not any(block.content in ROTATION_CONTENTS for block in _on_days(plan, plan.start, last).contents):
        return (fault_of("last_day", "block.none_planned", "D8", last.isoformat()),)
    return ()


def _unit_faults(change: UnitChange, places: Sequence[PlaceOfBlock], today: date) -> tuple[Fault, ...]:
    place = next((one for one in places if one.placement_id == change.placement_id), None)
    if place is None:
        return (fault_of("placement_id", "change.no_such_place", "D38"),)
    if place.unit_id == change.unit_id and not change.supervisor:
        return (fault_of("unit_id", "change.nothing_changes", "", change.unit_id),)
    if place.block.end < max(today, change.from_day):
        return (fault_of("from_day", "change.block_over", "D38", change.from_day.isoformat(), day=place.block.end),)
    if change.from_day < today and place.block.start < today:
        return (fault_of("from_day", "change.day_over", "D39", change.from_day.isoformat()),)
    return ()


def _block_faults(plan: Plan, change: BlocksChange, today: date) -> tuple[Fault, ...]:
    """DayRange that are over stay as they were; the rules of every plan are asked beside."""
    if change.contents == plan.contents:
        return (fault_of("contents", "change.nothing_changes"),)
    known = {key_of(block) for block in plan.contents}
    for block in change.contents:
        if block.content in ROTATION_CONTENTS and key_of(block) not in known and not block.units:
            return (fault_of("contents", "change.unit_needed", "D38", content=block.content),)
    for block in _difference(plan.contents, change.contents):
        if block.end < today:
            return (fault_of("contents", "change.block_over", "D38", block.end.isoformat(), day=block.end),)
    for before, after in _pairs(plan.contents, change.contents):
        begun = before.start < today or after.start < today
        if begun and before.start != after.start:
            return (fault_of("contents", "change.stay_begun", "D39", after.start.isoformat(), day=before.start),)
    return ()


def _difference(before: Sequence[PlannedContent], after: Sequence[PlannedContent]) -> list[PlannedContent]:
    """Blocks that are only on one side."""
    return [one for one in (*before, *after) if (one in before) is not (one in after)]


def _pairs(
    before: Sequence[PlannedContent], after: Sequence[PlannedContent]
) -> list[tuple[PlannedContent, PlannedContent]]:
    """Blocks that are on both sides, on the same or on other days."""
    return [(one, other) for one in before for other in after if key_of(one) == key_of(other)]


def key_of(block: PlannedContent) -> tuple[str, int]:
    """Which block of a plan it is, whatever its days."""
    return block.content, block.number


def places_after(places: Sequence[PlaceOfBlock], before: Plan, after: Plan) -> tuple[PlaceOfBlock, ...]:
    """The places that are kept, on the days of the new plan; those of which nothing is left are not among them.

    Two units may share a block: the one that ends it follows its end, the one that begins it its beginning.
    """
    was = {key_of(block): DayRange(block.start, block.end) for block in before.contents}
    now = {key_of(block): DayRange(block.start, block.end) for block in after.contents}
    kept: list[PlaceOfBlock] = []
    for place in places:
        key = key_of(place.block)
        block = _moved(place.block, was[key], now[key]) if key in was and key in now else None
        if block is not None:
            kept.append(place.model_copy(update={"block": block}))
    return tuple(kept)


def added(before: Plan, after: Plan) -> tuple[PlannedContent, ...]:
    """Blocks in a unit that a plan has besides those of another."""
    known = {key_of(block) for block in before.contents}
    return tuple(block for block in after.rotations if key_of(block) not in known)


def differing(before: Plan, after: Plan) -> list[tuple[PlannedContent, PlannedContent | None, PlannedContent | None]]:
    """Blocks that two plans do not have on the same days, with what each has of them; in the order of the plans."""
    was = {key_of(block): block for block in before.contents}
    now = {key_of(block): block for block in after.contents}
    pairs = [(was.get(key), now.get(key)) for key in dict.fromkeys((*was, *now))]
    return [(block, one, other) for one, other in pairs if (block := one or other) and _on(one) != _on(other)]


def _on(block: PlannedContent | None) -> DayRange | None:
    return DayRange(block.start, block.end) if block is not None else None


def swapped(places: Sequence[PlaceOfBlock], change: UnitChange, new_id: str) -> tuple[PlaceOfBlock, ...]:
    """The places after a change of unit or supervisor: the old one ends the day before, or is not worked at all."""
    found: list[PlaceOfBlock] = []
    for place in places:
        if place.placement_id != change.placement_id:
            found.append(place)
            continue
        first = max(change.from_day, place.block.start)
        if first > place.block.start:
            until = first - timedelta(days=1)
            found.append(place.model_copy(update={"block": place.block.model_copy(update={"end": until})}))
        rest = place.block.model_copy(update={"start": first})
        found.append(
            PlaceOfBlock(placement_id=new_id, unit_id=change.unit_id, block=rest, supervisor=change.supervisor)
        )
    return tuple(found)
