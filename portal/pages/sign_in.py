"""Signing in by a link in a mail, signing out, and the sessions a person has."""

import hashlib

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import BadInput, NotAuthorised, NotOpen, Unknown
from portal.context import context_of
from portal.forms import own_path, sent
from portal.oidc import providers_of
from portal.policy import ANYBODY, SIGNED_IN, Pages
from portal.render import page, tell
from portal.visitor import ACTING, LANGUAGE, SESSION, drop_cookie, set_cookie, visitor_of

pages = Pages("sign-in")
WEEK = 7 * 24 * 3600


@pages.get("/sign-in", ANYBODY)
async def sign_in(request: Request) -> Response:
    """Ask for a link, or go to the university's own sign-in."""
    return await _ask(request, next_path=own_path(request.query_params.get("next", "/")))


async def _ask(request: Request, *, next_path: str, email: str = "", error: str = "", status: int = 200) -> Response:
    providers = providers_of(context_of(request).settings)
    return await page(
        request, "sign_in.html", status=status, next_path=next_path, email=email, error=error, providers=providers
    )


@pages.post("/sign-in", ANYBODY)
async def ask_link(request: Request) -> Response:
    """Send a link; the answer is the same whether somebody is known by the address or not."""
    form = await sent(request, ("email",))
    context, visitor = context_of(request), await visitor_of(request)
    next_path = own_path(form.text("next"))
    try:
        email = form.text("email", longest=254)
    except BadInput:
        email = ""
    if "@" not in email.strip("@") or " " in email:
        return await _ask(request, next_path=next_path, email=email, error="email", status=422)
    await context.services.gateway.access.ask_link(
        email, visitor.browser, caller_of(request), context.now(), language=visitor.language, next_path=next_path
    )
    return RedirectResponse("/sign-in/sent", status_code=303)


@pages.get("/sign-in/sent", ANYBODY)
async def link_sent(request: Request) -> Response:
    """What to do now."""
    return await page(request, "link_sent.html", mailbox=context_of(request).settings.mailbox_dir is not None)


@pages.get("/sign-in/{token}", ANYBODY)
async def link(request: Request, token: str) -> Response:
    """Ask before signing in: a scanner that follows every link uses nothing up."""
    context = context_of(request)
    try:
        good = await context.services.gateway.access.link_is_good(token, context.now())
    except Unknown:
        good = False
    return await page(request, "link.html", status=200 if good else 410, good=good, token=token, other_browser=False)


@pages.post("/sign-in/{token}", ANYBODY)
async def redeem(request: Request, token: str) -> Response:
    """Sign in by a link; the session's secret is a new one in any case."""
    await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    try:
        opened, next_path = await context.services.gateway.access.redeem_link(
            token, visitor.browser, device_of(request), context.now()
        )
    except NotAuthorised:
        return await page(request, "link.html", status=403, good=False, token=token, other_browser=True)
    except (NotOpen, Unknown):
        return await page(request, "link.html", status=410, good=False, token=token, other_browser=False)
    answer = RedirectResponse(own_path(next_path), status_code=303)
    set_cookie(context, answer, SESSION, opened.token, seconds=WEEK)
    return answer


@pages.post("/sign-out", SIGNED_IN)
async def sign_out(request: Request) -> Response:
    """End this session."""
    await sent(request, ())
    context, visitor = context_of(request), await visitor_of(request)
    assert visitor.session is not None
    await context.services.gateway.access.end_session(visitor.session.session_id, visitor.actor, context.now())
    answer = RedirectResponse("/", status_code=303)
    for name in (SESSION, ACTING, LANGUAGE):
        drop_cookie(context, answer, name)
    tell(context, answer, "signed_out")
    return answer


def caller_of(request: Request) -> str:
    """Who asks, for counting only: the address of the other end, hashed before it is kept."""
    host = request.client.host if request.client else ""
    return hashlib.sha256(host.encode()).hexdigest()


def device_of(request: Request) -> str:
    """Kind of browser and system, as far as it says: enough to know one's own session by."""
    agent = request.headers.get("user-agent", "")
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Windows": "Windows", "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Mac OS": "macOS"}
    browser = next((name for mark, name in browsers.items() if mark in agent), "")
    system = next((name for mark, name in (systems | {"Linux": "Linux"}).items() if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)
