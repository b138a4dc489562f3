"""Everything a person can do, one method each. The page, the command line and the tests act through this class only."""

import uuid
from collections.abc import Callable
from datetime import date, datetime

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from gateway.failures import translated
from gateway.nominating import Nominating
from gateway.schedules import ensure_digests
from gateway.status import StatusQueries
from gateway.suspensions import SuspensionOperations
from gateway.updates import Updates
from gateway.wakers import mail_waker
from mail.outbox import Outbox
from models.catalogue.programme import Programme
from models.errors import BadInput, Refused
from models.identifiers import (
    EXCHANGE_QUEUE,
    CohortKey,
    certificate_workflow_id,
    exchange_of,
    is_alert,
    service_level_workflow_id,
)
from models.messages.cohorts import SetQuota
from models.messages.contracts import IssuedCertificate
from models.messages.exchange import (
    Acknowledged,
    CorrectNomination,
    Decide,
    Decided,
    DocumentAnswer,
    EndEarly,
    Evaluate,
    ExtendDeadline,
    Nominated,
    Plan,
    ReassignStep,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
    SnoozeStep,
    SubmitDocument,
    Withdraw,
)
from models.people.absences import Preferences
from models.people.authorization import Actor, may_act_for_host, may_hand_in, may_nominate, may_withdraw, require
from models.rules.nomination import Nomination
from models.vocabulary import StepKind
from models.wire import Wire
from records.access.idempotency import IdempotencyKeys
from records.access.members import Members
from records.access.sessions import Access
from records.access.signing import Signing
from records.access.tokens import Tokens
from records.filing import Filing
from records.lookups import Lookups
from records.papers import Papers
from records.people import People
from workflows.certificate import CertificateWorkflow, Reissue
from workflows.cohort import CohortWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.rotation import RotationWorkflow
from workflows.service_levels import LateUnitWorkflow

Act = Wire
"""Any request that names the act by a key of its own."""


def new_id() -> str:
    """A fresh id for an act; keep it to repeat the same act safely."""
    return uuid.uuid4().hex


class Gateway(StatusQueries):
    """The typed operations over the Temporal client."""

    def __init__(
        self,
        client: Client,
        filing: Filing,
        programme: Programme,
        clock: Callable[[], datetime],
        signing: Signing | None = None,
    ) -> None:
        """`signing` is needed where people sign in."""
        super().__init__(client, filing)
        self._programme = programme
        self._clock = clock
        self._waker = mail_waker(client)
        outbox = Outbox(programme)
        self.people = People(filing.sessions, programme, outbox)
        self.members = Members(filing.sessions, programme, outbox)
        self.tokens = Tokens(filing.sessions, programme, outbox)
        self.keys = IdempotencyKeys(filing.sessions)
        self.access = Access(filing.sessions, programme, outbox, signing or Signing(new_id()), self._waker)
        self._nominating = Nominating(client, filing, programme, clock, self.availability)
        self._registry = Lookups(filing.sessions)
        self.papers = Papers(filing.sessions, filing.files)
        self._sending = Updates(client, filing, self.people, clock, self.availability)
        self.suspensions = SuspensionOperations(client, filing, programme, clock, self.availability)

    async def aclose(self) -> None:
        """Wake the sender for the mail that was just written, and stop."""
        await self._waker.aclose()

    async def nominate(self, nomination: Nomination, actor: Actor, *, request_id: str | None = None) -> Nominated:
        """Start a student's exchange, or find the one that this nomination began.

        Raises:
            NotAuthorised: the person does not nominate for this university.
        """
        require(may_nominate(actor, nomination.sending), "not_allowed.nominate")
        await self._sending.vouch(actor)
        return await self._nominating.nominate(nomination, actor, request_id or new_id())

    async def open_cohort(self, key: CohortKey) -> None:
        """Have the cohort's workflow running; its number of seats comes from the host's agreement (D4).

        Raises:
            BadInput: there is no agreement, or no number of seats for this intake year.
        """
        await self._nominating.open_cohort(key)

    async def correct_nomination(
        self,
        exchange_id: str,
        nomination: Nomination,
        actor: Actor,
        *,
        decision_id: str | None = None,
        note: str | None = None,
    ) -> Acknowledged:
        """Correct a returned nomination under the same id (D11)."""
        require(may_nominate(actor, nomination.sending), "not_allowed.correct")
        step = await self.open_step(exchange_id, StepKind.CORRECT_NOMINATION)
        plan: Plan = nomination.to_plan(self._programme)
        version = await self._filing.revise(exchange_id, nomination, self._clock())
        decision = decision_id or new_id()
        request = CorrectNomination(
            decision_id=decision,
            step_id=step,
            nomination_version=version,
            plan=plan,
            actor=actor,
            note_id=await self._sending.note(exchange_id, note, actor, decision),
        )
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.correct_nomination, request, Acknowledged)

    async def decide(self, decision: Decide, *, note: str | None = None) -> Decided:
        """Answer an open step."""
        exchange_id = exchange_of(decision.step_id)
        if is_alert(exchange_id):
            return await self._decide_review(decision)
        note_id = await self._sending.note(exchange_id, note, decision.actor, decision.decision_id)
        request = decision.model_copy(update={"note_id": note_id or decision.note_id})
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.decide, request, Decided)

    async def _decide_review(self, decision: Decide) -> Decided:
        """Answer a step outside an exchange: the review of late answers."""
        subject = await self._registry.subject_of(decision.step_id)
        name = subject.partition(":")[0]
        unit = next((i.id for i in self._programme.institutions.values() if i.unit(name)), "")
        workflow_id = service_level_workflow_id(unit, name) if unit else service_level_workflow_id(name, "")
        return await self._sending.send(workflow_id, LateUnitWorkflow.decide, decision, Decided)

    async def add_document(
        self,
        exchange_id: str,
        kind: str,
        filename: str,
        data: bytes,
        actor: Actor,
        *,
        issued_on: date | None = None,
        expires_on: date | None = None,
        submission_id: str | None = None,
    ) -> DocumentAnswer:
        """File a document and hand it in; answers with what the checks found.

        Raises:
            Refused: nothing of it is kept.
        """
        await self._sending.vouch(actor)
        await self._require_hand_in(exchange_id, kind, actor)
        document_id = await self._filing.file_document(exchange_id, kind, filename, data, actor.id, self._clock())
        request = SubmitDocument(
            submission_id=submission_id or new_id(),
            document_id=document_id,
            kind=kind,
            actor=actor,
            issued_on=issued_on,
            expires_on=expires_on,
        )
        try:
            update, policy = ExchangeWorkflow.submit_document, self._programme.policy.document(kind)
            awaited = policy.step if policy else None
            return await self._sending.to_exchange(exchange_id, update, request, DocumentAnswer, awaited=awaited)
        except Refused:
            await self._filing.discard(document_id)
            raise

    async def _require_hand_in(self, exchange_id: str, kind: str, actor: Actor) -> None:
        """That a person has to do with a document, before a stranger's file is kept; the workflow looks again."""
        status = await self.status(exchange_id)
        policy = self._programme.policy.document(kind)
        waiting = [step for step in status.open_steps if policy is not None and step.kind is policy.step]
        allowed = any(may_hand_in(actor, step.owner, status.parties) for step in waiting)
        takes_part = may_withdraw(actor, status.parties) or may_act_for_host(actor, status.parties)
        require(allowed or (not waiting and takes_part), "not_allowed.hand_in")

    async def report_arrival(self, exchange_id: str, report: ReportArrival) -> Acknowledged:
        """The student reached the residence."""
        update = ExchangeWorkflow.report_arrival
        return await self._sending.to_exchange(exchange_id, update, report, Acknowledged, awaited=StepKind.CHECK_IN)

    async def report_movement(self, exchange_id: str, report: ReportMovement) -> Acknowledged:
        """The student moved, left the country or came back."""
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.report_movement, report, Acknowledged)

    async def report_attendance(self, exchange_id: str, report: ReportAttendance) -> Acknowledged:
        """Hours of a content; a rotation's go to the rotation."""
        if report.placement_id is None:
            return await self._sending.to_exchange(
                exchange_id, ExchangeWorkflow.report_attendance, report, Acknowledged
            )
        if exchange_of(report.placement_id) != exchange_id:
            raise BadInput("placement.of_another_exchange", "placement_id")
        return await self._sending.to_rotation(
            report.placement_id, RotationWorkflow.report_attendance, report, Acknowledged
        )

    async def evaluate(self, evaluation: Evaluate, *, note: str | None = None) -> Acknowledged:
        """An evaluation: the supervisor's goes to the rotation, the student's to the exchange."""
        exchange_id = exchange_of(evaluation.step_id)
        note_id = await self._sending.note(exchange_id, note, evaluation.actor, evaluation.decision_id)
        request = evaluation.model_copy(update={"note_id": note_id or evaluation.note_id})
        scope = evaluation.step_id.rsplit(".", 2)[0]
        if scope == exchange_id:
            return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.evaluate, request, Acknowledged)
        return await self._sending.to_rotation(scope, RotationWorkflow.evaluate, request, Acknowledged)

    async def report_departure(self, exchange_id: str, report: ReportDeparture) -> Acknowledged:
        """The student left the residence."""
        update = ExchangeWorkflow.report_departure
        return await self._sending.to_exchange(exchange_id, update, report, Acknowledged, awaited=StepKind.DEPART)

    async def withdraw(
        self, exchange_id: str, actor: Actor, *, decision_id: str | None = None, note: str | None = None
    ) -> Acknowledged:
        """Withdraw a student before arrival."""
        decision = decision_id or new_id()
        note_id = await self._sending.note(exchange_id, note, actor, decision)
        request = Withdraw(decision_id=decision, actor=actor, note_id=note_id)
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.withdraw, request, Acknowledged)

    async def end_early(self, exchange_id: str, end: EndEarly, *, note: str | None = None) -> Acknowledged:
        """End a live stay before its planned end."""
        note_id = await self._sending.note(exchange_id, note, end.actor, end.decision_id)
        request = end.model_copy(update={"note_id": note_id or end.note_id})
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.end_early, request, Acknowledged)

    async def extend_deadline(self, change: ExtendDeadline, *, note: str | None = None) -> Acknowledged:
        """Move a step's due time."""
        exchange_id = exchange_of(change.step_id)
        note_id = await self._sending.note(exchange_id, note, change.actor, change.decision_id)
        request = change.model_copy(update={"note_id": note_id or change.note_id})
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.extend_deadline, request, Acknowledged)

    async def snooze_step(self, change: SnoozeStep, *, note: str | None = None) -> Acknowledged:
        """Put off the reminders of one's own step."""
        exchange_id = exchange_of(change.step_id)
        note_id = await self._sending.note(exchange_id, note, change.actor, change.decision_id)
        request = change.model_copy(update={"note_id": note_id or change.note_id})
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.snooze_step, request, Acknowledged)

    async def reassign_step(self, change: ReassignStep, *, note: str | None = None) -> Acknowledged:
        """Give a step to another role of the same institution."""
        exchange_id = exchange_of(change.step_id)
        note_id = await self._sending.note(exchange_id, note, change.actor, change.decision_id)
        request = change.model_copy(update={"note_id": note_id or change.note_id})
        return await self._sending.to_exchange(exchange_id, ExchangeWorkflow.reassign_step, request, Acknowledged)

    async def set_quota(self, cohort_id: str, quota: SetQuota) -> Acknowledged:
        """Set a cohort's number of seats (D4)."""
        return await self._sending.to_cohort(cohort_id, CohortWorkflow.set_quota, quota, Acknowledged)

    async def reissue_certificate(
        self, exchange_id: str, actor: Actor, *, request_id: str | None = None
    ) -> IssuedCertificate:
        """A new version of a certificate, under the same number."""
        await self._sending.vouch(actor)
        self.availability.require()
        reissue = Reissue(exchange_id=exchange_id, request_id=request_id or new_id(), actor=actor)
        with translated():
            return await self._client.execute_workflow(
                CertificateWorkflow.run,
                reissue,
                id=certificate_workflow_id(exchange_id, reissue.request_id),
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )

    async def set_preferences(self, preferences: Preferences, actor: Actor, key: str) -> None:
        """Set how somebody is written to; a zone that nobody had before gets its digest.

        Raises:
            NotAuthorised: neither the person, their coordinator or head, nor the programme office.
            BadInput: the language or the zone is none.
        """
        await self.people.set_preferences(preferences, actor, self._clock(), key)
        if preferences.zone:
            with translated():
                await ensure_digests(self._client, [preferences.zone])
