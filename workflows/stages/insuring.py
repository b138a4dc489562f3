"""The insurance of a student who is in the clinic: asked for anew before it ends (D25, D28, D36)."""

from datetime import date, time, timedelta

from temporalio import workflow

from models.rules.stay import limit, required_documents
from models.vocabulary import Content, StepKind
from workflows.case import Case
from workflows.stages.application import ask_for_documents

MIDNIGHT = time(0, 0)


async def renew(case: Case) -> None:
    """Ask for another insurance before the one that counts ends in the clinic, as long as this goes on."""
    while True:
        if case.engine.memory.next_of(StepKind.RENEW_INSURANCE) is None:
            await workflow.wait_condition(lambda: bool(_ending(case)))
            asked_on = min(_ending(case).values()) - timedelta(days=limit(case.policy, "D36", "renewal_days"))
            await case.engine.until("insurance ends", case.plan.host, asked_on, MIDNIGHT)
        ending = _ending(case)
        if ending or case.engine.memory.next_of(StepKind.RENEW_INSURANCE) is not None:
            last = min(ending.values(), default=case.plan.end)
            await ask_for_documents(case, StepKind.RENEW_INSURANCE, set(ending), set(ending), anchor_on=last)


def insured_until(case: Case) -> dict[str, date]:
    """The last days of the insurances that count, as who handed them in stated, by their kind."""
    if not case.watches_insurance:
        return {}
    days = {kind: case.expiring.get(case.accepted.get(kind, "")) for kind in _asked(case)}
    return {kind: day for kind, day in days.items() if day is not None}


def is_insured(case: Case, day: date) -> bool:
    """Whether everything that the clinic asks for covers a day."""
    until = insured_until(case)
    return all(kind in until and until[kind] >= day for kind in _asked(case))


def _asked(case: Case) -> list[str]:
    asked = required_documents(case.policy, case.plan, StepKind.SUBMIT_INSURANCE)
    return [document.kind for document in asked if document.expires]


def _ending(case: Case) -> dict[str, date]:
    """The insurances that count and end before the last clinical day, with their last days."""
    clinic = case.plan.last_day(Content.CLINICAL)
    if clinic is None:
        return {}
    return {kind: day for kind, day in insured_until(case).items() if day < clinic}
