"""`sojourn sla`: how long answers take, and how many are late."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.misuse import Misused
from cli.options import As, Json, made, read_day
from cli.output import as_data, say, say_json, show, table
from cli.session import session_of
from gateway.composition import ReadServices
from models.catalogue.programme import Programme
from models.rules.service_levels import By, ServiceLevel
from models.views.service_levels import LevelFilter
from models.vocabulary import Direction, StepKind
from texts.charts.levels import level_file
from texts.i18n import _, _p
from texts.labels import BYS
from texts.names import Names
from texts.terminal import language, phrase

COUNTED = (
    _("steps"), _p("column", "open"), _("late"), _("late %"), _("half within"), _("9 of 10 within"), _("left out"),
)  # fmt: skip
commands = typer.Typer()


@commands.command()
def sla(
    ctx: typer.Context,
    by: Annotated[
        str, typer.Option("--by", metavar="WORDS", help="Out of kind, institution, unit; several by commas.")
    ] = "institution,kind",
    since: Annotated[
        date | None, typer.Option("--since", parser=read_day, metavar="DAY", help="Opened on this day or later.")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", parser=read_day, metavar="DAY", help="Opened on this day or earlier.")
    ] = None,
    institution: Annotated[str | None, typer.Option("--institution", metavar="ID", help="Only this one.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help="Only this one.")] = None,
    direction: Annotated[Direction | None, typer.Option("--direction", help="Only this one.")] = None,
    kind: Annotated[StepKind | None, typer.Option("--kind", help="Only this one.", show_choices=False)] = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Draw a chart into this file.")] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    """Time from opened to decided and share late; time added by suspensions and by the other side is left out."""
    session = session_of(ctx)
    actor = session.actor(as_)
    groups = tuple(_by(word) for word in by.split(","))

    async def look(records: ReadServices) -> tuple[list[ServiceLevel], Programme]:
        wanted = made(
            LevelFilter,
            now=records.clock(),
            by=groups,
            since=since,
            until=until,
            institution=institution,
            unit=unit,
            direction=direction,
            kinds=(kind,) if kind else (),
        )
        return await records.reading.service_levels(wanted, actor), records.programme

    found, programme = session.read(look)
    if svg is not None:
        names = Names(programme, language()).level_names(found)
        svg.write_text(level_file(found, names, language()), encoding="utf-8")
    if as_json:
        say_json([as_data(one) for one in found])
    elif not found:
        say(phrase(_("No step was ever asked for here.")))
    else:
        columns = (*(BYS[by] for by in groups), *COUNTED)
        show(table(phrase(_("Service levels")), columns, [_cells(one) for one in found]))
    if svg is not None and not as_json:
        say(phrase(_("The chart is in {file}."), file=svg))


def _by(word: str) -> By:
    if word.strip() not in set(By):
        raise Misused("typed.none_of", hint="--by", typed=word.strip(), choices=tuple(By))
    return By(word.strip())


def _cells(one: ServiceLevel) -> tuple[object, ...]:
    return (
        *(one.group.values()),
        one.steps,
        one.open,
        one.late,
        f"{one.late_share:.0%}",
        _days(one.p50_hours),
        _days(one.p90_hours),
        _days(one.held_hours or None),
    )


def _days(hours: float | None) -> str:
    if hours is None:
        return ""
    return (
        phrase(_("{hours} h"), hours=f"{hours:.1f}") if hours < 48 else phrase(_("{days} d"), days=f"{hours / 24:.1f}")
    )
