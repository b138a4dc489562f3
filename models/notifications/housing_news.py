"""Who is told of a student's bed, and of what was handed over and came back (D34)."""

from collections.abc import Iterable

from models.events import BedAssigned, Departed, ParticularsKept
from models.notifications.addressing import Setting, inform, office, student_of
from models.notifications.notices import Notice, NoticeKind
from models.notifications.stay_facts import BedFacts, SettlementFacts
from models.people.particulars import SETTLING
from models.vocabulary import Role


def news_of_bed(event: BedAssigned, setting: Setting) -> Iterable[Notice]:
    """Of a move: the student, both coordinators and the housing officer, but whoever had it done."""
    if event.decision_id is None or event.moved_from == event.bed_id:
        return ()  # of a longer stay in the same bed whoever changed it is told
    facts = BedFacts(bed_id=event.bed_id, moved_from=event.moved_from, first_night=event.first_night)
    offices = office(setting.sending), office(setting.host), office(setting.host, Role.HOUSING_OFFICER)
    told = inform(NoticeKind.BED_MOVED, facts, student_of(setting), *offices)
    return tuple(notice.model_copy(update={"except_for": event.actor.id}) for notice in told)


def news_of_settlement(event: ParticularsKept | Departed, setting: Setting) -> Iterable[Notice]:
    """The student, of every hand-over and inspection, and of what is open at the check-out; the office has a step."""
    if isinstance(event, ParticularsKept):
        if event.what not in SETTLING:
            return ()
        facts = SettlementFacts(what=event.what, unsettled=event.unsettled)
    elif event.unsettled:
        facts = SettlementFacts(unsettled=event.unsettled)
    else:
        return ()
    return inform(NoticeKind.SETTLEMENT, facts, student_of(setting))
