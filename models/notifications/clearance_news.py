"""Who is told that a clearance ends, is over, is given anew, or need not be renewed (D18, D25, D36, D46)."""

from collections.abc import Iterable

from models.clearances import ClearanceKind
from models.events import ClearanceEnded, ClearanceEnding, Cleared, RenewalNotNeeded
from models.notifications.addressing import Setting, inform, office, owner_of, student_of
from models.notifications.notices import Notice, NoticeKind
from models.notifications.stay_facts import ClearanceFacts, EndingFacts, RenewalFacts
from models.people.authorization import CLOCK
from models.vocabulary import Role


def news_of_clearance(event: ClearanceEnded | Cleared, setting: Setting) -> Iterable[Notice]:
    """That the clinic stops, or goes on: the student, both coordinators, the supervisors of clinical blocks (D36)."""
    if isinstance(event, ClearanceEnded):
        facts = ClearanceFacts(through=event.last_day, ended=event.reason)
    elif event.number > 1:
        facts = ClearanceFacts(through=event.valid_through, renewed=event.actor == CLOCK)
    else:
        return ()  # the first one gates what has not begun
    people = student_of(setting), office(setting.sending), office(setting.host), *map(owner_of, setting.clinics)
    return inform(NoticeKind.CLEARANCE_CHANGED, facts, *people)


def news_of_ending(event: ClearanceEnding, setting: Setting) -> Iterable[Notice]:
    """The student and the host's coordinator; of its own decision occupational health, too (D46)."""
    facts = EndingFacts.model_validate(event.model_dump(include=set(EndingFacts.model_fields)))
    people = [student_of(setting), office(setting.host)]
    if event.clearance is ClearanceKind.OCCUPATIONAL:
        people.append(office(setting.host, Role.OCCUPATIONAL_HEALTH))
    return inform(NoticeKind.CLEARANCE_ENDING, facts, *people)


def news_of_needless_renewal(event: RenewalNotNeeded, setting: Setting) -> Iterable[Notice]:
    """The student, who was asked for it."""
    facts = RenewalFacts(documents=event.documents, needed_through=event.needed_through)
    return inform(NoticeKind.RENEWAL_NOT_NEEDED, facts, student_of(setting))
