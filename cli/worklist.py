"""`sojourn worklist`: what waits for me."""

from functools import partial
from typing import Annotated

import typer

from cli.lines import answers_line, clock_line, owner_line, student_line
from cli.options import As, Json, made
from cli.output import show_list
from cli.session import session_of
from gateway.composition import ReadServices
from models.catalogue.programme import Programme
from models.views import WorklistFilter, WorklistRow
from texts.i18n import _, _p
from texts.names import Names
from texts.terminal import language, phrase

commands = typer.Typer()


@commands.command()
def worklist(
    ctx: typer.Context,
    as_: As = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="What others owe, instead.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    exchange: Annotated[str | None, typer.Option("--exchange", metavar="EXCHANGE", help="Only this one.")] = None,
    cohort: Annotated[str | None, typer.Option("--cohort", metavar="COHORT", help="Only this one.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Rows at most.")] = 200,
    after: Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="Go on after this row.")] = None,
    as_json: Json = False,
) -> None:
    """The open steps you may answer, or with --waiting what others owe, the soonest due first."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> tuple[tuple[WorklistRow, ...], Programme]:
        wanted = made(
            WorklistFilter,
            now=records.clock(),
            overdue=overdue,
            of_others=waiting,
            exchange_id=exchange,
            cohort_id=cohort,
            limit=limit,
            after=after,
        )
        return tuple(await records.reading.worklist(actor, wanted)), records.programme

    rows, programme = session.read(look)
    columns = (_p("column", "due"), _("what"), _("student"), _p("column", "owed by"), _("step"), _("answers"))
    none = phrase(_("Nothing waits for others.") if waiting else _("Nothing waits for you."))
    show_list(phrase(_("Worklist")), columns, rows, partial(_cells, programme), limit=limit, none=none, as_json=as_json)


def _cells(programme: Programme, row: WorklistRow) -> tuple[object, ...]:
    names = Names(programme, language())
    return (
        clock_line(row, names),
        names.aside(names.title(row), row.subject),
        student_line(row.student) if row.student else "",
        owner_line(row.owner, programme, row.student)
        if not row.instead_of
        else phrase(_("for {person}"), person=row.instead_of),
        row.step_id,
        answers_line(programme.policy.steps.get(row.kind), row.outcomes),
    )
