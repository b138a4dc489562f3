"""OpenID Connect for universities: the providers of a file, and the flow with Authlib (code, PKCE, nonce)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import Field, SecretStr

from models.errors import Broken, NotAuthorised, Unavailable
from models.wire import Form
from settings import Settings

ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "PS256"]
TIMEOUT = 10.0


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


class Flow:
    """Signing in by one provider."""

    def __init__(self, provider: Provider, redirect_uri: str) -> None:
        self._provider = provider
        self._redirect_uri = redirect_uri

    async def begin(self, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser."""
        async with self._client() as client:
            metadata = await self._metadata()
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
            return str(url)

    async def finish(self, code: str, nonce: str, verifier: str) -> dict[str, Any]:
        """What the provider says of the person, checked: signature, issuer, audience, times, nonce.

        Raises:
            NotAuthorised: something of it does not hold.
            Unavailable: the provider does not answer.
        """
        async with self._client() as client:
            metadata = await self._metadata()
            try:
                token = await client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
                keys = KeySet.import_key_set(await _fetch(metadata["jwks_uri"]))
                claims = jwt.decode(token["id_token"], keys, ALGORITHMS).claims
                self._rules(nonce).validate(claims)
            except Exception as error:  # whatever of a token does not hold: nobody comes in by it
                raise NotAuthorised("oidc.failed") from error
            return dict(claims)

    def _rules(self, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._provider.client_id,
            self._provider.client_secret.get_secret_value(),
            scope=self._provider.scope,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )

    async def _metadata(self) -> dict[str, str]:
        try:
            metadata: dict[str, str] = await _fetch(get_well_known_url(self._provider.issuer, external=True))
        except (httpx2.HTTPError, ValueError) as error:
            raise Unavailable("oidc.away") from error
        if metadata.get("issuer") != self._provider.issuer:
            raise NotAuthorised("oidc.other_name")
        return metadata


async def _fetch(url: str) -> Any:
    async with httpx2.AsyncClient(timeout=TIMEOUT) as client:
        return (await client.get(url)).raise_for_status().json()
