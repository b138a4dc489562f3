"""How a student of the demo agrees to sending papers abroad: the notice first, then an answer to each question."""

from gateway.operations import Gateway
from models.people.authorization import Actor
from models.people.consents import ConsentTo


async def agree(gateway: Gateway, exchange_id: str, student: Actor, language: str = "en") -> None:
    """Read the notice and agree to everything, where something is asked."""
    found = await gateway.consents.show(exchange_id, student, language)
    if found is not None and found.is_asked and not found.stands:
        said = dict.fromkeys(ConsentTo, True)
        await gateway.consents.answer(
            exchange_id, said, student, notice=found.notice.id, language=language, key="agreed"
        )
