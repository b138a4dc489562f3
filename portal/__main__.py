"""`python -m portal`: serve the portal until SIGTERM or Ctrl-C."""

import logging
import sys

import uvicorn

from models.errors import SojournError
from portal.app import create_app
from settings import Settings

logger = logging.getLogger("portal")


def serve(settings: Settings) -> None:
    """Serve on the address of the settings; the log names no address, as addresses may carry tokens."""
    uvicorn.run(
        create_app(settings),
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
        limit_concurrency=1000,
    )


def main() -> int:
    """Serve; answers with the exit code."""
    settings = Settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    try:
        serve(settings)
    except SojournError as fault:
        logger.error("%s", fault)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
