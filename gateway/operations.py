"""Everything a person can do, one method each. The page, the command line and the tests act through this class only."""

from collections.abc import AsyncIterable, Callable
from datetime import date, datetime

from temporalio.client import Client

from gateway.acts import wall_clock
from gateway.changes import ChangeOperations
from gateway.consents import ConsentOperations
from gateway.conversations import ConversationOperations
from gateway.deadlines import AnswerTime, answered, answering
from gateway.erasures import ErasureOperations
from gateway.handing_in import HandingIn
from gateway.kinds import REISSUE
from gateway.letters import LetterOperations
from gateway.mending import Mending
from gateway.own_data import OwnDataOperations
from gateway.particulars import ParticularOperations
from gateway.recovery import Recovery
from gateway.relay import Relay
from gateway.reminders import ReminderOperations
from gateway.replans import ReplanOperations
from gateway.rule_sets import RuleOperations
from gateway.runs import run_of
from gateway.schedules import ensure_digests
from gateway.statements import StatementOperations
from gateway.stays import StayOperations
from gateway.suspensions import SuspensionOperations
from gateway.updates import new_id as new_id
from gateway.wakers import mail_waker
from mail.bounces import Bounces
from mail.broadcasts import Broadcasts
from mail.outbox import Outbox
from mail.return_paths import ReturnPaths
from models.catalogue.programme import Programme
from models.errors import Unknown
from models.identifiers import (
    certificate_workflow_id,
    exchange_of,
    is_alert,
    service_level_workflow_id,
)
from models.messages.acts import Act, ActView
from models.messages.cohorts import SetQuota
from models.messages.contracts import IssuedCertificate
from models.messages.exchange import (
    Acknowledged,
    Decide,
    Decided,
    DocumentAnswer,
    ExtendDeadline,
    ReassignStep,
    SnoozeStep,
)
from models.messages.reviews import OverrideDocument
from models.people.absences import Preferences
from models.people.authorization import Actor
from models.people.papers import may_open
from records.access.addresses import Addresses
from records.access.calendar_feeds import CalendarFeeds
from records.access.idempotency import IdempotencyKeys
from records.access.members import Members
from records.access.sessions import Access
from records.access.signing import Signing
from records.access.tokens import Tokens
from records.clearances import Clearances
from records.filing import Filing
from records.host_sessions import HostSessions
from records.papers import Papers
from records.queries import Reading
from records.statements import Statements
from records.units import Units
from records.usage import UploadLimits
from webhooks.inbound import Inbound
from workflows.certificate import CertificateWorkflow, Reissue


class Gateway(StayOperations):
    """The typed operations over the Temporal client."""

    def __init__(
        self,
        client: Client,
        filing: Filing,
        programme: Programme,
        clock: Callable[[], datetime],
        signing: Signing | None = None,
        uploads: UploadLimits | None = None,
        reply_address: str | None = None,
    ) -> None:
        """`signing` is needed where people sign in; `uploads` is what one person may send in a day.

        Answers by mail come in at `reply_address`, if there is one.
        """
        super().__init__(client, filing, programme, clock, uploads)
        self._waker = mail_waker(client)
        outbox = Outbox(programme)
        self.members = Members(filing.sessions, programme, outbox, self._waker)
        self.broadcasts = Broadcasts(filing.sessions, programme, outbox, self._waker)
        self.units = Units(filing.sessions, programme, outbox)
        self.host_sessions = HostSessions(filing.sessions, programme, outbox, self._waker, wall_clock)
        self.tokens = Tokens(filing.sessions, programme, outbox)
        self.calendars = CalendarFeeds(filing.sessions, programme, outbox)
        self.keys = IdempotencyKeys(filing.sessions)
        self.signing = signing = signing or Signing(new_id())
        self.bounces = Bounces(filing.sessions, ReturnPaths(None, signing), programme)
        self.access = Access(filing.sessions, programme, outbox, signing, self._waker)
        self.addresses = Addresses(filing.sessions, programme, outbox, signing)
        self.papers = Papers(filing.sessions, filing.files, programme)
        self._documents = HandingIn(self._sending, filing, self._usage, programme, clock)
        self.suspensions = SuspensionOperations(client, self.asking, filing, programme, clock, self.availability)
        self.asking.sends(REISSUE, self._reissue)
        self.letters = LetterOperations(client, self.asking, self._sending, self.availability)
        reading = Reading(filing.sessions, programme)
        stated = Statements(filing.sessions, programme, outbox, filing.sealing)
        beside = self.availability, self.open_cohort, Clearances(stated, programme)
        self.changes = ChangeOperations(self.asking, self._sending, reading, programme, clock, *beside)
        self.replans = ReplanOperations(self._sending, reading, clock, self.availability)
        answering_by = programme, outbox, self._sending, self.availability, clock
        self.particulars = ParticularOperations(filing.sessions, *answering_by)
        self.statements = StatementOperations(filing, *answering_by)
        self.rules = RuleOperations(stated, programme, self._sending, self.availability, clock)
        self.erasures = ErasureOperations(filing, *answering_by)
        self.own_data = OwnDataOperations(filing, *answering_by)
        self.consents = ConsentOperations(filing.sessions, *answering_by, self._waker)
        self.reminders = ReminderOperations(filing.sessions, *answering_by, self._waker)
        self.conversations = ConversationOperations(filing, *answering_by, self._waker, signing, reply_address)
        self.mending = Mending(client, Recovery(client, filing.sessions, programme))
        inbound = Inbound(filing.sessions)
        parts = self.asking, self._sending, self._waker, inbound
        self.relay = Relay(*parts, mend=self.mending.mend, answers=self.answers)

    async def aclose(self) -> None:
        """Keep the last answers, wake the sender for the mail that was just written, and stop."""
        await self.asking.aclose()
        await self._waker.aclose()

    @answered(AnswerTime.LOOK)
    async def act(self, key: str, actor: Actor) -> ActView:
        """What became of an act; for nobody but who asked it.

        Raises:
            Unknown: they asked none under this key.
        """
        found = await self.asking.register.find(key, actor.id)
        if found is None:
            raise Unknown("act.unknown")
        return found

    @answered(AnswerTime.ACT)
    async def decide(self, decision: Decide, *, note: str | None = None) -> Decided:
        """Answer an open step."""
        exchange_id = exchange_of(decision.step_id)
        if is_alert(exchange_id):
            return await self._decide_review(decision)
        await self.particulars.require_ready(decision)
        async with self._sending.noted(exchange_id, note, decision.actor, decision.decision_id) as note_id:
            request = decision.model_copy(update={"note_id": note_id or decision.note_id})
            return await self._sending.to_exchange(exchange_id, "decide", request, Decided)

    async def _decide_review(self, decision: Decide) -> Decided:
        """Answer a step outside an exchange: the review of late answers."""
        subject = await self._registry.subject_of(decision.step_id)
        name = subject.partition(":")[0]
        unit = next((i.id for i in self._programme.institutions.values() if i.unit(name)), "")
        workflow_id = service_level_workflow_id(unit, name) if unit else service_level_workflow_id(name, "")
        return await self._sending.to_review(workflow_id, decision)

    @answered(AnswerTime.UPLOAD)
    async def add_document(
        self,
        exchange_id: str,
        kind: str,
        filename: str,
        data: bytes | AsyncIterable[bytes],
        actor: Actor,
        *,
        issued_on: date | None = None,
        expires_on: date | None = None,
        submission_id: str | None = None,
    ) -> DocumentAnswer:
        """File a document and hand it in; answers with what the checks found, as far as the actor may read it (D46).

        Raises:
            Refused: nothing of it is kept.
        """
        answer = await self._documents.hand_in(
            exchange_id,
            kind,
            filename,
            data,
            actor,
            submission_id or new_id(),
            issued_on=issued_on,
            expires_on=expires_on,
        )
        if may_open(actor.role, self._programme.policy.purpose(kind)):
            return answer
        return answer.model_copy(update={"findings": ()})

    @answered(AnswerTime.ACT)
    async def override_document(self, exchange_id: str, asked: OverrideDocument, *, note: str) -> Acknowledged:
        """Ask a second person that a document counts against what the checks say; the justification is kept first."""
        async with self._sending.noted(exchange_id, note, asked.actor, asked.decision_id) as note_id:
            request = asked.model_copy(update={"note_id": note_id or asked.note_id})
            return await self._sending.to_exchange(exchange_id, "override_document", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def extend_deadline(self, change: ExtendDeadline, *, note: str | None = None) -> Acknowledged:
        """Move a step's due time."""
        exchange_id = exchange_of(change.step_id)
        async with self._sending.noted(exchange_id, note, change.actor, change.decision_id) as note_id:
            request = change.model_copy(update={"note_id": note_id or change.note_id})
            return await self._sending.to_exchange(exchange_id, "extend_deadline", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def snooze_step(self, change: SnoozeStep, *, note: str | None = None) -> Acknowledged:
        """Put off the reminders of one's own step."""
        exchange_id = exchange_of(change.step_id)
        async with self._sending.noted(exchange_id, note, change.actor, change.decision_id) as note_id:
            request = change.model_copy(update={"note_id": note_id or change.note_id})
            return await self._sending.to_exchange(exchange_id, "snooze_step", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def reassign_step(self, change: ReassignStep, *, note: str | None = None) -> Acknowledged:
        """Give a step to another role of the same institution."""
        exchange_id = exchange_of(change.step_id)
        async with self._sending.noted(exchange_id, note, change.actor, change.decision_id) as note_id:
            request = change.model_copy(update={"note_id": note_id or change.note_id})
            return await self._sending.to_exchange(exchange_id, "reassign_step", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def set_quota(self, cohort_id: str, quota: SetQuota) -> Acknowledged:
        """Set a cohort's number of seats (D4)."""
        return await self._sending.to_cohort(cohort_id, "set_quota", quota, Acknowledged)

    @answered(AnswerTime.ACT)
    async def reissue_certificate(
        self, exchange_id: str, actor: Actor, *, request_id: str | None = None
    ) -> IssuedCertificate:
        """A new version of a certificate, under the same number."""
        await self._sending.vouch(actor)
        reissue = Reissue(exchange_id=exchange_id, request_id=request_id or new_id(), actor=actor)
        act = Act(
            workflow_id=certificate_workflow_id(exchange_id, reissue.request_id),
            key=reissue.request_id,
            kind=REISSUE,
            actor=actor,
            request=reissue,
            about=exchange_id,
        )
        return await self.asking.ask(act, IssuedCertificate)

    async def _reissue(self, act: Act) -> IssuedCertificate:
        """Have the workflow of a reissue run; sent again, it is the same one."""
        issued: IssuedCertificate = await run_of(self._client, self.availability, CertificateWorkflow.run, act)
        return issued

    @answered(AnswerTime.ACT)
    async def set_preferences(self, preferences: Preferences, actor: Actor, key: str) -> None:
        """Set how somebody is written to; a zone that nobody had before gets its digest.

        Raises:
            NotAuthorised: neither the person, their coordinator or head, nor the programme office.
            BadInput: the language or the zone is none.
        """
        await self.people.set_preferences(preferences, actor, self._clock(), key)
        if preferences.zone:
            async with answering(self.availability, AnswerTime.ACT):
                await ensure_digests(self._client, [preferences.zone])
