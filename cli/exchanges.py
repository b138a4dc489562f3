"""`sojourn show`, `list` and `cohort`: where exchanges are and who owes what."""

from functools import partial
from typing import Annotated

import typer

from cli.lines import clock_line, owner_line, rotation_line, said, student_line
from cli.lookups import view_of
from cli.options import As, Exchange, Json, made
from cli.output import say, say_json, show, show_list, table, when
from cli.session import session_of
from cli.showing import exchange_parts
from gateway.composition import ReadServices
from models.catalogue.programme import Programme
from models.errors import Unknown
from models.views import CohortView, ExchangeFilter, ExchangeSummary, ExchangeView
from models.vocabulary import Outcome, Stage
from texts.i18n import _, _p
from texts.labels import OUTCOMES, STAGES
from texts.names import Names
from texts.punctuation import sentences
from texts.terminal import language, phrase

SEATS = _("{cohort}: {cap} seats, {free} free, at least {minimum} agreed.")
commands = typer.Typer()


@commands.command("show")
def show_(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """One exchange: where it is, who owes what by when, documents, places, and everything that happened."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> tuple[ExchangeView, Programme]:
        return await view_of(records, actor, exchange), records.programme

    view, programme = session.read(look)
    if as_json:
        say_json(view)
    else:
        show(*exchange_parts(view, programme))


@commands.command("list")
def list_(
    ctx: typer.Context,
    as_: As = None,
    stage: Annotated[Stage | None, typer.Option("--stage", help="Only those at this stage.")] = None,
    sending: Annotated[str | None, typer.Option("--sending", metavar="ID", help="Only from this university.")] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="ID", help="Only to this university.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Only of this intake year.")] = None,
    outcome: Annotated[Outcome | None, typer.Option("--outcome", help="Only those that ended so.")] = None,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Part of a code, name or number.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Rows at most.")] = 200,
    after: Annotated[str | None, typer.Option("--after", metavar="CURSOR", help="Go on after this row.")] = None,
    as_json: Json = False,
) -> None:
    """The exchanges you may see, with what happens next in each."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> tuple[tuple[ExchangeSummary, ...], Programme]:
        wanted = made(
            ExchangeFilter,
            now=records.clock(),
            stage=stage,
            sending=sending,
            host=host,
            year=year,
            outcome=outcome,
            search=search,
            limit=limit,
            after=after,
        )
        return tuple(await records.reading.exchanges(wanted, actor)), records.programme

    rows, programme = session.read(look)
    columns = (
        _("exchange"), _("student"), _p("column", "from"), _p("column", "to"), _("stay"), _("stage"),
        _p("column", "next"), _p("column", "owed by"), _p("column", "due"),
    )  # fmt: skip
    none = phrase(_("There is no such exchange that you may see."))
    cells = partial(_cells, programme)
    show_list(phrase(_("Exchanges")), columns, rows, cells, limit=limit, none=none, as_json=as_json)


@commands.command()
def cohort(
    ctx: typer.Context,
    cohort: Annotated[str, typer.Argument(metavar="COHORT", help="Like 2027-incoming-dartmouth-cqmu.")],
    as_: As = None,
    as_json: Json = False,
) -> None:
    """Seats and waitlist of a cohort."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> tuple[CohortView, Programme]:
        found = await records.reading.cohort(cohort, actor)
        if found is None:
            raise Unknown("cohort.unknown", cohort=cohort)
        return found, records.programme

    view, programme = session.read(look)
    if as_json:
        say_json(view)
        return
    closes = when(view.closes_at, programme.institutions[view.sending].zone)
    say(phrase(SEATS, cohort=view.cohort_id, cap=view.cap, free=view.free, minimum=view.minimum))
    fewer = phrase(_("Fewer came than agreed.")) if view.closed_below_minimum else ""
    say(sentences((phrase(_("Nominations close {closes}."), closes=closes), fewer), language()))
    seats = [
        (s.number, s.exchange_id, student_line(s.student) if s.student else "", _seat_state(s.exchange_id, s.held))
        for s in view.seats
    ]
    show(table(phrase(_("Seats")), (_("seat"), _("exchange"), _("student"), _("state")), seats))
    if view.waitlist:
        waiting = [(w.position, w.exchange_id, student_line(w.student) if w.student else "") for w in view.waitlist]
        show(table(phrase(_("Waitlist")), (_("position"), _("exchange"), _("student")), waiting))


def _seat_state(exchange_id: str | None, held: bool) -> str:
    if exchange_id is None:
        return phrase(_p("seat", "free"))
    return phrase(_("held: its offer waits for an answer")) if held else phrase(_p("seat", "taken"))


def _cells(programme: Programme, row: ExchangeSummary) -> tuple[object, ...]:
    stage, names = said(STAGES, row.stage), Names(programme, language())
    if row.outcome is not None:
        stage = names.pair(stage, said(OUTCOMES, row.outcome))
    elif row.waitlist_position:
        stage = names.aside(stage, phrase(_("waitlist {position}"), position=row.waitlist_position))
    for one in row.standing.rotations:
        stage = names.pair(stage, rotation_line(one, names))
    if row.standing.suspended_since is not None:
        stage = names.aside(stage, phrase(_("suspended")))
    return (
        row.exchange_id,
        student_line(row.student),
        row.sending,
        row.host,
        phrase(_p("stay", "{first} to {last}"), first=row.start, last=row.end),
        stage,
        *_next(programme, row, names),
    )


def _next(programme: Programme, row: ExchangeSummary, names: Names) -> tuple[object, object, object]:
    """What is next, who owes it, and when it is due, or asked."""
    coming = row.standing.coming
    if coming is not None and row.standing.is_first(row.next_moves):
        asked = phrase(_("asked on {day}"), day=coming.opens_on)
        return names.title(coming), owner_line(coming.owner, programme, row.student), asked
    if not row.next_moves:
        return "", "", ""
    move = row.next_moves[0]
    return names.title(move), owner_line(move.owner, programme, row.student), clock_line(move, names)
