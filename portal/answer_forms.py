"""Answers to steps: which are one click, which ask for something more, and how a refusal is told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.catalogue.answers import DAYS, AnswerPolicy, GivenBy, Need
from models.catalogue.earlier import is_earlier
from models.catalogue.policy import RENEWALS, DocumentPolicy, Policy, StepPolicy
from models.errors import (
    BadInput,
    Closed,
    Conflict,
    Kept,
    NotAuthorised,
    NotOpen,
    SojournError,
    TooMany,
    Unavailable,
    Unknown,
)
from models.messages.contracts import LookForPlaces
from models.messages.exchange import Decide
from models.people.authorization import Actor, Owner, Parties, may_hand_in
from models.rules.local import day_at
from models.rules.stay import required_documents
from models.typed import day_typed
from models.views import DocumentView, ExchangeView, StepLine, WorklistRow
from models.vocabulary import DocumentStatus, StepStatus
from portal.context import RequestContext
from portal.forms import Sent, made
from portal.visitor import Visitor
from texts.names import Names
from texts.units import why_words

REPORTS: dict[GivenBy, str] = {
    GivenBy.ARRIVAL: "arrival",
    GivenBy.DEPARTURE: "departure",
    GivenBy.ATTENDANCE: "attendance",
}
"""Acts that are reports, and the form of each."""
FIELDS = ("note", "documents", "terms", "bed", "unit", "day", "justified")


@dataclass(frozen=True)
class AnswerChoice:
    """One answer that a person may give to a step."""

    outcome: str
    policy: AnswerPolicy
    path: str
    """Where its form is, or where the click goes."""

    @property
    def at_once(self) -> bool:
        """One click; nothing else is asked and nothing is lost by it."""
        return self.policy.at_once

    @property
    def grave(self) -> bool:
        """What follows cannot be taken back."""
        return self.policy.grave


def answers_of(step: StepLine | WorklistRow, policy: Policy, now: datetime) -> tuple[AnswerChoice, ...]:
    """The answers to choose from, the expected one first, without those that are refused on this day of the owner's.

    A step that waits for others offers nothing that would be given blindly, by one click.
    """
    found = policy_of(step, policy)
    begun = step.start is not None and day_at(step.zone, now) > step.start
    named = ((name, found.answer(name)) for name in found.outcomes)
    return tuple(
        AnswerChoice(name, answer, _path(step, name, answer))
        for name, answer in named
        if answer is not None and _has_form(answer) and (begun or not answer.after_start)
        if not (answer.at_once and step.waits_for)
    )


def policy_of(step: StepLine | WorklistRow, policy: Policy) -> StepPolicy:
    """The policy of a step as its exchange reads it: without later answers; before answers were data, as then.

    The answers are in the order of the catalogue.
    """
    found = policy.step(step.kind)
    known = tuple(name for name in found.outcomes if name in step.outcomes) or step.outcomes
    if is_earlier(step.policy_version):
        return found.model_copy(update={"answers": {}, "outcomes": known})
    answers = {name: found.answers[name] for name in known if name in found.answers}
    return found.model_copy(update={"answers": answers, "outcomes": known})


def _has_form(answer: AnswerPolicy) -> bool:
    return answer.by_person and answer.given_by is not GivenBy.DOCUMENTS


def _path(step: StepLine | WorklistRow, outcome: str, answer: AnswerPolicy) -> str:
    exchange = step.step_id.partition(".")[0]
    if answer.given_by is GivenBy.CORRECTION:
        return f"/exchanges/{exchange}/nomination"
    if answer.given_by in REPORTS:
        return f"/exchanges/{exchange}/report/{REPORTS[answer.given_by]}"
    return f"/steps/{step.step_id}/{outcome}"


def decision_of(form: Sent, step: StepLine | WorklistRow, outcome: str, answer: AnswerPolicy, actor: Actor) -> Decide:
    """The decision that a form makes.

    Raises:
        BadInput: something is missing; the field is named.
    """
    form.only(FIELDS)
    values: dict[str, Any] = {}
    for need in answer.asks:
        values |= _given(form, need, must=need in answer.needs)
    return made(
        Decide, {"decision_id": form.key, "step_id": step.step_id, "outcome": outcome, "actor": actor, **values}
    )


def _given(form: Sent, need: Need, *, must: bool) -> dict[str, Any]:
    """What a form says for one need, as fields of a decision."""
    name = "day" if need in DAYS else str(need)
    if need in (Need.DOCUMENTS, Need.TERMS):
        many = tuple(form.all(name))
        if must and need is Need.DOCUMENTS and not many:
            raise BadInput("field.missing", name)
        return {"documents" if need is Need.DOCUMENTS else "acknowledged": many}
    value = form.text(name, longest=10_000)
    if not value:
        if must:
            raise BadInput("field.missing", name)
        return {}
    match need:
        case Need.BED:
            return {"bed_id": value}
        case Need.UNIT:
            return {"unit_id": value}
        case Need.JUSTIFIED:
            return {"justified": {"yes": True, "no": False}.get(value)}
        case Need.NOTE:
            return {}  # kept in the records; the decision names it
        case _:
            return {"valid_through": day_of(value, "day")}


def day_of(text: str, field: str) -> date:
    """A day as browsers send it.

    Raises:
        BadInput: it is none.
    """
    try:
        return day_typed(text)
    except ValueError:
        raise BadInput("day.not_a_day", field) from None


@dataclass(frozen=True)
class Refusal:
    """Why an act was refused, for the page that asked for it."""

    status: int
    error: SojournError
    again: bool = False
    """Whether sending the same form again is the thing to do."""

    @property
    def field(self) -> str:
        """The field that it is about, if any."""
        return self.error.field


def refusal_of(error: SojournError) -> Refusal:
    """A refusal as its page tells it; what is kept is none, and has a page of its own."""
    match error:
        case Kept():
            raise error
        case Unavailable():
            return Refusal(503, error, again=True)
        case BadInput():
            return Refusal(422, error)
        case TooMany():
            return Refusal(429, error)
        case Closed() | NotOpen() | Conflict():
            return Refusal(409, error)
        case NotAuthorised() | Unknown():
            return Refusal(404, error)
        case _:
            raise error


def awaited_documents(view: ExchangeView, policy: Policy, visitor: Visitor) -> list[tuple[StepLine, DocumentPolicy]]:
    """The documents that the reader owes now, with the step that waits for each; not those somebody looks at."""
    return [
        (step, document)
        for step, document in taken_documents(view, policy, visitor)
        if not any(_settles(step, one) for one in view.documents if one.kind == document.kind)
    ]


def _settles(step: StepLine, document: DocumentView) -> bool:
    """Whether a step need not wait for a document of this kind any more; one that renews wants a newer one."""
    if document.status is DocumentStatus.REVIEW:
        return True
    renews = step.kind in RENEWALS
    return document.status is DocumentStatus.ACCEPTED and not (
        renews and (document.submitted_at or document.filed_at) < step.opened_at
    )


def taken_documents(view: ExchangeView, policy: Policy, visitor: Visitor) -> list[tuple[StepLine, DocumentPolicy]]:
    """The documents that the reader may hand in now: those they owe, and what may be replaced until the step closes."""
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    found: list[tuple[StepLine, DocumentPolicy]] = []
    for step in view.steps:
        if step.status is not StepStatus.OPEN:
            continue
        if not any(may_hand_in(actor, step.owner, parties) for actor in visitor.capacities):
            continue
        if step.kind in RENEWALS:
            asked = [policy.document(kind) for kind in step.subject.split(",")]
            found += [(step, document) for document in asked if document is not None]
        found += [(step, document) for document in required_documents(policy, view.plan, step.kind)]
    return found


def beds_of(names: Names, host: str) -> list[tuple[str, str]]:
    """The beds of a host to choose from."""
    institution = names.programme.institution(host)
    return [(bed.id, names.bed(host, bed.id)) for bed in (institution.beds if institution else ())]


async def units_of(context: RequestContext, names: Names, view: ExchangeView, subject: str) -> list[tuple[str, str]]:
    """The units of the host for a block that a place is looked for, best first, each with what stands against it."""
    plan = view.plan
    named = [one for one in plan.contents if one.key == subject]
    block = next((one for one in (*named, *plan.contents) if one.content in subject), None)
    if block is None:
        return []
    request = LookForPlaces(
        exchange_id=view.exchange_id,
        host=plan.host,
        content=block.content,
        start=block.start,
        end=block.end,
        preferences=plan.wishes(block),
    )
    found = await context.services.reading.place_outlook(request)
    return [
        (unit, names.aside(names.unit(unit), why_words(unmet, names)) if unmet else names.unit(unit))
        for unit, unmet in sorted(found, key=lambda one: one[1] is not None)
    ]


def owner_actor(visitor: Visitor, owner: Owner) -> Actor:
    """The capacity in which a visitor answers a step.

    Raises:
        Unknown: they may not, and whether there is such a step is not for them to know (D44).
    """
    actor = visitor.for_owner(owner)
    if actor is None:
        raise Unknown("step.not_yours")
    return actor
