"""What was nominated: the plan of a stay, without personal data."""

from datetime import date

from pydantic import Field

from models.catalogue.jurisdiction import EntryRight
from models.identifiers import CohortKey
from models.vocabulary import ROTATION_CONTENTS, Content, Direction, Level
from models.wire import Wire

UNRANKED = 999
"""The rank of a nominee whom nobody ranked."""


class PlannedContent(Wire):
    """One block of a content of the stay with its dates (D8); inclusive."""

    content: Content
    start: date
    end: date
    number: int = Field(default=0, ge=0)
    """Which block of the plan it is, from 1; 0 where a plan has one block of each content."""
    units: tuple[str, ...] = ()
    """Unit ids wanted for this block, in order of preference; empty: those of the plan."""
    hours: int | None = Field(default=None, ge=1)
    """Hours planned for the block; unset where the nomination says none (D42)."""

    @property
    def key(self) -> str:
        """What steps about this block are about: `laboratory`, or `laboratory.2` in a plan of several."""
        return f"{self.content}.{self.number}" if self.number else str(self.content)


class Plan(Wire):
    """What was nominated, without personal data. Dates are inclusive, in the host's calendar."""

    direction: Direction
    sending: str
    host: str
    year: int
    """Intake year (D4)."""
    level: Level
    discipline: str
    start: date
    end: date
    contents: tuple[PlannedContent, ...]
    laboratories: tuple[str, ...] = ()
    """Unit ids in order of preference."""
    specialties: tuple[str, ...] = ()
    """Unit ids in order of preference."""
    rank: int = Field(default=UNRANKED, ge=1)
    """The sending university's ranking of its nominees, 1 is first; orders the waitlist."""
    visa_form: str = "none"
    """As the law of the host's country calls it, e.g. `DQ`; `decide` where a coordinator must (D3)."""
    visa_class: str = ""
    entry: EntryRight = EntryRight.VISA
    """How the student may enter the host's country; of the nationality nothing else is told."""
    host_country: str = ""
    """ISO code; decides which law an arrival meets (D26, D29)."""

    @property
    def cohort(self) -> CohortKey:
        """The cohort whose seats this exchange takes."""
        return CohortKey(sending=self.sending, host=self.host, year=self.year, direction=self.direction)

    @property
    def days(self) -> int:
        """Length of the stay in days, both ends included (D1)."""
        return (self.end - self.start).days + 1

    @property
    def rotations(self) -> tuple[PlannedContent, ...]:
        """The blocks that are worked in a unit, in the order of the plan."""
        return tuple(c for c in self.contents if c.content in ROTATION_CONTENTS)

    def blocks(self, content: Content) -> tuple[PlannedContent, ...]:
        """The planned blocks of one content."""
        return tuple(c for c in self.contents if c.content is content)

    def block(self, content: Content) -> PlannedContent | None:
        """The first planned block of one content."""
        return next(iter(self.blocks(content)), None)

    def last_day(self, content: Content) -> date | None:
        """The last day of the last block of one content (D27, D36); unset where none is planned."""
        return max((c.end for c in self.blocks(content)), default=None)

    def wishes(self, block: PlannedContent) -> tuple[str, ...]:
        """The units wanted for a block, in order of preference."""
        return block.units or (self.laboratories if block.content is Content.LABORATORY else self.specialties)

    def kinds(self) -> tuple[Content, ...]:
        """The contents planned, each once."""
        return tuple(dict.fromkeys(c.content for c in self.contents))
