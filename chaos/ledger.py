"""The driver's own book: every act written down before it is asked and again when it is answered, on disk."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Answer(StrEnum):
    """How an act ended for who asked."""

    NONE = "none"
    """Nothing is written: the driver itself ended meanwhile."""
    TAKEN = "taken"
    REFUSED = "refused"
    KEPT = "kept"
    """The service said that it keeps the act and does it later."""
    AWAY = "away"
    """Nobody took the connection: nothing was sent."""
    UNAVAILABLE = "unavailable"
    """The service said that a part is away."""
    BROKEN = "broken"
    """The service said that an operator must look, or what no person understands."""
    VANISHED = "vanished"
    """Who asked was gone before there was an answer."""


@dataclass(frozen=True)
class Act:
    """One thing that one person asked for, once."""

    number: int
    kind: str
    """`decide`, `evaluate`, `document`, `report` or `nominate`."""
    channel: str
    """`gateway`, `portal` or `api`."""
    exchange: str = ""
    step: str = ""
    outcome: str = ""
    key: str = ""
    """The act's id in the records, where who asks knows it."""
    file: str = ""
    """Name of the file handed in, which no other act has."""
    contrary: bool = False
    """Asked by somebody who had an old page before them."""
    asked: float = 0.0
    answer: Answer = Answer.NONE
    answered: float = 0.0
    detail: str = ""
    """What a refusal said; the exchange that a nomination began."""


@dataclass(frozen=True)
class Note:
    """Something that the driver did to the service."""

    what: str
    began: float
    ended: float
    detail: dict[str, Any] = field(default_factory=dict)


class Ledger:
    """Appends to a file of JSON lines; what was written is there whatever happens next."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lines = file.open("a", encoding="utf-8")
        self._number = 0

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._lines.close()

    def asked(self, kind: str, channel: str, **known: Any) -> Act:
        """Write an act down before it is asked."""
        self._number += 1
        act = Act(number=self._number, kind=kind, channel=channel, asked=time.time(), **known)
        self._write({"asked": asdict(act)})
        return act

    def answered(self, act: Act, answer: Answer, detail: str = "") -> Act:
        """Write down how it ended for who asked."""
        done = replace(act, answer=answer, answered=time.time(), detail=detail or act.detail)
        self._write({"answered": {"number": act.number, "answer": answer, "at": done.answered, "detail": done.detail}})
        return done

    def note(self, what: str, began: float, **detail: Any) -> Note:
        """Write down what was done to the service."""
        note = Note(what, began, time.time(), detail)
        self._write({"note": asdict(note)})
        return note

    def _write(self, line: dict[str, Any]) -> None:
        self._lines.write(json.dumps(line) + "\n")
        self._lines.flush()
        os.fsync(self._lines.fileno())


def acts_in(file: Path) -> list[Act]:
    """Every act of a book with its answer, in the order of asking."""
    acts: dict[int, Act] = {}
    for line in _lines(file):
        if "asked" in line:
            act = Act(**line["asked"] | {"answer": Answer(line["asked"]["answer"])})
            acts[act.number] = act
        elif "answered" in line:
            said = line["answered"]
            acts[said["number"]] = replace(
                acts[said["number"]], answer=Answer(said["answer"]), answered=said["at"], detail=said["detail"]
            )
    return list(acts.values())


def notes_in(file: Path) -> list[Note]:
    """What was done to the service, in order."""
    return [Note(**line["note"]) for line in _lines(file) if "note" in line]


def count_answers(acts: Iterable[Act]) -> dict[Answer, int]:
    """How many acts ended in which way."""
    counts = dict.fromkeys(Answer, 0)
    for act in acts:
        counts[act.answer] += 1
    return counts


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a book; the last one may be half written where the driver was killed."""
    for text in file.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(text)
        except json.JSONDecodeError:
            return
