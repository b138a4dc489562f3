"""The letters of one exchange, as far as a reader may see them."""

from datetime import date

from models.people.letters import LetterKind
from models.rules.letters import Change, Lack
from models.wire import Id, Moment, Wire


class LetterVersion(Wire):
    """One version of a letter; the newest replaces those before."""

    letter: LetterKind
    number: Id
    version: int
    issuer: Id
    """The university whose letter it is."""
    issued_on: date
    issued_at: Moment
    issued_by: str
    """The name of who had it written."""
    readable: bool
    """Whether the reader may open it."""


class LetterState(Wire):
    """A kind of letter: its versions, the newest first, and whether the reader may have it written."""

    letter: LetterKind
    versions: tuple[LetterVersion, ...] = ()
    writable: bool = False
    lacks: tuple[Lack, ...] = ()
    """What it still lacks; told to those who may write it."""


class FormCheck(Wire):
    """The authority's form that was handed in, compared with the records it was filled in from."""

    document: str
    """The kind of document, e.g. `dq_form`."""
    handed_in_at: Moment
    from_sheet: Moment | None
    """When the data sheet was written that was there then; none: there was none."""
    differs: tuple[Change, ...] = ()
    """What is otherwise now than it was on that sheet: `name`, `birth_date`, `nationality`, `start`, `end`, `host`."""


class LettersView(Wire):
    """All kinds of letters of one exchange."""

    exchange_id: Id
    letters: tuple[LetterState, ...]
    forms: tuple[FormCheck, ...] = ()
    """For those who may write the data sheet."""
