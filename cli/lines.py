"""How owners, due times, stages and students are put into words."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from cli.output import clean, when
from models.catalogue.answers import GivenBy
from models.catalogue.policy import StepPolicy
from models.catalogue.programme import Programme
from models.errors import Message
from models.people.authorization import Owner
from models.views import ComingMove, Finding, NextMove, RotationNow, StepLine, Student, WorklistRow
from models.vocabulary import HoldCause, Role, Stage
from texts.answers import INSTEAD
from texts.i18n import _
from texts.labels import OUTCOMES, ROLES, STAGES, label
from texts.names import Names
from texts.refusals import refusal
from texts.terminal import language, phrase


def said(table: Mapping[str, str], value: object) -> str:
    """What one of a closed set is called: a stage, an outcome, a content."""
    return label(table, value, language())


def owner_line(owner: Owner, programme: Programme, student: Student | None = None) -> str:
    """Who owes a step: the office or person by name where the catalogue has one."""
    if owner.role is Role.STUDENT:
        return student_line(student) if student is not None else owner.person
    place = owner.institution or programme.home
    role = phrase(_("{role} at {place}"), role=said(ROLES, owner.role), place=place)
    if owner.unit:
        institution = programme.institution(place)
        unit = institution.unit(owner.unit) if institution else None
        role += f", {unit.name if unit else owner.unit}"
    contacts = programme.contacts(place, owner.role, owner.unit)
    return f"{contacts[0].name} ({role})" if contacts else role


def person_line(person: str, programme: Programme, student: Student) -> str:
    """Who acted, by name where the id is the student's or a contact's."""
    if person == student.id:
        return student_line(student)
    people = (contact for institution in programme.institutions.values() for contact in institution.contacts)
    return next((contact.name for contact in people if contact.id == person), person)


def student_line(student: Student) -> str:
    """A student's name in both scripts where there are two."""
    return f"{student.name} {student.native_name}".strip()


def due_line(due_at: object, overdue: bool, escalated: bool = False) -> Text:
    """A due time as `when` tells it, marked where it is over."""
    line = Text(str(due_at))
    if overdue:
        line.append("  " + phrase(_("overdue")), style="bold red")
    if escalated:
        line.append("  " + phrase(_("escalated")), style="bold magenta")
    return line


def clock_line(step: StepLine | WorklistRow | NextMove, names: Names) -> str | Text:
    """When a step is due, and why it is paused where it is."""
    due = when(step.due_at, step.zone)
    if step.held_because is HoldCause.SUSPENSION:
        return names.aside(due, phrase(_("suspended")))
    if step.held_because is HoldCause.OTHER_SIDE:
        return names.aside(due, phrase(_("waits for {steps}"), steps=names.steps_of(step.waits_for)))
    return due_line(due, step.overdue, not isinstance(step, NextMove) and step.escalated)


def rotation_line(one: RotationNow, names: Names) -> str:
    """Which week of which rotation it is, under whom."""
    week = phrase(_("week {week} of {weeks}"), week=one.week, weeks=one.weeks)
    line = names.listed([week, names.unit(one.unit_id), *one.supervisors])
    return line if one.cleared else names.aside(line, phrase(_("not cleared")))


def coming_line(move: ComingMove, programme: Programme, student: Student, names: Names) -> str:
    """What the calendar asks next."""
    who = owner_line(move.owner, programme, student)
    return phrase(_("From {day}, {who}: {title}"), day=move.opens_on, who=who, title=names.title(move))


def answers_line(step: StepPolicy | None, outcomes: Sequence[str]) -> str:
    """What may be answered to a step, and what to do instead where another act answers it."""
    if step is None:
        return " | ".join(outcomes)
    answers = {name: answer for name in step.outcomes if (answer := step.answer(name)) is not None}
    decided = [name for name in outcomes if name not in answers or answers[name].given_by is GivenBy.DECISION]
    acts = dict.fromkeys(a.given_by for a in answers.values() if a.by_person and a.given_by is not GivenBy.DECISION)
    return "\n".join(part for part in (" | ".join(decided), *(phrase(INSTEAD[act]) for act in acts)) if part)


def sentence(message: Message, programme: Programme | None) -> str:
    """What is said of a refusal, a fault or a finding."""
    return refusal(message, language(), programme)


def said_of(finding: Finding, programme: Programme) -> str:
    """What a check said; of before there were message ids as it was written."""
    return sentence(finding, programme) if finding.message else finding.reason


def stage_line(stage: Stage, ended: str | None) -> Text:
    """The programme's stages in order, with the one an exchange is at."""
    line = Text()
    reached = list(Stage).index(stage)
    for number, name in enumerate(list(Stage)[:-1]):
        if number:
            line.append(" › ", style="dim")
        if stage is not Stage.CLOSED and number == reached:
            line.append(said(STAGES, name).upper(), style="bold reverse")
        else:
            line.append(said(STAGES, name), style="green" if number < reached and stage is not Stage.CLOSED else "dim")
    if stage is Stage.CLOSED:
        line.append(" › ", style="dim")
        line.append(
            clean(phrase(_("CLOSED: {outcome}"), outcome=said(OUTCOMES, ended or "unknown"))), style="bold reverse"
        )
    return line
