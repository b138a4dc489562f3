"""The worklist: what waits for a person, what others owe, what is overdue; one answer for many steps at once."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from models.catalogue.policy import Policy
from models.errors import BadInput, SojournError
from models.messages.exchange import Decide
from models.people.units import may_break_places
from models.views import WorklistFilter, WorklistRow
from models.vocabulary import StepKind
from portal.answer_forms import answers_of, owner_actor, policy_of
from portal.context import context_of
from portal.forms import made, sent
from portal.pages.conversation import questions_to
from portal.pages.reminders import remindable
from portal.policy import ACTING, Pages
from portal.render import page
from portal.visitor import Visitor, visitor_of

pages = Pages("worklist")
TABS = ("mine", "others", "overdue", "done")
PAGE = 50
MOST_AT_ONCE = 50


@pages.get("/worklist", ACTING)
async def worklist(request: Request) -> Response:
    """What is to do, soonest due first; tab, cohort and kind of step are in the address, and whether all are picked."""
    context, visitor = context_of(request), await visitor_of(request)
    asked = {name: request.query_params.get(name, "") for name in ("tab", "cohort", "kind", "pick")}
    tab = asked["tab"] if asked["tab"] in TABS else "mine"
    kind = StepKind(asked["kind"]) if asked["kind"] in set(StepKind) else None
    shown = WorklistFilter(
        now=context.now(),
        of_others=tab == "others",
        overdue=tab == "overdue",
        cohort_id=asked["cohort"] or None,
        kinds=(kind,) if kind else (),
        limit=PAGE + 1,
        after=request.query_params.get("after") or None,
    )
    policy, reading = context.services.programme.policy, context.services.reading
    rows, counts = await reading.worklist_page(visitor.actor, shown)
    return await page(
        request,
        "worklist.html",
        tab=tab,
        rows=[(row, answers_of(row, policy, context.now())) for row in rows[:PAGE]] if tab != "done" else [],
        done=await reading.done_steps(visitor.actor, context.now(), PAGE) if tab == "done" else [],
        counts=counts,
        to_move=await reading.places_to_move(visitor.actor, context.now()) if tab == "mine" else [],
        questions=await questions_to(request, visitor) if tab == "mine" else [],
        may_move=may_break_places(visitor.actor),
        more=rows[PAGE - 1].cursor if len(rows) > PAGE and tab != "done" else None,
        cohort=asked["cohort"],
        cohorts=await reading.cohort_ids(visitor.actor),
        remindable=remindable(visitor, rows[:PAGE], context.now()) if tab == "others" else set(),
        kind=kind or "",
        kinds=list(dict.fromkeys([*([kind] if kind else []), *(row.kind for row in rows)])),
        picked=asked["pick"] == "all",
        bulk=_bulk(rows[:PAGE], policy) if tab not in ("others", "done") else {},
    )


def _bulk(rows: list[WorklistRow], policy: Policy) -> dict[str, StepKind]:
    """The answers that may be given to several of these steps at once, with a kind of step that has each."""
    found: dict[str, list[StepKind]] = {}
    for row in rows:
        for outcome in row.outcomes:
            if may_be_bulk(row, outcome, policy):
                found.setdefault(outcome, []).append(row.kind)
    return {outcome: kinds[0] for outcome, kinds in found.items() if len(kinds) > 1}


def may_be_bulk(row: WorklistRow, outcome: str, policy: Policy) -> bool:
    """Whether an answer may be given together with others: nothing else is asked, nobody is turned down by it, and the
    step waits for no other."""
    answer = policy_of(row, policy).answer(outcome)
    return answer is not None and answer.bulk and not row.waits_for


@dataclass(frozen=True)
class Result:
    """What became of one of many."""

    row: WorklistRow | None
    step_id: str
    done: bool
    error: SojournError | None = None


@pages.post("/worklist/bulk", ACTING)
async def bulk(request: Request) -> Response:
    """Show once more what was picked; nothing is done yet."""
    form = await sent(request, ("step", "outcome"))
    visitor = await visitor_of(request)
    outcome = form.text("outcome", longest=40)
    picked = await _picked(request, visitor, form.all("step"))
    policy = context_of(request).services.programme.policy
    rows = [row for row in picked if may_be_bulk(row, outcome, policy)]
    return await page(
        request,
        "bulk.html",
        outcome=outcome,
        kind=picked[0].kind if picked else "",
        rows=rows,
        left_out=[row for row in picked if row not in rows],
        results=None,
    )


@pages.post("/worklist/bulk/do", ACTING)
async def bulk_do(request: Request) -> Response:
    """Give one answer to several steps, each for itself; sent again, none is answered twice."""
    form = await sent(request, ("step", "outcome"))
    context, visitor = context_of(request), await visitor_of(request)
    outcome, steps = form.text("outcome", longest=40), form.all("step")[:MOST_AT_ONCE]
    known = {row.step_id: row for row in await _picked(request, visitor, steps)}
    results = []
    for number, step_id in enumerate(steps):
        row = known.get(step_id)
        try:
            if row is not None and not may_be_bulk(row, outcome, context.services.programme.policy):
                raise BadInput("answer.not_in_bulk")
            # A step that is not on the worklist any more was perhaps answered by this very form: its workflow knows.
            actor = owner_actor(visitor, row.owner) if row else visitor.actor
            values = {"decision_id": f"{form.key}-{number}", "step_id": step_id, "outcome": outcome, "actor": actor}
            decision = made(Decide, values)
            await context.services.gateway.decide(decision)
            results.append(Result(row, step_id, True))
        except SojournError as error:
            results.append(Result(row, step_id, False, error))
    return await page(
        request, "bulk.html", outcome=outcome, kind="", rows=[], left_out=[], results=results, key=form.key, steps=steps
    )


async def _picked(request: Request, visitor: Visitor, steps: list[str]) -> list[WorklistRow]:
    if not steps:
        raise BadInput("rows.none", "step")
    if len(steps) > MOST_AT_ONCE:
        raise BadInput("rows.too_many", "step", most=MOST_AT_ONCE)
    context = context_of(request)
    wanted = WorklistFilter(now=context.now(), these=tuple(steps), limit=MOST_AT_ONCE)
    return await context.services.reading.worklist(visitor.actor, wanted)
