"""What happened to a cohort's seats and waitlist."""

from typing import Literal

from models.events.base import Fact, _
from models.messages.replans import Replanning
from models.wire import Id, Moment


class CohortOpened(Fact):
    """A cohort's seats were set up, or its number of seats changed (D4)."""

    kind: Literal["cohort_opened"] = "cohort_opened"
    title = _("Cohort opened")
    sending: str
    host: str
    year: int
    direction: str
    cap: int
    minimum: int
    closes_at: Moment


class SeatTaken(Fact):
    """A seat of the cohort went to an exchange: held for an offer, or granted."""

    kind: Literal["seat_taken"] = "seat_taken"
    title = _("Seat taken")
    exchange_id: Id
    seat: int
    held: bool = False


class SeatGivenBack(Fact):
    """A seat of the cohort came free."""

    kind: Literal["seat_given_back"] = "seat_given_back"
    title = _("Seat given back")
    exchange_id: Id
    seat: int
    reason: str


class WaitlistChanged(Fact):
    """The cohort's waitlist, in order."""

    kind: Literal["waitlist_changed"] = "waitlist_changed"
    title = _("Waitlist changed")
    exchange_ids: tuple[Id, ...]
    reason: str


class CohortReplanned(Fact):
    """The stays of the cohort are to be on other days: one decision, carried out by each exchange (D39)."""

    kind: Literal["cohort_replanned"] = "cohort_replanned"
    title = _("Cohort re-planned")
    outward = ("replan_id", "exchange_ids")
    once = ("replan_id",)
    replan_id: Id
    replanning: Replanning
    exchange_ids: tuple[Id, ...]
    """Those that are to be moved."""


class CohortClosedBelowMinimum(Fact):
    """Nominations closed with fewer students than the agreement's minimum (D4)."""

    kind: Literal["cohort_closed_below_minimum"] = "cohort_closed_below_minimum"
    title = _("Cohort closed below its minimum")
    seats_taken: int
    minimum: int
