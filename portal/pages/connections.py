"""Connections to other systems: API tokens, endpoints with their deliveries, and events that came in."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from gateway.webhooks import Connections
from models.errors import BadInput, SojournError, Unavailable, Unknown
from models.messages.webhooks import DeliveryStatus
from models.people.access import OFFICE_SCOPES, ApiScope, may_connect
from models.people.erasing import may_erase
from models.typed import NotMeant, number_typed
from models.vocabulary import Role
from portal.answer_forms import day_of, refusal_of
from portal.context import RequestContext, context_of
from portal.forms import Sent, sent
from portal.policy import CONNECTING, Pages
from portal.render import page, tell
from portal.visitor import visitor_of

pages = Pages("connections")
TOKEN = ("institution", "name", "scopes", "expires")
ENDPOINT = ("institution", "url", "description", "kinds", "active")


def outward_of(context: RequestContext) -> Connections:
    """The connections of this server.

    Raises:
        Unavailable: it manages none.
    """
    if context.services.outward is None:
        raise Unavailable("connections.closed")
    return context.services.outward


@pages.get("/connections", CONNECTING)
async def connections(request: Request) -> Response:
    """Everything that is connected."""
    return await _connections(request)


async def _connections(request: Request, **content: Any) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    outward = outward_of(context)
    programme = context.services.programme
    shown: dict[str, Any] = {
        "tokens": await context.services.gateway.tokens.tokens(visitor.actor),
        "endpoints": await outward.endpoints.endpoints(visitor.actor),
        "inbound": await outward.inbound.events(visitor.actor, limit=50),
        "institutions": [i for i in programme.institutions if may_connect(visitor.actor, i)],
        "scopes": list(ApiScope) if may_erase(visitor.actor) else list(OFFICE_SCOPES),
        "types": outward.types,
        "now": context.now(),
        "secret": "",
        "refusal": None,
        "typed": None,
        "tried": None,
    }
    shown |= content
    return await page(request, "connections.html", status=getattr(shown["refusal"], "status", 200), **shown)


@pages.post("/connections/tokens", CONNECTING)
async def issue(request: Request) -> Response:
    """Issue a token; the page after it is the only one that shows its secret."""
    form = await sent(request, TOKEN)
    context, visitor = context_of(request), await visitor_of(request)
    try:
        scopes = tuple(ApiScope(one) for one in form.all("scopes") if one in set(ApiScope))
        expires = datetime.combine(day_of(form.text("expires"), "expires"), time(23, 59, 59), ZoneInfo(visitor.zone))
        issued = await context.services.gateway.tokens.issue(
            form.text("institution"), form.text("name"), scopes, expires, visitor.actor, context.now()
        )
    except SojournError as error:
        return await _connections(request, refusal=refusal_of(error), typed=form)
    return await _connections(request, secret=issued.secret)


@pages.post("/connections/tokens/{token_id}/revoke", CONNECTING)
async def revoke(request: Request, token_id: str) -> Response:
    """Revoke a token."""
    await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    await context.services.gateway.tokens.revoke(token_id, visitor.actor, context.now())
    return _back(request, "/connections")


def _back(request: Request, where: str, said: str = "saved") -> Response:
    answer = RedirectResponse(where, status_code=303)
    tell(context_of(request), answer, said)
    return answer


@pages.post("/connections/endpoints", CONNECTING)
async def add(request: Request) -> Response:
    """Add an endpoint; the page after it shows its secret."""
    form = await sent(request, ENDPOINT)
    context, visitor = context_of(request), await visitor_of(request)
    try:
        made = await outward_of(context).add_endpoint(
            form.text("institution"), form.text("url", longest=1000), form.text("description"), _kinds(form),
            visitor.actor, form.key,
        )  # fmt: skip
    except SojournError as error:
        return await _connections(request, refusal=refusal_of(error), typed=form)
    return await _connections(request, secret=made.secret)


def _kinds(form: Sent) -> tuple[str, ...]:
    return tuple(form.all("kinds"))


@pages.get("/connections/endpoints/{endpoint_id}", CONNECTING)
async def endpoint(request: Request, endpoint_id: str) -> Response:
    """An endpoint with its deliveries; dead ones can be sent again."""
    return await _endpoint(request, endpoint_id)


async def _endpoint(request: Request, endpoint_id: str, **content: Any) -> Response:
    context, visitor = context_of(request), await visitor_of(request)
    outward = outward_of(context)
    endpoints = await outward.endpoints.endpoints(visitor.actor)
    found = next((one for one in endpoints if one.endpoint_id == endpoint_id), None)
    if found is None:
        raise Unknown("endpoint.unknown")
    wanted = request.query_params.get("status", "")
    status = DeliveryStatus(wanted) if wanted in set(DeliveryStatus) else None
    deliveries = await outward.endpoints.deliveries(endpoint_id, visitor.actor, status)
    shown: dict[str, Any] = {"endpoint": found, "deliveries": deliveries, "wanted": wanted, "types": outward.types}
    shown |= {"secret": "", "refusal": None, "tried": None, "states": list(DeliveryStatus)} | content
    return await page(request, "endpoint.html", status=getattr(shown["refusal"], "status", 200), **shown)


@pages.post("/connections/endpoints/{endpoint_id}", CONNECTING)
async def change(request: Request, endpoint_id: str) -> Response:
    """Change an endpoint, or switch it off and on."""
    form = await sent(request, ENDPOINT)
    context, visitor = context_of(request), await visitor_of(request)
    try:
        await outward_of(context).change_endpoint(
            endpoint_id, form.text("url", longest=1000), form.text("description"), _kinds(form),
            form.text("active") == "yes", visitor.actor, form.key,
        )  # fmt: skip
    except SojournError as error:
        return await _endpoint(request, endpoint_id, refusal=refusal_of(error))
    return _back(request, f"/connections/endpoints/{endpoint_id}")


@pages.post("/connections/endpoints/{endpoint_id}/test", CONNECTING)
async def test(request: Request, endpoint_id: str) -> Response:
    """Send a test event at once, and show what came of it."""
    await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    tried = await outward_of(context).endpoints.test(endpoint_id, visitor.actor, context.now())
    return await _endpoint(request, endpoint_id, tried=tried)


@pages.post("/connections/endpoints/{endpoint_id}/rotate", CONNECTING)
async def rotate(request: Request, endpoint_id: str) -> Response:
    """Give it another secret; for a day events carry both signatures."""
    form = await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    made = await outward_of(context).endpoints.rotate(endpoint_id, visitor.actor, context.now(), form.key)
    return await _endpoint(request, endpoint_id, secret=made.secret)


@pages.post("/connections/endpoints/{endpoint_id}/remove", CONNECTING)
async def remove(request: Request, endpoint_id: str) -> Response:
    """Remove an endpoint."""
    await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    await outward_of(context).endpoints.remove(endpoint_id, visitor.actor, context.now())
    return _back(request, "/connections")


@pages.post("/connections/deliveries/{delivery_id}/redeliver", CONNECTING)
async def redeliver(request: Request, delivery_id: int) -> Response:
    """Send a dead delivery again."""
    form = await sent(request, ("endpoint",))
    context, visitor = context_of(request), await visitor_of(request)
    await outward_of(context).redeliver(delivery_id, visitor.actor)
    endpoint_id = form.text("endpoint")
    safe = endpoint_id if endpoint_id.replace("-", "").isalnum() else ""
    return _back(request, f"/connections/endpoints/{safe}" if safe else "/connections", "sent")


@pages.post("/connections/inbound/retry", CONNECTING)
async def retry(request: Request) -> Response:
    """Try again what an event that came in means."""
    form = await sent(request, ("event",))
    context, visitor = context_of(request), await visitor_of(request)
    if not visitor.has(Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PROGRAMME_OFFICE):
        raise BadInput("delivery.for_coordinators", "event")
    try:
        event = number_typed(form.text("event"))
    except NotMeant:
        raise Unknown("event.unknown") from None
    await outward_of(context).retry(event, visitor.actor)
    return _back(request, "/connections")
