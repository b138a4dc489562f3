"""Nominations: begun, corrected, and reopened where they ended by mistake."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from temporalio.client import Client

from gateway.acts import Asking
from gateway.deadlines import AnswerTime, answered
from gateway.nominating import Nominating
from gateway.reopening import Reopener
from gateway.status import StatusQueries
from gateway.updates import Updates, new_id
from mail.outbox import Outbox
from mail.refused_acts import RefusedActs
from models.catalogue.programme import Programme
from models.errors import Differs
from models.identifiers import CohortKey
from models.messages.exchange import Acknowledged, CorrectNomination, Nominated, Plan
from models.people.authorization import Actor, may_nominate, require
from models.rules.again import UNANSWERED, Answers
from models.rules.nomination import Nomination
from models.vocabulary import StepKind
from records.acts import Register
from records.already_known import known_codes
from records.corrections import Corrections
from records.filing import Filing
from records.people import People
from records.reopening import Reopenings
from records.usage import UploadLimits, Usage


class NominationOperations(StatusQueries):
    """What people do with nominations."""

    def __init__(
        self,
        client: Client,
        filing: Filing,
        programme: Programme,
        clock: Callable[[], datetime],
        uploads: UploadLimits | None,
    ) -> None:
        super().__init__(client, filing)
        self._programme = programme
        self._clock = clock
        outbox = Outbox(programme)
        self.people = People(filing.sessions, programme, outbox)
        self._usage = Usage(filing.sessions, programme.limits, uploads or UploadLimits())
        self.asking = Asking(Register(filing.sessions, RefusedActs(programme)), clock)
        self._sending = Updates(
            client, self.asking, filing, self.people, self._usage, programme, clock, self.availability
        )
        self._nominating = Nominating(client, self.asking, filing, programme, clock, self.availability)
        self._corrections = Corrections(filing.sessions, programme, outbox)
        reopenings = Reopenings(filing.sessions, programme)
        self._reopening = Reopener(client, self.asking, reopenings, self._sending, programme, clock, self.availability)

    @answered(AnswerTime.ACT)
    async def nominate(
        self,
        nomination: Nomination,
        actor: Actor,
        *,
        request_id: str | None = None,
        answers: Answers = UNANSWERED,
    ) -> Nominated:
        """Start a student's exchange, or find the one that this nomination began; `answers` to what was asked.

        Raises:
            NotAuthorised: the person does not nominate for this university.
            Differs, Conflict: something is asked before anything starts.
        """
        require(may_nominate(actor, nomination.sending), "not_allowed.nominate")
        await self._sending.vouch(actor)
        request = request_id or new_id()
        try:
            return await self._nominating.nominate(nomination, actor, request, answers)
        except Differs as told:
            if answers.known != "correct" or told.message != "nomination.differs":
                raise
            exchange_id = str(told.params["exchange"])
        reply = await self.correct_nomination(exchange_id, nomination, actor, decision_id=request, answers=answers)
        return Nominated(exchange_id=exchange_id, already_known=True, stage=reply.stage)

    @answered(AnswerTime.LOOK)
    async def known_already(self, rows: Iterable[tuple[int, Nomination]], actors: Collection[Actor]) -> dict[int, str]:
        """The exchanges that rows of nominees began before, by row: of those whom one of `actors` may nominate."""
        mine = [row for row in rows if any(may_nominate(actor, row[1].sending) for actor in actors)]
        return await known_codes(self._filing.sessions, self._programme, mine)

    @answered(AnswerTime.ACT)
    async def open_cohort(self, key: CohortKey) -> None:
        """Have the cohort's workflow running; its number of seats comes from the host's agreement (D4).

        Raises:
            BadInput: there is no agreement, or no number of seats for this intake year.
        """
        await self._nominating.open_cohort(key)

    @answered(AnswerTime.ACT)
    async def correct_nomination(
        self,
        exchange_id: str,
        nomination: Nomination,
        actor: Actor,
        *,
        decision_id: str | None = None,
        note: str | None = None,
        answers: Answers = UNANSWERED,
    ) -> Acknowledged:
        """Correct a nomination under the same id, until it is verified (D11)."""
        require(may_nominate(actor, nomination.sending), "not_allowed.correct")
        step = await self.open_step(exchange_id, StepKind.CORRECT_NOMINATION, StepKind.VERIFY_NOMINATION)
        plan: Plan = nomination.to_plan(self._programme)
        version = await self._filing.revise(exchange_id, nomination, self._clock(), answers, actor)
        decision = decision_id or new_id()
        async with self._sending.noted(exchange_id, note, actor, decision) as note_id:
            request = CorrectNomination(
                decision_id=decision,
                step_id=step,
                nomination_version=version,
                plan=plan,
                actor=actor,
                note_id=note_id,
            )
            return await self._sending.to_exchange(exchange_id, "correct_nomination", request, Acknowledged)

    @answered(AnswerTime.ACT)
    async def correct_person(
        self,
        exchange_id: str,
        cells: Mapping[str, str],
        actor: Actor,
        *,
        decision_id: str | None = None,
        answers: Answers = UNANSWERED,
    ) -> bool:
        """Correct personal data of a verified nomination; says whether the same decision did it before."""
        await self._sending.vouch(actor)
        decision = decision_id or new_id()
        return await self._corrections.correct_person(exchange_id, cells, actor, answers, self._clock(), decision)

    @answered(AnswerTime.ACT)
    async def reopen(
        self, exchange_id: str, actor: Actor, *, decision_id: str | None = None, note: str | None = None
    ) -> Acknowledged:
        """Reopen an exchange that was rejected or withdrawn by mistake (D10)."""
        return await self._reopening.reopen(exchange_id, actor, note or "", decision_id or new_id())
