"""The clearances of a stay, derived from what is on record and never typed (D2, D18, D20-D22, D25, D27, D28, D36).

Pure: accepted papers, entries of the authority's register, decisions of occupational health and what the requirements
say of stated facts go in; each clearance comes out with its last day and with what is to be done.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from models.authority import PERMITTING, PaperKind
from models.catalogue.policy import DocumentPolicy, Policy
from models.clearances import (
    Clearance,
    ClearanceEnds,
    ClearanceKind,
    ClearanceReason,
    ClearanceState,
    Covers,
)
from models.findings import FindingDraft
from models.messages.plan import Plan
from models.rules.clearance import ClearedDays
from models.rules.requirements.identity import months_before
from models.rules.requirements.known import KnownFacts
from models.rules.requirements.saying import it_blocks
from models.rules.stay import required_documents
from models.rules.validity import VISA, AcceptedPaper
from models.vocabulary import Content, Purpose, Severity, StepKind
from models.wire import Wire

COVERED: Mapping[ClearanceKind, Covers] = {
    ClearanceKind.PASSPORT: Covers.STAY,
    ClearanceKind.VISA: Covers.STAY,
    ClearanceKind.INSURANCE: Covers.CLINIC,
    ClearanceKind.OCCUPATIONAL: Covers.CLINIC,
    ClearanceKind.TRAINING: Covers.CLINIC,
}
"""What each lets a student do; what a stay without a clinic needs is needed for the stay."""
PASSPORT = "passport"
STATUS = "ds2019_form"
"""The form by which somebody stays in the United States (D24)."""
NOT_ACCEPTED = "clearance.not_accepted"
"""Says that no document of a kind is accepted: its state, which everybody sees who sees the exchange."""
COURSES = frozenset({"osha_training", "hipaa_training"})
"""Courses, also where a frozen policy does not say what a document is kept for."""
Found = Mapping[str, Sequence[FindingDraft]]
"""What the requirements say, by kind of document."""


class RegisterEntry(Wire):
    """An entry of the authority's register that was not corrected, as far as days follow from it."""

    paper: PaperKind
    valid_from: date | None = None
    valid_until: date | None = None


class ClearanceRecord(Wire):
    """What an exchange has on record that its clearances follow from. Days are those of the host."""

    today: date
    papers: tuple[AcceptedPaper, ...] = ()
    """Accepted documents; several of a kind may count together."""
    entries: tuple[RegisterEntry, ...] = ()
    """Oldest first."""
    cleared: tuple[ClearedDays, ...] = ()
    """What occupational health decided, oldest first."""
    permitted_until: date | None = None
    """The last day of the permitted stay, once it is known (D30)."""


class _Part(NamedTuple):
    """What one paper or decision gives towards a clearance."""

    needed: date
    through: date | None = None
    since: date | None = None
    lacking: bool = False
    why: tuple[ClearanceReason, ...] = ()

    @property
    def short(self) -> bool:
        return self.through is not None and self.through < self.needed


def clearances_of(plan: Plan, policy: Policy, record: ClearanceRecord, found: Found) -> tuple[Clearance, ...]:
    """Every clearance that a plan needs, in the order in which they are shown; `found` is of the same plan."""
    parts = {
        ClearanceKind.PASSPORT: _passport(plan, policy, record, found),
        ClearanceKind.VISA: _visa(plan, policy, record, found),
        ClearanceKind.INSURANCE: _papers(_insurances(policy, plan), plan, record, found),
        ClearanceKind.OCCUPATIONAL: _occupational(plan, policy, record, found),
        ClearanceKind.TRAINING: _papers(_courses(policy, plan), plan, record, found),
    }
    clinic = plan.last_day(Content.CLINICAL) is not None
    return tuple(_joined(kind, one, record.today, clinic=clinic) for kind, one in parts.items() if one)


def as_registered(known: KnownFacts, entries: Iterable[RegisterEntry]) -> KnownFacts:
    """Stated facts with what the register says since: a new passport counts instead of the old one (D18)."""
    until = _new_passport(entries)
    if until is None or known.passport is None:
        return known
    passport = known.passport.model_copy(update={"expires_on": until})
    return KnownFacts(**{**vars(known), "passport": passport})


def _joined(kind: ClearanceKind, parts: Sequence[_Part], today: date, *, clinic: bool) -> Clearance:
    """A clearance holds while all its parts do; how long, the one says that ends too soon."""
    needed = max(part.needed for part in parts)
    short = [part for part in parts if part.short]
    telling = short or [part for part in parts if part.needed == needed]
    through = min((part.through for part in telling if part.through is not None), default=None)
    if any(part.lacking for part in parts):
        state = ClearanceState.LACKING
    elif short and through is not None:
        # A passport that is too short for the stay is a valid passport all the same.
        over = through < today and kind is not ClearanceKind.PASSPORT
        state = ClearanceState.OVER if over else ClearanceState.SHORT
    else:
        state = ClearanceState.HOLDS
    lacking, ended = state is ClearanceState.LACKING, through is not None and through < today
    return Clearance(
        kind=kind,
        covers=COVERED[kind] if clinic else Covers.STAY,
        state=state,
        holds=state is ClearanceState.HOLDS or (state is ClearanceState.SHORT and not ended),
        since=None if lacking else max((part.since for part in parts if part.since), default=None),
        through=None if lacking else through,
        needed_through=needed,
        why=tuple(reason for part in parts for reason in part.why),
    )


def _passport(plan: Plan, policy: Policy, record: ClearanceRecord, found: Found) -> list[_Part]:
    asked = [one for one in required_documents(policy, plan, StepKind.SUBMIT_DOCUMENTS) if one.kind == PASSPORT]
    until = _new_passport(record.entries)
    if until is not None:
        newer = AcceptedPaper(kind=PASSPORT, expires_on=until)
        record = record.model_copy(update={"papers": (newer,)})
    return _papers(asked, plan, record, found)


def _new_passport(entries: Iterable[RegisterEntry]) -> date | None:
    """Until when the newest passport of the register is valid."""
    days = [one.valid_until for one in entries if one.paper is PaperKind.PASSPORT and one.valid_until is not None]
    return days[-1] if days else None


def _visa(plan: Plan, policy: Policy, record: ClearanceRecord, found: Found) -> list[_Part]:
    """The right to stay: what the authority wrote last counts, before it the visa that was handed in (D2, D30-D32)."""
    entered = [one for one in record.entries if one.paper in PERMITTING and one.valid_until is not None]
    until = record.permitted_until or (entered[-1].valid_until if entered else None)
    asked = [one for one in required_documents(policy, plan, StepKind.OBTAIN_VISA) if one.kind == VISA]
    forms = [one for one in required_documents(policy, plan, StepKind.ISSUE_INVITATION) if one.kind == STATUS]
    status = _papers(forms, plan, record, found)
    if until is None:
        return [*_papers(asked, plan, record, found), *status]
    since = next((one.valid_from for one in reversed(entered) if one.valid_until == until), None)
    why: list[ClearanceReason] = []
    if until < plan.end:
        refused = record.entries[-1].paper is PaperKind.REFUSAL if record.entries else False
        rule, last = "D31", plan.end
        finding = (
            it_blocks(rule, "permitted_until", "clearance.stay_refused", until, until=until)
            if refused
            else it_blocks(rule, "permitted_until", "clearance.stay_too_short", until, until=until, last=last)
        )
        why.append(ClearanceReason(document=VISA if asked else "", finding=finding))
    return [_Part(needed=plan.end, through=until, since=since, why=tuple(why)), *status]


def _insurances(policy: Policy, plan: Plan) -> tuple[DocumentPolicy, ...]:
    return required_documents(policy, plan, StepKind.SUBMIT_INSURANCE)


def _is_course(document: DocumentPolicy) -> bool:
    return document.kind in COURSES or document.purpose is Purpose.TRAINING


def _courses(policy: Policy, plan: Plan) -> list[DocumentPolicy]:
    asked = required_documents(policy, plan, StepKind.SUBMIT_HEALTH_RECORDS)
    return [document for document in asked if _is_course(document)]


def _occupational(plan: Plan, policy: Policy, record: ClearanceRecord, found: Found) -> list[_Part]:
    """The decision of occupational health, and the health records that it rests on; only for the clinic (D36)."""
    last = plan.last_day(Content.CLINICAL)
    if last is None:
        return []
    asked = required_documents(policy, plan, StepKind.SUBMIT_HEALTH_RECORDS)
    records = [document for document in asked if not _is_course(document)]
    return [*_papers(records, plan, record, found), _decision(record.cleared, last)]


def _decision(cleared: Sequence[ClearedDays], last: date) -> _Part:
    if not cleared:
        return _Part(last, lacking=True, why=(_of_clinic(it_blocks("D36", "", "clearance.not_given")),))
    days = cleared[-1]
    if days.ended is ClearanceEnds.REVOKED:
        reason = it_blocks("D36", "", "clearance.taken_back", days.last, until=days.last)
    elif days.ended is ClearanceEnds.UNINSURED:
        reason = it_blocks("D25", "", "clearance.uninsured", days.last, until=days.last)
    elif days.ended is ClearanceEnds.LAPSED:
        reason = it_blocks("D36", "", "clearance.lapsed", days.last, until=days.last)
    elif days.last < last:
        reason = it_blocks("D36", "", "clearance.decided_too_short", days.last, until=days.last, last=last)
    else:
        return _Part(last, days.last, days.first)
    return _Part(last, days.last, days.first, why=(_of_clinic(reason),))


def _of_clinic(finding: FindingDraft) -> ClearanceReason:
    return ClearanceReason(finding=finding)


def _papers(documents: Iterable[DocumentPolicy], plan: Plan, record: ClearanceRecord, found: Found) -> list[_Part]:
    return [_paper(document, plan, record, found.get(document.kind, ())) for document in documents]


def _paper(document: DocumentPolicy, plan: Plan, record: ClearanceRecord, found: Sequence[FindingDraft]) -> _Part:
    """How long accepted papers of a kind are good, by their dates and by what was stated of them."""
    clinic = plan.last_day(Content.CLINICAL)
    needed = (clinic if document.clinical_only else None) or plan.end
    accepted = [paper for paper in record.papers if paper.kind == document.kind]
    if not accepted:
        lacks = it_blocks(document.rule, "file", "clearance.not_accepted", kind=document.kind)
        return _Part(needed, lacking=True, why=(ClearanceReason(document=document.kind, finding=lacks),))
    against = [finding for finding in found if finding.severity is not Severity.INFORMING]
    blocking = [finding for finding in against if finding.severity is Severity.BLOCKING]
    ends = [*_ends(document, accepted, plan), *_stated_ends(found)]
    through = min(ends, default=None)
    why = [ClearanceReason(document=document.kind, finding=finding) for finding in against]
    if through is not None and through < needed and not any(one.holds_until for one in blocking):
        short = it_blocks(
            document.rule, "", "clearance.runs_out", through, kind=document.kind, until=through, last=needed
        )
        why.append(ClearanceReason(document=document.kind, finding=short))
    lacking = any(finding.holds_until is None for finding in blocking)
    return _Part(needed, through, lacking=lacking, why=tuple(why))


def _stated_ends(found: Sequence[FindingDraft]) -> list[date]:
    """The last days of requirements that hold until then, or that hold no longer than that."""
    telling = (one for one in found if one.severity in {Severity.INFORMING, Severity.BLOCKING})
    return [one.holds_until for one in telling if one.holds_until is not None]


def _ends(document: DocumentPolicy, accepted: Sequence[AcceptedPaper], plan: Plan) -> list[date]:
    """The last days that the dates of accepted papers give; of several papers the best counts."""
    ends: list[date] = []
    expiries = [paper.expires_on for paper in accepted if paper.expires_on is not None]
    if document.expires and expiries:
        months = document.valid_months_after_end
        ends.append(months_before(max(expiries), months) if months else max(expiries))
    issued = [paper.issued_on for paper in accepted if paper.issued_on is not None]
    if document.max_age_days_at_start is not None and issued:
        until = max(issued) + timedelta(days=document.max_age_days_at_start)
        # What is looked at when the stay begins counts for all of it.
        if document.through_clinic or until < plan.start:
            ends.append(until)
    return ends
