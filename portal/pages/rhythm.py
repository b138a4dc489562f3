"""How often somebody gets a digest, by the link of one: mail programs unsubscribe by one click (RFC 8058)."""

from fastapi import Request
from fastapi.responses import Response

from gateway.operations import new_id
from models.errors import NotOpen, Unknown
from models.people.absences import Preferences
from models.people.access import Identity
from models.posting import DigestChoice
from models.vocabulary import Role
from portal.context import context_of
from portal.forms import LONGEST_FIELD, made, sent
from portal.policy import ANYBODY, Pages
from portal.render import page

pages = Pages("rhythm")
ONE_CLICK = ("List-Unsubscribe", "One-Click")
OF_STUDENTS = (DigestChoice.DAILY, DigestChoice.NONE)
"""What students choose from: what can wait comes to them in no other mail."""


@pages.get("/rhythm/{token}", ANYBODY)
async def ask(request: Request, token: str) -> Response:
    """The choices. Looking changes nothing, however often: scanners follow every link."""
    return await _show(request, token)


@pages.post("/rhythm/{token}", ANYBODY)
async def choose(request: Request, token: str) -> Response:
    """Set the rhythm: the link says for whom, as a mail program sends no cookie and no token of a form.

    What a page sends carries its token like every form; the answer is a page and no redirect, as RFC 8058 asks.
    """
    typed = await request.form(max_files=1, max_fields=20, max_part_size=LONGEST_FIELD)
    if typed.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        wanted = str(DigestChoice.NONE)
    else:
        wanted = (await sent(request, ("digest",))).text("digest")
    return await _show(request, token, wanted)


async def _show(request: Request, token: str, wanted: str = "") -> Response:
    gateway, why, identity, chosen = context_of(request).services.gateway, None, None, DigestChoice.DAILY
    try:
        identity = await _whose(request, token)
        found = await gateway.people.preferences(identity.person)
        if wanted:
            found = made(Preferences, found.model_dump() | {"digest": wanted}) if wanted != found.digest else found
            await _set(request, identity, found)
        chosen = found.digest
    except (NotOpen, Unknown) as error:
        why = error
    student = identity is not None and identity.capacities[0].role is Role.STUDENT
    return await page(
        request,
        "rhythm.html",
        status=200 if why is None else 410,
        token=token,
        why=why,
        done=bool(wanted) and why is None,
        chosen=chosen,
        choices=OF_STUDENTS if student else tuple(DigestChoice),
    )


async def _set(request: Request, identity: Identity, wanted: Preferences) -> None:
    """Keep what was chosen; what holds already is not written again."""
    gateway = context_of(request).services.gateway
    if wanted != await gateway.people.preferences(identity.person):
        await gateway.set_preferences(wanted, identity.capacities[0], new_id())


async def _whose(request: Request, token: str) -> Identity:
    """Whom the mail went to, as long as they hold a role.

    Raises:
        NotOpen: the link is too old, the address became another one, or the role is gone.
        Unknown: nobody here made it.
    """
    context = context_of(request)
    gateway = context.services.gateway
    person = await gateway.addresses.rhythm(token, context.now())
    identity = await gateway.access.identity(person)
    if identity is None or not identity.capacities:
        raise NotOpen("link.role_gone")
    return identity
