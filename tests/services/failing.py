"""Processes of the service that fail with a person's data in every text: `python -m tests.services.failing portal`."""

import asyncio
import logging
import sys
import threading
import warnings
from datetime import timedelta
from functools import partial
from unittest.mock import patch

import uvicorn
from fastapi import FastAPI, Request
from sqlalchemy import create_engine, text
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

import portal.__main__
import starter
import worker
from cli.session import Session
from failures.boundary import Boundary
from gateway.connection import connect
from portal.app import create_app
from settings import Settings

WORDS = ("Li-Na", "li.na@example.org", "E12345678", "1999-04-01", "insulin")
SECRET = " ".join(WORDS)
QUEUE = "failing"


def fail_everywhere(said: str) -> None:
    """What other libraries do with what they were given, and at last an error with it."""
    loop = asyncio.get_running_loop()
    loop.call_soon(_raise, said)
    forgotten = loop.create_task(_fail(said), name=said)
    forgotten.add_done_callback(lambda _: None)
    thread = threading.Thread(target=_raise, args=(said,))
    thread.start()
    thread.join()
    warnings.warn(said, UserWarning, stacklevel=1)
    logging.getLogger("somebody.else").warning("for %s: %r", said, {"name": said})
    logging.getLogger("somebody.else").warning(f"about {said}", extra={"said": said})
    logging.getLogger("portal.somewhere").warning("%d is not a number", said)
    logging.getLogger("portal.somewhere").warning("it failed: %s", ValueError(said))
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": said})


def _raise(said: str) -> None:
    raise LookupError(said)


async def _fail(said: str) -> None:
    _raise(said)


async def failing_route(request: Request, name: str) -> None:
    """Fails with everything that was sent."""
    body = (await request.body()).decode()
    fail_everywhere(f"{name} {request.url} {body} {request.headers.get('x-passport', '')}")


def failing_app(settings: Settings) -> FastAPI:
    """The portal, with a route that fails."""
    app = create_app(settings)
    app.router.add_api_route("/fail/{name}", failing_route, methods=["POST"])
    return app


def run_portal() -> int:
    """`python -m portal`, with the access log that it leaves out."""
    with (
        patch.object(portal.__main__, "create_app", failing_app),
        patch.object(uvicorn, "run", partial(_with_access_log, uvicorn.run)),
    ):
        return portal.__main__.main()


def _with_access_log(run: object, app: FastAPI, **options: object) -> None:
    assert callable(run)
    run(app, **options | {"access_log": True})


@workflow.defn(name="Failing", sandboxed=False)
class FailingWorkflow:
    """Fails in an activity, then in a workflow task."""

    @workflow.run
    async def run(self) -> None:
        """Fail."""
        try:
            once = RetryPolicy(maximum_attempts=1)
            await workflow.execute_activity(
                failing_activity, start_to_close_timeout=timedelta(seconds=5), retry_policy=once
            )
        finally:
            raise LookupError(SECRET)


@activity.defn
async def failing_activity() -> None:
    """Fails as no activity should."""
    fail_everywhere(SECRET)


async def serve_failing(settings: Settings) -> None:
    """A worker that takes one workflow until its task has failed, and then fails itself."""
    client = await connect(settings.temporal_address)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[FailingWorkflow],
        activities=[failing_activity],
        interceptors=[Boundary()],
    ):
        await client.start_workflow("Failing", id="failing", task_queue=QUEUE)
        await asyncio.sleep(4)
    raise LookupError(SECRET)


def run_worker() -> int:
    """`python -m worker`, with a workflow and an activity that fail."""
    with patch.object(worker, "serve", serve_failing):
        return worker.main()


def run_command() -> int:
    """`sojourn worklist`, with records that fail."""

    def read(*_: object) -> None:
        async def looked() -> None:
            fail_everywhere(SECRET)

        asyncio.run(looked())

    sys.argv = ["sojourn", "worklist", "--as", "coordinator@cqmu"]
    with patch.object(Session, "read", read):
        return starter.main()


if __name__ == "__main__":
    sys.exit({"portal": run_portal, "worker": run_worker, "command": run_command}[sys.argv[1]]())
