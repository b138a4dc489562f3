"""Who may have somebody reminded of a step, how often, and when again."""

from datetime import datetime, timedelta

from models.people.authorization import Actor, Owner, may_decide
from models.people.roles import OFFICES

MOST = 3
"""Times that the owner of one step is reminded on request, whoever asks."""
LEAST_BETWEEN = timedelta(hours=24)


def may_remind(actor: Actor, owner: Owner) -> bool:
    """Whether somebody who sees the exchange may have the owner of a step reminded: offices, of what others owe."""
    return actor.role in OFFICES and not may_decide(actor, owner)


def again_at(times: int, last: datetime | None) -> datetime | None:
    """From when on a step may be reminded of again; unset: at once. See `MOST` for how often in all."""
    return last + LEAST_BETWEEN if times and last is not None else None
