"""`sojourn plan`: every due date and rung that would be set, before anything starts."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.lines import said, sentence
from cli.options import As, Json
from cli.output import as_data, say_json, show, table, warn, when
from cli.session import Session, session_of
from gateway.composition import ReadServices
from gateway.nomination_files import check_sheet, read_nominations
from models.errors import BadInput, Unknown
from models.identifiers import is_exchange_code
from models.rules.forecast import CalendarDay, Forecast, ForecastRung, ForecastStep
from texts.dates import day_words
from texts.due_rules import due_rule_words
from texts.holidays import WEEKEND
from texts.i18n import _, _p
from texts.labels import ROLES, RUNGS, TARGETS
from texts.names import Names
from texts.terminal import language, phrase

AT_FIELD = _("{field}: {reason}")
NOT_ANNOUNCED = _("The holidays of {years} are not announced yet: working days in them may still change.")
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
    names = Names(session.programme(), language())
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
            faults = (phrase(AT_FIELD, field=f.field, reason=sentence(f, records.programme)) for f in row.faults)
            warn(phrase(_("Row {row} is not planned: {faults}"), row=row.row_number, faults="; ".join(faults)))
        return [
            records.reading.forecast(nomination.to_plan(records.programme), records.clock()).model_copy(
                update={"student": phrase(_("row {row}"), row=number)}
            )
            for number, nomination in sheet.good
        ]

    return session.read(look)


def _show(one: Forecast, names: Names, *, rungs: bool) -> None:
    rows = [_cells(step, names) for step in one.steps]
    title = " ".join(part for part in (one.exchange_id, one.student) if part) or phrase(_("Plan"))
    columns = (_("opens"), _p("column", "due"), _("what"), _p("column", "owed by"), _("why then"))
    show(table(title, columns, rows))
    if rungs:
        told = [
            (when(r.at, s.zone), said(RUNGS, r.kind), names.title(s), _to(r, names)) for s in one.steps for r in s.rungs
        ]
        heard = (_("when"), _("what"), _("about"), _p("mail", "to"))
        show(table(phrase(_("Reminders and escalations")), heard, sorted(told)))
    years = sorted({year for step in one.steps for year in step.unknown_years})
    if years:
        warn(phrase(NOT_ANNOUNCED, years=names.listed(str(year) for year in years)))


def _cells(step: ForecastStep, names: Names) -> tuple[object, ...]:
    title = names.aside(names.title(step), names.content(step.subject))
    owner = phrase(_("{role} of {place}"), role=said(ROLES, step.owner), place=step.institution)
    why = [due_rule_words(step.due, step.rule, names.language)]
    if step.law:
        why.append(names.law(step.kind) or step.law)
    if step.waits_for:
        why.append(phrase(_("its clock waits for {steps}"), steps=names.listed(map(names.step, step.waits_for))))
    special = [day for day in step.passed_over if day.works or day.why != WEEKEND]
    if special:
        why.append(
            "; ".join(_days(list(days), names) for _, days in groupby(special, lambda day: (day.works, day.why)))
        )
    return when(step.opens_at, step.zone), when(step.due_at, step.zone), title, owner, Text("\n".join(why))


def _days(days: list[CalendarDay], names: Names) -> str:
    """Days in a row that are free, or worked, for the same reason."""
    first, last = days[0], days[-1]
    stretch = day_words(first.day, names.language, year=False)
    if first is not last:
        end = day_words(last.day, names.language, year=False)
        stretch = phrase(_p("stay", "{first} to {last}"), first=stretch, last=end)
    why = names.in_language(first, "why")
    return names.pair(stretch, phrase(_("worked, {why}"), why=why) if first.works else why)


def _to(rung: ForecastRung, names: Names) -> str:
    to, copy = (names.listed(said(TARGETS, target) for target in targets) for targets in (rung.to, rung.copy_to))
    return phrase(_("{to} (copy: {copy})"), to=to, copy=copy) if copy else to
