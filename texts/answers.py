"""Answers to steps in words: what a button says, what was done, and what follows; from the catalogue of the day."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.catalogue.answers import AnswerPolicy, Ends, GivenBy, Releases, Tells
from models.catalogue.policy import Policy
from models.vocabulary import StepKind
from texts.i18n import listed, translations
from texts.words import OUTCOMES


def _(text: str) -> str:
    """Marks a text for the catalogue; it is translated where it is shown."""
    return text


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


def ask_of(policy: Policy, kind: StepKind, language: str) -> Ask | None:
    """What a step asks for, and why; `None` where the catalogue has no such step."""
    step = policy.steps.get(kind)
    if step is None:
        return None
    return Ask(step.do_zh, step.why_zh) if language == "zh" else Ask(step.do, step.why)


def answer_label(policy: Policy, kind: StepKind, outcome: str, language: str) -> str:
    """What a person does by an answer: `Verify`; the code where the catalogue has no such answer."""
    answer = _answer(policy, kind, outcome)
    return (answer.label_zh if language == "zh" else answer.label) if answer else outcome


def answer_done(policy: Policy, kind: StepKind, outcome: str, language: str) -> str:
    """What was done by an answer: `verified`; the code where the catalogue has no such answer."""
    answer = _answer(policy, kind, outcome)
    return (answer.done_zh if language == "zh" else answer.done) if answer else outcome


def _answer(policy: Policy, kind: StepKind, outcome: str) -> AnswerPolicy | None:
    step = policy.steps.get(kind)
    return step.answers.get(outcome) if step else None


def follows(answer: AnswerPolicy, policy: Policy, language: str) -> tuple[str, ...]:
    """What follows from an answer, one sentence each: its end, what is released, who is told, what is asked next."""
    text = translations(language).gettext
    sentences: list[str] = []
    if answer.ends is Ends.EXCHANGE and answer.outcome is not None:
        how = [text(OUTCOMES[one]) for one in (answer.justified_outcome, answer.outcome) if one is not None]
        sentences.append(text("The exchange ends: %s.") % listed(how, language, either=True))
    if answer.releases:
        sentences.append(text("Released: %s.") % listed((text(RELEASES[one]) for one in answer.releases), language))
    if answer.tells:
        sentences.append(text("Told at once: %s.") % listed((text(TELLS[one]) for one in answer.tells), language))
    if answer.opens and answer.ends is not Ends.EXCHANGE:
        sentences.append(text("Asked next: %s.") % listed(_titles(answer.opens, policy, language), language))
    prose = answer.follows_zh if language == "zh" else answer.follows
    return (*sentences, prose) if prose else tuple(sentences)


def _titles(kinds: Iterable[StepKind], policy: Policy, language: str) -> list[str]:
    steps = (policy.steps[kind] for kind in kinds if kind in policy.steps)
    return [step.title_zh if language == "zh" else step.title for step in steps]
