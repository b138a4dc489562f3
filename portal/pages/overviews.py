"""What is late and because of whom, the places calendar, service levels, and all events for those who audit."""

from datetime import date, timedelta

from fastapi import Request
from fastapi.responses import Response

from models.errors import BadInput
from models.people.roles import OF_THE_PROGRAMME
from models.rules.service_levels import By
from models.typed import day_typed, number_typed
from models.views import EscalationFilter, WorklistFilter
from models.views.places import EventView
from models.views.service_levels import LevelFilter
from portal.context import context_of
from portal.pages.tables import require_kind, table_file
from portal.policy import AUDIT, BOARD, HANDLING, PLACES, Pages
from portal.render import page
from portal.visitor import visitor_of
from texts.charts.heat import free_units, heat_map
from texts.charts.places import places_calendar, rows_of
from texts.i18n import _, _p
from texts.names import Names

pages = Pages("overviews")
WEEKS = 26
VIEWS = ("units", "students", "beds")
COLUMNS = (
    _("number"), _("when (UTC)"), _p("column", "of"), _("number of it"), _p("column", "event"), _("what happened"),
    _("who"), _("role"), _("institution"), _("facts"),
)  # fmt: skip
PART, MOST_LINES = 5_000, 100_000


@pages.get("/overdue", HANDLING)
async def overdue(request: Request) -> Response:
    """What is late, where, because of whom; and what was escalated to whom."""
    context, visitor = context_of(request), await visitor_of(request)
    reading = context.services.reading
    late = WorklistFilter(now=context.now(), overdue=True, limit=200)
    rows = await reading.late_steps(visitor.actor, late)
    escalations = await reading.escalations(EscalationFilter(still_open=True, limit=200), visitor.actor)
    by_owner: dict[str, int] = {}
    for row in rows:
        name = row.owner.institution or str(row.owner.role)
        by_owner[name] = by_owner.get(name, 0) + 1
    return await page(request, "overdue.html", rows=rows, escalations=escalations, by_owner=by_owner)


@pages.get("/places", PLACES)
async def places(request: Request) -> Response:
    """Who works where in which week, and who sleeps in which bed; holidays are shaded."""
    context, visitor = context_of(request), await visitor_of(request)
    programme, asked = context.services.programme, request.query_params
    wide = visitor.has(*OF_THE_PROGRAMME)
    at = asked.get("at", "") if wide and programme.institution(asked.get("at", "")) else visitor.actor.institution
    at = at or programme.home
    view = asked.get("view", "units") if asked.get("view") in VIEWS else "units"
    first = _monday(asked.get("from", ""), context.now().date())
    last = first + timedelta(weeks=WEEKS) - timedelta(days=1)
    found = await context.services.reading.places(visitor.actor, at, first, last)
    units = free_units(found, first, WEEKS) if view == "units" else []
    names = Names(programme, visitor.language)
    heat = heat_map(units, first, context.now().date(), names) if units else None
    lines, empty = rows_of(found, view, visitor.language)
    return await page(
        request,
        "places.html",
        at=at,
        view=view,
        first=first,
        last=last,
        earlier=first - timedelta(weeks=WEEKS),
        later=first + timedelta(weeks=WEEKS),
        found=found,
        chart=places_calendar(found, lines, view, (first, last), context.now().date(), names) if lines else None,
        empty=empty,
        heat=heat,
        idle=[one for one in units if not one.matters],
        hosts=[i.id for i in programme.institutions.values()] if wide else [],
    )


def _monday(text: str, today: date) -> date:
    try:
        day = day_typed(text)
    except ValueError:
        day = today
    day = min(max(day, date(2020, 1, 1)), date(2100, 1, 1))
    return day - timedelta(days=day.weekday())


@pages.get("/levels", BOARD)
async def levels(request: Request) -> Response:
    """How long steps take and how many are late; the table says what the chart shows."""
    context, visitor = context_of(request), await visitor_of(request)
    asked = request.query_params
    by = tuple(one for one in By if one in asked.getlist("by")) or (By.INSTITUTION, By.KIND)
    since = _day(asked.get("since", ""))
    wanted, reading = LevelFilter(now=context.now(), by=by, since=since, students=False), context.services.reading
    rows = await reading.service_levels(wanted, visitor.actor)
    of_students = wanted.model_copy(update={"students": True})
    students = await reading.service_levels(of_students, visitor.actor)
    return await page(request, "levels.html", rows=rows, students=students, by=by, since=since, all_by=list(By))


def _day(text: str) -> date | None:
    try:
        return day_typed(text)
    except ValueError:
        return None


@pages.get("/events", AUDIT)
async def events(request: Request) -> Response:
    """Every event on record, the newest first: who, when, what; ids only."""
    context = context_of(request)
    stream, days = _events_asked(request)
    before = _position(request.query_params.get("before", ""))
    rows = await context.services.reading.events(stream=stream or None, before=before, limit=101, days=days)
    more = rows[99].position if len(rows) > 100 else None
    return await page(request, "events.html", rows=rows[:100], more=more, stream=stream, days=days)


def _events_asked(request: Request) -> tuple[str, tuple[date | None, date | None]]:
    """Of what, and of which days, both included."""
    asked = request.query_params
    return asked.get("stream", "")[:120], (_day(asked.get("first", "")), _day(asked.get("last", "")))


@pages.get("/events.{kind}", AUDIT)
async def export_events(request: Request, kind: str) -> Response:
    """The same as a table for spreadsheets, the oldest last; no cell is taken for a formula.

    Raises:
        BadInput: there are more than a table takes; fewer days are to be asked for.
    """
    require_kind(kind)
    context, visitor = context_of(request), await visitor_of(request)
    stream, days = _events_asked(request)
    names, before = Names(context.services.programme, visitor.language), None
    table: list[tuple[str, ...]] = [tuple(names.gettext(column) for column in COLUMNS)]
    while True:
        rows = await context.services.reading.events(stream=stream or None, before=before, limit=PART, days=days)
        table += [_event_line(row, names) for row in rows]
        if len(table) > MOST_LINES:
            raise BadInput("export.too_many", "first", most=MOST_LINES)
        if len(rows) < PART:
            break
        before = rows[-1].position
    return table_file(table, kind, "events", context.now())


def _event_line(row: EventView, names: Names) -> tuple[str, ...]:
    facts = "; ".join(f"{name}={value}" for name, value in row.facts.items())
    return (
        str(row.position), row.at, row.stream, str(row.seq), row.kind, names.event(row.kind), row.actor_id,
        row.actor_role, row.actor_institution, facts,
    )  # fmt: skip


def _position(text: str) -> int | None:
    try:
        return number_typed(text)
    except ValueError:
        return None
