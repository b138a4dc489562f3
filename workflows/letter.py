"""One letter about an exchange, at any time of its life: it changes nothing in the story."""

from temporalio import workflow

from activities.letters import LetterWriting
from models.messages.contracts import WriteLetter, WrittenLetter
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.wire import Id, Wire
from workflows.options import RENDER


class AskLetter(Wire):
    """Have a letter written. The same request writes it once."""

    exchange_id: Id
    request_id: Id
    letter: LetterKind
    actor: Actor


@workflow.defn(name="Letter")
class LetterWorkflow:
    """Typesets, stores and records one version of a letter."""

    @workflow.run
    async def run(self, asked: AskLetter) -> WrittenLetter:
        """Write it, or find that the newest version says the same."""
        request = WriteLetter(
            key=f"letter/{asked.exchange_id}/{asked.request_id}",
            exchange_id=asked.exchange_id,
            letter=asked.letter,
            at=workflow.now(),
            actor=asked.actor,
        )
        return await workflow.execute_activity_method(LetterWriting.write_letter, request, **RENDER)
