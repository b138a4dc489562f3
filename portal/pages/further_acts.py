"""Which further acts the page of an exchange offers to a reader."""

from models.people.authority import may_see_papers
from models.people.authorization import (
    Parties,
    may_act_for_host,
    may_nominate,
    may_report_movement,
    may_request_change,
    may_revoke_clearance,
    may_withdraw,
)
from models.people.housing import may_see_housing
from models.people.letters import LetterKind, may_write_letter
from models.people.roles import COORDINATING
from models.views import ExchangeView
from models.vocabulary import NominationStatus, Role, StepKind, StepStatus
from portal.pages.corrections import may_be_corrected, may_be_reopened
from portal.policy import COORDINATION, OWN_DATA
from portal.visitor import Visitor


def further_acts(visitor: Visitor, view: ExchangeView) -> dict[str, bool]:
    """Which further acts are offered; the workflow decides again when they are sent."""
    parties = Parties(sending=view.plan.sending, host=view.plan.host, student=view.student.id)
    living, arrived = view.closed_at is None, view.arrived_at is not None
    host = any(may_act_for_host(actor, parties) for actor in visitor.capacities)
    return {
        "withdraw": living and not arrived and any(may_withdraw(actor, parties) for actor in visitor.capacities),
        "end_early": living and arrived and host,
        "attendance": living and arrived and host,
        "movement": living and arrived and any(may_report_movement(actor, parties) for actor in visitor.capacities),
        "correct_stay": living and arrived and host,
        "correct_movement": living
        and any(one.kind == "movement_reported" for one in view.timeline)
        and view.departed_on is None
        and any(may_report_movement(actor, parties) for actor in visitor.capacities),
        "papers": any(may_see_papers(actor, parties) for actor in visitor.capacities),
        "rules": COORDINATION.lets_in(visitor),
        "data": OWN_DATA.lets_in(visitor),
        "housing": any(may_see_housing(actor, parties) for actor in visitor.capacities),
        "revocation": living
        and view.clearance_through is not None
        and any(may_revoke_clearance(actor, parties) for actor in visitor.capacities),
        "change": living
        and view.nomination is NominationStatus.VERIFIED
        and any(may_request_change(actor, parties) for actor in visitor.capacities),
        "reopen": any(may_be_reopened(actor, view) for actor in visitor.capacities),
        "correct_person": any(may_be_corrected(actor, view) for actor in visitor.capacities),
        "correct": _waits(view) and any(may_nominate(actor, view.plan.sending) for actor in visitor.capacities),
        "letters": any(may_write_letter(actor, k, parties) for actor in visitor.capacities for k in LetterKind),
        "reissue": bool(view.certificates) and any(_reissues(actor.role) for actor in visitor.capacities),
    }


def _waits(view: ExchangeView) -> bool:
    """Whether the nomination is not verified yet, and nobody returned it: then its step says so."""
    return any(s.kind is StepKind.VERIFY_NOMINATION and s.status is StepStatus.OPEN for s in view.steps)


def _reissues(role: Role) -> bool:
    return role in COORDINATING
