"""`sojourn watch`: students by stage and what is due next, as it changes."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from cli.lines import clock_line, owner_line, said, student_line
from cli.options import As
from cli.output import console, table, when
from cli.session import session_of
from gateway.composition import ReadServices
from models.catalogue.programme import Programme
from models.people.authorization import Actor
from models.views import LARGEST_PAGE, ExchangeFilter, ExchangeSummary
from models.vocabulary import Stage
from texts.i18n import _, _p
from texts.labels import STAGES
from texts.names import Names
from texts.terminal import language, phrase

commands = typer.Typer()

EVERY = 2.0
"""Seconds between looks."""
SOON = 12
"""Steps shown."""


@commands.command()
def watch(
    ctx: typer.Context,
    as_: As = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and stop.")] = False,
) -> None:
    """Students by stage and what is due next, refreshed every two seconds; Ctrl-C stops watching."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> None:
        screen = console()
        if once or not screen.is_terminal:
            screen.print(await _page(records, actor))
            return
        with Live(await _page(records, actor), console=screen, screen=False, auto_refresh=False) as live:
            while True:
                await asyncio.sleep(EVERY)
                live.update(await _page(records, actor), refresh=True)

    session.watch(look)


async def _page(records: ReadServices, actor: Actor) -> RenderableType:
    now = records.clock()
    counts = await records.reading.counts_by_stage(actor)
    moving = await records.reading.exchanges(ExchangeFilter(now=now, closed=False, limit=LARGEST_PAGE), actor)
    head = Text(phrase(_("{now}   {count} exchanges"), now=when(now), count=sum(counts.values())), style="bold")
    return Group(head, _by_stage(counts), _due(moving, records.programme))


def _by_stage(counts: dict[Stage, int]) -> RenderableType:
    most = max(counts.values(), default=0)
    rows = [(said(STAGES, stage), number, _bar(number, most)) for stage, number in counts.items()]
    return table(phrase(_("Students by stage")), (_("stage"), _("students"), ""), rows)


def _bar(number: int, most: int) -> Text:
    return Text("█" * round(40 * number / most) if most else "", style="cyan")


def _due(rows: Sequence[ExchangeSummary], programme: Programme) -> RenderableType:
    """What is due next, of all that the actor may see: not only of what they may answer."""
    names = Names(programme, language())
    columns = (_p("column", "due"), _("what"), _("student"), _p("column", "owed by"), _("exchange"))
    moves = sorted(((move, row) for row in rows for move in row.next_moves), key=lambda found: found[0].due_at)
    cells = [
        (
            clock_line(move, names),
            names.title(move),
            student_line(row.student),
            owner_line(move.owner, programme, row.student),
            row.exchange_id,
        )
        for move, row in moves[:SOON]
    ]
    return table(phrase(_("Due next")), columns, cells)
