"""Who arrives and who leaves, this week first: for those who look after students at a host."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import Response

from models.people.particulars import may_see_directory
from models.typed import day_typed
from models.views.particulars import DirectoryRow
from portal.context import context_of
from portal.policy import LOOKING_AFTER, Pages
from portal.render import page
from portal.visitor import Visitor, visitor_of
from texts.charts.arrivals import ComingOrGoing, arrivals_calendar, movements
from texts.names import Names

pages = Pages("arrivals")
WEEKS = 5
WEEK = timedelta(weeks=1)
FIRST, LAST = date(2020, 1, 1), date(2100, 1, 1)


@pages.get("/arrivals", LOOKING_AFTER)
async def arrivals(request: Request) -> Response:
    """Five weeks from this one on, or from another: each day with who comes, who goes, where to, confirmed or not."""
    context, visitor = context_of(request), await visitor_of(request)
    programme = context.services.programme
    today = context.now().astimezone(ZoneInfo(visitor.zone)).date()
    first = _monday(request.query_params.get("from", ""), today)
    last = first + WEEK * WEEKS - timedelta(days=1)
    rows, more = await _here_and_coming(request, visitor, first, last)

    def day_at(host: str, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(programme.zone_of(host) or visitor.zone)).date()

    moves = movements(rows, first, last, day_at)
    return await page(
        request,
        "arrivals.html",
        calendar=arrivals_calendar(moves, first, WEEKS, today, Names(programme, visitor.language)),
        weeks=[_week(moves, first + WEEK * number) for number in range(WEEKS)],
        hosts=len({row.host for row in rows}),
        today=today,
        this=_monday("", today),
        earlier=first - WEEK * WEEKS,
        later=first + WEEK * WEEKS,
        more=more,
    )


def _week(moves: list[ComingOrGoing], monday: date) -> tuple[date, date, list[ComingOrGoing]]:
    sunday = monday + timedelta(days=6)
    return monday, sunday, [one for one in moves if monday <= one.day <= sunday]


async def _here_and_coming(
    request: Request, visitor: Visitor, first: date, last: date
) -> tuple[list[DirectoryRow], bool]:
    """Whoever is here, and whoever is expected in these days: each once, as every role of the visitor sees them."""
    directory = context_of(request).services.gateway.particulars.directory
    rows, more = dict[str, DirectoryRow](), False
    for actor in visitor.capacities:
        if may_see_directory(actor.role):
            for found in (await directory(actor, arriving_from=first, arriving_to=last), await directory(actor)):
                rows |= {row.exchange_id: row for row in found.rows}
                more = more or found.more
    return list(rows.values()), more


def _monday(typed: str, today: date) -> date:
    try:
        day = day_typed(typed)
    except ValueError:
        day = today
    day = min(max(day, FIRST), LAST)
    return day - timedelta(days=day.weekday())
