"""The clearances of an exchange as people see them."""

from datetime import date

from models.clearances import Clearance
from models.wire import Id, Wire


class ClearancesView(Wire):
    """Every clearance that a stay needs, on its planned days or on others that are only asked about."""

    exchange_id: Id
    today: date
    """At the host."""
    start: date
    end: date
    """The stay that the clearances are judged for, both days included."""
    proposed: bool = False
    """Whether these are other days than those of the plan."""
    clearances: tuple[Clearance, ...] = ()
