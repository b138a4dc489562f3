"""What notices say of the law, of health, of the bed and of changes of the plan: ids, days and codes only."""

from datetime import date

from models.clearances import ClearanceEnds, ClearanceKind, Covers
from models.messages.changes import ChangeStatus
from models.people.consents import ConsentTo
from models.people.particulars import ParticularKind
from models.wire import Id, Wire


class LateFilingFacts(Wire):
    """An extension that was filed late: when, by when it was due, and the last day of the permitted stay."""

    filed_on: date
    due_on: date
    until: date


class ClearanceFacts(Wire):
    """The clinic stopped for a student, or goes on: through which day the clearance held or holds."""

    through: date
    ended: ClearanceEnds | None = None
    """Why it is over; unset: it is a new one."""
    renewed: bool = False
    """Whether the new one came with an insurance: occupational health had nothing to decide."""


class EndingFacts(Wire):
    """A clearance that ends soon: through which day it holds, and through which it is needed."""

    clearance: ClearanceKind
    covers: Covers
    through: date
    needed_through: date
    renews: bool = False
    """Whether a step asks for what takes its place before it ends."""


class RenewalFacts(Wire):
    """Documents that were asked for anew and are not needed any more, and the last day for which they are needed."""

    documents: tuple[str, ...]
    needed_through: date | None = None
    """Unset: they are not needed at all."""


class ConsentFacts(Wire):
    """A consent to sending papers abroad that was taken back, and under which notice it had been given."""

    to: tuple[ConsentTo, ...]
    notice: Id
    version: int


class BedFacts(Wire):
    """Another bed from a night on, in place of the one before; none where the student lived elsewhere."""

    bed_id: Id
    moved_from: Id | None = None
    first_night: date


class SettlementFacts(Wire):
    """What was handed to a student or came back, and what is open with it: `keys`, `deposit` (D34)."""

    what: ParticularKind | None = None
    """The form that was recorded; unset: the student was checked out."""
    unsettled: tuple[str, ...] = ()


class ChangeFacts(Wire):
    """What became of a change that was asked for; what it was about is on record under its id."""

    change_id: Id
    status: ChangeStatus
    reason: str = ""
    """Why it was not made: the kind of step that was not agreed to, what was lacking, or the rule against it."""
    bed_id: Id | None = None
    """The bed from now on, where it is another one."""
    replan: bool = False
    """Whether the whole cohort was re-planned: nobody was asked."""


class ReplanFacts(Wire):
    """A cohort that gets other days."""

    sending: str
    host: str
    year: int
    shift: int
    """Days later; 0 where only some get days of their own."""
    exchanges: int
    """So many are to be moved."""
    exempt: int
