"""What people report of a stay, and how it ends before its time: updates of the exchange and of its rotations."""

from datetime import date

from gateway.deadlines import AnswerTime, answered
from gateway.nominations import NominationOperations
from gateway.particulars import ParticularOperations
from gateway.updates import new_id
from models.errors import BadInput
from models.identifiers import exchange_of
from models.messages.authority import RecordPaper
from models.messages.clearance import RevokeClearance
from models.messages.corrections import CorrectReport
from models.messages.exchange import (
    Acknowledged,
    EndEarly,
    Evaluate,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
    Withdraw,
)
from models.messages.housing import MoveBed
from models.people.authorization import Actor


class StayOperations(NominationOperations):
    """The operations of a stay."""

    particulars: ParticularOperations

    @answered(AnswerTime.ACT)
    async def report_arrival(self, exchange_id: str, report: ReportArrival) -> Acknowledged:
        """The student reached the residence."""
        return await self._sending.to_exchange(exchange_id, "report_arrival", report, Acknowledged)

    @answered(AnswerTime.ACT)
    async def report_movement(self, exchange_id: str, report: ReportMovement) -> Acknowledged:
        """The student moved, left the country or came back."""
        return await self._sending.to_exchange(exchange_id, "report_movement", report, Acknowledged)

    @answered(AnswerTime.ACT)
    async def move_bed(self, exchange_id: str, move: MoveBed, *, note: str | None = None) -> Acknowledged:
        """Have the student sleep in another bed from a night on."""
        async with self._sending.noted(exchange_id, note, move.actor, move.decision_id) as note_id:
            request = move.model_copy(update={"note_id": note_id or move.note_id})
            return await self._sending.to_exchange(exchange_id, "move_bed", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def record_paper(
        self, exchange_id: str, entry: RecordPaper, *, number: str = "", visa_type: str = ""
    ) -> Acknowledged:
        """Enter what the authority wrote; number and type are kept beside, and never travel."""
        async with self._sending.numbered(exchange_id, number, visa_type, entry.actor, entry.decision_id) as number_id:
            request = entry.model_copy(update={"number_id": number_id or entry.number_id})
            return await self._sending.to_exchange(exchange_id, "record_paper", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def revoke_clearance(self, exchange_id: str, revocation: RevokeClearance) -> Acknowledged:
        """Occupational health takes the clearance for the clinic back."""
        return await self._sending.to_exchange(exchange_id, "revoke_clearance", revocation, Acknowledged)

    @answered(AnswerTime.ACT)
    async def report_attendance(self, exchange_id: str, report: ReportAttendance) -> Acknowledged:
        """Hours of a content; a rotation's go to the rotation, and to the exchange once that is over."""
        if report.placement_id is None:
            return await self._sending.to_exchange(exchange_id, "report_attendance", report, Acknowledged)
        if exchange_of(report.placement_id) != exchange_id:
            raise BadInput("placement.of_another_exchange", "placement_id")
        if await self._registry.rotation_is_over(report.placement_id):
            return await self._sending.to_exchange(exchange_id, "report_attendance", report, Acknowledged)
        return await self._sending.to_rotation(report.placement_id, "report_attendance", report, Acknowledged)

    @answered(AnswerTime.ACT)
    async def evaluate(self, evaluation: Evaluate, *, note: str | None = None) -> Acknowledged:
        """An evaluation: the supervisor's goes to the rotation, the student's to the exchange."""
        exchange_id = exchange_of(evaluation.step_id)
        async with self._sending.noted(exchange_id, note, evaluation.actor, evaluation.decision_id) as note_id:
            request = evaluation.model_copy(update={"note_id": note_id or evaluation.note_id})
            scope = evaluation.step_id.rsplit(".", 2)[0]
            if scope == exchange_id:
                return await self._sending.to_exchange(exchange_id, "evaluate", request, Acknowledged)
            return await self._sending.to_rotation(scope, "evaluate", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def report_departure(self, exchange_id: str, report: ReportDeparture) -> Acknowledged:
        """The student left the residence; where the host demands it, after the inspection (D34)."""
        report = await self.particulars.checked_out(exchange_id, report)
        return await self._sending.to_exchange(exchange_id, "report_departure", report, Acknowledged)

    @answered(AnswerTime.ACT)
    async def correct_report(self, exchange_id: str, correction: CorrectReport, *, note: str = "") -> Acknowledged:
        """An arrival, a departure or the last movement was otherwise than reported; why is kept first."""
        async with self._sending.noted(exchange_id, note, correction.actor, correction.decision_id) as note_id:
            request = correction.model_copy(update={"note_id": note_id or correction.note_id})
            return await self._sending.to_exchange(exchange_id, "correct_report", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def withdraw(
        self,
        exchange_id: str,
        actor: Actor,
        *,
        decision_id: str | None = None,
        note: str | None = None,
        declared_on: date | None = None,
    ) -> Acknowledged:
        """Withdraw a student before arrival; `declared_on` is the day on which they said so."""
        decision = decision_id or new_id()
        async with self._sending.noted(exchange_id, note, actor, decision) as note_id:
            request = Withdraw(decision_id=decision, actor=actor, note_id=note_id, declared_on=declared_on)
            return await self._sending.to_exchange(exchange_id, "withdraw", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def end_early(self, exchange_id: str, end: EndEarly, *, note: str | None = None) -> Acknowledged:
        """End a live stay before its planned end."""
        async with self._sending.noted(exchange_id, note, end.actor, end.decision_id) as note_id:
            request = end.model_copy(update={"note_id": note_id or end.note_id})
            return await self._sending.to_exchange(exchange_id, "end_early", request, Acknowledged)
