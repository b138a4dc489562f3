"""A portal full of everything that can happen, and what a page says to whoever reads it."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

from models.authority import PaperKind
from models.clearances import ClearanceEnds
from models.events import (
    ClearanceEnded,
    Cleared,
    DeadlineExtended,
    DocumentReturned,
    Event,
    ExchangeClosed,
    ExchangeResumed,
    ExchangeSuspended,
    HoldingsReleased,
    MovementReported,
    NominationCorrected,
    PaperRecorded,
    PersonCorrected,
    ReportCorrected,
    RungFired,
    SeatAnswered,
    StageEntered,
    StatusChanged,
    StayPermitted,
    StepClosed,
    StepHeld,
    StepReassigned,
    StepResumed,
    StepSnoozed,
)
from models.messages.corrections import Reported
from models.messages.exchange import StepPlan
from models.tables import ExchangeRow
from models.vocabulary import (
    Content,
    HoldCause,
    Missed,
    MobilityStatus,
    Movement,
    NominationStatus,
    Outcome,
    Role,
    RungKind,
    Stage,
    StepKind,
    StepStatus,
    Target,
)
from tests.activities.students import NOW
from tests.portal.world import People, Portal
from tests.records.stays import HOST, asked, of_host, of_lipid

DAY = timedelta(days=1)
CLOSINGS: dict[Outcome, str] = {
    Outcome.REJECTED: StepKind.HOST_APPROVAL,
    Outcome.DECLINED: StepKind.ACCEPT_OFFER,
    Outcome.EXPIRED: StepKind.CORRECT_NOMINATION,
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.NO_SHOW: StepKind.CHECK_IN,
    Outcome.ENDED_EARLY_JUSTIFIED: "force_majeure",
    Outcome.ENDED_EARLY_UNJUSTIFIED: "unjustified",
    Outcome.COMPLETED: "without_certificate",
}
SUBJECTS: dict[StepKind, str] = {
    StepKind.FIND_PLACE: Content.CLINICAL,
    StepKind.RECORD_ATTENDANCE: f"{Content.ACADEMIC_LECTURES},{Content.CULTURAL_LECTURES}",
    StepKind.SETTLE_CERTIFICATE: "D42.attendance.laboratory,D42.evaluation.x,D1.duration",
    StepKind.SETTLE_HOUSING: "keys,deposit",
    StepKind.CONFIRM_BED: "cqmu.bed.a.301.1",
    StepKind.SUBMIT_HEALTH_RECORDS: "vaccination,tb_test",
}


async def live_everything(portal: Portal, people: People) -> list[str]:
    """One exchange with every kind of event, one open step of every kind, and one for every way to end."""
    office = portal.office
    async with office.sessions() as session:
        row = await session.get(ExchangeRow, people.living)
        assert row is not None
        plan = row.plan
    await office.record(people.living, *happened(people.living, plan))
    ended = []
    for number, (outcome, reason) in enumerate(CLOSINGS.items(), 20):
        one = await office.nominate(number)
        closed = ExchangeClosed(at=NOW, outcome=outcome, reason=reason, mobility=MobilityStatus.CANCELLED)
        await office.record(one.exchange_id, closed)
        ended.append(one.exchange_id)
    return ended


def planned(step_id: str) -> StepPlan:
    """A new plan of a step."""
    return StepPlan(step_id=step_id, due_at=NOW + DAY, zone="Asia/Shanghai", rungs=())


def happened(exchange: str, plan: object) -> list[Event]:
    """Everything that the timeline of an exchange can tell, and steps of every kind."""
    verify, hand_in = f"{exchange}.verify_nomination.1", f"{exchange}.submit_documents.1"
    lasting = (StepKind.VERIFY_NOMINATION, StepKind.SUBMIT_DOCUMENTS)
    steps = [
        asked(
            exchange,
            kind,
            of_lipid()
            if kind in (StepKind.ACCEPT_STUDENT, StepKind.EVALUATE_MIDPOINT, StepKind.EVALUATE_STUDENT)
            else of_host(),
            due=NOW + (number - 12) * DAY,
            subject=SUBJECTS.get(kind, ""),
        )
        for number, kind in enumerate(kind for kind in StepKind if kind not in lasting)
    ]
    owner = of_host(Role.HEAD_OF_OFFICE)
    return [
        *steps,
        NominationCorrected.model_validate({"at": NOW, "plan": plan, "nomination_version": 1}),
        PersonCorrected(at=NOW, columns=("email", "birth_date"), nomination_version=1, nomination_before=1),
        *(StageEntered(at=NOW, stage=stage, visit=9) for stage in Stage if stage is not Stage.CLOSED),
        StatusChanged(at=NOW, mobility=MobilityStatus.LIVE, nomination=NominationStatus.VERIFIED),
        RungFired(at=NOW, step_id=verify, rung=0, to=(Target.OWNER,)),
        RungFired(
            at=NOW,
            step_id=verify,
            rung=1,
            rung_kind=RungKind.ESCALATION,
            to=(Target.HEAD_OF_OFFICE, Target.PROGRAMME_OFFICE),
            copy_to=(Target.PARTNER_OFFICE,),
            missed=(0,),
            why_missed=Missed.OVERDUE,
        ),
        RungFired(at=NOW, step_id=verify, rung=2, rung_kind=RungKind.ESCALATION, to=(Target.OWNER,)),
        StepHeld(at=NOW, step_id=hand_in, because=HoldCause.OTHER_SIDE, cause=verify, since=NOW),
        StepResumed(
            at=NOW,
            step_id=hand_in,
            because=HoldCause.OTHER_SIDE,
            cause=verify,
            since=NOW,
            until=NOW + DAY,
            before=NOW,
            plan=planned(hand_in),
        ),
        StepHeld(at=NOW, step_id=hand_in, because=HoldCause.SUSPENSION, cause="s-1", since=NOW),
        ExchangeSuspended(at=NOW, suspension_id="s-1", since=NOW, reason="outbreak"),
        ExchangeResumed(at=NOW, suspension_id="s-1", since=NOW, until=NOW + DAY),
        DeadlineExtended(
            at=NOW, actor=HOST, step_id=verify, decision_id="x", due_at=NOW + DAY, before=NOW, plan=planned(verify)
        ),
        StepReassigned(
            at=NOW, actor=HOST, step_id=verify, decision_id="y", owner=owner, before=of_host(Role.COORDINATOR)
        ),
        StepSnoozed(at=NOW, actor=HOST, step_id=verify, decision_id="z", until=NOW + DAY),
        StepClosed(
            at=NOW, step_id=f"{exchange}.confirm_bed.1", status=StepStatus.DONE, outcome="confirmed", rule="D34"
        ),
        DocumentReturned(at=NOW, document_id="d", document="photo"),
        *(SeatAnswered(at=NOW, answer=answer, position=2) for answer in ("waitlisted", "offered", "released")),
        SeatAnswered(at=NOW, answer="granted", seat=3),
        Cleared(at=NOW, valid_through=date(2027, 5, 28)),
        *(
            ClearanceEnded(at=NOW, number=number, last_day=date(2027, 5, 1), reason=reason)
            for number, reason in enumerate(ClearanceEnds, start=1)
        ),
        *(PaperRecorded(at=NOW, paper_id=kind, paper=kind, valid_until=date(2027, 6, 1)) for kind in PaperKind),
        MovementReported(at=NOW, report_id="m", movement=Movement.LEFT_COUNTRY, moved_at=NOW),
        *(
            ReportCorrected(at=NOW, decision_id=one, reported=one, happened_at=NOW, happened_before=NOW)
            for one in Reported
        ),
        StayPermitted(at=NOW, until=date(2027, 6, 30)),
        HoldingsReleased(at=NOW, from_day=date(2027, 5, 1)),
    ]


VOID = {"meta", "link", "input", "br", "img", "rect", "line"}
SPOKEN = ("aria-label", "placeholder", "data-updated", "data-changed", "data-upload", "title")


class Reader(HTMLParser):
    """Reads a page as a person does: its texts, but no addresses, codes and what is said in English on purpose."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.said += [f"\n{given[name]}\n" for name in SPOKEN if given.get(name)]
        machine = (
            tag in ("script", "style") or "code" in (given.get("class") or "").split() or given.get("lang") == "en"
        )
        if tag not in VOID and (self._unread or machine):
            self._unread.append(tag)
        if tag in ("td", "th", "li", "p", "tr", "option", "br", "h1", "h2", "h3", "dt", "dd", "button", "summary"):
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            self._unread.pop()
            self.said.append("·")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.said.append(data)


def lines_of(html: str) -> list[str]:
    """What a page says, line by line, without addresses, codes and what somebody wrote (in quotation marks)."""
    reader = Reader()
    reader.feed(html)
    text = "".join(reader.said)
    text = re.sub(r"\S+@\S+|https?://\S+|/api/\S+|“[^”]*”", "·", text)
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


ENGLISH = re.compile(r"(?:\b[A-Za-z][A-Za-z'’-]*[,;:]? ){2,}[A-Za-z][A-Za-z'’-]*")
RAW = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\bD\d+\.[a-z_]+")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”）》] ?[,;:?!()]|[,;:?!()] ?[\u4e00-\u9fff“（《]")


def faults_of(line: str, names: set[str]) -> list[str]:
    """What a Chinese reader would stumble over in a line."""
    for name in sorted(names, key=len, reverse=True):
        line = line.replace(name, "·")
    return [
        f"{pattern[0]!r} in {line!r}"
        for rule in (ENGLISH, RAW, HALF_WIDTH)
        for pattern in [rule.search(line)]
        if pattern
    ]


def latin_names(portal: Portal) -> set[str]:
    """What stays in Latin letters: people's names, and the finding of an earlier version, shown as it was written."""
    contacts = (contact for institution in portal.programme.institutions.values() for contact in institution.contacts)
    return {contact.name for contact in contacts} | {
        "RIVERA Ana Lucia",
        "RIVERA Bo",
        "Ana Lucia Rivera",
        "LI Na",
        "It is text.",
    }
