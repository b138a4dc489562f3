"""Between acceptance and arrival: visa, insurance, health, housing and places, side by side."""

from datetime import timedelta

from temporalio import workflow

from activities.housing import Housing
from activities.placement import Placement
from models.contracts import AssignBed, AssignPlace
from models.events import Cleared, PlaceReleased
from models.exchange import PlannedContent
from models.identifiers import placement_id
from models.vocabulary import ROTATION_CONTENTS, Content, Outcome, Stage, StepKind
from workflows.case import Case, Ended, Ending, Place, together
from workflows.options import RECORD
from workflows.stages.application import collect


async def pre_arrival(case: Case) -> None:
    """Everything that must be true before the student travels.

    Health clearance is begun here and not waited for: it gates the clinic only, laboratory work may start (D36).
    """
    case.enter(Stage.PRE_ARRIVAL)
    case.begin_health(health(case))
    blocks = [b for b in case.plan.contents if b.content in ROTATION_CONTENTS]
    await together(
        visa(case),
        insurance(case),
        housing(case),
        arrival_details(case),
        *(place(case, block, number) for number, block in enumerate(blocks, start=1)),
    )


async def visa(case: Case) -> None:
    """The host issues its papers, the student obtains the visa (D2, D3)."""
    if case.plan.visa_form == "decide":
        form = await case.ask(StepKind.DECIDE_FORM)
        case.plan = case.plan.model_copy(update={"visa_form": form.outcome})
    await collect(case, StepKind.ISSUE_INVITATION)
    answer = await collect(case, StepKind.OBTAIN_VISA)
    if answer.outcome == "refused":
        raise Ended(Ending(outcome=Outcome.REJECTED, reason=StepKind.OBTAIN_VISA, actor=answer.actor))


async def insurance(case: Case) -> None:
    """The student is insured for every day of the stay (D25)."""
    await collect(case, StepKind.SUBMIT_INSURANCE)


async def arrival_details(case: Case) -> None:
    """The student confirms when they arrive, four weeks before (D12)."""
    await case.ask(StepKind.CONFIRM_ARRIVAL)


async def health(case: Case) -> None:
    """Health records, and for the clinic a clearance through its last day (D21, D27, D36)."""
    await collect(case, StepKind.SUBMIT_HEALTH_RECORDS)
    clinic = case.plan.block(Content.CLINICAL)
    if clinic is None:
        return
    answer = await case.ask(StepKind.CLEAR_FOR_CLINIC)
    if answer.outcome == "cleared":
        case.cleared_through = answer.valid_through or clinic.end
        case.note(Cleared(at=workflow.now(), actor=answer.actor, valid_through=case.cleared_through))
        await case.tell_clinic()


async def housing(case: Case) -> None:
    """A bed for every night, confirmed by the housing officer; what cannot be housed is a person's step (D34)."""
    bed = await _take_bed(case, None)
    while True:
        if bed is None:
            found = await case.ask(StepKind.FIND_BED)
            if found.outcome == "none":
                raise Ended(Ending(outcome=Outcome.REJECTED, reason=StepKind.FIND_BED, actor=found.actor))
            if found.bed_id is None:
                return  # housed outside the host's own beds (seed E: support for affordable housing)
            bed = await _take_bed(case, found.bed_id)
            continue
        confirmed = await case.ask(StepKind.CONFIRM_BED, subject=bed)
        if confirmed.outcome == "confirmed":
            return
        bed = await _take_bed(case, confirmed.bed_id)


async def _take_bed(case: Case, bed_id: str | None) -> str | None:
    request = AssignBed(
        key=case.desk.journal.next_key(),
        exchange_id=case.id,
        host=case.plan.host,
        first_night=case.plan.start,
        last_night=case.plan.end - timedelta(days=1),
        bed_id=bed_id,
        at=workflow.now(),
    )
    answer = await workflow.execute_local_activity_method(Housing.assign_bed, request, **RECORD)
    return answer.bed_id


async def place(case: Case, block: PlannedContent, number: int) -> None:
    """A place in a unit for a block, accepted by its supervisor; a unit that declines is not asked again (D38)."""
    wishes = case.plan.laboratories if block.content is Content.LABORATORY else case.plan.specialties
    refused: list[str] = []
    chosen: str | None = None
    while True:
        request = AssignPlace(
            key=case.desk.journal.next_key(),
            exchange_id=case.id,
            placement_id=placement_id(case.id, block.content, number + 2 * len(refused)),
            host=case.plan.host,
            content=block.content,
            preferences=wishes,
            start=block.start,
            end=block.end,
            refused_by=tuple(refused),
            only=chosen,
            at=workflow.now(),
        )
        answer = await workflow.execute_local_activity_method(Placement.assign_place, request, **RECORD)
        chosen = None
        if answer.unit_id is None:
            found = await case.ask(StepKind.FIND_PLACE, subject=block.content)
            if found.outcome == "none":
                raise Ended(Ending(outcome=Outcome.REJECTED, reason=StepKind.FIND_PLACE, actor=found.actor))
            chosen = found.unit_id
            continue
        accepted = await case.ask(StepKind.ACCEPT_STUDENT, subject=request.placement_id, unit=answer.unit_id)
        if accepted.outcome == "accept":
            case.places.append(Place(request.placement_id, answer.unit_id, block))
            return
        refused.append(answer.unit_id)
        case.note(PlaceReleased(at=workflow.now(), actor=accepted.actor, placement_id=request.placement_id))
        await case.desk.journal.settled()
