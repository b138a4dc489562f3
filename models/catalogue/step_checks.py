"""What the steps of a catalogue must say by themselves: words of their answers, and what forecasts follow."""

from collections.abc import Iterable, Mapping

from models.catalogue.answers import Ends
from models.catalogue.faults import Wrong, wrong
from models.catalogue.foreseen import ON_A_DAY
from models.catalogue.policy import StepPolicy
from models.vocabulary import Anchor

Told = Iterable[Wrong]
"""What is wrong at keys of one file."""


def answer_faults(name: str, step: StepPolicy) -> Told:
    """Every answer has its words in both languages, and says how the exchange ends where it ends it."""
    if not step.answers:
        yield wrong(f"{name}.answers", "catalogue.answers_missing")
    for field in ("do", "do_zh", "why", "why_zh"):
        if not getattr(step, field):
            yield wrong(f"{name}.{field}", "value.missing")
    for outcome, answer in step.answers.items():
        key = f"{name}.answers.{outcome}"
        for field in ("label", "label_zh", "done", "done_zh"):
            if not getattr(answer, field):
                yield wrong(f"{key}.{field}", "value.missing")
        if bool(answer.follows) is not bool(answer.follows_zh):
            yield wrong(f"{key}.follows_zh", "catalogue.follows_in_both")
        if (answer.ends is Ends.EXCHANGE) is not (answer.outcome is not None):
            yield wrong(f"{key}.outcome", "catalogue.outcome")
        if answer.bulk and not answer.at_once:
            yield wrong(f"{key}.bulk", "catalogue.bulk")


def foreseen_faults(steps: Mapping[str, StepPolicy]) -> Told:
    """What a forecast has follows from something: from the nomination, from an answer, or from a day."""
    before: list[StepPolicy] = []
    for name, step in steps.items():
        if step.foreseen is None:
            continue
        if before and step.foreseen not in ON_A_DAY and not any(one.opens(step.kind) for one in before):
            yield wrong(f"{name}.foreseen", "catalogue.foreseen")
        before.append(step)


def clock_faults(name: str, step: StepPolicy) -> Told:
    """A step's clock: a legal one names its law and cannot be moved; every other one says how far it can."""
    if step.legal and not (step.law and step.law_zh):
        yield wrong(f"{name}.law", "catalogue.law_missing")
    if step.legal and (step.extension_days or step.waits_for):
        yield wrong(f"{name}.legal", "catalogue.legal_clock")
    if not step.legal and step.extension_days is None:
        yield wrong(f"{name}.extension_days", "catalogue.extension_missing")
    if step.kind in step.waits_for:
        yield wrong(f"{name}.waits_for", "catalogue.waits_for_itself")
    if (step.due.anchor is Anchor.PREVIOUS_STEP) is not (step.due.after is not None):
        yield wrong(f"{name}.due.after", "catalogue.due_after")
