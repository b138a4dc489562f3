"""Answers to steps in words: what a button says, what was done, and what follows; from the catalogue of the day."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.catalogue.answers import AnswerPolicy, Ends, GivenBy, Releases, Tells
from models.catalogue.policy import Policy
from models.vocabulary import Stage, StepKind
from texts.i18n import _, in_language, listed, translated
from texts.labels import OUTCOMES, STAGES

RELEASES: dict[Releases, str] = {
    Releases.SEAT: _("the seat"),
    Releases.BED: _("the bed"),
    Releases.PLACE: _("this place"),
    Releases.PLACES: _("the places in units"),
}
TELLS: dict[Tells, str] = {
    Tells.STUDENT: _("the student"),
    Tells.SENDING: _("the sending university"),
    Tells.HOST: _("the host university"),
}


INSTEAD: dict[GivenBy, str] = {
    GivenBy.DOCUMENTS: _("hand in the documents; the step closes by itself with the last accepted one"),
    GivenBy.CORRECTION: _("send the corrected nomination instead"),
    GivenBy.ARRIVAL: _("report the arrival with its time instead"),
    GivenBy.DEPARTURE: _("report the departure with its day instead"),
    GivenBy.ATTENDANCE: _("report the hours; the step closes by itself with the last content"),
    GivenBy.EVALUATION: _("send the evaluation with its ratings instead"),
}
"""What to do instead of deciding a step, by the act that answers it."""


@dataclass(frozen=True)
class Ask:
    """What a step asks for, and why."""

    do: str
    why: str


def ask_of(policy: Policy, kind: StepKind, language: str) -> Ask:
    """What a step asks for, and why; nothing where the catalogue has no such step."""
    step = policy.steps.get(kind)
    if step is None:
        return Ask("", "")
    return Ask(in_language(step, "do", language), in_language(step, "why", language))


def answer_label(policy: Policy, kind: StepKind, outcome: str, language: str) -> str:
    """What a person does by an answer: `Verify`; the code where the catalogue has no such answer."""
    answer = _answer(policy, kind, outcome)
    return str(in_language(answer, "label", language)) if answer else outcome


def answer_done(policy: Policy, kind: StepKind, outcome: str, language: str) -> str:
    """What was done by an answer: `verified`; the code where the catalogue has no such answer."""
    answer = _answer(policy, kind, outcome)
    return str(in_language(answer, "done", language)) if answer else outcome


def _answer(policy: Policy, kind: StepKind, outcome: str) -> AnswerPolicy | None:
    step = policy.steps.get(kind)
    return step.answers.get(outcome) if step else None


ENDS = _("The exchange ends: %s.")
RELEASED = _("Released: %s.")
TOLD = _("Told at once: %s.")
ASKED = _("Asked next: %s.")
MAY_BE_ASKED = _("May be asked next: %s.")
GOES_ON = _("The exchange goes on to: %s.")
MAY_GO_ON = _("The exchange may go on to: %s.")


def follows(kind: StepKind, answer: AnswerPolicy, policy: Policy, language: str) -> tuple[str, ...]:
    """What follows from an answer, one sentence each: its end, what is released, who is told, what is asked next."""
    ends = [one for one in (answer.justified_outcome, answer.outcome) if one] if answer.ends is Ends.EXCHANGE else []
    sure, perhaps = _stages(kind, answer, policy)
    told = (
        _sentence(ENDS, (OUTCOMES[one] for one in ends), language, either=True),
        _sentence(RELEASED, (RELEASES[one] for one in answer.releases), language),
        _sentence(TOLD, (TELLS[one] for one in answer.tells), language),
        _sentence(GOES_ON, (STAGES[one] for one in sure), language),
        _sentence(MAY_GO_ON, (STAGES[one] for one in perhaps), language, either=True),
        _sentence(ASKED, _titles(answer.opens, policy, language), language),
        _sentence(MAY_BE_ASKED, _titles(answer.may_open, policy, language), language),
        in_language(answer, "follows", language),
    )
    return tuple(sentence for sentence in told if sentence)


def _sentence(frame: str, things: Iterable[str], language: str, *, either: bool = False) -> str:
    """One sentence about some things; empty where there are none."""
    words = [translated(thing, language) for thing in things]
    return translated(frame, language) % listed(words, language, either=either) if words else ""


def _stages(kind: StepKind, answer: AnswerPolicy, policy: Policy) -> tuple[Iterable[Stage], Iterable[Stage]]:
    """Into which stage an exchange that goes on is sure to come by an answer, and into which it may."""
    if answer.ends is Ends.EXCHANGE or kind not in policy.steps:
        return (), ()
    here = policy.steps[kind].stage
    opens, may_open = (
        dict.fromkeys(policy.steps[one].stage for one in kinds if one in policy.steps)
        for kinds in (answer.opens, answer.may_open)
    )
    sure = (answer.moves_to,) if answer.moves_to else opens
    return [one for one in sure if one is not here], [one for one in may_open if not sure and one is not here]


def _titles(kinds: Iterable[StepKind], policy: Policy, language: str) -> list[str]:
    steps = (policy.steps[kind] for kind in kinds if kind in policy.steps)
    return [in_language(step, "title", language) for step in steps]
