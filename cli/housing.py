"""`sojourn housing …`: where a student lives."""

from datetime import date
from typing import Annotated

import typer

from cli.options import ActId, As, Exchange, Json, Note, made, read_day
from cli.replies import tell_acknowledged
from cli.session import session_of
from gateway.composition import Services
from models.messages.exchange import Acknowledged
from models.messages.housing import MoveBed
from texts.i18n import _
from texts.terminal import phrase

MOVED = _("{exchange} sleeps in {bed} from the night of {day} on.")
commands = typer.Typer(help="Where a student lives: another bed.")


@commands.command()
def move(
    ctx: typer.Context,
    exchange: Exchange,
    bed: Annotated[str, typer.Argument(metavar="BED", help="The bed moved to, e.g. cqmu-b504-a.")],
    first_night: Annotated[date, typer.Option("--from", parser=read_day, metavar="DAY", help="The first night in it.")],
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Move a student to another bed from a night on; where it is not free, nothing changes (D34)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        wanted = made(MoveBed, decision_id=decision_id, actor=actor, bed_id=bed, first_night=first_night)
        return await services.gateway.move_bed(exchange, wanted, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply, phrase(MOVED, exchange=exchange, bed=bed, day=first_night), as_json, decision_id=decision_id
    )
