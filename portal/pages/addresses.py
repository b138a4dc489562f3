"""Undoing a change of the address one signs in by, from the mail that told of it. The page asks first."""

from fastapi import Request
from fastapi.responses import Response

from models.errors import NotOpen, Unknown
from portal.context import context_of
from portal.forms import sent
from portal.policy import ANYBODY, Pages
from portal.render import page

pages = Pages("addresses")


@pages.get("/address/{token}", ANYBODY)
async def undo_form(request: Request, token: str) -> Response:
    """Ask once. Looking changes nothing, however often."""
    context = context_of(request)
    try:
        state = str(await context.services.gateway.addresses.undo_is(token, context.now()))
    except Unknown:
        state = "unknown"
    return await page(
        request, "address.html", status=200 if state in ("open", "done") else 410, state=state, token=token
    )


@pages.post("/address/{token}", ANYBODY)
async def undo(request: Request, token: str) -> Response:
    """Give the address back; whoever came in by the other one is signed out."""
    await sent(request, ())
    context, state = context_of(request), "done"
    try:
        await context.services.gateway.addresses.restore(token, context.now())
    except NotOpen:
        state = "late"
    except Unknown:
        state = "unknown"
    return await page(request, "address.html", status=200 if state == "done" else 410, state=state, token=token)
