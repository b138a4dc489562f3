"""What the steps of a catalogue must say by themselves: words of their answers, and what forecasts follow."""

from collections.abc import Iterable, Mapping

from models.catalogue.answers import Ends
from models.catalogue.faults import Wrong, wrong
from models.catalogue.policy import ON_A_DAY, StepPolicy

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
