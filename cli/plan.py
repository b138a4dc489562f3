"""`sojourn plan`: every due date and rung that would be set, before anything starts."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.lines import ENGLISH, english, said
from cli.options import As, Json
from cli.output import as_data, say_json, show, table, warn, when
from cli.session import Session, session_of
from gateway.composition import ReadServices
from gateway.nomination_files import check_sheet, read_nominations
from models.errors import BadInput, Unknown
from models.identifiers import is_exchange_code
from models.rules.forecast import CalendarDay, Forecast, ForecastRung, ForecastStep
from texts.holidays import WEEKEND
from texts.labels import ROLES, RUNGS, TARGETS
from texts.names import Names

commands = typer.Typer()


@commands.command()
def plan(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="FILE|EXCHANGE", help="A nomination file, or an exchange on record.")],
    rungs: Annotated[bool, typer.Option("--rungs", help="With every reminder and escalation.")] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    """Every due date and rung that would be set, with the rule and the calendar days behind each. Starts nothing.

    Assumes that everybody answers when they are due. A file is planned as if it were sent in now, by today's rules.
    """
    session = session_of(ctx)
    found = _of_exchange(session, what, as_) if is_exchange_code(what.strip().upper()) else _of_file(session, what)
    if as_json:
        say_json([as_data(one) for one in found])
        return
    names = Names(session.programme(), ENGLISH)
    for one in found:
        _show(one, names, rungs=rungs)


def _of_exchange(session: Session, what: str, as_: str | None) -> list[Forecast]:
    actor, code = session.actor(as_), what.strip().upper()

    async def look(records: ReadServices) -> Forecast:
        view = await records.reading.exchange(code, actor)
        if view is None:
            raise Unknown("exchange.unknown", exchange=code)
        forecast = records.reading.forecast(view.plan, view.opened_at)
        return forecast.model_copy(update={"exchange_id": code, "student": view.student.name})

    return [session.read(look)]


def _of_file(session: Session, what: str) -> list[Forecast]:
    file = Path(what)
    if not file.exists():
        raise BadInput("plan.neither", what=what)

    async def look(records: ReadServices) -> list[Forecast]:
        sheet = check_sheet(read_nominations(file), records.programme)
        for row in sheet.refused:
            faults = "; ".join(f"{fault.field}: {english(fault, records.programme)}" for fault in row.faults)
            warn(f"Row {row.row_number} is not planned: {faults}")
        return [
            records.reading.forecast(nomination.to_plan(records.programme), records.clock()).model_copy(
                update={"student": f"row {number}"}
            )
            for number, nomination in sheet.good
        ]

    return session.read(look)


def _show(one: Forecast, names: Names, *, rungs: bool) -> None:
    rows = [_cells(step, names) for step in one.steps]
    title = " ".join(part for part in (one.exchange_id, one.student) if part) or "Plan"
    show(table(title, ("opens", "due", "what", "owed by", "why then"), rows))
    if rungs:
        told = [(when(r.at, s.zone), said(RUNGS, r.kind), s.title, _to(r)) for s in one.steps for r in s.rungs]
        show(table("Reminders and escalations", ("when", "what", "about", "to"), sorted(told)))
    years = sorted({year for step in one.steps for year in step.unknown_years})
    if years:
        listed = ", ".join(str(year) for year in years)
        warn(f"The holidays of {listed} are not announced yet: working days in them may still change.")


def _cells(step: ForecastStep, names: Names) -> tuple[object, ...]:
    title = names.aside(step.title, names.content(step.subject))
    owner = f"{said(ROLES, step.owner)} of {step.institution}"
    why = [step.rule]
    if step.law:
        why.append(step.law)
    if step.waits_for:
        why.append("its clock waits for " + ", ".join(names.step(kind) for kind in step.waits_for))
    special = [day for day in step.passed_over if day.works or day.why != WEEKEND]
    if special:
        why.append("; ".join(_days(list(days)) for _, days in groupby(special, lambda day: (day.works, day.why))))
    return when(step.opens_at, step.zone), when(step.due_at, step.zone), title, owner, Text("\n".join(why))


def _days(days: list[CalendarDay]) -> str:
    """Days in a row that are free, or worked, for the same reason."""
    first, last = days[0], days[-1]
    stretch = f"{first.day:%a %d %b}" if first is last else f"{first.day:%a %d %b} to {last.day:%a %d %b}"
    return f"{stretch}: {'worked, ' if first.works else ''}{first.why}"


def _to(rung: ForecastRung) -> str:
    to, copy = (", ".join(said(TARGETS, target) for target in targets) for targets in (rung.to, rung.copy_to))
    return f"{to} (copy: {copy})" if copy else to
