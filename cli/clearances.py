"""`sojourn clearance`: what a stay is cleared for, through which day, and what would fail on other days."""

from datetime import date
from typing import Annotated

import typer

from cli.lines import said
from cli.options import As, Exchange, Json, read_day
from cli.output import as_data, say, say_json, show, table
from cli.session import session_of
from gateway.composition import Services
from models.views.clearances import ClearancesView
from texts.clearance_reasons import because
from texts.clearances import CLEARANCE_STATES, CLEARANCES, COVERED
from texts.dates import stay_words
from texts.i18n import _
from texts.names import Names
from texts.terminal import language, phrase

AS_THEY_ARE = _("As they are: {days}")
AS_THEY_WOULD_BE = _("As they would be: {days}")
NONE = _("This stay needs none.")
commands = typer.Typer()


@commands.command()
def clearance(
    ctx: typer.Context,
    exchange: Exchange,
    start: Annotated[
        date | None,
        typer.Option("--from", parser=read_day, metavar="DAY", help="Another first day, to see what would fail."),
    ] = None,
    end: Annotated[
        date | None,
        typer.Option("--until", parser=read_day, metavar="DAY", help="Another last day, to see what would fail."),
    ] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    """What a stay is cleared for, through which day, and what to do; with other days, what would fail then."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> ClearancesView:
        return await services.gateway.statements.clearances(exchange, actor, start, end)

    view = session.act(look)
    if as_json:
        say_json(as_data(view))
        return
    names = Names(session.programme(), language())
    head = AS_THEY_WOULD_BE if view.proposed else AS_THEY_ARE
    say(phrase(head, days=stay_words(view.start, view.end, language())))
    if not view.clearances:
        say(phrase(NONE))
        return
    rows = [
        (
            said(CLEARANCES, one.kind),
            said(CLEARANCE_STATES, one.state),
            str(one.through or ""),
            str(one.needed_through),
            said(COVERED, one.covers),
            "\n".join(because(names, reason) for reason in one.why),
        )
        for one in view.clearances
    ]
    columns = (_("clearance"), _("state"), _("holds through"), _("needed through"), _("needed for"), _("what to do"))
    show(table("", columns, rows))
