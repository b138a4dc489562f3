"""Answers to steps as data: what each asks for, what it ends and releases, who is told, and how it may be given."""

from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import SerializerFunctionWrapHandler, model_serializer

from models.vocabulary import Outcome, Stage, StepKind
from models.wire import Wire


class Need(StrEnum):
    """What a person gives along with an answer."""

    NOTE = "note"
    DOCUMENTS = "documents"
    """Which accepted documents are to be replaced."""
    TERMS = "terms"
    """The terms of an offer, acknowledged one by one (D6, D37)."""
    BED = "bed"
    UNIT = "unit"
    CLEARANCE_UNTIL = "clearance_until"
    """The last day a clearance holds (D36)."""
    STAY_UNTIL = "stay_until"
    """The last day of the permitted stay (D30)."""
    EXTENSION_UNTIL = "extension_until"
    """The last day of an extended stay (D31)."""
    LEFT_ON = "left_on"
    """The day on which the student left the country."""
    KNOWN_ON = "known_on"
    """The day since which it is known that the student does not come, or not come back (D35, D40)."""
    JUSTIFIED = "justified"
    """Whether an early end has a good reason, so that the stay counts (D40)."""


DAYS = frozenset({Need.CLEARANCE_UNTIL, Need.STAY_UNTIL, Need.EXTENSION_UNTIL, Need.LEFT_ON, Need.KNOWN_ON})
"""Needs that are a day; an answer has one at most."""


class GivenBy(StrEnum):
    """The act by which an answer is given."""

    DECISION = "decision"
    DOCUMENTS = "documents"
    """The last accepted document closes the step."""
    CORRECTION = "correction"
    COHORT = "cohort"
    SECOND_HOST = "second_host"
    """The exchange at the second host says what was decided there."""
    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    ATTENDANCE = "attendance"
    EVALUATION = "evaluation"
    CLOCK = "clock"
    """The end of the ladder alone."""


class Ends(StrEnum):
    """What is over with an answer."""

    NOTHING = "nothing"
    """The same step is asked anew."""
    STEP = "step"
    TRACK = "track"
    """The step, and the line of steps it belongs to; what runs beside it goes on."""
    EXCHANGE = "exchange"


class Releases(StrEnum):
    """What an answer gives back."""

    SEAT = "seat"
    BED = "bed"
    PLACE = "place"
    """The one place that the step is about."""
    PLACES = "places"


class Tells(StrEnum):
    """Who is written to because of an answer, besides whoever owes what opens next."""

    STUDENT = "student"
    SENDING = "sending"
    HOST = "host"


class AnswerPolicy(Wire):
    """One answer to a step."""

    label: str = ""
    """What a person does, as on a button: `Verify`."""
    label_zh: str = ""
    done: str = ""
    """What was done, as in a report: `verified`."""
    done_zh: str = ""
    given_by: GivenBy = GivenBy.DECISION
    needs: tuple[Need, ...] = ()
    takes: tuple[Need, ...] = ()
    """What may be given along and need not."""
    terms: tuple[str, ...] = ()
    clinical_terms: tuple[str, ...] = ()
    """Terms that are acknowledged where the stay has clinical days."""
    after_start: bool = False
    """Given only when the first day of the stay is over (D35)."""
    ends: Ends = Ends.STEP
    outcome: Outcome | None = None
    """How the exchange ends, where the answer ends it."""
    justified_outcome: Outcome | None = None
    """How it ends instead where the end is justified (D40)."""
    reason: str = ""
    """The code of why it ends; the kind of step where there is none."""
    releases: tuple[Releases, ...] = ()
    tells: tuple[Tells, ...] = ()
    opens: tuple[StepKind, ...] = ()
    """Steps that always open next."""
    may_open: tuple[StepKind, ...] = ()
    """Steps that open next depending on the student's plan and on what is free."""
    moves_to: Stage | None = None
    """The stage the exchange is in afterwards, where that is another than of the steps that open."""
    follows: str = ""
    """What else follows, in a sentence."""
    follows_zh: str = ""
    link: bool = False
    """Whether a supervisor may give it by the link of a mail."""
    bulk: bool = False
    """Whether it may be given to many steps at once."""
    clock: bool = False
    """Whether the end of the ladder gives it."""
    grave: bool = False
    """Whether it cannot be taken back, so that it is asked once more."""
    silent: bool = False
    """Whether a report of what was decided leaves it out."""
    health: bool = False
    """Whether it says something of somebody's health, so that it does not leave the house (D46)."""

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Keeps the policy that travels in every history small."""
        values: dict[str, Any] = handler(self)
        return {name: value for name, value in values.items() if getattr(self, name) != _DEFAULTS[name]}

    @property
    def asks(self) -> tuple[Need, ...]:
        """Everything its form has a field for."""
        return (*self.needs, *self.takes)

    @property
    def all_terms(self) -> tuple[str, ...]:
        """Every term, those of a clinical stay included."""
        return (*self.terms, *self.clinical_terms)

    @property
    def day(self) -> Need | None:
        """What the day means that its form has a field for."""
        return next((need for need in self.asks if need in DAYS), None)

    @property
    def at_once(self) -> bool:
        """Whether one click is enough: nothing else is asked, and nothing is lost by it."""
        return self.given_by is GivenBy.DECISION and not self.asks and not self.grave

    @property
    def by_person(self) -> bool:
        """Whether a person gives it, in whatever way."""
        return self.given_by not in (GivenBy.CLOCK, GivenBy.COHORT, GivenBy.SECOND_HOST)

    def outcome_if(self, justified: bool | None) -> Outcome | None:
        """How the exchange ends."""
        return self.justified_outcome if justified and self.justified_outcome else self.outcome

    def frozen(self) -> "AnswerPolicy":
        """The answer as an exchange carries it: without what is only said, which the catalogue of the day has."""
        return self.model_copy(update={name: _DEFAULTS[name] for name in _SAID})


_SAID = ("label", "label_zh", "done", "done_zh", "moves_to", "follows", "follows_zh")
_DEFAULTS: dict[str, Any] = {name: field.default for name, field in AnswerPolicy.model_fields.items()}


class AskedBy(NamedTuple):
    """An answer to one step by which another is asked."""

    step: StepKind
    answer: str
