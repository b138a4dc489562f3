"""What a step is decided on: the facts of its kind, gathered for whoever may answer it."""

from datetime import date

from models.people.roles import COORDINATING
from models.rules.units import Unmet
from models.views.exchange import DocumentView
from models.vocabulary import Content, Purpose, Role, StepKind
from models.wire import Id, Moment, Wire

ABOUT_A_NOMINATION = frozenset(
    {
        StepKind.VERIFY_NOMINATION,
        StepKind.CORRECT_NOMINATION,
        StepKind.ADMIT_LATE,
        StepKind.SENDING_APPROVAL,
        StepKind.HOST_APPROVAL,
    }
)
"""Steps that decide on who was nominated for what (D10, D11, D12)."""
ABOUT_A_PLACE = frozenset({StepKind.HOST_APPROVAL, StepKind.ACCEPT_STUDENT, StepKind.FIND_PLACE, StepKind.SETTLE_PLACE})
"""Steps that decide on a place in a unit (D38)."""
ABOUT_A_BED = frozenset({StepKind.FIND_BED, StepKind.SETTLE_BED, StepKind.CONFIRM_BED, StepKind.CHECK_IN})
"""Steps that decide on where somebody lives (D34)."""
PAPERS: dict[StepKind, frozenset[Purpose]] = {
    StepKind.SENDING_APPROVAL: frozenset(
        {Purpose.IDENTITY, Purpose.CONDUCT, Purpose.STUDY, Purpose.APPLICATION, Purpose.TRAINING}
    ),
    StepKind.HOST_APPROVAL: frozenset({Purpose.IDENTITY, Purpose.CONDUCT, Purpose.STUDY, Purpose.APPLICATION}),
    StepKind.ACCEPT_STUDENT: frozenset({Purpose.APPLICATION}),
    StepKind.CLEAR_FOR_CLINIC: frozenset({Purpose.HEALTH, Purpose.INSURANCE, Purpose.TRAINING}),
}
"""The papers that a step rests on, by what they are kept for; who may not open one sees its result (D46)."""


def may_see_nominee(role: Role) -> bool:
    """Whether somebody of this role is shown what was nominated of a person, to decide on it (D10, D46)."""
    return role in COORDINATING


class NomineeFacts(Wire):
    """Who was nominated, as the newest version of the nomination says it."""

    student_number: str
    birth_date: date
    gender: str
    nationality: str
    email: str
    language: str
    passport_number: str = ""


class Changed(Wire):
    """A cell of the nomination that is another one than in the version before."""

    column: str
    before: str
    after: str


class Fit(Wire):
    """How a unit stands to a block: what is against it, and how many places are free on its fullest day."""

    unit_id: Id
    unmet: Unmet | None = None
    room: int = 0
    capacity: int = 0
    supervisors: tuple[str, ...] = ()
    """Ids of those who supervise there."""


class Wish(Wire):
    """A block of the plan, with the units wanted for it in order."""

    content: Content
    number: int
    start: date
    end: date
    hours: int | None = None
    units: tuple[Fit, ...] = ()


class SeatsLeft(Wire):
    """What is left of a cohort (D4)."""

    cap: int
    taken: int
    waiting: int

    @property
    def left(self) -> int:
        """How many more students can have one."""
        return max(self.cap - self.taken, 0)


class Roommate(Wire):
    """Who else sleeps in a room, on which nights both are there."""

    student: str
    exchange_id: Id
    first_night: date
    last_night: date


class Room(Wire):
    """The room of a bed, and its beds with who else is there."""

    bed_id: Id
    building: str
    room: str
    first_night: date
    last_night: date
    others: tuple[Roommate, ...] = ()


class SaidBefore(Wire):
    """What somebody wrote with the answer that led to this step."""

    kind: StepKind
    outcome: str
    who: str
    at: Moment
    note: str


class Dossier(Wire):
    """The facts that a step is decided on; what does not belong to its kind is empty."""

    nominee: NomineeFacts | None = None
    changed: tuple[Changed, ...] = ()
    """Side by side with the version before; empty for a first version."""
    rank: int | None = None
    wishes: tuple[Wish, ...] = ()
    seats: SeatsLeft | None = None
    room: Room | None = None
    papers: tuple[DocumentView, ...] = ()
    """Newest of each kind first; who may not open one sees its result alone."""
    said: SaidBefore | None = None
