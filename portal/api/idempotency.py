"""An act of the API is done once for each key, and a key belongs to one request."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from models.errors import SojournError, Unavailable
from models.idempotency import Fingerprint, fingerprint, hashed
from models.people.access import KeyScope
from portal.api.caller import ApiCaller
from portal.context import RequestContext, context_of

REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True)
class KeyedAct:
    """One act that a caller asks for."""

    id: str
    replayed: bool
    """Whether the same was asked and done before; it is answered with what was answered then."""


class KeyedRequest:
    """What a request asks to be done once: its key, and where it was sent."""

    def __init__(
        self,
        request: Request,
        response: Response,
        key: Annotated[
            str,
            Header(
                alias="Idempotency-Key",
                pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$",
                description=(
                    "Chosen by the caller for this act alone. Sent again to the same address with the same body, the "
                    f"act is not done again and the answer says `{REPLAYED}: true`; with another body it is refused."
                ),
            ),
        ],
    ) -> None:
        self._context: RequestContext = context_of(request)
        self._method, self._path, self._key = request.method, request.url.path, key
        self._response = response

    @asynccontextmanager
    async def once(self, caller: ApiCaller, body: BaseModel | Mapping[str, str | None]) -> AsyncIterator[KeyedAct]:
        """The act, while it is done.

        Raises:
            KeyReused: the key was used for another body.
        """
        keys, scope = self._context.services.gateway.keys, self._scope(caller)
        replayed = await keys.begin(scope, fingerprint_of(body), self._context.now())
        try:
            yield KeyedAct(scope.act, replayed)
        except Unavailable:
            raise  # whether it was done is not known: the key stays with what was asked
        except SojournError:
            await keys.refused(scope)
            raise
        await keys.answered(scope, self._context.now())
        if replayed:
            self._response.headers[REPLAYED] = "true"

    def _scope(self, caller: ApiCaller) -> KeyScope:
        return KeyScope(caller=caller.token.token_id, method=self._method, path=self._path, key=self._key)


def fingerprint_of(body: BaseModel | Mapping[str, str | None]) -> Fingerprint:
    """What was asked, whatever the order and spacing of its parts; earlier versions kept defaults too."""
    if not isinstance(body, BaseModel):
        return fingerprint(dict(body))
    return fingerprint(body, (hashed(json.dumps(body.model_dump(mode="json"), sort_keys=True)),))


Once = Annotated[KeyedRequest, Depends()]
