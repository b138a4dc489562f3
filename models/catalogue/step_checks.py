"""What the steps of a catalogue must say by themselves: words of their answers, and what forecasts follow."""

from collections.abc import Iterable, Mapping

from models.catalogue.answers import Ends
from models.catalogue.policy import ON_A_DAY, StepPolicy

Told = Iterable[tuple[str, str]]
"""Keys with what is wrong there."""


def answer_faults(name: str, step: StepPolicy) -> Told:
    """Every answer has its words in both languages, and says how the exchange ends where it ends it."""
    if not step.answers:
        yield f"{name}.answers", "is missing: at least one answer is needed"
    for field in ("do", "do_zh", "why", "why_zh"):
        if not getattr(step, field):
            yield f"{name}.{field}", "is missing"
    for outcome, answer in step.answers.items():
        key = f"{name}.answers.{outcome}"
        for field in ("label", "label_zh", "done", "done_zh"):
            if not getattr(answer, field):
                yield f"{key}.{field}", "is missing"
        if bool(answer.follows) is not bool(answer.follows_zh):
            yield f"{key}.follows_zh", "is needed where follows is given, and only there"
        if (answer.ends is Ends.EXCHANGE) is not (answer.outcome is not None):
            yield f"{key}.outcome", 'is needed where ends = "exchange", and only there'
        if answer.bulk and not answer.at_once:
            yield f"{key}.bulk", "is for answers that one click gives: nothing else is asked, and they are not grave"


def foreseen_faults(steps: Mapping[str, StepPolicy]) -> Told:
    """What a forecast has follows from something: from the nomination, from an answer, or from a day."""
    before: list[StepPolicy] = []
    for name, step in steps.items():
        if step.foreseen is None:
            continue
        if before and step.foreseen not in ON_A_DAY and not any(one.opens(step.kind) for one in before):
            yield f"{name}.foreseen", "no answer to a step above it that is foreseen opens it"
        before.append(step)
