"""Signing in with a university's own account."""

from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import Response
from itsdangerous import BadData, URLSafeTimedSerializer

from models.errors import NotAuthorised, Unknown
from models.people.access import RoleToChoose, SignInMethod
from portal.context import RequestContext, context_of
from portal.forms import own_path, sent
from portal.oidc import Provider, begin, finish, providers_of
from portal.pages.sign_in import choose, device_of, let_in
from portal.policy import ANYBODY, Pages
from portal.visitor import cookie_name, drop_cookie, set_cookie

pages = Pages("oidc")
FLOW = "sojourn-oidc"
TEN_MINUTES = 600


class Shown(NamedTuple):
    """What a provider has shown of somebody."""

    issuer: str
    subject: str
    email: str | None
    """Where the provider vouches for it."""
    institution: str
    next_path: str


@pages.get("/oidc/{provider_id}/start", ANYBODY)
async def start(request: Request, provider_id: str) -> Response:
    """To the university, with a state that only this browser has."""
    context = context_of(request)
    provider = _provider(context, provider_id)
    session = request.scope["session"] = {"next": own_path(request.query_params.get("next", "/"))}
    answer = await begin(request, provider, f"{context.settings.public_url}/oidc/{provider.id}/callback")
    set_cookie(context, answer, FLOW, _signer(context).dumps(session), seconds=TEN_MINUTES)
    return answer


@pages.get("/oidc/{provider_id}/callback", ANYBODY)
async def callback(request: Request, provider_id: str) -> Response:
    """Back from the university: who they are is what the provider signs, and nothing else."""
    context = context_of(request)
    provider = _provider(context, provider_id)
    session = request.scope["session"] = _kept(request, context)
    claims = await finish(request, provider)
    email = claims.get("email") if claims.get("email_verified") is True else None
    shown = Shown(provider.issuer, str(claims["sub"]), email, provider.institution, session.get("next", "/"))
    try:
        return await _let_in(request, shown)
    except RoleToChoose as several:
        answer = await choose(request, several, "/oidc/choose")
        set_cookie(context, answer, FLOW, _chooser(context).dumps(shown), seconds=TEN_MINUTES)
        return answer


@pages.post("/oidc/choose", ANYBODY)
async def chosen(request: Request) -> Response:
    """In which role somebody comes in for whom the university has just vouched, in this browser."""
    form = await sent(request, ("person",))
    context = context_of(request)
    cookie = request.cookies.get(cookie_name(context, FLOW), "")
    try:
        shown = Shown(*_chooser(context).loads(cookie, max_age=TEN_MINUTES))
    except BadData:
        raise NotAuthorised("oidc.failed") from None
    try:
        return await _let_in(request, shown, form.text("person", longest=120) or "-")
    except RoleToChoose as several:
        return await choose(request, several, "/oidc/choose")


async def _let_in(request: Request, shown: Shown, person: str = "") -> Response:
    """Sign somebody in whom the provider has shown to be who they are.

    Raises:
        NotAuthorised: nobody of the programme is meant.
        RoleToChoose: they hold several roles and have not chosen.
    """
    context = context_of(request)
    access, now = context.services.gateway.access, context.now()
    who = (shown.issuer, shown.subject, shown.email, shown.institution)
    identity = await access.by_subject(*who, now, person)
    if identity is None:
        raise NotAuthorised("oidc.no_member")
    opened = await access.open_session(identity.person, SignInMethod.OIDC, device_of(request), now)
    answer = await let_in(request, opened, shown.next_path)
    drop_cookie(context, answer, FLOW)
    return answer


def _provider(context: RequestContext, provider_id: str) -> Provider:
    found = next((one for one in providers_of(context.settings) if one.id == provider_id), None)
    if found is None:
        raise Unknown("oidc.unknown")
    return found


def _signer(context: RequestContext) -> URLSafeTimedSerializer:
    """Signs what Authlib keeps between the two requests: in the browser, for ten minutes, and nowhere else."""
    return URLSafeTimedSerializer(context.key, salt="oidc")


def _chooser(context: RequestContext) -> URLSafeTimedSerializer:
    """Signs whom the provider has shown, while they choose a role: in their browser, for ten minutes."""
    return URLSafeTimedSerializer(context.key, salt="oidc choose")


def _kept(request: Request, context: RequestContext) -> dict[str, Any]:
    cookie = request.cookies.get(cookie_name(context, FLOW), "")
    try:
        kept: dict[str, Any] = _signer(context).loads(cookie, max_age=TEN_MINUTES)
    except BadData:
        return {}
    return kept
