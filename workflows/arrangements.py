"""What is changed of a stay as it was arranged: the bed, the clearance, the plan. Updates of every exchange."""

from collections.abc import Awaitable, Callable

from temporalio import workflow

from models.messages.authority import RecordPaper
from models.messages.changes import RequestChange, WithdrawChange
from models.messages.clearance import RevokeClearance
from models.messages.corrections import CorrectReport
from models.messages.exchange import Acknowledged
from models.messages.housing import MoveBed
from models.messages.onward import OnwardNews
from models.messages.reviews import OverrideDocument
from models.messages.rules import MoveRules
from models.wire import Wire
from workflows.acts import authority, change_requests, clearance, corrections, documents, housing, rules
from workflows.case import Case
from workflows.refusals import refusing
from workflows.stages import onward


class Arrangements:
    """The part of the exchange workflow that changes what was arranged."""

    _case: Case

    @workflow.update(description="Move the student to another bed from a night on")
    async def move_bed(self, move: MoveBed) -> Acknowledged:
        """Take another bed and give back the old one's nights (D34)."""
        return await self._act(move.decision_id, move, lambda: housing.move_bed(self._case, move))

    @move_bed.validator
    @refusing
    def _may_move_bed(self, move: MoveBed) -> None:
        housing.check_move_bed(self._case, move)

    @workflow.update(description="Enter what the authority wrote")
    async def record_paper(self, entry: RecordPaper) -> Acknowledged:
        """Keep it in the register; the clocks of the stay follow it at once."""
        return await self._act(entry.decision_id, entry, lambda: authority.record(self._case, entry))

    @record_paper.validator
    @refusing
    def _may_record_paper(self, entry: RecordPaper) -> None:
        authority.check_record(self._case, entry)

    @workflow.update(description="Correct what was reported of the stay")
    async def correct_report(self, correction: CorrectReport) -> Acknowledged:
        """Take what is right in its place; due times that count from it follow (D29, D35)."""
        act = lambda: corrections.correct(self._case, correction)  # noqa: E731
        return await self._act(correction.decision_id, correction, act)

    @correct_report.validator
    @refusing
    def _may_correct_report(self, correction: CorrectReport) -> None:
        corrections.check_correct(self._case, correction)

    @workflow.update(description="Go by a newer set of rules")
    async def move_rules(self, move: MoveRules) -> Acknowledged:
        """The difference was looked at; from now on the newer rules and documents count."""
        return await self._act(move.decision_id, move, lambda: rules.move_rules(self._case, move))

    @move_rules.validator
    @refusing
    def _may_move_rules(self, move: MoveRules) -> None:
        rules.check_move(self._case, move)

    @workflow.update(description="Take back the clearance for the clinic")
    async def revoke_clearance(self, revocation: RevokeClearance) -> Acknowledged:
        """Clinical work stops; a new clearance is asked for (D36)."""
        return await self._act(revocation.decision_id, revocation, lambda: clearance.revoke(self._case, revocation))

    @revoke_clearance.validator
    @refusing
    def _may_revoke_clearance(self, revocation: RevokeClearance) -> None:
        clearance.check_revoke(self._case, revocation)

    @workflow.update(description="Ask that a document counts all the same")
    async def override_document(self, asked: OverrideDocument) -> Acknowledged:
        """A second person is asked; until somebody confirms it, the document does not count."""
        return await self._act(asked.decision_id, asked, lambda: documents.override(self._case, asked))

    @override_document.validator
    @refusing
    def _may_override_document(self, asked: OverrideDocument) -> None:
        documents.check_override(self._case, asked)

    @workflow.update(description="Ask for a change of a verified exchange")
    async def request_change(self, request: RequestChange) -> Acknowledged:
        """Have a change signed by those who signed the exchange; then it is applied as a whole (D39)."""
        act = lambda: change_requests.request_change(self._case, request)  # noqa: E731
        return await self._act(request.decision_id, request, act)

    @request_change.validator
    @refusing
    def _may_request_change(self, request: RequestChange) -> None:
        change_requests.check_request(self._case, request)

    @workflow.update(description="Take a change request back")
    async def withdraw_change(self, withdrawal: WithdrawChange) -> Acknowledged:
        """Close a change that is not decided yet; nothing is changed."""
        act = lambda: change_requests.withdraw_change(self._case, withdrawal)  # noqa: E731
        return await self._act(withdrawal.decision_id, withdrawal, act)

    @withdraw_change.validator
    @refusing
    def _may_withdraw_change(self, withdrawal: WithdrawChange) -> None:
        change_requests.check_withdraw(self._case, withdrawal)

    @workflow.signal
    def hear_onward(self, news: OnwardNews) -> None:
        """The other one of two stays that belong together says what was decided there (D38)."""
        if self._case.remembers:
            onward.hear(self._case, news)
        else:
            self._case.early.append(lambda: self.hear_onward(news))

    async def _once(self, key: str, request: Wire, act: Callable[[], Awaitable[None]]) -> bool:
        _, repeated = await self._case.acts.once(key, request, act)
        return repeated

    async def _act(self, key: str, request: Wire, act: Callable[[], Awaitable[None]]) -> Acknowledged:
        repeated = await self._once(key, request, act)
        return Acknowledged(exchange_id=self._case.id, repeated=repeated, stage=self._case.stage)
