"""Who is told of a change of an exchange, and of other days for a whole cohort (D39)."""

from collections.abc import Iterable

from models.events import ChangeApplied, ChangeClosed, CohortReplanned
from models.messages.changes import ChangeStatus, HousingChange
from models.notifications.addressing import Setting, inform, office, owner_of, student_of
from models.notifications.notices import Notice, NoticeKind
from models.notifications.stay_facts import ChangeFacts, ReplanFacts
from models.vocabulary import Role


def news_of_change(event: ChangeApplied | ChangeClosed, setting: Setting) -> Iterable[Notice]:
    """Student, coordinators, the supervisors who were asked; the housing officer where the bed or its nights change.

    Who declined it or took it back knows. Where the whole cohort was re-planned, the offices were told of all at once.
    """
    facts = ChangeFacts(change_id=event.change_id, status=ChangeStatus.APPLIED, replan=event.replan)
    offices = () if event.replan else (office(setting.sending), office(setting.host))
    people = [student_of(setting), *offices, *map(owner_of, setting.signing)]
    if isinstance(event, ChangeClosed):
        facts = facts.model_copy(update={"status": event.status, "reason": event.reason})
        told = inform(NoticeKind.CHANGE_ENDED, facts, *(people[:1] if event.replan else people))
        return tuple(notice.model_copy(update={"except_for": event.actor.id}) for notice in told)
    if event.bed_id is not None or isinstance(event.change, HousingChange):
        people.append(office(setting.host, Role.HOUSING_OFFICER))
        facts = facts.model_copy(update={"bed_id": event.bed_id if event.bed_id != event.bed_before else None})
    return inform(NoticeKind.CHANGE_ENDED, facts, *dict.fromkeys(people))


def news_of_replan(event: CohortReplanned, setting: Setting) -> Iterable[Notice]:
    """The coordinators of both universities and the sending partner office, once for all exchanges of the cohort."""
    facts = ReplanFacts(
        sending=setting.sending,
        host=setting.host,
        year=setting.year,
        shift=event.replanning.shift,
        exchanges=len(event.exchange_ids),
        exempt=len(event.replanning.exempt),
    )
    offices = office(setting.sending), office(setting.host), office(setting.sending, Role.PARTNER_OFFICE)
    return inform(NoticeKind.COHORT_REPLANNED, facts, *offices)
