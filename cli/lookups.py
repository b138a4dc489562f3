"""What an act needs to know first, looked up in the records as far as the actor may see."""

from collections.abc import Sequence
from datetime import date

from gateway.composition import ReadServices
from models.errors import BadInput, Unknown
from models.identifiers import exchange_of
from models.people.authorization import Actor
from models.views import ExchangeView, Finding
from models.vocabulary import Content

ASSIGNED = "assigned"


async def view_of(records: ReadServices, actor: Actor, exchange: str) -> ExchangeView:
    """An exchange as the actor may see it.

    Raises:
        Unknown: there is no such exchange, or the actor may not know of it (D44).
    """
    view = await records.reading.exchange(exchange, actor, now=records.clock())
    if view is None:
        raise Unknown("exchange.unknown", exchange=exchange)
    return view


async def host_zone(records: ReadServices, actor: Actor, exchange: str) -> str:
    """The time zone of an exchange's host."""
    view = await view_of(records, actor, exchange)
    return records.programme.institutions[view.plan.host].zone


async def zone_of_step(records: ReadServices, actor: Actor, step: str) -> str:
    """The time zone that a step's due time is meant in.

    Raises:
        BadInput: the exchange has no such step.
    """
    view = await view_of(records, actor, exchange_of(step))
    zone = next((s.zone for s in view.steps if s.step_id == step), None)
    if zone is None:
        raise BadInput("step.not_of_exchange", "step", exchange=view.exchange_id, step=step)
    return zone


async def placement_of(records: ReadServices, actor: Actor, exchange: str, content: Content, day: date) -> str:
    """The one placement of a content that holds a day.

    Raises:
        BadInput: there is none, or several; the text names them.
    """
    view = await view_of(records, actor, exchange)
    places = [p for p in view.placements if p.content is content and p.status == ASSIGNED]
    found = [p for p in places if p.start <= day <= p.end] or places
    if len(found) != 1:
        ids = ", ".join(p.placement_id for p in found) or "none"
        raise BadInput("placement.needed", "placement", content=content, exchange=exchange, placements=ids)
    return found[0].placement_id


async def findings_of(records: ReadServices, actor: Actor, exchange: str, document_id: str) -> Sequence[Finding]:
    """What the checks said about a document, with reasons as far as the actor may read them (D46)."""
    view = await view_of(records, actor, exchange)
    return next((d.findings for d in view.documents if d.document_id == document_id), ())
