"""Changes of a verified exchange: what is asked for, what it would bring about, and what came of it (D11, D39)."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from models.catalogue.sharing import SharedPolicy
from models.errors import Plain
from models.messages.plan import Plan, PlannedContent
from models.people.authorization import Actor
from models.wire import Id, Moment, Wire


class ChangeKind(StrEnum):
    """What a change request is about."""

    DATES = "dates"
    """The stay is shifted, extended or shortened."""
    UNIT = "unit"
    """A block is worked in another unit, under another supervisor."""
    BLOCKS = "blocks"
    """A block more or less, or other days of one."""
    DISCIPLINE = "discipline"
    INTAKE = "intake"
    """The stay is deferred to another intake: another year's cohort of the same universities."""
    HOUSING = "housing"
    """The student lives outside the host's beds from a night on."""
    SECOND_HOST = "second_host"
    """The stay ends sooner, and the student goes on to another host."""


class Nature(StrEnum):
    """What other days do to a stay."""

    SHIFTED = "shifted"
    EXTENDED = "extended"
    SHORTENED = "shortened"


class ChangeStatus(StrEnum):
    """What became of a change request."""

    OPEN = "open"
    APPLIED = "applied"
    DECLINED = "declined"
    """Somebody who was to agree did not."""
    WITHDRAWN = "withdrawn"
    """Whoever asked took it back."""
    LAPSED = "lapsed"
    """Not everybody had answered in time, or the exchange ended first."""
    IMPOSSIBLE = "impossible"
    """Everybody agreed, but a bed or a place was not to be had any more; nothing was changed."""


class Area(StrEnum):
    """What a change touches, in the order in which it is shown."""

    SEAT = "seat"
    SECOND_HOST = "second_host"
    VISA = "visa"
    DOCUMENTS = "documents"
    CLEARANCE = "clearance"
    BED = "bed"
    BLOCKS = "blocks"
    DEADLINES = "deadlines"
    CERTIFICATE = "certificate"


class Effect(Wire):
    """One thing that follows from a change; its sentence, with parameters that name nobody."""

    area: Area
    message: str
    params: dict[str, Plain] = Field(default_factory=dict)
    hinders: bool = False
    """Whether the change cannot be applied as long as it is so."""


class DatesChange(Wire):
    """Another first or last day. Blocks move along: those that touched an end of the stay still do."""

    kind: Literal[ChangeKind.DATES] = ChangeKind.DATES
    start: date
    end: date


class UnitChange(Wire):
    """A place in another unit for a block, or under another supervisor of its unit, from a day on.

    What was worked before stays where it was.
    """

    kind: Literal[ChangeKind.UNIT] = ChangeKind.UNIT
    placement_id: Id
    unit_id: Id
    from_day: date
    """The first day in the new unit; the block's first day or earlier: all of it."""
    supervisor: str = ""
    """Id of who supervises there from then on; empty: whoever of the unit has the fewest students."""


class BlocksChange(Wire):
    """The contents of the stay anew, with their dates; a block more names its unit as its first wish."""

    kind: Literal[ChangeKind.BLOCKS] = ChangeKind.BLOCKS
    contents: tuple[PlannedContent, ...] = Field(min_length=1)


class DisciplineChange(Wire):
    """Another discipline of the same level (D7)."""

    kind: Literal[ChangeKind.DISCIPLINE] = ChangeKind.DISCIPLINE
    discipline: Id


class IntakeChange(Wire):
    """The stay in the intake of another year (D4); a seat that is held is given back there and taken here."""

    kind: Literal[ChangeKind.INTAKE] = ChangeKind.INTAKE
    start: date
    """Its year is the intake's."""
    end: date


class HousingChange(Wire):
    """Housing outside the host's beds from a night on (D34). Where, is a form in the records: it is personal data."""

    kind: Literal[ChangeKind.HOUSING] = ChangeKind.HOUSING
    from_day: date
    """The day of the first night elsewhere; the nights before stay in the bed."""


class SecondHostChange(Wire):
    """The rest of the stay at a second host: this stay is shortened, and an exchange of its own goes on there (D38)."""

    kind: Literal[ChangeKind.SECOND_HOST] = ChangeKind.SECOND_HOST
    host: Id
    last_day: date | None = None
    """At the first host; unset: the day before the first one at the second."""
    start: date
    """The first day at the second host."""
    end: date
    laboratories: tuple[Id, ...] = ()
    """Units wanted there, in order of preference."""
    laboratory_start: date | None = None
    """Without days a block spans the stay there."""
    laboratory_end: date | None = None
    specialties: tuple[Id, ...] = ()
    clinical_start: date | None = None
    clinical_end: date | None = None

    @property
    def leaves_on(self) -> date:
        """The last day at the first host."""
        return self.last_day or self.start - timedelta(days=1)


Change = Annotated[
    DatesChange | UnitChange | BlocksChange | DisciplineChange | IntakeChange | HousingChange | SecondHostChange,
    Field(discriminator="kind"),
]


class PlaceOfBlock(Wire):
    """A place in a unit and the days it is worked."""

    placement_id: Id
    unit_id: Id
    block: PlannedContent
    supervisor: str = ""
    """Whom a change names; empty: whoever the unit has for it."""


class RequestChange(Wire):
    """Ask for a change of a verified exchange."""

    decision_id: Id
    """Also the id of the change."""
    actor: Actor
    change: Change
    plan: Plan
    """The plan as it would be."""
    version: int = Field(ge=1)
    """Of the plan that the person saw."""
    effects: tuple[Effect, ...] = ()
    """What the person was shown."""
    note_id: Id | None = None
    replan: bool = False
    """Whether it is part of a re-planned cohort, which was decided for all: nobody signs it."""


class WithdrawChange(Wire):
    """Take a change request back before it is decided."""

    decision_id: Id
    actor: Actor
    change_id: Id
    note_id: Id | None = None


class ApplyChange(Wire):
    """Take what a plan needs, record it, and give back what it no longer needs: all of it or nothing."""

    key: Id
    exchange_id: Id
    change_id: Id
    actor: Actor
    """Who asked for the change."""
    note_id: Id | None = None
    change: Change
    version: int
    """Of the plan once it is applied."""
    before: Plan
    plan: Plan
    places_before: tuple[PlaceOfBlock, ...] = ()
    places: tuple[PlaceOfBlock, ...] = ()
    """As they are to be."""
    onward: Id | None = None
    """The exchange at the second host, which gets its seat at the same moment."""
    today: date
    """At the host."""
    arrived: bool = False
    replan: bool = False
    policy: SharedPolicy
    """Only what it asks of papers."""
    at: Moment


class ChangeAnswer(Wire):
    """Whether a change was applied, or what was lacking."""

    lacking: str = ""
    """`bed`, `seat`, `second_host`, or the unit without room; empty: it is applied."""
    bed_id: str | None = None
    """The bed held now, where its nights are others."""
    bed_before: str | None = None
    seat: int | None = None
    """The seat held now, where it is one of another intake."""
    collected_anew: dict[str, str] = Field(default_factory=dict)
    """Documents that count no more, id by kind."""
