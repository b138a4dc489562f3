"""Everybody who acts: each asks once, writes down what came of it, and never asks the same again."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from chaos.channels import Channels, Said, told
from chaos.ledger import Act, Answer, Ledger
from demo.hindsight import Hindsight
from demo.people import Traveller
from gateway.consents import ConsentOperations
from gateway.operations import Gateway, new_id
from models.errors import SojournError
from models.messages.exchange import Decide
from models.people.authorization import Owner
from models.views import WorklistRow
from models.vocabulary import Content, StepKind

LEAVES_WITHIN = 0.12
"""Seconds after which somebody who vanishes is gone: about what an act takes."""
HOURS = "report_attendance"
CONTRARY = {
    StepKind.VERIFY_NOMINATION: "rejected",
    StepKind.SENDING_APPROVAL: "reject",
    StepKind.HOST_APPROVAL: "reject",
}
"""What somebody else may say instead, with nothing to add."""


class Unanswered(Exception):
    """Who asked was not told that it was done."""

    def __init__(self, act: Act) -> None:
        super().__init__(act.answer)
        self.act = act


class Asking:
    """The gateway as these people use it: one act each, through one of the ways in, written down before and after."""

    def __init__(self, channels: Channels, ledger: Ledger, seed: int, vanish: float) -> None:
        self._channels = channels
        self._seed = seed
        self._gateway = channels.services.gateway
        self.ledger = ledger
        self.vanish = vanish
        """Share of the callers who are gone before they are answered."""
        self.owner: Callable[[str], Owner | None] = lambda _: None
        self._flying: set[asyncio.Task[Any]] = set()

    @property
    def consents(self) -> ConsentOperations:
        """What students agree to before their first document: no act of the ledger, asked again until it is there."""
        return self._gateway.consents

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        """Reports and evaluations: through the gateway."""
        act = getattr(self._gateway, name)

        async def asked(*arguments: Any, **options: Any) -> Any:
            request = arguments[-1]
            evaluates = name == "evaluate"
            key = request.decision_id if evaluates else request.report_id
            step = request.step_id if evaluates else ""
            exchange = step.partition(".")[0] if evaluates else arguments[0]
            outcome = "evaluated" if evaluates else name
            kind = "evaluate" if evaluates else "report"
            noted = self.ledger.asked(kind, "gateway", exchange=exchange, step=step, outcome=outcome, key=key)
            return await self._take(noted, lambda: act(*arguments, **options))

        return asked

    async def decide(self, decision: Decide, *, note: str | None = None, contrary: bool = False) -> Any:
        """Answer a step, through one of the ways in."""
        step, outcome = decision.step_id, decision.outcome
        owner = self.owner(step)
        ways = self._channels.channels_for(owner, decision) if owner is not None else ["gateway"]
        if contrary:  # the page was opened long ago; asking for it again would show that the step is closed
            ways = [way for way in ways if way != "portal"]
        way = self._chance(decision.decision_id).choice(ways)
        known: dict[str, Any] = {"exchange": step.partition(".")[0], "step": step, "outcome": outcome}
        known["contrary"] = contrary
        if way == "portal":
            form = await self._channels.form(step, outcome)
            act = self.ledger.asked("decide", way, key=form["key"], **known)
            return await self._hear(act, lambda: self._channels.send_form(step, outcome, form))
        if way == "api":
            key = new_id()
            act = self.ledger.asked("decide", way, key=self._channels.key_of_call(step, key), **known)
            return await self._hear(act, lambda: self._channels.call(step, outcome, key))
        act = self.ledger.asked("decide", way, key=decision.decision_id, **known)
        return await self._take(act, lambda: self._gateway.decide(decision, note=note))

    async def add_document(
        self, exchange: str, kind: str, filename: str, data: bytes, *more: Any, **options: Any
    ) -> Any:
        """Hand a file in that no other act has: its name finds it in the records."""
        key = new_id()
        sent = data + f"\n%{key[:24]}".encode()  # as much as programs leave behind the end of a PDF
        known = {"exchange": exchange, "outcome": kind, "key": key, "file": f"{key[:24]}-{filename}"}
        act = self.ledger.asked("document", "gateway", **known)
        return await self._take(
            act,
            lambda: self._gateway.add_document(
                exchange, kind, known["file"], sent, *more, submission_id=key, **options
            ),
        )

    async def nominate(self, nomination: Any, actor: Any) -> Any:
        """Nominate a student."""
        key = new_id()
        act = self.ledger.asked("nominate", "gateway", key=key, outcome=nomination.student_number)
        return await self._take(act, lambda: self._gateway.nominate(nomination, actor, request_id=key))

    def leave(self) -> None:
        """Everybody who waits for an answer is gone, as after a power cut."""
        for task in self._flying:
            task.cancel()

    async def _take(self, act: Act, send: Callable[[], Awaitable[Any]]) -> Any:
        """Send through the gateway; the reply, or `Unanswered`."""
        reply: Any = None

        async def said() -> Said:
            nonlocal reply
            try:
                reply = await send()
            except SojournError as error:
                return told(error)
            return Answer.TAKEN, str(getattr(reply, "exchange_id", "")) if act.kind == "nominate" else ""

        await self._hear(act, said)
        return reply

    async def _hear(self, act: Act, send: Callable[[], Coroutine[Any, Any, Said]]) -> None:
        """Wait for the answer, or leave before it; what came of it is written down.

        Raises:
            Unanswered: it was not said to be done.
        """
        task = asyncio.create_task(send())
        self._flying.add(task)
        chance = self._chance(f"{act.number}")
        leaves = chance.uniform(0, LEAVES_WITHIN) if chance.random() < self.vanish else None
        try:
            await asyncio.wait({task}, timeout=leaves)
            if not task.done():
                task.cancel()
            answer, detail = await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                task.cancel()
                self.ledger.answered(act, Answer.VANISHED)
                raise
            answer, detail = Answer.VANISHED, ""
        except Exception as error:  # whatever else a caller meets is no answer that a person understands
            answer, detail = Answer.BROKEN, type(error).__name__
        finally:
            self._flying.discard(task)
        done = self.ledger.answered(act, answer, detail)
        if answer is not Answer.TAKEN:
            raise Unanswered(done)

    def _chance(self, about: str) -> random.Random:
        """Chance that depends on the seed and on what it is about, not on who came first."""
        return random.Random(f"{self._seed} {about}")


class Everybody(Hindsight):
    """The people of the programme, who ask again only for what they were not told was taken or kept."""

    def __init__(self, asking: Asking, channels: Channels, became: Callable[[Act], Awaitable[str]]) -> None:
        super().__init__(cast(Gateway, asking), channels.services.programme)
        self._asking = asking
        self._became = became
        """What the register says of an act that was kept, as those are told who asked."""
        self._kept: defaultdict[str, list[Act]] = defaultdict(list)
        """What was kept, by the step that it is for."""
        self._reported: set[str] = set()
        """Reports of hours that were taken or kept, by their key without its number."""

    async def answer(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Do what the step asks, but for what is kept: that is asked again only after it was refused."""
        for act in list(self._kept[duty.step_id]):
            if await self._became(act) == "refused":
                self._kept[duty.step_id].remove(act)
                self._reported.discard(act.key.rpartition(".")[0])
                traveller.accepted.get(duty.step_id, set()).discard(act.outcome)
        if any(act.outcome != HOURS and act.kind != "document" for act in self._kept[duty.step_id]):
            return  # hours and documents are parts of an answer; the rest of it is still to be given
        try:
            await super().answer(duty, traveller)
        except Unanswered as no:
            if no.act.answer is Answer.KEPT:
                self._kept[duty.step_id].append(no.act)
            raise

    async def hand_in(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Hand in every document the step asks for; what is there already, as a refusal says, is there."""
        actor = self.actor(duty.owner)
        accepted = traveller.accepted.setdefault(duty.step_id, set())
        for kind in duty.subject.split(","):
            if kind in accepted:
                continue
            try:
                if await self.hand_in_one(kind, actor, traveller):
                    accepted.add(kind)
            except Unanswered as no:
                if no.act.answer is Answer.KEPT:
                    self._kept[duty.step_id].append(no.act)
                elif no.act.answer is not Answer.REFUSED:
                    raise
                accepted.add(kind)

    async def _report(self, duty: WorklistRow, traveller: Traveller, content: Content, *more: Any) -> None:
        """Report hours, once; what is reported already, as a refusal says, is reported."""
        key = f"{duty.step_id}.hours-{content}"
        if key in self._reported:
            return
        try:
            await super()._report(duty, traveller, content, *more)
        except Unanswered as no:
            if no.act.answer is Answer.KEPT:
                self._kept[duty.step_id].append(no.act)
            elif no.act.answer is not Answer.REFUSED:
                raise
        self._reported.add(key)

    async def contradict(self, duty: WorklistRow) -> None:
        """Say the opposite, with an old page before one's eyes."""
        outcome = CONTRARY[duty.kind]
        decision = Decide(
            decision_id=self._id(duty, outcome), step_id=duty.step_id, outcome=outcome, actor=self.actor(duty.owner)
        )
        await self._asking.decide(decision, contrary=True)
