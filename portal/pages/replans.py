"""Other days for a whole cohort: the proposal, the decision, and who was moved, who could not be, and why."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import SojournError, Unknown
from models.messages.replans import Replanning, StayDays, may_replan
from models.people.authorization import Actor
from models.views.replans import ReplanPreview
from portal.answer_forms import Refusal, day_of, refusal_of
from portal.context import context_of
from portal.forms import Sent, made, sent
from portal.policy import BOARD, MANAGING, Pages
from portal.render import page, tell
from portal.visitor import Visitor, visitor_of
from texts.replans import WHY_NOT_MOVED

pages = Pages("replans")
OF_EACH = ("exchange", "first", "last")
FIELDS = ("shift", "exempt", *OF_EACH)


@pages.get("/cohorts/{cohort_id}/days", BOARD)
async def days(request: Request, cohort_id: str) -> Response:
    """What was decided on other days for the cohort, and, for who may, a new proposal."""
    return await _show(request, cohort_id)


async def _show(
    request: Request,
    cohort_id: str,
    *,
    refusal: Refusal | None = None,
    typed: Sent | None = None,
    preview: ReplanPreview | None = None,
) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    actor = await _reader(request, visitor, cohort_id)
    return await page(
        request,
        "replans.html",
        status=refusal.status if refusal else 200,
        cohort_id=cohort_id,
        replans=await context.services.gateway.replans.report(cohort_id, actor),
        decides=any(may_replan(one) for one in visitor.capacities),
        refusal=refusal,
        typed=typed,
        preview=preview,
        reasons=WHY_NOT_MOVED,
    )


async def _reader(request: Request, visitor: Visitor, cohort_id: str) -> Actor:
    for actor in visitor.capacities:
        if await context_of(request).services.reading.cohort(cohort_id, actor) is not None:
            return actor
    raise Unknown("cohort.not_seen")


@pages.post("/cohorts/{cohort_id}/days/preview", MANAGING)
async def preview(request: Request, cohort_id: str) -> Response:
    """The proposal: what every stay would get, before anything is decided."""
    form = await sent(request, FIELDS)
    try:
        seen = await context_of(request).services.gateway.replans.preview(
            cohort_id, _wanted(form), await _office(request)
        )
    except SojournError as error:
        return await _show(request, cohort_id, refusal=_told(error), typed=form)
    return await _show(request, cohort_id, typed=form, preview=seen)


@pages.post("/cohorts/{cohort_id}/days", MANAGING)
async def decide(request: Request, cohort_id: str) -> Response:
    """Move the stays that were looked at, each as a whole or not at all."""
    form = await sent(request, FIELDS)
    try:
        await context_of(request).services.gateway.replans.decide(
            cohort_id, _wanted(form), await _office(request), decision_id=form.key
        )
    except SojournError as error:
        return await _show(request, cohort_id, refusal=_told(error), typed=form)
    answer = RedirectResponse(f"/cohorts/{cohort_id}/days", status_code=303)
    tell(context_of(request), answer, "changed")
    return answer


def _wanted(form: Sent) -> Replanning:
    """The days as they were filled in; a stay that is given its own has both of them.

    Raises:
        BadInput: the shift is no number of days up to a year, or a day is missing or no day.
    """
    shift = form.text("shift", longest=5) or "0"
    rows = zip(form.each("exchange"), form.each("first"), form.each("last"), strict=False)
    own = tuple(
        StayDays(exchange_id=exchange, start=day_of(first, "first"), end=day_of(last, "last"))
        for exchange, first, last in rows
        if first or last
    )
    return made(Replanning, {"shift": shift, "days": own, "exempt": tuple(form.text("exempt", longest=5000).split())})


async def _office(request: Request) -> Actor:
    visitor = await visitor_of(request)
    return next((one for one in visitor.capacities if may_replan(one)), visitor.actor)


def _told(error: SojournError) -> Refusal:
    refusal = refusal_of(error)
    if refusal.status == 404:
        raise error
    return refusal
