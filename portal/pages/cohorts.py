"""Changing a cohort: its number of seats."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import Unknown
from models.messages.cohorts import SetQuota
from portal.context import context_of
from portal.forms import made, sent
from portal.policy import MANAGING, Pages
from portal.render import tell
from portal.visitor import visitor_of

pages = Pages("cohorts")


@pages.post("/cohorts/{cohort_id}/seats", MANAGING)
async def seats(request: Request, cohort_id: str) -> Response:
    """Set the number of seats (D4); free seats go to those who wait, in their order."""
    form = await sent(request, ("cap",))
    context, visitor = context_of(request), await visitor_of(request)
    if not any([await context.services.reading.cohort(cohort_id, actor) for actor in visitor.capacities]):
        raise Unknown("cohort.not_seen")
    quota = made(SetQuota, {"decision_id": form.key, "cap": form.text("cap"), "actor": visitor.actor})
    await context.services.gateway.set_quota(cohort_id, quota)
    answer = RedirectResponse(f"/cohorts/{cohort_id}", status_code=303)
    tell(context, answer, "changed")
    return answer
