"""What a play came to, for people: in words on the screen."""

from collections import defaultdict

from rich.console import Console
from rich.markup import escape

from chaos.trials import Outcome

SHOWN = 8
"""Findings of a kind that are shown; the others are counted."""


def show(console: Console, outcome: Outcome, seconds: float | None = None) -> None:
    """Say what happened, what was found, and how to repeat it."""
    plan = outcome.plan
    faults = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(outcome.faults.items()))
    answers = ", ".join(f"{count} {answer}" for answer, count in outcome.answers.items())
    settled = "never" if outcome.settled_after is None else f"{outcome.settled_after:.1f} s after all was back"
    lines = [
        ("faults", f"{outcome.struck}: {faults}"),
        ("acts", answers),
        ("exchanges", f"{outcome.exchanges}, {outcome.running} under way when quiet came, {outcome.finished} finished"),
        ("settled", settled),
        ("mails that came twice", f"{outcome.second_copies}, for each of which SMTP leaves open whether it was taken"),
        *(("note", note) for note in outcome.notes),
        *([("took", f"{seconds:.0f} s")] if seconds is not None else []),
    ]
    for name, text in lines:
        console.print(f"  {name:<22}{escape(text)}", highlight=False)
    if not outcome.findings:
        console.print("[bold green]Nothing was found.[/]")
        return
    _show_findings(console, outcome)
    again = f"make chaos SECONDS={plan.seconds:.0f} SEED={plan.seed} DATABASE={plan.database}"
    console.print(
        f"[bold red]{len(outcome.findings)} findings.[/] The same faults and choices again: {again}", highlight=False
    )


def _show_findings(console: Console, outcome: Outcome) -> None:
    kinds = defaultdict(list)
    for finding in outcome.findings:
        kinds[finding.kind].append(finding)
    for kind, found in sorted(kinds.items()):
        console.print(f"[bold]{escape(kind)}[/]: {len(found)}", highlight=False)
        for finding in found[:SHOWN]:
            console.print(f"  {escape(finding.subject)}: {escape(finding.words)}", highlight=False, soft_wrap=True)
        if len(found) > SHOWN:
            console.print(f"  … and {len(found) - SHOWN} more", highlight=False)
