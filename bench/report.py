"""What a run found, as a table for people and as numbers for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.histories import HistoryCount
from bench.rounds import EMPTY, NONE, SERVICE, SIDES, Round
from bench.samples import Latencies

DECIDE_AT_MOST = 1.3
"""Decide p50 over the bare update's, one at a time."""
RATE_AT_LEAST = 0.7
"""Lifecycles a second over those of the workflow without effects."""
TITLES = {
    SERVICE: "this service, everything recorded",
    EMPTY: "same decisions, empty activities",
    NONE: "same decisions, no effect",
}


@dataclass
class Findings:
    """Everything measured. Rounds by concurrency, then by side."""

    settings: dict[str, str]
    rounds: dict[int, dict[str, list[Round]]]
    bare: Latencies
    """Beside the decisions, call by call."""
    bare_at_rest: Latencies
    histories: dict[str, HistoryCount]
    drain_seconds: list[float]
    seconds: float = 0.0

    def rate(self, concurrency: int, side: str) -> float:
        """The median of the rounds' lifecycles a second."""
        return median(r.rate for r in self.rounds[concurrency][side])

    def ratio(self, concurrency: int, side: str, other: str) -> float:
        """The median of the rounds' ratios: neighbours in time see the same machine."""
        pairs = zip(self.rounds[concurrency][side], self.rounds[concurrency][other], strict=True)
        return median(one.rate / two.rate for one, two in pairs)

    def latencies(self, concurrency: int, side: str) -> Latencies:
        """All plain decisions of a side."""
        together = Latencies()
        for one in self.rounds[concurrency][side]:
            together.extend(one.latencies)
        return together

    @property
    def decide_ratio(self) -> float:
        """Decide p50 over the bare update's, one at a time."""
        return self.latencies(1, SERVICE).ms(0.5) / self.bare.ms(0.5)

    def targets(self) -> list[tuple[str, float, float, bool]]:
        """What was asked for, what was found, and whether that is met."""
        decide = self.decide_ratio
        text = f"decide p50 / bare update p50, 1 at a time, at most {DECIDE_AT_MOST}"
        targets = [(text, DECIDE_AT_MOST, decide, decide <= DECIDE_AT_MOST)]
        for side, concurrency in product((NONE, EMPTY), self.rounds):
            rate = self.ratio(concurrency, SERVICE, side)
            text = f"lifecycles/s / those of “{TITLES[side]}”, {concurrency} at a time, at least {RATE_AT_LEAST}"
            targets.append((text, RATE_AT_LEAST, rate, rate >= RATE_AT_LEAST))
        return targets

    def as_json(self) -> dict[str, Any]:
        """The numbers, rounds included."""
        return {
            "settings": self.settings,
            "seconds": round(self.seconds, 1),
            "targets": [
                {"target": text, "wanted": wanted, "found": round(found, 3), "met": met}
                for text, wanted, found, met in self.targets()
            ],
            "rounds": {
                str(concurrency): {
                    side: [
                        {"lifecycles": r.lifecycles, "seconds": round(r.seconds, 3), "cpu": _rounded(r.cpu)}
                        for r in rounds
                    ]
                    for side, rounds in sides.items()
                }
                for concurrency, sides in self.rounds.items()
            },
            "milliseconds": {
                "bare": _spread(self.bare),
                "bare at rest": _spread(self.bare_at_rest),
                **{
                    f"{side} at {concurrency}": _spread(self.latencies(concurrency, side))
                    for concurrency in self.rounds
                    for side in SIDES
                },
            },
            "decide by step": {kind: _spread(one) for kind, one in _by_kind(self.latencies(1, SERVICE))},
            "histories": {name: asdict(count) for name, count in self.histories.items()},
            "mail sent after the last lifecycle, seconds": [round(s, 2) for s in self.drain_seconds],
        }


def show(console: Console, findings: Findings) -> None:
    """Print what was found."""
    console.print(_latency_table(findings))
    console.print(_rate_table(findings))
    console.print(_step_table(findings))
    console.print(_history_table(findings))
    settings = Table(title="Settings", title_justify="left", show_header=False, box=None)
    for name, value in findings.settings.items():
        settings.add_row(name, value)
    console.print(settings)
    targets = Table("Target", "Found", "", title="Targets", title_justify="left")
    for text, _, found, met in findings.targets():
        targets.add_row(text, f"{found:.2f}", "[green]met[/]" if met else "[red]missed[/]")
    console.print(targets)


def _latency_table(findings: Findings) -> Table:
    table = Table(title="One decision, answered and everything recorded", title_justify="left")
    for name in ("", "at a time", "n", "p50 ms", "p99 ms", "p50 ratio"):
        table.add_column(name, justify="left" if not name else "right")

    def add(name: str, concurrency: int, one: Latencies, base: Latencies) -> None:
        if len(one):
            ratio = f"{one.ms(0.5) / base.ms(0.5):.2f}"
            table.add_row(name, str(concurrency), str(len(one)), f"{one.ms(0.5):.1f}", f"{one.ms(0.99):.1f}", ratio)

    for concurrency in findings.rounds:
        base = findings.bare if concurrency == 1 else findings.latencies(concurrency, NONE)
        if concurrency == 1:
            add("bare update, nothing else running", 1, findings.bare_at_rest, base)
            add("bare update, call by call beside the service's", 1, findings.bare, base)
        for side in reversed(SIDES):
            add(TITLES[side], concurrency, findings.latencies(concurrency, side), base)
        table.add_section()
    return table


def _rate_table(findings: Findings) -> Table:
    table = Table(title="Lifecycles, nomination to certificate", title_justify="left")
    for name in ("", "at a time", "lifecycles/s", "of no effect", "of empty", "CPU ms: server", "worker", "driver"):
        table.add_column(name, justify="left" if not name else "right")
    for concurrency, sides in findings.rounds.items():
        for side in reversed(SIDES):
            cpu = _cpu_per_lifecycle(sides[side])
            worker = cpu["worker"] + cpu["bench worker"]
            table.add_row(
                TITLES[side],
                str(concurrency),
                f"{findings.rate(concurrency, side):.2f}",
                f"{findings.ratio(concurrency, side, NONE):.2f}",
                f"{findings.ratio(concurrency, side, EMPTY):.2f}" if side != NONE else "",
                *(f"{ms:.0f}" for ms in (cpu["server"], worker, cpu["driver"])),
            )
        table.add_section()
    return table


def _step_table(findings: Findings) -> Table:
    table = Table(title="Decisions by step, one at a time", title_justify="left")
    for name in ("step", "n", "p50 ms", "ratio to the bare update"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for kind, one in sorted(_by_kind(findings.latencies(1, SERVICE)), key=lambda pair: pair[1].ms(0.5)):
        ratio = one.ms(0.5) / findings.bare.ms(0.5)
        table.add_row(kind, str(len(one)), f"{one.ms(0.5):.1f}", f"{ratio:.2f}")
    return table


def _history_table(findings: Findings) -> Table:
    columns = ("", "events", "KB", "workflow tasks", "updates", "timers", "records", "activities")
    table = Table(title="What one lifecycle leaves in Temporal", title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if not name else "right")
    for name, count in findings.histories.items():
        numbers = (count.tasks, count.updates, count.timers, count.records, count.activities)
        table.add_row(name, str(count.events), f"{count.bytes / 1024:.0f}", *map(str, numbers))
    return table


def _cpu_per_lifecycle(rounds: Sequence[Round]) -> dict[str, float]:
    """Milliseconds of processor time of each process for one lifecycle."""
    lifecycles = sum(r.lifecycles for r in rounds)
    return {name: 1000 * sum(r.cpu[name] for r in rounds) / lifecycles for name in rounds[0].cpu}


def _by_kind(latencies: Latencies) -> list[tuple[str, Latencies]]:
    split: list[tuple[str, Latencies]] = []
    for kind, values in latencies.by_kind.items():
        one = Latencies()
        one.by_kind[kind] = values
        split.append((kind, one))
    return split


def _spread(latencies: Latencies) -> dict[str, float]:
    if not len(latencies):
        return {"n": 0}
    return {"n": len(latencies), "p50": round(latencies.ms(0.5), 2), "p99": round(latencies.ms(0.99), 2)}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}
