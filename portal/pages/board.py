"""The board of an office: its own students by stage, who owes the next move, both sides' deadlines; and exports."""

from fastapi import Request
from fastapi.responses import Response

from models.errors import Unknown
from models.people.broadcasts import may_write_to_many
from models.views import LARGEST_PAGE, CohortView, ExchangeFilter, ExchangeSummary
from models.vocabulary import Direction, Role, Stage
from portal.context import context_of
from portal.pages.tables import require_kind, table_file
from portal.policy import BOARD, Pages
from portal.presenter import Presenter
from portal.render import page
from portal.visitor import Visitor, visitor_of
from texts.charts.cohort import funnel, seat_dots
from texts.i18n import _, _p
from texts.names import Names

pages = Pages("board")
HEADER = (
    _("exchange"), _("student"), _("native name"), _p("column", "from"), _p("column", "to"), _("start"), _("end"),
    _("stage"), _("outcome"), _("seat"), _("waitlist"), _("next move"), _p("column", "owed by"), _p("column", "due"),
    _("overdue"), _("on hold"),
)  # fmt: skip
ASKED = ("cohort", "direction", "stage", "q", "view", "closed", "after")
SHOWN = 200
"""Students of one page of the board; the export holds all."""


@pages.get("/board", BOARD)
async def board(request: Request) -> Response:
    """Where are my students, and who owes the next move? One glance."""
    context, visitor = context_of(request), await visitor_of(request)
    wanted, asked = _filter(request, visitor)
    found = await context.services.reading.exchanges(wanted.model_copy(update={"limit": SHOWN + 1}), visitor.actor)
    rows = found[:SHOWN]
    counts = await context.services.reading.counts_by_stage(visitor.actor, cohort_id=wanted.cohort_id)
    stages = set(Stage) if asked["closed"] == "yes" else set(Stage) - {Stage.CLOSED}
    cohorts = await context.services.reading.cohorts(visitor.actor)
    shown = [c for c in cohorts if asked["cohort"] in ("", c.cohort_id)]
    since, levels = await context.levels_of(visitor.actor)
    return await page(
        request,
        "board.html",
        columns=[(stage, [row for row in rows if row.stage is stage]) for stage in Stage],
        rows=rows,
        asked=asked,
        cohorts=cohorts,
        summary=_summary(shown),
        levels=levels,
        since=since,
        own=visitor.actor.institution,
        more=rows[-1].cursor if len(found) > SHOWN else None,
        students=len(rows) if _narrowed(asked) else sum(counts[stage] for stage in stages),
    )


def _narrowed(asked: dict[str, str]) -> bool:
    """Whether the board is asked for a part that is not counted by itself."""
    return bool(asked["q"] or asked["direction"] or asked["stage"] or asked["after"])


def _filter(request: Request, visitor: Visitor) -> tuple[ExchangeFilter, dict[str, str]]:
    """What the address asks for; an office begins with the students that it sends."""
    context = context_of(request)
    asked = {name: request.query_params.get(name, "") for name in ASKED}
    partner = visitor.actor.role is Role.PARTNER_OFFICE
    wanted = ExchangeFilter(
        now=context.now(),
        cohort_id=asked["cohort"] or None,
        sending=visitor.actor.institution if partner else None,
        direction=Direction(asked["direction"]) if asked["direction"] in set(Direction) else None,
        stage=Stage(asked["stage"]) if asked["stage"] in set(Stage) else None,
        closed=None if asked["closed"] == "yes" else False,
        search=asked["q"][:100],
        limit=LARGEST_PAGE,
        after=asked["after"] or None,
    )
    return wanted, asked


def _summary(cohorts: list[CohortView]) -> dict[str, int]:
    return {
        "seats": sum(c.cap for c in cohorts),
        "free": sum(c.free for c in cohorts),
        "waiting": sum(len(c.waitlist) for c in cohorts),
    }


@pages.get("/board.{kind}", BOARD)
async def export(request: Request, kind: str) -> Response:
    """The board as a table for spreadsheets; no cell is taken for a formula."""
    require_kind(kind)
    context, visitor = context_of(request), await visitor_of(request)
    wanted = _filter(request, visitor)[0]
    say = Presenter(context.services.programme, visitor.language, visitor, context.now())
    table: list[tuple[str, ...]] = [tuple(say.gettext(column) for column in HEADER)]
    after = wanted.after
    while True:
        rows = await context.services.reading.exchanges(wanted.model_copy(update={"after": after}), visitor.actor)
        table += [_line(say, row) for row in rows]
        if len(rows) < wanted.limit:
            break
        after = rows[-1].cursor
    return table_file(table, kind, "exchanges", context.now())


def _line(say: Presenter, row: ExchangeSummary) -> tuple[str, ...]:
    return (
        row.exchange_id, row.student.name, row.student.native_name, row.sending, row.host, row.start.isoformat(),
        row.end.isoformat(), say.word("STAGES", row.stage), say.outcome(row.outcome) if row.outcome else "",
        str(row.seat or ""), str(row.waitlist_position or ""), *_next(say, row),
    )  # fmt: skip


def _next(say: Presenter, row: ExchangeSummary) -> tuple[str, str, str, str, str]:
    """What is next, who owes it, when it is due or asked, whether it is late, whether it is on hold."""
    coming, no = row.standing.coming, say.gettext(_("no"))
    held = say.gettext(_("yes")) if row.standing.suspended_since else no
    if coming is not None and row.standing.is_first(row.next_moves):
        return say.title(coming), say.owner(coming.owner, row.student), coming.opens_on.isoformat(), no, held
    if not row.next_moves:
        return "", "", "", "", held
    move = row.next_moves[0]
    due = say.local(move.due_at, move.zone).isoformat(timespec="minutes")
    late = say.gettext(_("yes")) if move.overdue else no
    held = say.gettext(_("yes")) if move.held_since else held
    return say.title(move), say.owner(move.owner, row.student), due, late, held


@pages.get("/cohorts", BOARD)
async def cohorts(request: Request) -> Response:
    """All cohorts that the reader may see."""
    visitor = await visitor_of(request)
    return await page(
        request, "cohorts.html", cohorts=await context_of(request).services.reading.cohorts(visitor.actor)
    )


@pages.get("/cohorts/{cohort_id}", BOARD)
async def cohort(request: Request, cohort_id: str) -> Response:
    """Seats and waitlist of a cohort, with what every place on it depends on."""
    context, visitor = context_of(request), await visitor_of(request)
    for actor in visitor.capacities:
        found = await context.services.reading.cohort(cohort_id, actor)
        if found is not None:
            wanted = ExchangeFilter(now=context.now(), cohort_id=cohort_id, limit=LARGEST_PAGE)
            rows = await context.services.reading.exchanges(wanted, actor)
            manages = actor.role in {Role.COORDINATOR, Role.HEAD_OF_OFFICE} and actor.institution == found.host
            manages = manages or actor.role is Role.PROGRAMME_OFFICE
            writes = may_write_to_many(actor)
            names = Names(context.services.programme, visitor.language)
            return await page(
                request,
                "cohort.html",
                cohort=found,
                rows=rows,
                manages=manages,
                writes=writes,
                refusal=None,
                dots=seat_dots(found, names),
                far=funnel(rows, names),
            )
    raise Unknown("cohort.not_seen")
