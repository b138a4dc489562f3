"""Between acceptance and arrival: visa, insurance, health, housing and places, side by side."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow

from activities.housing import Housing
from activities.placement import Placement
from models.events import PlaceReleased
from models.identifiers import placement_id, placement_number
from models.messages.contracts import AssignBed, AssignPlace
from models.messages.exchange import PlannedContent
from models.vocabulary import Stage, StepKind
from workflows.case import Case, together
from workflows.options import RECORD
from workflows.parts import Place
from workflows.stages.application import collect
from workflows.stages.health import health
from workflows.stages.places import places_on_record, plan_of_searches
from workflows.stages.renewing import begin_for_stay

CHOOSING_BED = (StepKind.CONFIRM_BED, StepKind.FIND_BED, StepKind.SETTLE_BED)
"""While one of these is open, its answer chooses the bed."""


async def pre_arrival(case: Case) -> None:
    """Everything that must be true before the student travels.

    Health clearance is begun here and not waited for: it gates the clinic only, laboratory work may start (D36).
    """
    case.enter(Stage.PRE_ARRIVAL)
    blocks = plan_of_searches(case).rotations
    searches = [PlaceSearch(case, block, number) for number, block in enumerate(blocks, start=1)]
    # Bed and places are taken first, so that all steps of the stage open in one record.
    case.amendments.placed.clear()
    async with case.amendments.taking:
        bed, *_ = await asyncio.gather(_bed(case, None), *(search.take() for search in searches))
    case.begin_health(health(case))
    begin_for_stay(case)
    await together(
        visa(case),
        insurance(case),
        housing(case, bed),
        arrival_details(case),
        _placed(case, searches),
    )


async def _placed(case: Case, searches: Sequence["PlaceSearch"]) -> None:
    """Every block has its unit; until then no change of the plan moves a place."""
    await together(*(search.accepted() for search in searches))
    places_on_record(case)
    case.amendments.placed.set()


async def visa(case: Case) -> None:
    """The host issues its papers, the student obtains the visa; who is refused may apply again (D2, D3)."""
    if case.plan.visa_form == "decide":
        form = await case.ask(StepKind.DECIDE_FORM)
        case.plan = case.plan.model_copy(update={"visa_form": form.outcome})
    await collect(case, StepKind.ISSUE_INVITATION)
    while (await collect(case, StepKind.OBTAIN_VISA)).outcome == "apply_again":
        continue


async def insurance(case: Case) -> None:
    """The student is insured for every day of the stay (D25)."""
    await collect(case, StepKind.SUBMIT_INSURANCE)


async def arrival_details(case: Case) -> None:
    """The student confirms when they arrive, four weeks before (D12)."""
    await case.ask(StepKind.CONFIRM_ARRIVAL)


async def housing(case: Case, bed: str | None) -> None:
    """A bed for every night, confirmed by the housing officer; what cannot be housed is a person's step (D34)."""
    while True:
        if bed is None:
            found = await case.ask(StepKind.FIND_BED)
            if found.outcome == "none":
                await case.ask(StepKind.SETTLE_BED)  # somebody looks again, or the exchange ends
                continue
            if found.bed_id is None:
                return  # housed outside the host's own beds (seed E: support for affordable housing)
            async with case.amendments.taking:
                bed = await _bed(case, found.bed_id)
            continue
        confirmed = await case.ask(StepKind.CONFIRM_BED, subject=bed)
        if confirmed.outcome == "confirmed":
            return
        async with case.amendments.taking:
            bed = await _bed(case, confirmed.bed_id) or bed  # a bed that is taken leaves the one held as it is


async def _bed(case: Case, bed_id: str | None) -> str | None:
    """The bed that was taken then, as what was asked after it says; else one that is taken now."""
    then = case.engine.memory.next_of(StepKind.FIND_BED, StepKind.CONFIRM_BED)
    if then is not None:
        return then.opened.subject if then.opened.step is StepKind.CONFIRM_BED else None
    return await case.answered(_take_bed(case, bed_id))


async def _take_bed(case: Case, bed_id: str | None) -> str | None:
    request = AssignBed(
        key=case.engine.recorder.next_key(),
        exchange_id=case.id,
        host=case.plan.host,
        first_night=case.plan.start,
        last_night=case.plan.end - timedelta(days=1),
        bed_id=bed_id,
        at=workflow.now(),
    )
    answer = await workflow.execute_local_activity_method(Housing.assign_bed, request, **RECORD)
    return answer.bed_id


class PlaceSearch:
    """A place in a unit for one block, accepted by its supervisor; a unit that declines is not asked again (D38)."""

    def __init__(self, case: Case, block: PlannedContent, number: int) -> None:
        self._case = case
        self._block = block
        self._number = number
        self._refused: list[str] = []
        self._unit: str | None = None

    @property
    def _placement(self) -> str:
        earlier = self._case.reopening.numbers.get("places", 0) if self._case.reopening else 0
        if self._block.number:
            number = placement_number(self._block.number, 1 + earlier + len(self._refused))
        else:
            number = earlier + self._number + 2 * len(self._refused)
        return placement_id(self._case.id, self._block.content, number)

    async def take(self, only: str | None = None) -> None:
        """Take a place by preference, or in the one unit that a person chose; what was taken then is found taken."""
        memory = self._case.engine.memory
        if (then := memory.next_of(StepKind.ACCEPT_STUDENT, subject=self._placement)) is not None:
            self._unit = then.opened.owner.unit
        elif memory.next_of(StepKind.FIND_PLACE, subject=self._block.key) is not None:
            self._unit = None
        else:
            await self._case.answered(self._take(only))

    async def _take(self, only: str | None) -> None:
        plan = self._case.plan
        request = AssignPlace(
            key=self._case.engine.recorder.next_key(),
            exchange_id=self._case.id,
            placement_id=self._placement,
            host=plan.host,
            content=self._block.content,
            preferences=plan.wishes(self._block),
            start=self._block.start,
            end=self._block.end,
            refused_by=tuple(self._refused),
            only=only,
            at=workflow.now(),
        )
        answer = await workflow.execute_local_activity_method(Placement.assign_place, request, **RECORD)
        self._unit = answer.unit_id

    async def accepted(self) -> None:
        """Ask supervisor after supervisor until one accepts; what cannot be placed is a person's step."""
        case = self._case
        while True:
            if self._unit is None:
                found = await case.ask(StepKind.FIND_PLACE, subject=self._block.key)
                if found.outcome == "none":
                    await case.ask(StepKind.SETTLE_PLACE, subject=self._block.key)
                    continue
                await self.take(found.unit_id)
                continue
            answer = await case.ask(StepKind.ACCEPT_STUDENT, subject=self._placement, unit=self._unit)
            if answer.outcome == "accept":
                case.places.append(Place(self._placement, self._unit, self._block))
                return
            case.note(PlaceReleased(at=workflow.now(), actor=answer.actor, placement_id=self._placement))
            self._refused.append(self._unit)
            await case.engine.recorder.settled()
            await self.take()
