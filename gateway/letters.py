"""Letters about exchanges: written on request, each request once."""

from temporalio.client import Client

from gateway.acts import Asking
from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.kinds import LETTER
from gateway.runs import run_of
from gateway.updates import Updates, new_id
from models.identifiers import letter_workflow_id
from models.messages.acts import Act
from models.messages.contracts import WrittenLetter
from models.people.authorization import Actor
from models.people.letters import LetterKind
from workflows.letter import AskLetter, LetterWorkflow


class LetterOperations:
    """What people do with letters besides reading them."""

    def __init__(self, client: Client, asking: Asking, sending: Updates, availability: Availability) -> None:
        self._client = client
        self._asking = asking
        self._sending = sending
        self.availability = availability
        asking.sends(LETTER, self._write)

    @answered(AnswerTime.ACT)
    async def write(
        self, exchange_id: str, letter: LetterKind, actor: Actor, *, request_id: str | None = None
    ) -> WrittenLetter:
        """Have a letter written from the records of now.

        Raises:
            NotAuthorised: it is not theirs to write.
            Conflict: it lacks something; the messages say what.
            Unknown: there is no such exchange.
        """
        await self._sending.vouch(actor)
        asked = AskLetter(exchange_id=exchange_id, request_id=request_id or new_id(), letter=letter, actor=actor)
        act = Act(
            workflow_id=letter_workflow_id(exchange_id, asked.request_id),
            key=asked.request_id,
            kind=LETTER,
            actor=actor,
            request=asked,
            about=exchange_id,
        )
        return await self._asking.ask(act, WrittenLetter)

    async def _write(self, act: Act) -> WrittenLetter:
        """Have the workflow of a letter run; sent again, it is the same one."""
        written: WrittenLetter = await run_of(self._client, self.availability, LetterWorkflow.run, act)
        return written
