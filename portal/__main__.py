"""`python -m portal`: serve the portal until SIGTERM or Ctrl-C."""

import logging
import sys

import uvicorn

from observability import run_process
from portal.app import create_app
from portal.callers import addresses_of
from portal.protocol import BoundedProtocol
from settings import Settings

logger = logging.getLogger("portal")


def serve(settings: Settings) -> None:
    """Serve on the address of the settings; what is asked for is not logged, as addresses may carry tokens."""
    logger.info("serving on %s:%d", settings.portal_host, settings.portal_port)
    BoundedProtocol.proxies = tuple(addresses_of(settings.proxies))
    uvicorn.run(
        create_app(settings),
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
