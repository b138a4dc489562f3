"""A sample programme for a first start: people of the demo in every stage, brought there through the real workflows.

Real time does not skip, so the stays lie around today: some begin in eleven weeks, some have begun and are recorded
late with their reason (D4), some are over.
"""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from demo.cohort import STUDENTS, first_monday, row
from demo.people import NOBODY_ANSWERS, VISA_LASTS_LONGER, Participants, Traveller
from demo.script import PARTS, Scene
from examples.papers import holder_of
from gateway.composition import Services, open_gateway, utc_now
from gateway.nomination_files import NominationSheet, SheetRow, check_sheet
from models.errors import SojournError
from models.messages.exchange import ReportArrival
from models.rules.nomination import Nomination
from models.rules.nomination_columns import COLUMNS
from models.views import ExchangeFilter, WorklistFilter, WorklistRow
from models.views.shared import LARGEST_PAGE
from models.vocabulary import Role, Stage, StepKind
from settings import Settings
from texts.i18n import _
from texts.labels import STAGES, label
from texts.terminal import language, phrase

NOTE = "sample.json"
WITHIN = 240.0
"""Seconds in which everybody is where they should be, on a busy machine too; who is not by then is told."""
LOOK_EVERY = 0.4
MOST_TRIES = 3
"""How often an answer is tried that was refused: what it waits for may come a moment later."""
MISSING = _("{count} are not where they should be; the next start with --sample goes on.")
ARRIVES_AT = time(10, 0)
REASON = _("Recorded after the stay had begun, for the sample programme.")
_ORDER = list(Stage)


@dataclass(frozen=True)
class SamplePlace:
    """How far one student of the demo is brought."""

    number: str
    until: Stage
    """Nothing that is owed from this stage on is answered; the demo's script goes before."""
    began: int | None = None
    """Weeks ago the stay began; unset: it lies ahead."""
    also: frozenset[StepKind] = frozenset()
    """What is answered in this stage all the same."""


SETTLED = frozenset(
    {StepKind.REGISTER_RESIDENCE, StepKind.ORIENTATION, StepKind.VALIDATE_SEVIS, StepKind.REPORT_ADDRESS}
)
"""What is long done of a stay that began weeks ago."""
PLACES = (
    SamplePlace("D05", Stage.NOMINATION),
    SamplePlace("D06", Stage.NOMINATION, also=frozenset({StepKind.VERIFY_NOMINATION})),
    SamplePlace("D02", Stage.DOCUMENTS),
    SamplePlace("C04", Stage.DOCUMENTS),
    SamplePlace("D03", Stage.SENDING_APPROVAL),
    SamplePlace("D07", Stage.HOST_APPROVAL),
    SamplePlace("D08", Stage.ACCEPTANCE),
    SamplePlace("D01", Stage.PRE_ARRIVAL),
    SamplePlace("C01", Stage.PRE_ARRIVAL),
    SamplePlace("D09", Stage.ARRIVAL, began=0),
    SamplePlace("D04", Stage.ROTATIONS, began=5, also=SETTLED),
    SamplePlace("C02", Stage.ROTATIONS, began=6, also=SETTLED),
    SamplePlace("S05", Stage.DEPARTURE, began=15, also=SETTLED),
    SamplePlace("S01", Stage.CLOSED, began=15),
    SamplePlace("C03", Stage.CLOSED),
)
"""Who is where: a returned nomination, a refusal by the host and a certificate among them."""


async def fill_sample(settings: Settings, screen: Console, places: tuple[SamplePlace, ...] = PLACES) -> None:
    """Fill an empty folder, once; one that was begun and not finished goes on where it was.

    Raises:
        SojournError: a part of the service is away.
    """
    note = settings.data_dir / NOTE
    async with open_gateway(settings) as services:
        begun = _read(note)
        if begun is None and await services.reading.exchanges(ExchangeFilter(limit=1)):
            screen.print(phrase(_("Somebody is here already; the sample programme is for an empty folder.")))
            return
        if begun is not None and begun["done"]:
            screen.print(phrase(_("The sample programme is here already.")))
            return
        today = date.fromisoformat(str(begun["day"])) if begun is not None else utc_now().date()
        _write(note, today, done=False)
        sample = SampleProgramme(services, places)
        with screen.status(phrase(_("People are brought into every stage: about a minute ..."))):
            await sample.nominate(today)
            missing = await sample.play()
        _write(note, today, done=not missing)
        await _tell(services, screen, missing)


async def _tell(services: Services, screen: Console, missing: int) -> None:
    found = Counter(one.stage for one in await services.reading.exchanges(ExchangeFilter(limit=LARGEST_PAGE)))
    screen.print(phrase(_("A sample programme is here: {count} students."), count=found.total()))
    for stage in _ORDER:
        if found[stage]:
            screen.print(f"  {found[stage]:>3}  {label(STAGES, stage, language())}", highlight=False)
    if missing:
        screen.print(phrase(MISSING, count=missing))
    screen.print(phrase(_("The portal's sign-in page lists them with everybody else: one click signs in as them.")))


class SampleProgramme:
    """Brings the students to their places, everybody acting as in the demo."""

    def __init__(self, services: Services, places: tuple[SamplePlace, ...]) -> None:
        self._services = services
        self._places = places
        self._people = Participants(services.gateway, services.programme, _now)
        self._scenes: dict[str, Scene] = {}
        self._of: dict[str, SamplePlace] = {}
        self._tries: Counter[str] = Counter()

    async def nominate(self, today: date) -> None:
        """Nominate everybody as the sending coordinators do; repeated on another day, with the days of the first."""
        rows = [SheetRow(rank, self._row(place, today, rank)) for rank, place in enumerate(self._places, start=1)]
        sheet = NominationSheet(columns=tuple(one.name for one in COLUMNS), rows=tuple(rows))
        for _number, nomination in check_sheet(sheet, self._services.programme).good:
            await self._nominate_one(nomination)

    def _row(self, place: SamplePlace, today: date, rank: int) -> dict[str, str]:
        monday = today - timedelta(days=today.weekday())
        if place.began is None:
            return row(STUDENTS[place.number], first_monday(today), rank)
        late = {"late_reason": phrase(REASON)}
        return row(STUDENTS[place.number], monday - timedelta(weeks=place.began), rank) | late

    async def _nominate_one(self, nomination: Nomination) -> None:
        actor = self._people.officer(nomination.sending, Role.COORDINATOR)
        number = nomination.student_number
        reply = await self._services.gateway.nominate(nomination, actor, request_id=f"sample-{number}")
        plan, holder = nomination.to_plan(self._services.programme), holder_of(nomination)
        traveller = Traveller(exchange_id=reply.exchange_id, plan=plan, holder=holder)
        scene = Scene(self._people, self._services.gateway, traveller, nomination, nomination.end)
        self._scenes[reply.exchange_id] = scene
        self._of[reply.exchange_id] = next(place for place in self._places if place.number == number)

    async def play(self) -> int:
        """Act until everybody is where they should be; says how many are not."""
        loop = asyncio.get_running_loop()
        until = loop.time() + WITHIN
        while loop.time() < until:
            owed = await self._owed()
            if owed:
                await asyncio.gather(*(self._act(exchange, steps) for exchange, steps in owed.items()))
            elif not await self._missing():
                return 0
            else:
                await asyncio.sleep(LOOK_EVERY)
        return await self._missing()

    async def _owed(self) -> dict[str, list[WorklistRow]]:
        owed: dict[str, list[WorklistRow]] = {}
        for step in await self._services.reading.worklist(None, WorklistFilter(limit=LARGEST_PAGE)):
            place = self._of.get(step.exchange_id)
            if place is None or step.kind in NOBODY_ANSWERS or self._tries[step.step_id] >= MOST_TRIES:
                continue
            if _ORDER.index(step.stage) < _ORDER.index(place.until) or step.kind in place.also:
                owed.setdefault(step.exchange_id, []).append(step)
        return owed

    async def _missing(self) -> int:
        """How many have not reached their stage, or owe something in it that the script answers."""
        rows = await self._services.reading.exchanges(ExchangeFilter(limit=LARGEST_PAGE))
        stages = {one.exchange_id: (one.stage, {move.kind for move in one.next_moves}) for one in rows}
        missing = 0
        for exchange, place in self._of.items():
            stage, moves = stages.get(exchange, (Stage.NOMINATION, set()))
            early = _ORDER.index(stage) < _ORDER.index(place.until)
            idle = stage is not Stage.CLOSED and not moves
            missing += early or idle or bool(moves & place.also)
        return missing

    async def _act(self, exchange: str, steps: list[WorklistRow]) -> None:
        scene, place = self._scenes[exchange], self._of[exchange]
        acts = PARTS[STUDENTS[place.number].part].acts
        for step in steps:
            self._tries[step.step_id] += 1
            try:
                if act := acts.get(step.kind):
                    await act(scene, step)
                elif step.kind is StepKind.CHECK_IN and place.began:
                    await self._arrived(scene, step)
                else:
                    await self._people.answer(step, scene.traveller)
            except SojournError:  # answered or overtaken meanwhile; looked at again
                await asyncio.sleep(LOOK_EVERY)

    async def _arrived(self, scene: Scene, step: WorklistRow) -> None:
        """Report the arrival of a stay that has begun, on its first day."""
        plan, zone = scene.traveller.plan, ZoneInfo(self._services.programme.zone_of(step.host))
        report = ReportArrival(
            report_id=f"{step.step_id}.arrived",
            actor=self._people.actor(step.owner),
            arrived_at=datetime.combine(plan.start, ARRIVES_AT, zone).astimezone(UTC),
            permitted_until=plan.end + VISA_LASTS_LONGER,
        )
        await self._services.gateway.report_arrival(step.exchange_id, report)


async def _now() -> datetime:
    return utc_now()


def _read(note: Path) -> dict[str, object] | None:
    try:
        found: dict[str, object] = json.loads(note.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _write(note: Path, day: date, *, done: bool) -> None:
    new = note.with_suffix(".new")
    new.write_text(json.dumps({"day": day.isoformat(), "done": done}), encoding="utf-8")
    new.replace(note)
