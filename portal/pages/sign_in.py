"""Signing in by a link in a mail, signing out, and the sessions a person has."""

from contextlib import suppress

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.addresses import is_address
from models.errors import BadInput, NotAuthorised, NotOpen, SojournError, Unknown
from models.people.access import NewSession, RoleToChoose, SignInMethod
from portal.callers import caller_of
from portal.context import context_of
from portal.forms import own_path, sent
from portal.known_browsers import knows, remember
from portal.language import keep_language
from portal.oidc import providers_of
from portal.one_click import everybody_by_role, require_one_click
from portal.policy import ANYBODY, SIGNED_IN, Pages
from portal.render import page, tell
from portal.visitor import ACTING, LANGUAGE, SESSION, chosen_language, drop_cookie, set_cookie, visitor_of

pages = Pages("sign-in")
WEEK = 7 * 24 * 3600


@pages.get("/sign-in", ANYBODY)
async def sign_in(request: Request) -> Response:
    """Ask for a link, or go to the university's own sign-in."""
    return await _ask(request, next_path=own_path(request.query_params.get("next", "/")))


async def _ask(request: Request, *, next_path: str, email: str = "", error: str = "", status: int = 200) -> Response:
    context = context_of(request)
    return await page(
        request,
        "sign_in.html",
        status=status,
        next_path=next_path,
        email=email,
        error=error,
        providers=providers_of(context.settings),
        by_role=await everybody_by_role(context),
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
    if not is_address(email):
        return await _ask(request, next_path=next_path, email=email, error="email", status=422)
    await context.services.gateway.access.ask_link(
        email,
        visitor.browser,
        caller_of(request),
        context.now(),
        knows=knows(request),
        language=visitor.language,
        next_path=next_path,
    )
    return RedirectResponse("/sign-in/sent", status_code=303)


@pages.get("/sign-in/sent", ANYBODY)
async def link_sent(request: Request) -> Response:
    """What to do now, and where to type the code of the mail."""
    return await _sent(request)


async def _sent(request: Request, *, wrong: NotOpen | Unknown | None = None) -> Response:
    mailbox = context_of(request).settings.mailbox_dir is not None
    return await page(request, "link_sent.html", status=422 if wrong else 200, mailbox=mailbox, wrong=wrong)


@pages.post("/sign-in/code", ANYBODY)
async def code(request: Request) -> Response:
    """Sign in by the code of a mail that was read elsewhere; it is good in the browser that asked for it alone."""
    form = await sent(request, ("code", "person"))
    context, visitor = context_of(request), await visitor_of(request)
    typed, person = form.text("code", longest=40), form.text("person", longest=120)
    try:
        opened, next_path = await context.services.gateway.access.redeem_code(
            typed, visitor.browser, device_of(request), context.now(), person, knows(request)
        )
    except RoleToChoose as several:
        return await choose(request, several, "/sign-in/code", code=typed)
    except (NotOpen, Unknown) as wrong:
        return await _sent(request, wrong=wrong)
    return await let_in(request, opened, next_path)


@pages.post("/sign-in/as", ANYBODY)
async def come_in_as(request: Request) -> Response:
    """Sign in as anybody by one click, where nobody but whoever sits at this machine can; elsewhere there is no such
    page."""
    context = context_of(request)
    require_one_click(context.settings)
    form = await sent(request, ("person", "next"))
    person = form.text("person", longest=120)
    access = context.services.gateway.access
    opened = await access.open_session(person, SignInMethod.DEVELOPMENT, device_of(request), context.now())
    return await let_in(request, opened, form.text("next"))


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
    form = await sent(request, ("person",))
    context, visitor = context_of(request), await visitor_of(request)
    try:
        opened, next_path = await context.services.gateway.access.redeem_link(
            token, visitor.browser, device_of(request), context.now(), form.text("person", longest=120)
        )
    except RoleToChoose as several:
        return await choose(request, several, f"/sign-in/{token}")
    except NotAuthorised:
        return await page(request, "link.html", status=403, good=False, token=token, other_browser=True)
    except (NotOpen, Unknown):
        return await page(request, "link.html", status=410, good=False, token=token, other_browser=False)
    return await let_in(request, opened, next_path)


async def choose(request: Request, several: RoleToChoose, action: str, *, code: str = "") -> Response:
    """Ask somebody with several roles in which one they come in."""
    return await page(request, "choose_role.html", people=several.identities, action=action, code=code)


async def let_in(request: Request, opened: NewSession, next_path: str) -> Response:
    """On to where they wanted to go, with a session of its own and a browser that is known from now on."""
    context = context_of(request)
    answer = RedirectResponse(own_path(next_path), status_code=303)
    set_cookie(context, answer, SESSION, opened.token, seconds=WEEK)
    identity = await context.services.gateway.access.identity(opened.session.person)
    if identity is not None:
        remember(request, answer, identity.email)
        if chosen := chosen_language(request):
            with suppress(SojournError):  # who comes in comes in
                await keep_language(request, identity, chosen)
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


def device_of(request: Request) -> str:
    """Kind of browser and system, as far as it says: enough to know one's own session by."""
    agent = request.headers.get("user-agent", "")
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Windows": "Windows", "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Mac OS": "macOS"}
    browser = next((name for mark, name in browsers.items() if mark in agent), "")
    system = next((name for mark, name in (systems | {"Linux": "Linux"}).items() if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)
