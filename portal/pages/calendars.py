"""Calendar feeds: made and revoked on the profile page, fetched by calendar programs at a secret address."""

import asyncio
import hashlib
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from gateway.calendar_entries import calendar_content
from gateway.calendar_files import calendar_file
from models.errors import SojournError, Unknown
from models.people.calendar_feeds import CalendarFeed
from portal.answer_forms import refusal_of
from portal.calendar_choices import calendar_choices
from portal.context import RequestContext, context_of
from portal.forms import sent
from portal.pages.profile import profile_page
from portal.policy import ANYBODY, SIGNED_IN, Pages
from portal.render import tell
from portal.visitor import visitor_of

pages = Pages("calendars")
TYPE = "text/calendar; charset=utf-8"


@pages.post("/profile/calendars", SIGNED_IN)
async def issue(request: Request) -> Response:
    """Make an address; the page after it is the only one that shows it."""
    form = await sent(request, ("what", "exchange"))
    context, visitor = context_of(request), await visitor_of(request)
    what, exchange = form.text("what"), form.text("exchange").strip().upper()
    chosen = next((one for one in calendar_choices(context, visitor) if one.value == what), None)
    if chosen is None:
        raise Unknown("page.unknown")
    try:
        issued = await context.services.gateway.calendars.issue(
            chosen.kind, chosen.about or exchange, chosen.actor, context.now(), key=form.key
        )
    except SojournError as error:
        return await profile_page(request, refusal=refusal_of(error), calendar=exchange)
    return await profile_page(request, address=f"{context.origin}/calendar/{issued.secret}.ics")


@pages.post("/profile/calendars/revoke", SIGNED_IN)
async def revoke(request: Request) -> Response:
    """Let an address lead nowhere from now on."""
    form = await sent(request, ("feed",))
    context, visitor = context_of(request), await visitor_of(request)
    await context.services.gateway.calendars.revoke(form.text("feed"), visitor.identity_actor, context.now())
    answer = RedirectResponse("/profile#calendars", status_code=303)
    tell(context, answer, "saved")
    return answer


@pages.get("/calendar/{secret}.ics", ANYBODY)
async def fetch(request: Request, secret: str) -> Response:
    """The feed of an address, for whoever has it: an address that leads nowhere any more never led anywhere."""
    context = context_of(request)
    feed = await context.services.gateway.calendars.fetched(secret, context.now())
    content = await calendar_content(context.services, feed, await _language(context, feed))
    host = urlsplit(context.settings.public_url).hostname or "sojourn"
    data = await asyncio.to_thread(calendar_file, content, base=context.origin, host=host)
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private,no-cache"}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=TYPE, headers=headers)


async def _language(context: RequestContext, feed: CalendarFeed) -> str:
    """The language of the feed's owner.

    Raises:
        Unknown: they do not act in the feed's capacity any more.
    """
    identity = await context.services.gateway.access.identity(feed.owner.id)
    if identity is None or feed.owner not in identity.capacities:
        raise Unknown("calendar.unknown")
    return identity.language or "en"
