"""Names and titles for ids: from the catalogue, and of students in both scripts."""

from datetime import datetime

from models.catalogue.answers import GivenBy
from models.catalogue.earlier import earlier_answer
from models.catalogue.programme import Programme
from models.people.absences import institution_of
from models.people.authorization import Owner
from models.tables import IdentityRow, StepRow
from models.views import Student
from models.vocabulary import StepKind, StepStatus


class Titles:
    """What the catalogue calls things and people."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    def step(self, kind: StepKind) -> tuple[str, str]:
        """Title of a kind of step, in English and Chinese."""
        policy = self.programme.policy.steps.get(kind)
        return (policy.title, policy.title_zh) if policy else (_words(kind), "")

    def document(self, kind: str) -> tuple[str, str]:
        """Title of a kind of document, in English and Chinese."""
        policy = self.programme.policy.document(kind)
        return (policy.title, policy.title_zh) if policy else (_words(kind), "")

    def unit(self, institution_id: str, unit_id: str) -> tuple[str, str]:
        """Name of a unit, in English and Chinese."""
        institution = self.programme.institution(institution_id)
        unit = institution.unit(unit_id) if institution else None
        return (unit.name, unit.name_zh) if unit else (unit_id, "")

    def who(self, actor_id: str, student: Student) -> str:
        """The name of whoever acted; the id where nobody of the catalogue has it."""
        if actor_id == student.id:
            return student.name
        found = institution_of(self.programme, actor_id)
        return found[1].name if found else actor_id

    def answers(self, row: StepRow) -> tuple[str, ...]:
        """The answers a person may choose from."""
        step = self.programme.policy.steps.get(row.kind)
        known = step.answers if step else {}
        answers = ((name, known.get(name) or earlier_answer(row.kind, name)) for name in row.outcomes)
        return tuple(name for name, answer in answers if answer.given_by is GivenBy.DECISION)


def student_of(person: IdentityRow) -> Student:
    """A student as people speak of them."""
    name = " ".join(part for part in (person.family_name.upper(), person.given_name) if part and part != "-")
    return Student(id=person.person_id, name=name, native_name=person.native_name)


def owner_of(row: StepRow) -> Owner:
    """Who owes a step."""
    return Owner(side=row.side, role=row.role, institution=row.institution_id, person=row.person_id, unit=row.unit_id)


def is_overdue(row: StepRow, now: datetime | None) -> bool:
    """Whether a step is open and was due before `now`; while it is paused, none is."""
    return now is not None and row.status is StepStatus.OPEN and row.held_since is None and row.due_at < now


def is_escalated(row: StepRow) -> bool:
    """Whether a rung at or after the due time has fired."""
    moments = {rung["index"]: datetime.fromisoformat(rung["at"]) for rung in row.rungs}
    return any(index in moments and moments[index] >= row.due_at for index in row.rungs_fired)


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()
