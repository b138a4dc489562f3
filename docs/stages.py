"""Write what docs/programme.md says of stages, ladders and documents, from the catalogue and the workflows' source.

`python -m docs.stages` rewrites the text between the markers; `tests/rules/test_docs.py` fails while it is stale.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from models.catalogue.answers import AnswerPolicy, Ends, GivenBy
from models.catalogue.loading import load_programme
from models.catalogue.policy import DocumentPolicy, DueRule, LadderRule, Policy, RungRule, StepPolicy
from models.vocabulary import Anchor, Direction, EndAction, RungKind, Side, Stage, StepKind, Unit

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "programme.md"
SOURCES = (
    *sorted((ROOT / "workflows" / "stages").glob("*.py")),
    ROOT / "models" / "rules" / "reviews.py",
    ROOT / "workflows" / "rotation.py",
    ROOT / "workflows" / "service_levels.py",
)
NOT_ASKING = {"only", "Ending", "_ended"}
"""Calls that name a step without asking anybody for it."""

_MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)
_ANCHORS = {
    Anchor.OPENED: "it opens",
    Anchor.START: "the first day",
    Anchor.END: "the last day",
    Anchor.ARRIVAL: "the arrival",
    Anchor.SUBJECT_END: "the end of the block",
    Anchor.NOMINATED: "the nomination",
    Anchor.PREVIOUS_STEP: "the step before",
    Anchor.EVENT: "what starts it",
}


def rendered(text: str) -> str:
    """The document with everything between its markers written anew."""
    policy = load_programme().policy
    return replaced(text, lambda part: PARTS[part](policy))


def replaced(text: str, write: Callable[[str], str]) -> str:
    """A text in which what stands between markers is written anew; `write` gets the name in the marker."""
    return _MARKED.sub(lambda found: f"{found[1]}{write(found[2]).strip()}\n{found[3]}", text)


@cache
def asked_in() -> dict[StepKind, tuple[str, ...]]:
    """By step, the functions of the workflows that ask for it: `pre_arrival.visa`."""
    found: dict[StepKind, list[str]] = {kind: [] for kind in StepKind}
    for path in SOURCES:
        for function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
            for kind in _steps_named(function):
                found[kind].append(f"{path.stem}.{function.name.lstrip('_')}")
    for law in load_programme().jurisdictions.values():
        for duty in law.duties:
            found[duty.step].append(f"models/catalogue/jurisdictions/{law.country.lower()}.toml")
    return {kind: tuple(dict.fromkeys(places)) for kind, places in found.items()}


def owner_of(step: StepPolicy) -> str:
    """Who owes a step, in words."""
    role = step.role.replace("_", " ")
    if step.side in (Side.SENDING, Side.HOST):
        return f"{step.side} {role}"
    return f"{role} of the unit" if step.side is Side.UNIT else role


def _clock_of(step: StepPolicy) -> str:
    """Its ladder, and what stops its clock or does not."""
    words = [f"`{step.ladder}`"]
    if step.legal:
        words.append(f"by law: {step.law}")
    elif step.extension_days:
        words.append(f"extended by {step.extension_days} days at most")
    if step.waits_for:
        words.append("waits for " + ", ".join(f"`{kind}`" for kind in step.waits_for))
    if step.default_outcome:
        words.append(f"silence counts as {step.default_outcome} ({step.default_rule})")
    return "<br/>".join(words)


def due_of(due: DueRule, after: StepKind | None = None) -> str:
    """When a step is due, in words."""
    anchor = f"`{after}`" if after is not None else _ANCHORS[due.anchor]
    if due.offset == 0:
        when = f"on {anchor}"
    else:
        when = f"{_count(abs(due.offset), due.unit)} {'after' if due.offset > 0 else 'before'} {anchor}"
    return f"{when}; never under {_count(due.floor_days, Unit.DAYS)} after it opens" if due.floor_days else when


def _diagram(policy: Policy) -> str:
    lines = ["```mermaid", "flowchart TB"]
    stages = [stage for stage in Stage if _steps(policy, stage)]
    for stage in stages:
        lines.append(f'  subgraph stage_{stage}["{_words(stage)}"]')
        for step in _steps(policy, stage):
            lines.append(f'    {step.kind}["{step.title}<br/><b>{owner_of(step)}</b>"]:::{step.side}')
        lines.append("  end")
    follows = zip(stages, [*stages[1:], Stage.CLOSED], strict=True)
    lines.append(f"  stage_{Stage.CLOSED}([{Stage.CLOSED}])")
    lines += [f"  stage_{one} --> stage_{other}" for one, other in follows]
    lines += [f"  classDef {side} fill:{colour},stroke:#555,color:#111" for side, colour in _COLOURS.items()]
    return "\n".join([*lines, "```"])


_COLOURS = {
    Side.SENDING: "#dbe9f6",
    Side.HOST: "#fde5cf",
    Side.STUDENT: "#e0f0dc",
    Side.UNIT: "#eadff2",
    Side.PROGRAMME: "#eeeeee",
}


def _step_tables(policy: Policy) -> str:
    return "\n\n".join(_step_table(policy, stage) for stage in Stage if _steps(policy, stage))


def _step_table(policy: Policy, stage: Stage) -> str:
    rows = [
        (
            f"{step.title} `{step.kind}`",
            owner_of(step),
            _outcomes(step),
            due_of(step.due, step.due.after),
            _clock_of(step),
            step.rule or "",
            ", ".join(f"`{place}`" for place in asked_in()[step.kind]),
        )
        for step in _steps(policy, stage)
    ]
    head = ("step", "owner", "outcomes", "due", "clock", "rule", "asked for in")
    return f"### {_words(stage).capitalize()}\n\n{table(head, rows)}"


def _ladder_table(policy: Policy) -> str:
    rows = [
        (
            f"`{ladder.name}`",
            _rungs(ladder, RungKind.REMINDER),
            _rungs(ladder, RungKind.ESCALATION),
            _end(ladder),
            ", ".join(f"`{s.kind}`" for s in policy.steps.values() if s.ladder == ladder.name),
        )
        for ladder in policy.ladders.values()
    ]
    return table(("ladder", "reminders", "escalations", "end", "steps"), rows)


def _document_table(policy: Policy) -> str:
    rows = [(f"{d.title} `{d.kind}`", f"`{d.step}`", _asked_of(d), _conditions(d), d.rule) for d in policy.documents]
    return table(("document", "step", "for", "only if, and what a file must be", "rule"), rows)


PARTS: dict[str, Callable[[Policy], str]] = {
    "diagram": _diagram,
    "steps": _step_tables,
    "ladders": _ladder_table,
    "documents": _document_table,
}
"""By the name in the marker, who writes the text."""


def _steps(policy: Policy, stage: Stage) -> list[StepPolicy]:
    return [policy.steps[kind] for kind in StepKind if policy.steps[kind].stage is stage]


def _outcomes(step: StepPolicy) -> str:
    return "<br/>".join(f"`{name}`{_told_of(answer)}" for name, answer in step.answers.items())


_BY = {GivenBy.CLOCK: "by the clock", GivenBy.COHORT: "by the cohort"}


def _told_of(answer: AnswerPolicy) -> str:
    """How an answer is given, and what it ends."""
    told = [] if answer.given_by is GivenBy.DECISION else [_BY.get(answer.given_by, f"by {answer.given_by}")]
    if answer.clock and answer.given_by is not GivenBy.CLOCK:
        told.append("also by the clock")
    told += [f"needs {', '.join(map(_words, answer.needs))}"] if answer.needs else []
    if answer.ends is Ends.EXCHANGE and answer.outcome is not None:
        told.append(f"ends the exchange: {_words(answer.outcome)}")
    return f" ({'; '.join(told)})" if told else ""


def _rungs(ladder: LadderRule, kind: RungKind) -> str:
    return "<br/>".join(_rung(rung) for rung in ladder.rungs if rung.kind is kind) or "none"


def _rung(rung: RungRule) -> str:
    to = ", ".join(_words(target) for target in rung.to)
    copy = f" (copy: {', '.join(_words(target) for target in rung.copy_to)})" if rung.copy_to else ""
    return f"{_from_due(rung)}: {to}{copy}"


def _end(ladder: LadderRule) -> str:
    ends = [rung for rung in ladder.rungs if rung.kind is RungKind.END]
    match ladder.end_action:
        case EndAction.EXPIRE:
            return f"expires {_from_due(ends[0])}"
        case EndAction.DECIDE:
            return f"decided by default {_from_due(ends[0])}"
        case EndAction.REASSIGN:
            to = _words(ladder.reassign_to) if ladder.reassign_to else ""
            return f"goes to the {to} {_from_due(ends[0])}"
        case EndAction.HOLD:
            return "waits on"


def _from_due(rung: RungRule) -> str:
    if rung.offset == 0:
        return "at the due time"
    return f"{_count(abs(rung.offset), rung.unit)} {'after' if rung.offset > 0 else 'before'}"


def _asked_of(document: DocumentPolicy) -> str:
    both = set(document.directions) == set(Direction)
    return f"{'both directions' if both else ', '.join(document.directions)}; from the {document.provided_by}"


def _conditions(document: DocumentPolicy) -> str:
    told = []
    if document.clinical_only:
        told.append("the stay has clinical days")
    if document.visa_forms:
        told.append(f"the visa form is {' or '.join(document.visa_forms)}")
    if document.valid_months_after_end:
        told.append(f"valid {_count(document.valid_months_after_end, 'months')} after the last day")
    elif document.expires:
        told.append("valid through the last day")
    if document.max_age_days_at_start is not None:
        day = "last clinical day" if document.through_clinic else "first day"
        told.append(f"issued at most {_count(document.max_age_days_at_start, Unit.DAYS)} before the {day}")
    return "; ".join(told)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _steps_named(node: ast.AST) -> Iterator[StepKind]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.Call) and _called(inner) in NOT_ASKING:
            continue
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "StepKind":
            yield StepKind[inner.attr]
        yield from _steps_named(inner)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _count(number: int, unit: str) -> str:
    words = _words(unit)
    return f"{number} {words.removesuffix('s') if number == 1 else words}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    """Bring docs/programme.md up to date."""
    FILE.write_text(rendered(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
