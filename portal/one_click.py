"""Coming in as anybody by one click: on a machine for trying the service out, and nowhere else."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from models.errors import Unknown
from models.people.access import Identity
from models.vocabulary import Role
from portal.context import RequestContext
from settings import Settings

MOST = 60
"""People of one role that are listed."""


def is_for_trying_out(settings: Settings) -> bool:
    """Whether people and mail of this portal stay on this machine: it shows the mail of its own sink already.

    A mail host of its own, a public address, an address to listen on that others reach, or a proxy: each ends it.
    """
    url = urlsplit(settings.public_url)
    here = (url.hostname or "", settings.portal_host, settings.smtp_host)
    return (
        settings.mailbox_dir is not None
        and url.scheme == "http"
        and settings.trusted_proxies is None
        and settings.smtp_username is None
        and all(map(_is_here, here))
    )


def require_one_click(settings: Settings) -> None:
    """That anybody may come in by one click.

    Raises:
        Unknown: they may not, and there is no such page.
    """
    if not is_for_trying_out(settings):
        raise Unknown("page.unknown")


async def everybody_by_role(context: RequestContext) -> list[tuple[Role, list[Identity]]]:
    """Whom one may come in as, by role; nobody where this is not for trying out."""
    if not is_for_trying_out(context.settings):
        return []
    found: dict[Role, list[Identity]] = {role: [] for role in sorted(Role, key=lambda one: one is Role.STUDENT)}
    for one in await context.services.gateway.access.everybody():
        found[one.capacities[0].role].append(one)
    return [(role, people[:MOST]) for role, people in found.items() if people]


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
