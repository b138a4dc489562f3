"""OpenID Connect for universities: the providers of a file, and the flow with Authlib (code, PKCE, nonce)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.starlette_client import StarletteIntegration, StarletteOAuth2App
from authlib.oidc.core import UserInfo
from authlib.oidc.discovery import get_well_known_url
from fastapi import Request, Response
from joserfc.errors import BadSignatureError
from pydantic import Field, SecretStr

from models.errors import Broken, NotAuthorised, SojournError, Unavailable
from models.wire import Form
from settings import Settings

ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "PS256"]
TIMEOUT = 10.0
LEEWAY = 60
"""Seconds by which the clocks may differ."""


class Provider(Form):
    """A university's OpenID provider."""

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    name: str
    institution: str
    """Whose people it signs in; nobody else comes in by it."""
    issuer: str
    client_id: str
    client_secret: SecretStr
    scope: str = "openid email"


@cache
def _read(file: Path) -> tuple[Provider, ...]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        return tuple(Provider.model_validate(one) for one in data.get("providers", ()))
    except (OSError, ValueError) as error:
        raise Broken("oidc.file", file=file.name, error=type(error).__name__) from None


def providers_of(settings: Settings) -> tuple[Provider, ...]:
    """The providers that the settings name.

    Raises:
        Broken: the file cannot be read.
    """
    return _read(settings.oidc_file) if settings.oidc_file else ()


class ProviderClient(StarletteOAuth2App):
    """Authlib's client of one provider: discovery, state, PKCE, nonce and keys, the last kept until one is missing.

    Stricter than Authlib in four things: metadata has the issuer of our file, tokens are meant for us and signed with
    an algorithm of our list (providers offer `none` too), and a key that changed under its old name is fetched.
    """

    def __init__(self, provider: Provider) -> None:
        super().__init__(
            StarletteIntegration(provider.id),
            provider.id,
            client_id=provider.client_id,
            client_secret=provider.client_secret.get_secret_value(),
            server_metadata_url=get_well_known_url(provider.issuer, external=True),
            client_kwargs={"scope": provider.scope, "code_challenge_method": "S256", "timeout": TIMEOUT},
        )
        self._issuer = provider.issuer
        self._rules = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        }

    async def load_server_metadata(self) -> dict[str, Any]:
        """What the provider says of itself, asked once.

        Raises:
            Unavailable: it does not answer.
            NotAuthorised: it answers as somebody else.
        """
        try:
            metadata = await super().load_server_metadata()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable("oidc.away") from error
        if metadata.get("issuer") != self._issuer:
            metadata.clear()
            raise NotAuthorised("oidc.other_name")
        offered = metadata.get("id_token_signing_alg_values_supported") or ALGORITHMS
        metadata["id_token_signing_alg_values_supported"] = [name for name in ALGORITHMS if name in offered]
        return metadata

    async def parse_id_token(
        self,
        token: dict[str, Any],
        nonce: str,
        claims_options: dict[str, Any] | None = None,
        claims_cls: Any = None,
        leeway: int = LEEWAY,
    ) -> UserInfo:
        """The claims of a token: signature, issuer, audience, times and nonce hold."""
        rules = claims_options or self._rules
        try:
            return await super().parse_id_token(token, nonce, rules, claims_cls, leeway)
        except BadSignatureError:
            await self.fetch_jwk_set(force=True)
            return await super().parse_id_token(token, nonce, rules, claims_cls, leeway)


@cache
def _university(provider: Provider) -> Any:  # Authlib's methods have no types
    return ProviderClient(provider)


async def begin(request: Request, provider: Provider, redirect_uri: str) -> Response:
    """The answer that sends the browser to the provider; what must be known when it is back is in the session.

    Raises:
        Unavailable: the provider does not answer.
    """
    answer: Response = await _university(provider).authorize_redirect(request, redirect_uri)
    answer.status_code = 303
    return answer


async def finish(request: Request, provider: Provider) -> dict[str, Any]:
    """What the provider says of the person, checked.

    Raises:
        NotAuthorised: it was not asked from this browser, or something of its answer does not hold.
        Unavailable: the provider does not answer.
    """
    try:
        token = await _university(provider).authorize_access_token(request, leeway=LEEWAY)
        return dict(token["userinfo"])
    except MismatchingStateError:
        raise NotAuthorised("oidc.other_browser") from None
    except SojournError:
        raise
    except Exception as error:  # whatever of a token does not hold: nobody comes in by it
        raise NotAuthorised("oidc.failed") from error
