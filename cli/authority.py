"""`sojourn paper …`: what the authority wrote about a student's stay."""

from datetime import date
from typing import Annotated

import typer

from cli.options import ActId, As, Exchange, Json, made, read_day
from cli.replies import tell_acknowledged
from cli.session import session_of
from gateway.composition import Services
from models.authority import PaperKind
from models.messages.authority import RecordPaper
from models.messages.exchange import Acknowledged
from texts.i18n import _
from texts.terminal import phrase

commands = typer.Typer(help="What the authority wrote: visas, entries, permits, extensions, refusals, passports.")


@commands.command()
def record(
    ctx: typer.Context,
    exchange: Exchange,
    paper: Annotated[PaperKind, typer.Argument(help="What it is.")],
    valid_from: Annotated[date | None, typer.Option("--from", parser=read_day, metavar="DAY")] = None,
    valid_until: Annotated[
        date | None, typer.Option("--until", parser=read_day, metavar="DAY", help="Of the stay, or of the passport.")
    ] = None,
    number: Annotated[str, typer.Option("--number", help="Kept in the records alone.")] = "",
    visa_type: Annotated[str, typer.Option("--type", help="As it is printed; kept in the records alone.")] = "",
    multiple: Annotated[
        bool | None, typer.Option("--multiple-entry/--single-entry", help="How often the student may enter.")
    ] = None,
    corrects: Annotated[str | None, typer.Option("--corrects", metavar="ENTRY", help="The entry it replaces.")] = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Enter what the authority wrote, or correct an entry; the clocks of the stay follow at once (D26 to D33)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        entry = made(
            RecordPaper,
            decision_id=decision_id,
            actor=actor,
            paper=paper,
            valid_from=valid_from,
            valid_until=valid_until,
            single_entry=None if multiple is None else not multiple,
            corrects=corrects,
        )
        return await services.gateway.record_paper(exchange, entry, number=number, visa_type=visa_type)

    decision_id, reply = session.act_once(act_id, act)
    said = phrase(_("The paper of {exchange} is entered."), exchange=exchange)
    tell_acknowledged(reply, said, as_json, decision_id=decision_id)
