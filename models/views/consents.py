"""Where an exchange stands with the student's consent to sending papers abroad (D46)."""

from datetime import date

from pydantic import Field

from models.catalogue.transfers import TransferNotice
from models.people.consents import ConsentAnswer, ConsentTo
from models.wire import Id, Moment, Wire


class ConsentLine(Wire):
    """One answer about one purpose."""

    about: ConsentTo
    answer: ConsentAnswer
    notice: Id
    version: int
    language: str
    at: Moment
    by: str
    """The name of who answered, or entered what was signed on paper."""
    paper_on: date | None = None
    reference: str = ""
    """Where the paper is, as the office wrote it."""


class NoticeShownLine(Wire):
    """That the student was shown a notice."""

    notice: Id
    version: int
    language: str
    at: Moment


class ConsentView(Wire):
    """The notice, what stands, and the whole ledger."""

    exchange_id: Id
    sending: Id
    host: Id
    notice: TransferNotice
    """The one that holds today."""
    stands: dict[ConsentTo, ConsentLine] = Field(default_factory=dict)
    ledger: tuple[ConsentLine, ...] = ()
    """Newest first."""
    shown: tuple[NoticeShownLine, ...] = ()
    is_asked: bool = False
    """Whether something was never answered, or agreed to under an earlier notice."""
    may_answer: bool = False
    may_record: bool = False
    lacking: tuple[str, ...] = ()
    """Kinds of documents that do not go to the host as it stands."""

    @property
    def given(self) -> tuple[ConsentTo, ...]:
        """What is agreed to now."""
        return tuple(one for one in ConsentTo if one in self.stands and self.stands[one].answer is ConsentAnswer.GIVEN)
