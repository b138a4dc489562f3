"""Starting the rows of a nomination file: bounded, paced, and complete about what became of each row."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gateway.nomination_files import CheckedSheet, NominationSheet, RefusedRow
from models.errors import Differs, Kept, Refused, SojournError
from models.messages.exchange import Nominated
from models.people.authorization import Actor, may_nominate
from models.rules.again import UNANSWERED, Answers
from models.rules.nomination import Nomination
from models.rules.nomination_columns import KNOWN_COLUMNS
from models.rules.stay import Fault, fault_of

PER_SECOND = 50
AT_ONCE = 16

Row = tuple[int, Nomination]


class Nominator(Protocol):
    """What starts an exchange; in the service the gateway."""

    async def nominate(self, nomination: Nomination, actor: Actor, *, answers: Answers) -> Nominated:
        """Start a student's exchange, or find the one this nomination began."""
        ...


@dataclass
class Launch:
    """What became of the rows of a file. Row numbers are those of a spreadsheet program."""

    started: dict[int, Nominated] = field(default_factory=dict)
    refused: dict[int, Refused] = field(default_factory=dict)
    kept: list[int] = field(default_factory=list)
    """Rows that are on record and begin by themselves."""
    left: list[int] = field(default_factory=list)
    """Rows nobody knows the fate of: repeating them is safe."""
    fault: SojournError | None = None
    """Why the rest was not tried."""

    @property
    def new(self) -> dict[int, Nominated]:
        """Exchanges begun by this file."""
        return {row: n for row, n in self.started.items() if not n.already_known}

    @property
    def known(self) -> dict[int, Nominated]:
        """Exchanges that had begun before."""
        return {row: n for row, n in self.started.items() if n.already_known}


def allowed_rows(checked: CheckedSheet, sheet: NominationSheet, actor: Actor) -> CheckedSheet:
    """The same rows, those refused that this person may not nominate."""
    foreign = {number: n for number, n in checked.good if not may_nominate(actor, n.sending)}
    refused = [
        RefusedRow(
            row.number,
            row.values,
            (Fault(field="sending", value=foreign[row.number].sending, message="not_allowed.nominate"),),
        )
        for row in sheet.rows
        if row.number in foreign
    ]
    good = tuple((number, n) for number, n in checked.good if number not in foreign)
    told = {number: what for number, what in checked.told.items() if number not in foreign}
    return CheckedSheet(good, tuple(sorted([*checked.refused, *refused], key=lambda r: r.row_number)), told)


async def start_rows(
    gateway: Nominator,
    rows: Sequence[Row],
    actor: Actor,
    done: Callable[[], None],
    answers: Answers = UNANSWERED,
) -> Launch:
    """Start the rows, at most `PER_SECOND` a second and `AT_ONCE` at a time.

    A refused row stops nothing; a service that is away stops the rest. `done` is called after each row.
    """
    launch = Launch()
    places = asyncio.Semaphore(AT_ONCE)

    async def start(number: int, nomination: Nomination) -> None:
        try:
            launch.started[number] = await gateway.nominate(nomination, actor, answers=answers)
        except Refused as refusal:
            launch.refused[number] = refusal
        except Kept as fault:
            launch.kept.append(number)
            launch.fault = launch.fault or fault
        except SojournError as fault:
            launch.left.append(number)
            launch.fault = launch.fault or fault
        finally:
            places.release()
            done()

    running: list[asyncio.Task[None]] = []
    for position, (number, nomination) in enumerate(rows):
        await places.acquire()
        if launch.fault is not None:
            launch.left += [n for n, _ in rows[position:]]
            break
        running.append(asyncio.create_task(start(number, nomination)))
        await asyncio.sleep(1 / PER_SECOND)
    await asyncio.gather(*running)
    launch.kept.sort()
    launch.left.sort()
    return launch


def refused_rows(launch: Launch, sheet: NominationSheet) -> list[RefusedRow]:
    """The rows that the service refused, as rows of a file to correct."""
    values = {row.number: row.values for row in sheet.rows}
    return [
        RefusedRow(number, values[number], tuple(_faults(refusal, values[number].get)))
        for number, refusal in sorted(launch.refused.items())
    ]


def _faults(refusal: Refused, cell: Callable[[str, str], str]) -> Iterable[Fault]:
    """The refusal, and cell by cell what is on record where the row says something else."""
    yield _fault(refusal, cell)
    for one in refusal.differences if isinstance(refusal, Differs) else ():
        shown = (one.on_record or "–", one.told or "–")
        yield fault_of(one.column, "cell.differs", "", one.told, on_record=shown[0], told=shown[1])


def _fault(refusal: Refused, cell: Callable[[str, str], str]) -> Fault:
    known = refusal.field in KNOWN_COLUMNS
    return Fault(
        field=refusal.field if known else "row",
        value=cell(refusal.field, "") if known else "",
        message=refusal.message,
        params=refusal.params,
    )
