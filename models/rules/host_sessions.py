"""What a session of a host may be, who may come to it, and which hours of a day come from it (D8, D42). Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models.errors import BadInput, NotOpen
from models.messages.host_sessions import HostSessionStatus, Presence, SessionTerms
from models.messages.plan import Plan
from models.rules.local import day_at
from models.vocabulary import PROGRAMME_CONTENTS

LONGEST = timedelta(hours=12)
"""As many hours as a day holds (D42)."""
OPENS_BEFORE = timedelta(minutes=15)
"""How long before it begins students may sign in."""


class DayHours(NamedTuple):
    """Hours of one content on one day, as its sessions make them."""

    planned: float
    attended: float


def require_sound_terms(terms: SessionTerms, zone: str, objectives: Iterable[str]) -> None:
    """That a session can be what it says; `zone` is the host's.

    Raises:
        BadInput: naming the field.
    """
    if terms.content not in PROGRAMME_CONTENTS:
        raise BadInput("session.content", "content", contents=tuple(PROGRAMME_CONTENTS))
    if terms.ends_at <= terms.starts_at:
        raise BadInput("session.ends_before", "ends_at")
    same_day = day_at(zone, terms.starts_at) == day_at(zone, terms.ends_at - timedelta(microseconds=1))
    if terms.ends_at - terms.starts_at > LONGEST or not same_day:
        raise BadInput("session.longer_than_a_day", "ends_at", hours=LONGEST.total_seconds() / 3600)
    for unknown in sorted(set(terms.objectives) - set(objectives)):
        raise BadInput("session.no_objective", "objectives", id=unknown)


def fits(terms: SessionTerms, plan: Plan, zone: str) -> bool:
    """Whether a stay has this content on the day of a session (D8)."""
    day, block = day_at(zone, terms.starts_at), plan.block(terms.content)
    return block is not None and block.start <= day <= block.end


def require_signing_in(status: HostSessionStatus, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """That students sign in now: from a quarter of an hour before it begins until it ends.

    Raises:
        NotOpen: it was cancelled, it is too early or too late, or the list is closed.
    """
    if status is HostSessionStatus.CANCELLED:
        raise NotOpen("session.cancelled")
    if status is HostSessionStatus.CLOSED or now > ends_at:
        raise NotOpen("session.sign_in_over")
    if now < starts_at - OPENS_BEFORE:
        raise NotOpen("session.sign_in_early", moment=starts_at - OPENS_BEFORE)


def day_hours(sessions: Iterable[tuple[float, Presence]]) -> DayHours:
    """The hours of a day from its closed sessions: an excused absence is neither planned nor attended."""
    found = list(sessions)
    counted = [(hours, presence) for hours, presence in found if presence in (Presence.ATTENDED, Presence.ABSENT)]
    planned = sum(hours for hours, _ in counted)
    attended = sum(hours for hours, presence in counted if presence is Presence.ATTENDED)
    return DayHours(round(planned, 2), round(attended, 2))
