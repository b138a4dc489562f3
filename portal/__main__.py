"""`python -m portal`: serve the portal until SIGTERM or Ctrl-C."""

import asyncio
import logging
import socket
import sys

import uvicorn

from gateway.composition import catalogue_of, require_database, require_temporal
from models.errors import Unavailable
from observability import run_process, sentence_of
from portal.app import create_app
from portal.callers import addresses_of
from portal.oidc import providers_of
from portal.protocol import BoundedProtocol
from settings import Settings

logger = logging.getLogger("portal")

LOOK_SECONDS = 3.0
"""How long the start waits for a part that says nothing."""


async def look_around(settings: Settings) -> None:
    """Say what is away, which the portal waits for while it serves what it can.

    Raises:
        Broken: something is wrong that no waiting mends.
    """
    catalogue_of(settings)
    parts = ((require_database, Unavailable("database.silent")), (require_temporal, Unavailable("temporal.away")))
    for look, silent in parts:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await look(settings)
        except Unavailable as away:
            logger.warning("%s", sentence_of(away))
        except TimeoutError:
            logger.warning("%s", sentence_of(silent))


def require_port(host: str, port: int) -> None:
    """That nobody listens there yet.

    Raises:
        Unavailable: somebody does, or the address is none of this machine.
    """
    family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, number) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            raise Unavailable("port.taken", port=port, name="portal", setting="SOJOURN_PORTAL_PORT") from None


def serve(settings: Settings) -> None:
    """Serve on the address of the settings; what is asked for is not logged, as addresses may carry tokens."""
    providers_of(settings)
    app = create_app(settings)
    require_port(settings.portal_host, settings.portal_port)
    asyncio.run(look_around(settings))
    logger.info("serving on %s:%d", settings.portal_host, settings.portal_port)
    BoundedProtocol.proxies = tuple(addresses_of(settings.proxies))
    uvicorn.run(
        app,
        http=BoundedProtocol,
        host=settings.portal_host,
        port=settings.portal_port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=32 * 1024,
    )


def main() -> int:
    """Serve; answers with the exit code."""
    return run_process(serve)


if __name__ == "__main__":
    sys.exit(main())
