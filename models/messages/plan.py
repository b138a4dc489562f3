"""What was nominated: the plan of a stay, without personal data."""

from datetime import date

from pydantic import Field

from models.identifiers import CohortKey
from models.vocabulary import Content, Direction, Level
from models.wire import Wire


class PlannedContent(Wire):
    """One content of the stay with its dates (D8); inclusive."""

    content: Content
    start: date
    end: date


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
    rank: int = Field(default=999, ge=1)
    """The sending university's ranking of its nominees, 1 is first; orders the waitlist."""
    visa_form: str = "none"
    """`DQ`, `JW202` or `DS2019`; `decide` where a coordinator must (D3)."""
    visa_class: str = ""
    host_country: str = ""
    """ISO code; decides which legal deadline an arrival starts (D26, D29)."""

    @property
    def cohort(self) -> CohortKey:
        """The cohort whose seats this exchange takes."""
        return CohortKey(sending=self.sending, host=self.host, year=self.year, direction=self.direction)

    @property
    def days(self) -> int:
        """Length of the stay in days, both ends included (D1)."""
        return (self.end - self.start).days + 1

    def block(self, content: Content) -> PlannedContent | None:
        """The planned block of one content."""
        return next((c for c in self.contents if c.content is content), None)

    def kinds(self) -> tuple[Content, ...]:
        """The contents planned."""
        return tuple(c.content for c in self.contents)
