"""Between whom an event plays, and how those are addressed whom it tells."""

from models.notifications.notices import Addressee, Facts, Notice, NoticeKind, Reader
from models.people.authorization import Owner
from models.vocabulary import Role
from models.wire import Wire


class Setting(Wire):
    """Between whom the stream of an event plays. `student` is empty for a cohort."""

    sending: str
    host: str
    home: str
    """The institution of the programme office."""
    student: str = ""
    year: int = 0
    """Intake year."""
    expecting: tuple[Owner, ...] = ()
    """Who else of the host prepared for the student: the housing officer, supervisors who did not decline."""
    signing: tuple[Owner, ...] = ()
    """The supervisors who were asked to agree to the change that the event is about."""
    clinics: tuple[Owner, ...] = ()
    """The supervisors of clinical blocks who did not decline."""


def owner_of(owner: Owner) -> Addressee:
    """The owner of a step as an addressee; a student's step is told to the student alone."""
    return Addressee(role=owner.role, institution=owner.institution, unit=owner.unit, person=owner.person)


def inform(kind: NoticeKind, facts: Facts, *to: Addressee) -> tuple[Notice, ...]:
    """A notice for each of these, who take part in the exchange."""
    return tuple(Notice(kind=kind, to=addressee, reader=Reader.INFORMED, facts=facts) for addressee in to)


def student_of(setting: Setting) -> Addressee:
    """The student of the exchange."""
    return Addressee(role=Role.STUDENT, institution=setting.sending, person=setting.student)


def office(institution: str, role: Role = Role.COORDINATOR) -> Addressee:
    """Everybody of a role at an institution."""
    return Addressee(role=role, institution=institution)
