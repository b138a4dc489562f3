"""Lists of the API: exchanges, worklist, cohorts, service levels."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import AwareDatetime

from models.errors import Unknown
from models.people.access import ApiScope
from models.rules.service_levels import By, ServiceLevel
from models.views import CohortView, ExchangeFilter, ExchangeSummary, ExchangeView, WorklistFilter, WorklistRow
from models.views.service_levels import LevelFilter
from models.vocabulary import Direction, Stage
from portal.api.caller import ApiCaller, Scoped
from portal.api.problems import PREFIX
from portal.api.shapes import CODE, PageOf, problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["lists"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str | None, Query(max_length=300)]


@router.get("/exchanges", dependencies=GUARD, responses=problems())
async def list_exchanges(
    request: Request,
    caller: Reader,
    cohort: Annotated[str | None, Query(max_length=120)] = None,
    stage: Stage | None = None,
    direction: Direction | None = None,
    closed: bool | None = None,
    modified_since: AwareDatetime | None = None,
    after: After = None,
    limit: Limit = 100,
) -> PageOf[ExchangeSummary]:
    """The exchanges that the institution may see, by code; `modified_since` leaves out those without later events."""
    context = context_of(request)
    wanted = ExchangeFilter(
        now=context.now(),
        cohort_id=cohort,
        stage=stage,
        direction=direction,
        closed=closed,
        modified_since=modified_since,
        after=after,
        limit=limit + 1,
    )
    rows = await context.services.reading.exchanges(wanted, caller.actor)
    return PageOf[ExchangeSummary](items=rows[:limit], next=rows[limit - 1].cursor if len(rows) > limit else None)


@router.get("/exchanges/{exchange_id}", dependencies=GUARD, responses=problems(304, 404), response_model=ExchangeView)
async def get_exchange(
    request: Request,
    response: Response,
    exchange_id: str,
    caller: Reader,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> ExchangeView | Response:
    """Everything of one exchange; the ETag changes with everything that happens in it."""
    context = context_of(request)
    view = await context.services.reading.exchange(exchange_id[:120], caller.actor, now=context.now())
    if view is None:
        raise Unknown("exchange.not_seen")
    tag = etag(view)
    if if_none_match is not None and tag in [one.strip() for one in if_none_match.split(",")]:
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return view


def etag(view: ExchangeView) -> str:
    """The version of an exchange."""
    return f'"{view.exchange_id}.{view.revision}"'


@router.get("/worklist", dependencies=GUARD, responses=problems())
async def list_worklist(
    request: Request,
    caller: Reader,
    of_others: bool = False,
    overdue: bool = False,
    exchange_id: Annotated[str | None, Query(pattern=CODE)] = None,
    after: After = None,
    limit: Limit = 100,
) -> PageOf[WorklistRow]:
    """The open steps that the institution's office may answer, soonest due first; or what others owe."""
    context = context_of(request)
    wanted = WorklistFilter(
        now=context.now(), of_others=of_others, overdue=overdue, exchange_id=exchange_id, after=after, limit=limit + 1
    )
    rows = await context.services.reading.worklist(caller.actor, wanted)
    return PageOf[WorklistRow](items=rows[:limit], next=rows[limit - 1].cursor if len(rows) > limit else None)


@router.get("/cohorts", dependencies=GUARD, responses=problems())
async def list_cohorts(request: Request, caller: Reader) -> PageOf[CohortView]:
    """The cohorts of the institution with their seats."""
    return PageOf[CohortView](items=await context_of(request).services.reading.cohorts(caller.actor))


@router.get("/cohorts/{cohort_id}", dependencies=GUARD, responses=problems(404))
async def get_cohort(request: Request, cohort_id: str, caller: Reader) -> CohortView:
    """Seats and waitlist of a cohort."""
    found = await context_of(request).services.reading.cohort(cohort_id[:120], caller.actor)
    if found is None:
        raise Unknown("cohort.not_seen")
    return found


@router.get("/service-levels", dependencies=GUARD, responses=problems())
async def list_service_levels(
    request: Request, caller: Reader, by: Annotated[list[By] | None, Query()] = None
) -> PageOf[ServiceLevel]:
    """How long steps take and how many are late."""
    context = context_of(request)
    wanted = LevelFilter(now=context.now(), by=tuple(by or (By.INSTITUTION, By.KIND)))
    return PageOf[ServiceLevel](items=await context.services.reading.service_levels(wanted, caller.actor))
