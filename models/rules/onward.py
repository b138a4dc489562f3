"""The onward stay at a second host: its nomination, and what going on there brings about (D4, D8, D9, D38). Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from models.catalogue.policy import Policy
from models.errors import Param, plain
from models.messages.changes import Area, Effect, SecondHostChange
from models.messages.plan import Plan
from models.rules.impact import COLLECTED, SeatFor
from models.rules.nomination import Nomination
from models.rules.second_host import BLOCKS, wanted_contents
from models.rules.stay import required_documents
from models.vocabulary import PROGRAMME_CONTENTS, ROTATION_CONTENTS


def onward_nomination(first: Nomination, after: Plan, change: SecondHostChange) -> Nomination:
    """The nomination of the onward stay: the same person and subject; the rest is what was asked for there.

    Lectures and cultural programme that the first stay still has are not owed twice (D8).
    """
    values: dict[str, Any] = {
        "host": change.host,
        "start": change.start,
        "end": change.end,
        "intake_year": change.start.year,
        "more_laboratories": (),
        "more_specialties": (),
        "late_reason": "",
    }
    wanted = wanted_contents(change)
    for content in ROTATION_CONTENTS:
        units, start, end = BLOCKS[content]
        here = content in wanted
        values |= {
            units: getattr(change, units),
            start: (getattr(change, start) or change.start) if here else None,
            end: (getattr(change, end) or change.end) if here else None,
            f"{content}_share": None,
            f"{content}_hours": None,
        }
    kept = after.kinds()
    for content in PROGRAMME_CONTENTS:
        owed = bool(getattr(first, content)) and content not in kept
        values |= {content.value: owed, f"{content}_start": None, f"{content}_end": None}
    return first.model_copy(update=values)


def onward_effects(
    after: Plan,
    onward: Plan,
    policy: Policy,
    seat: SeatFor,
    closed: date | None,
    *,
    goes_on: bool = False,
) -> Iterator[Effect]:
    """What going on to a second host brings about there: the exchange, its seat, its visa, the papers asked for.

    `policy` is what the onward stay will run under; `goes_on` says that the exchange is one of two already.
    """
    if goes_on:
        yield _hindrance(_effect(Area.SECOND_HOST, "effect.third_host"))
    first, last = onward.start, onward.end
    yield _effect(
        Area.SECOND_HOST, "effect.goes_on", host=onward.host, first=first, last=last, days=after.days + onward.days
    )
    if seat is SeatFor.NOMINATED:
        yield _hindrance(_effect(Area.SECOND_HOST, "effect.nominated_at", host=onward.host, year=onward.year))
    elif seat is SeatFor.NONE:
        yield _hindrance(_effect(Area.SECOND_HOST, "effect.no_seat_at", host=onward.host, year=onward.year))
    else:
        yield _effect(Area.SECOND_HOST, "effect.seat_at", host=onward.host, year=onward.year)
    if closed is not None:
        yield _effect(Area.SECOND_HOST, "effect.late_at", host=onward.host, day=closed)
    if onward.visa_class:
        yield _effect(Area.SECOND_HOST, "effect.visa_at", host=onward.host, visa=onward.visa_class)
    papers = (one.kind for step in COLLECTED for one in required_documents(policy, onward, step))
    kinds = tuple(dict.fromkeys(papers))
    yield _effect(Area.SECOND_HOST, "effect.papers_at", host=onward.host, kinds=kinds)
    not_twice = tuple(content for content in PROGRAMME_CONTENTS if content in after.kinds())
    if not_twice:
        yield _effect(Area.SECOND_HOST, "effect.done_here", contents=not_twice)


def not_apart(host: str, first: date, last: date) -> Effect:
    """The other stay of the same journey leaves no room for a plan (D1, D38)."""
    return _hindrance(_effect(Area.SECOND_HOST, "effect.not_apart", host=host, first=first, last=last))


def _effect(area: Area, message: str, **params: Param) -> Effect:
    return Effect(area=area, message=message, params={name: plain(value) for name, value in params.items()})


def _hindrance(effect: Effect) -> Effect:
    return effect.model_copy(update={"hinders": True})
