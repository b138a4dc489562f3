"""A whole cohort on other days, by one decision: what is asked of the cohort, and of each of its exchanges (D39)."""

from datetime import date

from pydantic import Field

from models.people.authorization import Actor
from models.vocabulary import Role
from models.wire import Id, Wire


class StayDays(Wire):
    """The first and the last day that one exchange is to have, instead of those of the shift."""

    exchange_id: Id
    start: date
    end: date


class Replanning(Wire):
    """Other days for the stays of a cohort: all shifted alike, some to days of their own, some left as they are."""

    shift: int = Field(default=0, ge=-366, le=366)
    """Days later; negative: earlier. Of a stay that has begun the first day stays, and the last one is moved."""
    days: tuple[StayDays, ...] = ()
    exempt: tuple[Id, ...] = ()


class ReplanCohort(Wire):
    """The decision: these exchanges are moved, each as a whole or not at all."""

    decision_id: Id
    """Also the id of the re-planning, and of the change of each exchange."""
    actor: Actor
    replanning: Replanning
    exchanges: tuple[Id, ...] = Field(min_length=1, max_length=500)
    """Those that are to be moved, in the order in which they are told: who makes room for others first."""


class ReplanExchange(Wire):
    """What a cohort tells an exchange of it."""

    replan_id: Id
    actor: Actor
    shift: int = 0
    start: date | None = None
    end: date | None = None
    """Set together: the days instead of the shift."""


def told_of(replan: ReplanCohort, exchange_id: str) -> ReplanExchange:
    """What one exchange is told."""
    given = next((one for one in replan.replanning.days if one.exchange_id == exchange_id), None)
    return ReplanExchange(
        replan_id=replan.decision_id,
        actor=replan.actor,
        shift=replan.replanning.shift,
        start=given.start if given else None,
        end=given.end if given else None,
    )


def may_replan(actor: Actor) -> bool:
    """Whether this person may decide on other days for a cohort: the programme office, as on a suspension."""
    return actor.role is Role.PROGRAMME_OFFICE
