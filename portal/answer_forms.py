"""Answers to steps: which are one click, which ask for something more, and how a refusal is told."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.catalogue.answers import ANSWERED_OTHERWISE, TERMS_OF_OFFER
from models.catalogue.policy import DocumentPolicy, Policy
from models.catalogue.programme import Programme
from models.errors import BadInput, Closed, Conflict, NotAuthorised, NotOpen, SojournError, Unavailable, Unknown
from models.messages.exchange import Decide, Plan
from models.people.authorization import Actor, Owner, Parties, may_hand_in
from models.rules.stay import required_documents
from models.views import ExchangeView, StepLine, WorklistRow
from models.vocabulary import Content, StepKind, StepStatus, VisaForm
from portal.forms import Sent, made
from portal.visitor import Visitor
from texts.words import CONSEQUENCES

K = StepKind
NEEDS: dict[tuple[StepKind, str], tuple[str, ...]] = {
    (K.SENDING_APPROVAL, "return"): ("documents", "note*"),
    (K.VERIFY_NOMINATION, "returned"): ("note*",),
    (K.ACCEPT_OFFER, "accept"): ("terms",),
    (K.CONFIRM_BED, "other_bed"): ("bed*",),
    (K.FIND_BED, "found"): ("bed",),
    (K.FIND_PLACE, "found"): ("unit*",),
    (K.CLEAR_FOR_CLINIC, "cleared"): ("day*",),
    (K.AWAIT_EXTENSION, "granted"): ("day*",),
    (K.RECORD_STAY, "recorded"): ("day*",),
}
"""What an answer asks for besides a comment; `*` marks what must be there."""
SENT_BACK = ("return", "returned")
"""Answers after which things go on as soon as they are mended."""
ACTS: dict[StepKind, str] = {
    K.CHECK_IN: "arrival",
    K.DEPART: "departure",
    K.RECORD_ATTENDANCE: "attendance",
}
"""Steps that are answered by a report, and its form."""
FIELDS = ("note", "documents", "terms", "bed", "unit", "day")


@dataclass(frozen=True)
class AnswerChoice:
    """One answer that a person may give to a step."""

    outcome: str
    at_once: bool
    """One click; nothing else is asked and nothing is lost by it."""
    grave: bool
    """What follows cannot be taken back."""
    path: str
    """Where its form is, or where the click goes."""


def answers_of(step: StepLine | WorklistRow) -> tuple[AnswerChoice, ...]:
    """The answers to choose from, the expected one first."""
    found = [
        AnswerChoice(
            outcome=outcome,
            at_once=not needs(step.kind, outcome) and outcome not in CONSEQUENCES,
            grave=outcome in CONSEQUENCES and outcome not in SENT_BACK,
            path=f"/steps/{step.step_id}/{outcome}",
        )
        for outcome in step.outcomes
    ]
    if step.kind in (K.EVALUATE_STUDENT, K.EVALUATE_PROGRAMME):
        path = f"/steps/{step.step_id}/evaluated"
        found.insert(0, AnswerChoice(outcome="evaluated", at_once=False, grave=False, path=path))
    if step.kind is K.CORRECT_NOMINATION:
        path = f"/exchanges/{_exchange(step)}/nomination"
        found.insert(0, AnswerChoice(outcome="corrected", at_once=False, grave=False, path=path))
    if step.kind in ACTS:
        path = f"/exchanges/{_exchange(step)}/report/{ACTS[step.kind]}"
        outcome = next(iter(ANSWERED_OTHERWISE[step.kind]))
        found.insert(0, AnswerChoice(outcome=outcome, at_once=False, grave=False, path=path))
    return tuple(found)


def _exchange(step: StepLine | WorklistRow) -> str:
    return step.step_id.partition(".")[0]


def needs(kind: StepKind, outcome: str) -> tuple[str, ...]:
    """What an answer asks for."""
    return NEEDS.get((kind, outcome), ())


def decision_of(form: Sent, step: StepLine | WorklistRow, outcome: str, actor: Actor) -> Decide:
    """The decision that a form makes.

    Raises:
        BadInput: something is missing; the text names the field.
    """
    form.only(FIELDS)
    asked = needs(step.kind, outcome)
    values: dict[str, Any] = {}
    for need in asked:
        name, must = need.rstrip("*"), need.endswith("*")
        value = form.text(name, longest=10_000)
        if must and not value:
            raise BadInput("field.missing", name)
        match name:
            case "documents":
                values["documents"] = tuple(form.all("documents"))
                if not values["documents"]:
                    raise BadInput("documents.choose", "documents")
            case "terms":
                values["acknowledged"] = tuple(t for t in form.all("terms") if t in TERMS_OF_OFFER)
            case "bed" if value:
                values["bed_id"] = value
            case "unit" if value:
                values["unit_id"] = value
            case "day" if value:
                values["valid_through"] = day_of(value, "day")
    if outcome in set(VisaForm):
        values["visa_form"] = outcome
    return made(
        Decide, {"decision_id": form.key, "step_id": step.step_id, "outcome": outcome, "actor": actor, **values}
    )


def day_of(text: str, field: str) -> date:
    """A day as browsers send it.

    Raises:
        BadInput: it is none.
    """
    try:
        return date.fromisoformat(text)
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
    """A refusal as its page tells it."""
    match error:
        case Unavailable():
            return Refusal(503, error, again=True)
        case BadInput():
            return Refusal(422, error)
        case Closed() | NotOpen() | Conflict():
            return Refusal(409, error)
        case NotAuthorised() | Unknown():
            return Refusal(404, error)
        case _:
            raise error


def awaited_documents(view: ExchangeView, policy: Policy, visitor: Visitor) -> list[tuple[StepLine, DocumentPolicy]]:
    """The documents that the reader may hand in now, with the step that waits for each."""
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    found = []
    accepted = {d.kind for d in view.documents if d.status == "accepted"}
    for step in view.steps:
        if step.status is not StepStatus.OPEN:
            continue
        if not any(may_hand_in(actor, step.owner, parties) for actor in visitor.capacities):
            continue
        wanted = required_documents(policy, view.plan, step.kind)
        found += [(step, document) for document in wanted if document.kind not in accepted]
    return found


def beds_of(programme: Programme, host: str) -> list[tuple[str, str]]:
    """The beds of a host to choose from."""
    institution = programme.institution(host)
    return [(bed.id, f"{bed.building}, {bed.room}, {bed.id}") for bed in (institution.beds if institution else ())]


def units_of(programme: Programme, host: str, subject: str, plan: Plan, *, zh: bool) -> list[tuple[str, str]]:
    """The units of a host to choose from, for the content that a place is looked for."""
    institution = programme.institution(host)
    content = next((c for c in Content if c in subject), None)
    return [
        (unit.id, unit.name_zh if zh and unit.name_zh else unit.name)
        for unit in (institution.units if institution else ())
        if content is None or unit.content is content
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
