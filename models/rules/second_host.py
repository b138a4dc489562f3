"""What the rules have against going on to a second host (D1, D8, D38).

Pure functions over plans. What the catalogue has against the plan of the onward stay is in `models.rules.plan_faults`.
"""

from collections.abc import Iterator

from models.catalogue.policy import Policy
from models.errors import Param
from models.messages.changes import SecondHostChange
from models.messages.plan import Plan
from models.rules.stay import Fault, duration_faults, fault_of, latest_end, limit
from models.vocabulary import ROTATION_CONTENTS, Content

BLOCKS = {
    Content.LABORATORY: ("laboratories", "laboratory_start", "laboratory_end"),
    Content.CLINICAL: ("specialties", "clinical_start", "clinical_end"),
}
"""Units wanted, first and last day of each content that is worked in a unit."""


def second_host_faults(plan: Plan, change: SecondHostChange, policy: Policy) -> tuple[Fault, ...]:
    """What the rules have against going on to a second host, by the plan of the first stay; empty where nothing.

    Each part has the length of a stay, both together are no longer than one, and little lies between them (D1, D38).
    """
    if change.host in {plan.host, plan.sending}:
        return (fault_of("host", "second_host.same", "D38", change.host, host=change.host),)
    last = change.leaves_on
    if last > plan.end:
        return (fault_of("last_day", "second_host.not_shorter", "D38", last.isoformat(), day=plan.end),)
    if change.start <= last:
        return (fault_of("start", "second_host.overlaps", "D38", change.start.isoformat(), day=last),)
    most = limit(policy, "D38", "most_days_between_hosts")
    if (change.start - last).days - 1 > most:
        return (fault_of("start", "second_host.gap", "D38", change.start.isoformat(), day=last, most=most),)
    first = duration_faults(plan.start, last, policy)
    if first:
        return tuple(one.model_copy(update={"field": "last_day"}) for one in first)
    if faults := duration_faults(change.start, change.end, policy):
        return faults
    latest = latest_end(plan.start, policy)
    if change.end > latest:
        told: dict[str, Param] = {"months": limit(policy, "D1", "max_months"), "start": plan.start, "latest": latest}
        return (fault_of("end", "second_host.too_long", "D1", change.end.isoformat(), **told),)
    return tuple(_block_faults(change))


def _block_faults(change: SecondHostChange) -> Iterator[Fault]:
    """Two blocks need days of their own; one with a day has both."""
    wanted = wanted_contents(change)
    if not wanted:
        yield fault_of("laboratories", "block.none_planned", "D8")
    for content in wanted:
        _, start, end = BLOCKS[content]
        given = getattr(change, start), getattr(change, end)
        if None in given and (len(wanted) > 1 or given != (None, None)):
            yield fault_of(start if given[0] is None else end, "second_host.block_days", "D38", content=content)


def wanted_contents(change: SecondHostChange) -> list[Content]:
    """What is to be worked in units of the second host."""
    return [content for content in ROTATION_CONTENTS if any(getattr(change, name) for name in BLOCKS[content])]
