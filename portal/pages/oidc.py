"""Signing in with a university's own account."""

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from models.errors import NotAuthorised, Unknown
from models.people.access import SignInMethod
from portal.context import RequestContext, context_of
from portal.forms import own_path
from portal.oidc import Provider, begin, finish, providers_of
from portal.pages.sign_in import WEEK, device_of
from portal.policy import ANYBODY, Pages
from portal.visitor import SESSION, cookie_name, drop_cookie, set_cookie

pages = Pages("oidc")
FLOW = "sojourn-oidc"
TEN_MINUTES = 600


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
    access, now = context.services.gateway.access, context.now()
    identity = await access.by_subject(provider.issuer, str(claims["sub"]), email, provider.institution, now)
    if identity is None:
        raise NotAuthorised("oidc.no_member")
    opened = await access.open_session(identity.person, SignInMethod.OIDC, device_of(request), now)
    answer = RedirectResponse(own_path(session.get("next", "/")), status_code=303)
    set_cookie(context, answer, SESSION, opened.token, seconds=WEEK)
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


def _kept(request: Request, context: RequestContext) -> dict[str, Any]:
    cookie = request.cookies.get(cookie_name(context, FLOW), "")
    try:
        kept: dict[str, Any] = _signer(context).loads(cookie, max_age=TEN_MINUTES)
    except BadData:
        return {}
    return kept
