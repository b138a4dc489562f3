"""A stay that goes on at a second host: what its two exchanges know and hear of each other (D38). Ids and days only."""

from models.messages.changes import ChangeStatus, SecondHostChange
from models.people.authorization import Actor
from models.wire import Id, Moment, Wire

AGREED, DECLINED = "agreed", "declined"
"""What a second host answers."""


class Continues(Wire):
    """The exchange that another one goes on from, and the change of it that asks for that."""

    exchange_id: Id
    change_id: Id


class OpenOnward(Wire):
    """Have the exchange at the second host nominated; done again, it is found."""

    exchange_id: Id
    """The first stay."""
    change_id: Id
    actor: Actor
    """Who asked for the change."""
    change: SecondHostChange
    at: Moment


class OnwardOpened(Wire):
    """The exchange at the second host, and what that host has said so far."""

    exchange_id: Id
    answer: str = ""
    """`agreed`, `declined`, or nothing yet."""


class LookAtFirst(Wire):
    """Look what became of the first stay's change."""

    exchange_id: Id
    """The exchange at the second host."""
    continues: Continues


class FirstStay(Wire):
    """What became of the change that an exchange at a second host hangs on."""

    status: ChangeStatus
    seat: int | None = None
    """The seat that came with it."""


class OnwardNews(Wire):
    """One of the two exchanges tells the other that something of their change is decided."""

    change_id: Id
    answer: str
    """To the first: `agreed` or `declined`. To the second: `applied` or `closed`."""
