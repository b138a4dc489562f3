"""The language that somebody chose on a page is the one they are written to in."""

from fastapi import Request

from gateway.operations import new_id
from models.people.access import Identity
from portal.context import context_of


async def keep_language(request: Request, identity: Identity, language: str) -> None:
    """Have somebody's mails come in a language; what holds already is not written again.

    Raises:
        Unavailable: the records are away.
    """
    gateway = context_of(request).services.gateway
    if language == identity.language:
        return
    found = await gateway.people.preferences(identity.person)
    await gateway.set_preferences(found.model_copy(update={"language": language}), identity.capacities[0], new_id())
