"""Everybody who acts in the demo and in the tests: how each kind of step is answered when all goes well."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from demo.consent import agree
from demo.keys import give_back
from examples.papers import SPECIMEN, Holder, paper_for
from gateway.operations import Gateway
from models.catalogue.policy import RENEWALS
from models.catalogue.programme import Programme
from models.errors import Conflict
from models.identifiers import block_of
from models.messages.exchange import Decide, Evaluate, Plan, ReportArrival, ReportAttendance, ReportDeparture
from models.people.authorization import Actor, Owner
from models.people.particulars import ParticularKind, Residence
from models.rules.objectives import asked_of
from models.rules.service_levels import NOBODY_OWES
from models.rules.stay import is_far_from_start
from models.views import WorklistRow
from models.vocabulary import PROGRAMME_CONTENTS, Content, Role, StepKind

HOURS_PER_DAY = 6.0
VISA_LASTS_LONGER = timedelta(days=45)
"""Than the stay it was issued for."""


@dataclass
class Traveller:
    """What the people around one student know of the stay."""

    exchange_id: str
    plan: Plan
    holder: Holder = SPECIMEN
    papers: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    """Papers to hand in instead of good ones, used up in order, by document kind."""
    expires: dict[str, list[date]] = field(default_factory=dict)
    """Last days of papers that are handed in first, used up in order, by document kind."""
    issued: dict[str, list[date]] = field(default_factory=dict)
    """The same, of the days on which papers were issued."""
    accepted: dict[str, set[str]] = field(default_factory=dict)
    """Document kinds accepted so far, by step."""
    attends: float = 0.95
    """Share of the hours attended."""
    cleared_on: date | None = None
    worked: dict[str, tuple[date, date]] = field(default_factory=dict)
    """Days of places that are others than those of their block, by placement."""
    last_day: date | None = None
    """Of a stay that was ended early."""


class Participants:
    """Answers steps through the gateway, each as the person who owes it."""

    def __init__(self, gateway: Gateway, programme: Programme, now: Callable[[], Awaitable[datetime]]) -> None:
        self._gateway = gateway
        self._programme = programme
        self._now = now
        self._numbers: dict[str, int] = {}

    def actor(self, owner: Owner) -> Actor:
        """The person of the catalogue, or the student, who owes a step of this owner."""
        if owner.role is Role.STUDENT:
            return Actor(id=owner.person, role=Role.STUDENT, institution=owner.institution)
        contacts = self._programme.contacts(owner.institution, owner.role, owner.unit)
        if not contacts:
            raise LookupError(f"the catalogue names nobody for {owner.role} at {owner.institution or 'home'}")
        institution = owner.institution or self._programme.home
        return Actor(id=contacts[0].id, role=owner.role, institution=institution, unit=owner.unit)

    def officer(self, institution: str, role: Role) -> Actor:
        """Somebody of the catalogue."""
        contact = self._programme.contacts(institution, role)[0]
        where = self._programme.home if role is Role.PROGRAMME_OFFICE else institution
        return Actor(id=contact.id, role=role, institution=where)

    async def answer(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Do what the step asks, the way it goes when all goes well."""
        if duty.kind is StepKind.CONFIRM_ARRIVAL:
            await self.confirm_arrival(duty, traveller)
        elif duty.kind in _PLAIN:
            await self.decide(duty, _PLAIN[duty.kind])
        elif duty.kind in _PAPERS:
            await self.hand_in(duty, traveller)
        else:
            await self._special(duty, traveller)

    @property
    def _terms(self) -> tuple[str, ...]:
        return self._programme.policy.step(StepKind.ACCEPT_OFFER).answers["accept"].all_terms

    async def _special(self, duty: WorklistRow, traveller: Traveller) -> None:
        match duty.kind:
            case StepKind.ACCEPT_OFFER:
                await self.decide(duty, "accept", acknowledged=self._terms)
            case StepKind.CLEAR_FOR_CLINIC:
                await self.decide(duty, "cleared", valid_through=traveller.plan.end)
                zone = ZoneInfo(self._programme.zone_of(traveller.plan.host))
                traveller.cleared_on = (await self._now()).astimezone(zone).date()
            case StepKind.AWAIT_PERMIT:
                await self.decide(duty, "granted", valid_through=traveller.plan.end + VISA_LASTS_LONGER)
            case StepKind.CHECK_IN:
                await self.check_in(duty, traveller)
            case StepKind.EVALUATE_STUDENT:
                await self.report_rotation(duty, traveller)
                await self.evaluate(duty, passed=True)
            case StepKind.EVALUATE_MIDPOINT:
                await self.evaluate(duty, midpoint=True)
            case StepKind.EVALUATE_PROGRAMME:
                await self.evaluate(duty)
            case StepKind.DEPART:
                await self.report_programme(duty, traveller)
                await self.depart(duty)
            case StepKind.SETTLE_HOUSING:
                await give_back(self._gateway, duty.exchange_id, self.actor(duty.owner), (await self._now()).date())
            case StepKind.RECORD_ATTENDANCE:
                await self.report_programme(duty, traveller)
            case _:
                raise LookupError(f"nobody in the demo knows how to answer {duty.kind}")

    async def decide(
        self, duty: WorklistRow, outcome: str, *, actor: Actor | None = None, note: str | None = None, **details: object
    ) -> None:
        """Give a plain answer, as the owner of the step or as somebody else who may."""
        decision = Decide.model_validate(
            {
                "decision_id": self._id(duty, outcome),
                "step_id": duty.step_id,
                "outcome": outcome,
                "actor": actor or self.actor(duty.owner),
                **details,
            }
        )
        await self._gateway.decide(decision, note=note)

    async def confirm_arrival(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Confirm the arrival; who has no bed of the host says first where they will live."""
        try:
            await self.decide(duty, _PLAIN[duty.kind])
        except Conflict as asked:
            if asked.message != "residence.missing":
                raise
            first, last = traveller.plan.start, traveller.plan.end
            lives = Residence(address="12 Made-up Street", first_night=first, last_night=last)
            particulars, student = self._gateway.particulars, self.actor(duty.owner)
            await particulars.keep(traveller.exchange_id, ParticularKind.RESIDENCE, lives, student)
            await self.decide(duty, _PLAIN[duty.kind])

    async def hand_in(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Hand in every document the step asks for; one that is refused is replaced with the next time."""
        actor = self.actor(duty.owner)
        accepted = traveller.accepted.setdefault(duty.step_id, set())
        for kind in duty.subject.split(","):
            if kind not in accepted and await self.hand_in_one(kind, actor, traveller, duty.step_id.rpartition(".")[2]):
                accepted.add(kind)

    async def hand_in_one(self, kind: str, actor: Actor, traveller: Traveller, time: str = "1") -> bool:
        """Hand in one document and say whether nothing more is asked: it was accepted, or somebody looks at it.

        Asked for another time, it is another paper.
        """
        policy = self._programme.policy.document(kind)
        assert policy is not None
        expires = date(traveller.plan.end.year + 6, 3, 31) if policy.expires else None
        remark = ""
        if early := traveller.expires.get(kind):
            expires = early.pop(0)
            remark = f"Through {expires}."
        age = timedelta(days=min(20, policy.max_age_days_at_start or 20))
        today = (await self._now()).date()
        issued = min(today, traveller.plan.start - age) if policy.max_age_days_at_start else None
        if old := traveller.issued.get(kind):
            issued = old.pop(0)
        spoiled = traveller.papers.get(kind)
        title = policy.title if time == "1" else f"{policy.title} {time}"
        name, data = spoiled.pop(0) if spoiled else paper_for(kind, title, traveller.holder, expires, remark=remark)
        if actor.role is Role.STUDENT:
            await agree(self._gateway, traveller.exchange_id, actor)
        answer = await self._gateway.add_document(
            traveller.exchange_id,
            kind,
            name,
            data,
            actor,
            issued_on=issued,
            expires_on=expires,
        )
        return answer.accepted or answer.review

    async def check_in(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Report the arrival at the residence, just now; a day far from the planned one is confirmed."""
        arrived_at = await self._now() - timedelta(minutes=30)
        host = self._programme.institutions[traveller.plan.host]
        arrived_on = arrived_at.astimezone(ZoneInfo(host.zone)).date()
        report = ReportArrival(
            report_id=self._id(duty, "arrived"),
            actor=self.actor(duty.owner),
            arrived_at=arrived_at,
            permitted_until=traveller.plan.end + VISA_LASTS_LONGER,
            confirmed=is_far_from_start(traveller.plan.start, arrived_on, self._programme.policy),
        )
        await self._gateway.report_arrival(traveller.exchange_id, report)

    async def report_rotation(self, duty: WorklistRow, traveller: Traveller) -> None:
        """The supervisor reports the hours of the whole block, no clinical day before the clearance."""
        name, _, number = block_of(duty.subject).partition(".")
        content, numbered = Content(name), int(number or 0)
        block = next(one for one in traveller.plan.blocks(content) if one.number in (0, numbered))
        begins, ends = traveller.worked.get(duty.subject, (block.start, block.end))
        first, last = begins, min(ends, (await self._now()).date(), traveller.last_day or ends)
        if content is Content.CLINICAL and traveller.cleared_on is not None:
            first = max(first, traveller.cleared_on)
        whole = (first, last) == (block.start, block.end)
        await self._report(duty, traveller, content, first, last, duty.subject, block.hours if whole else None)

    async def report_programme(self, duty: WorklistRow, traveller: Traveller) -> None:
        """The host reports the hours of lectures and of the cultural programme."""
        today = (await self._now()).date()
        for content in PROGRAMME_CONTENTS:
            if block := traveller.plan.block(content):
                await self._report(duty, traveller, content, block.start, min(block.end, today), None)

    async def _report(
        self,
        duty: WorklistRow,
        traveller: Traveller,
        content: Content,
        first: date,
        last: date,
        placement: str | None,
        hours: int | None = None,
    ) -> None:
        days = (last - first).days + 1
        weeks = max(1, days // 7)
        planned = float(hours or min(weeks * (5 * HOURS_PER_DAY if placement else 3.0), days * HOURS_PER_DAY))
        report = ReportAttendance(
            report_id=self._id(duty, f"hours-{content}"),
            actor=self.actor(duty.owner),
            content=content,
            placement_id=placement,
            first_day=first,
            last_day=last,
            hours_planned=planned,
            hours_attended=round(planned * traveller.attends, 1),
        )
        try:
            await self._gateway.report_attendance(traveller.exchange_id, report)
        except Conflict as asked:
            if asked.field != "confirmed":
                raise
            # Asked about days on which the exchange was suspended: these are the hours of the others.
            sure = report.model_copy(update={"confirmed": True})
            await self._gateway.report_attendance(traveller.exchange_id, sure)

    async def evaluate(
        self, duty: WorklistRow, *, passed: bool | None = None, midpoint: bool = False, note: str | None = None
    ) -> None:
        """Evaluate the student, or as the student the programme, objective by objective."""
        by_supervisor = midpoint or passed is not None
        ratings = {"skills": 4, "conduct": 5} if by_supervisor else self._rated(duty)
        evaluation = Evaluate(
            decision_id=self._id(duty, "evaluated"),
            step_id=duty.step_id,
            actor=self.actor(duty.owner),
            ratings=ratings,
            passed=passed,
        )
        await self._gateway.evaluate(evaluation, note=note)

    def _rated(self, duty: WorklistRow) -> dict[str, int]:
        return dict.fromkeys(asked_of(self._programme.policy.objectives, duty.subject), 5)

    async def depart(self, duty: WorklistRow) -> None:
        """Report today's departure."""
        report = ReportDeparture(
            report_id=self._id(duty, "departed"),
            actor=self.actor(duty.owner),
            departed_on=(await self._now()).astimezone(ZoneInfo(self._programme.institutions[duty.host].zone)).date(),
        )
        await self._gateway.report_departure(duty.exchange_id, report)

    def _id(self, duty: WorklistRow, what: str) -> str:
        key = f"{duty.step_id}.{what}"
        self._numbers[key] = self._numbers.get(key, 0) + 1
        return f"{key}.{self._numbers[key]}"


_PLAIN = {
    StepKind.ADMIT_LATE: "admitted",
    StepKind.VERIFY_NOMINATION: "verified",
    StepKind.SENDING_APPROVAL: "approve",
    StepKind.REVIEW_DOCUMENT: "accept",
    StepKind.REVIEW_HEALTH_DOCUMENT: "accept",
    StepKind.CONFIRM_DOCUMENT: "confirm",
    StepKind.CONFIRM_HEALTH_DOCUMENT: "confirm",
    StepKind.ANSWER_SEAT_OFFER: "accept",
    StepKind.HOST_APPROVAL: "approve",
    StepKind.DECIDE_FORM: "DQ",
    StepKind.CONFIRM_BED: "confirmed",
    StepKind.ACCEPT_STUDENT: "accept",
    StepKind.CONFIRM_ARRIVAL: "confirmed",
    StepKind.REGISTER_RESIDENCE: "registered",
    StepKind.VALIDATE_SEVIS: "validated",
    StepKind.ORIENTATION: "held",
    StepKind.APPLY_RESIDENCE_PERMIT: "applied",
    StepKind.REPORT_ADDRESS: "reported",
    StepKind.STUDENT_DUTY: "done",
    StepKind.HOST_DUTY: "done",
    StepKind.FILE_EXTENSION: "filed",
    StepKind.REPORT_LEAVING: "reported",
    StepKind.END_SEVIS: "reported",
    StepKind.SETTLE_CERTIFICATE: "close_without",
    **dict.fromkeys(
        (StepKind.AGREE_CHANGE, StepKind.APPROVE_CHANGE, StepKind.DECIDE_CHANGE, StepKind.CONFIRM_CHANGE), "agreed"
    ),
}
_PAPERS = {
    StepKind.SUBMIT_DOCUMENTS,
    StepKind.ISSUE_INVITATION,
    StepKind.OBTAIN_VISA,
    StepKind.SUBMIT_INSURANCE,
    StepKind.SUBMIT_HEALTH_RECORDS,
    StepKind.SUBMIT_ARRIVAL_PAPERS,
    *RENEWALS,
}

DELAYS: dict[StepKind, timedelta] = {
    StepKind.CHECK_IN: timedelta(),
    StepKind.REGISTER_RESIDENCE: timedelta(hours=3),
    StepKind.EVALUATE_STUDENT: timedelta(days=2),
    StepKind.DEPART: timedelta(hours=6),
    StepKind.OBTAIN_VISA: timedelta(days=4),
    StepKind.VALIDATE_SEVIS: timedelta(days=3),
    StepKind.ORIENTATION: timedelta(days=1),
}
"""How long after opening a step is answered; a working day for everything else."""


NOBODY_ANSWERS = NOBODY_OWES | {StepKind.LEAVE_AFTER_END}  # they end by something else that happens


def when(duty: WorklistRow, traveller: Traveller, zone: ZoneInfo) -> datetime:
    """When a step is answered if all goes well: check-in on the first day, departure on the last, the rest soon."""
    if duty.kind in NOBODY_ANSWERS:
        return datetime.max.replace(tzinfo=UTC)
    if duty.kind is StepKind.CHECK_IN:
        return datetime.combine(traveller.plan.start, time(10, 0), zone).astimezone(UTC)
    return duty.opened_at + DELAYS.get(duty.kind, timedelta(days=1))
