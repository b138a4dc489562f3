"""What every answer of the read side has in common."""

from datetime import date

from pydantic import Field

from models.wire import Id, Moment, Wire

PAGE = 200
LARGEST_PAGE = 1000


class Paged(Wire):
    """Filters of a list that can be long: at most `limit` rows, those after the row with the cursor `after`."""

    limit: int = Field(default=PAGE, ge=1, le=LARGEST_PAGE)
    after: str | None = None


class Student(Wire):
    """The student of an exchange as people speak of them."""

    id: Id
    name: str
    """In Latin letters, family name first and in capitals: `LI Na`."""
    native_name: str = ""


class LinkedStayView(Wire):
    """The other one of two stays that belong together, one after the other at two hosts (D38)."""

    exchange_id: Id
    host: str
    start: date
    end: date
    is_first: bool
    """Whether it comes before the one that is looked at."""
    opens: bool
    """Whether the reader may open it (D44)."""


class SeatView(Wire):
    """A seat of a cohort; without an exchange it is free. `held` while its offer waits for an answer."""

    number: int
    exchange_id: Id | None
    student: Student | None = None
    held: bool = False
    taken_at: Moment | None = None
