"""Signing in with a university's own account."""

import json
import secrets

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from models.errors import NotAuthorised, Unknown
from models.people.access import SignInMethod
from portal.context import RequestContext, context_of
from portal.forms import own_path
from portal.oidc import Flow, Provider, providers_of
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
    kept = {"p": provider.id, "s": secrets.token_urlsafe(24), "n": secrets.token_urlsafe(24)}
    kept |= {"v": secrets.token_urlsafe(48), "next": own_path(request.query_params.get("next", "/"))}
    answer = RedirectResponse(await _flow(context, provider).begin(kept["s"], kept["n"], kept["v"]), status_code=303)
    set_cookie(context, answer, FLOW, json.dumps(kept).encode().hex(), seconds=TEN_MINUTES)
    return answer


@pages.get("/oidc/{provider_id}/callback", ANYBODY)
async def callback(request: Request, provider_id: str) -> Response:
    """Back from the university: who they are is what the provider signs, and nothing else."""
    context = context_of(request)
    provider, kept = _provider(context, provider_id), _kept(request, context)
    state = request.query_params.get("state", "")
    if kept.get("p") != provider.id or not state or not secrets.compare_digest(state, kept.get("s", "")):
        raise NotAuthorised("oidc.other_browser")
    claims = await _flow(context, provider).finish(request.query_params.get("code", ""), kept["n"], kept["v"])
    email = claims.get("email") if claims.get("email_verified") is True else None
    access, now = context.services.gateway.access, context.now()
    identity = await access.by_subject(provider.issuer, str(claims["sub"]), email, provider.institution, now)
    if identity is None:
        raise NotAuthorised("oidc.no_member")
    opened = await access.open_session(identity.person, SignInMethod.OIDC, device_of(request), now)
    answer = RedirectResponse(own_path(kept.get("next", "/")), status_code=303)
    set_cookie(context, answer, SESSION, opened.token, seconds=WEEK)
    drop_cookie(context, answer, FLOW)
    return answer


def _provider(context: RequestContext, provider_id: str) -> Provider:
    found = next((one for one in providers_of(context.settings) if one.id == provider_id), None)
    if found is None:
        raise Unknown("oidc.unknown")
    return found


def _flow(context: RequestContext, provider: Provider) -> Flow:
    return Flow(provider, f"{context.settings.public_url}/oidc/{provider.id}/callback")


def _kept(request: Request, context: RequestContext) -> dict[str, str]:
    try:
        kept = json.loads(bytes.fromhex(request.cookies.get(cookie_name(context, FLOW), "")))
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in kept.items()} if isinstance(kept, dict) else {}
