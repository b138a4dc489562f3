"""How a student's keys and deposit are settled in the demo: everything comes back."""

from datetime import date

from gateway.operations import Gateway
from models.people.authorization import Actor
from models.people.particulars import Handover, Inspection, ParticularKind


async def hand_over(gateway: Gateway, exchange_id: str, officer: Actor, on: date) -> None:
    """Two keys, and a deposit."""
    given = Handover.model_validate(
        {"on": on, "condition": "good", "by": "Lin", "keys": 2, "deposit": 500} | {"currency": "CNY"}
    )
    await gateway.particulars.keep(exchange_id, ParticularKind.HANDOVER, given, officer)


async def give_back(gateway: Gateway, exchange_id: str, officer: Actor, on: date) -> None:
    """Every key and the whole deposit, as the hand-over says; that answers the step for them."""
    given = (await gateway.particulars.of(exchange_id, officer)).handover
    keys, deposit = (given.keys, given.deposit) if given else (0, 0)
    found = Inspection.model_validate({"on": on, "condition": "good", "by": "Lin", "keys": keys, "returned": deposit})
    await gateway.particulars.keep(exchange_id, ParticularKind.INSPECTION, found, officer)
