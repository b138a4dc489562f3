"""What occupational health asks of an exchange beside its steps."""

from models.people.authorization import Actor
from models.wire import Id, Wire


class RevokeClearance(Wire):
    """Occupational health takes a clearance for the clinic back, from the next day on (D36).

    Why is not told: findings of health stay with those who examined the student (D46).
    """

    decision_id: Id
    actor: Actor
    documents: tuple[str, ...] = ()
    """Kinds of health documents that the student hands in anew."""
