"""`sojourn report correction`: what was reported of a stay was otherwise."""

from datetime import date
from typing import Annotated

import typer

from cli.lookups import host_zone
from cli.options import ActId, As, Exchange, Json, made, read_day, read_moment
from cli.replies import tell_acknowledged
from cli.session import session_of
from gateway.composition import Services
from models.messages.corrections import CorrectReport, Reported
from models.messages.exchange import Acknowledged
from texts.i18n import _
from texts.terminal import phrase

commands = typer.Typer()


@commands.command()
def correction(
    ctx: typer.Context,
    exchange: Exchange,
    what: Annotated[Reported, typer.Argument(help="What was reported otherwise than it was.")],
    note: Annotated[str, typer.Option("--note", help="Why; kept in the records.")],
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Of an arrival or a movement: when it was, in the host's zone."),
    ] = None,
    entered: Annotated[
        str | None,
        typer.Option("--entered", metavar="TIME", help="Of an arrival: when the student entered the country."),
    ] = None,
    on: Annotated[
        date | None,
        typer.Option("--on", parser=read_day, metavar="DAY", help="Of a departure: the last day at the residence."),
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="The day is right, although far from the first.")] = False,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Arrival, departure or the last movement was otherwise; what counts from it counts anew, both stay on record."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        zone = await host_zone(services, actor, exchange)
        asked = made(
            CorrectReport,
            decision_id=decision_id,
            actor=actor,
            reported=what,
            happened_at=read_moment(at, zone) if at else None,
            entered_at=read_moment(entered, zone) if entered else None,
            on=on,
            confirmed=confirm,
        )
        return await services.gateway.correct_report(exchange, asked, note=note)

    decision_id, reply = session.act_once(act_id, act)
    corrected = phrase(_("The report of {exchange} is corrected."), exchange=exchange)
    tell_acknowledged(reply, corrected, as_json, decision_id=decision_id)
