"""What a student was told of papers that go to another jurisdiction, and answered: the ledger of consents (D46)."""

from datetime import date
from typing import Literal

from models.events.base import Fact, _
from models.people.consents import ConsentTo
from models.wire import Id, Wire


class ConsentNoticeShown(Fact):
    """The student was shown a notice, in a language."""

    kind: Literal["consent_notice_shown"] = "consent_notice_shown"
    title = _("Notice about sending papers abroad shown")
    changes = False
    notice: Id
    version: int
    language: str


class ConsentAnswered(Wire):
    """What answers have in common: about what, under which version of the notice, in which language."""

    consent_id: Id
    to: tuple[ConsentTo, ...]
    notice: Id
    version: int
    language: str
    paper_on: date | None = None
    """The day on which it was signed on paper, where an office entered it; its reference is the comment."""


class ConsentGiven(ConsentAnswered, Fact):
    """The student agreed that papers go to the host."""

    kind: Literal["consent_given"] = "consent_given"
    title = _("Consent given to sending papers abroad")
    once = ("consent_id",)


class ConsentRefused(ConsentAnswered, Fact):
    """The student did not agree."""

    kind: Literal["consent_refused"] = "consent_refused"
    title = _("Consent refused to sending papers abroad")
    once = ("consent_id",)


class ConsentWithdrawn(ConsentAnswered, Fact):
    """The student took a consent back: nothing more goes to the host by it."""

    kind: Literal["consent_withdrawn"] = "consent_withdrawn"
    title = _("Consent withdrawn to sending papers abroad")
    once = ("consent_id",)
