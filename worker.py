"""The composition root: settings, resources, client, workers; runs until SIGTERM or Ctrl-C, then drains.

python -m worker
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.audit import Audits
from activities.bounces import BounceInbox
from activities.certificates import Certificates
from activities.changes import Changes
from activities.digests import Digests
from activities.documents import Documents
from activities.housing import Housing
from activities.letters import LetterWriting
from activities.mail import Mail
from activities.onward import OnwardStays
from activities.placement import Placement
from activities.recording import Records
from activities.retention import Retaining
from activities.rotations import Rotations
from activities.seats import Seats
from activities.service_levels import ServiceLevels
from activities.suspensions import Suspensions
from activities.webhooks import Webhooks
from documents.reader import DocumentReader
from failures.boundary import Boundary
from gateway.audit import checks
from gateway.beside import beside
from gateway.composition import clearance_alerts, files_in, inbox_in, sealing_in
from gateway.connection import beginning, connect_patiently, ensure_search_attributes
from gateway.policies import Policies
from gateway.schedules import ensure_all
from gateway.wakers import mail_waker, webhook_waker
from mail.bounces import Bounces
from mail.host import MailSettings
from mail.outbox import Outbox
from mail.return_paths import ReturnPaths
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.identifiers import EXCHANGE_QUEUE, MAIL_QUEUE
from models.messages.webhooks import WEBHOOK_QUEUE
from observability import run_process
from records.access.signing import Signing
from records.calendars import Calendars
from records.erasure_ledger import LEDGER, ErasureLedger
from records.filing import Filing
from records.retaining import Retention
from records.sealed_files import SealedFiles
from records.store.append import Wakers
from records.store.engine import Sessions, open_engine, put_away, session_maker
from records.store.seeding import set_up
from settings import Settings
from webhooks.client import Caller
from webhooks.cloudevents import Outward
from webhooks.endpoints import Vault
from workflows.audit import AuditWorkflow
from workflows.bounces import BouncesWorkflow
from workflows.certificate import CertificateWorkflow
from workflows.cohort import CohortWorkflow
from workflows.digest import DigestWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.letter import LetterWorkflow
from workflows.mail import MailroomSweepWorkflow, MailroomWorkflow
from workflows.retention import RetentionWorkflow
from workflows.rotation import RotationWorkflow
from workflows.service_levels import LateUnitWorkflow, ServiceLevelReviewWorkflow
from workflows.suspension import SuspensionWorkflow
from workflows.webhooks import WebhookWorkflow

logger = logging.getLogger("sojourn.worker")

WORKFLOWS = (
    ExchangeWorkflow,
    CohortWorkflow,
    LateUnitWorkflow,
    ServiceLevelReviewWorkflow,
    RotationWorkflow,
    SuspensionWorkflow,
    WebhookWorkflow,
    CertificateWorkflow,
    LetterWorkflow,
    DigestWorkflow,
    MailroomWorkflow,
    MailroomSweepWorkflow,
    BouncesWorkflow,
    AuditWorkflow,
    RetentionWorkflow,
)

CACHED_WORKFLOWS = 6000
"""All exchanges of a term stay in memory, about 0.3 MiB each; a miss replays the history at three times the cost."""
BUILD = version("sojourn")
"""Names the code in histories; left out, the SDK compiles every module again at each start, for about a second."""
TASKS_AT_ONCE = 40
"""Workflow tasks taken at a time: on one slow core and with nothing in memory they end well within `TASK_TIMEOUT`."""
STICKY_TIMEOUT = timedelta(seconds=2)
"""How long after a crash the exchanges of a dead worker wait before another one takes them over."""
GRACE = timedelta(seconds=20)
"""How long running activities, e.g. a batch of mail, may take to finish when the worker stops."""
MAIL_CONNECTIONS = 4
"""Batches of mail at a time, and the reading of what came back."""
HEARTBEATS = timedelta(seconds=1)
"""How often heartbeats go to the server: several of them within the time after which an activity is given up."""
DELIVERIES = 50
"""Endpoints that are delivered to at a time; a slow one delays no other."""


@dataclass(frozen=True)
class Resources:
    """What the activities of one process share."""

    settings: Settings
    programme: Programme
    sessions: Sessions
    looking: Sessions
    """They only read, and keep nobody waiting who writes."""
    files: SealedFiles
    calendars: Calendars
    outbox: Outbox
    reader: DocumentReader


@asynccontextmanager
async def resources(settings: Settings) -> AsyncIterator[Resources]:
    """Open the database at the newest schema, load the catalogue, and close everything at the end.

    Raises:
        SojournError: the catalogue has a fault, or the database is away.
    """
    programme = load_programme(settings.catalogue_dir)
    engine = open_engine(settings.database_url)
    reading = open_engine(settings.database_url, reading=True)
    reader = DocumentReader()
    try:
        await set_up(engine, programme)
        sessions = session_maker(engine)
        yield Resources(
            settings=settings,
            programme=programme,
            sessions=sessions,
            looking=session_maker(reading),
            files=files_in(settings, sessions),
            calendars=Calendars(programme),
            outbox=Outbox(programme),
            reader=reader,
        )
    finally:
        await reader.aclose()
        await put_away(reading, engine)


def workers(client: Client, held: Resources, wakers: Wakers) -> list[Worker]:
    """The workers of one process, not started: for the exchanges, the mail, and the endpoints of others. Start all.

    Their converter, sandbox and failure types come from the client's plugin.
    """
    return [
        _exchange_worker(client, held, wakers),
        _mail_worker(client, held),
        _webhook_worker(client, held),
    ]


def _exchange_worker(client: Client, held: Resources, wakers: Wakers) -> Worker:
    sessions = held.sessions
    records = Records(sessions, held.calendars, held.outbox, wakers)
    fonts = (held.settings.fonts_dir,) if held.settings.fonts_dir else ()
    certificates = Certificates(
        sessions, held.files, held.programme, held.outbox, wakers, public_url=held.settings.public_url, font_paths=fonts
    )
    letters = LetterWriting(sessions, held.files, held.programme, held.outbox, wakers, fonts)
    seats = Seats(sessions, held.outbox, wakers)
    onward = OnwardStays(sessions, held.programme, lambda: datetime.now(UTC))
    housing = Housing(sessions, held.programme, held.outbox, wakers)
    placement = Placement(sessions, held.programme, held.outbox, wakers)
    suspensions = Suspensions(sessions, client, held.outbox, wakers)
    rotations = Rotations(client)
    ledger = ErasureLedger(held.files.store.beside(LEDGER))
    alerts = clearance_alerts(held.settings, sessions, held.programme, held.outbox)
    return Worker(
        client,
        task_queue=EXCHANGE_QUEUE,
        workflows=WORKFLOWS,
        activities=[
            records.record,
            records.remember,
            seats.take_seat,
            seats.remember_cohort,
            housing.assign_bed,
            placement.assign_place,
            Changes(sessions, housing, placement, held.outbox, wakers).apply_change,
            onward.open_onward,
            onward.look_at_first,
            Documents(sessions, held.files, held.reader, held.programme.policy.documents).check_document,
            certificates.check_gate,
            certificates.issue_certificate,
            letters.write_letter,
            suspensions.record_suspension,
            suspensions.reach_exchanges,
            rotations.begin_rotation,
            rotations.tell_exchange,
            Digests(sessions, held.programme, held.calendars, wakers.mail, alerts).write_digests,
            ServiceLevels(sessions, held.programme).find_late_units,
            Audits(
                sessions, checks(held.looking, held.files, held.programme, client), Policies(client, sessions)
            ).audit,
            Retaining(Retention(sessions, held.programme, held.outbox, held.files, ledger)).erase_due,
        ],
        interceptors=[Boundary()],
        build_id=BUILD,
        max_cached_workflows=CACHED_WORKFLOWS,
        max_concurrent_workflow_tasks=TASKS_AT_ONCE,
        max_heartbeat_throttle_interval=HEARTBEATS,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=GRACE,
    )


def _mail_worker(client: Client, held: Resources) -> Worker:
    settings = held.settings
    host = MailSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_from,
        tls=settings.smtp_tls,
        login=settings.smtp_login,
        public_url=settings.public_url,
        secret=settings.secret_key.get_secret_value() if settings.secret_key else None,
        bounce_address=settings.bounce_address,
        reply_address=settings.reply_address,
    )
    mail = Mail(held.sessions, held.programme, host, sealing=sealing_in(settings))
    paths = ReturnPaths(settings.bounce_address, Signing(host.secret) if host.secret else None)
    inbox = BounceInbox(held.sessions, Bounces(held.sessions, paths, held.programme), inbox_in(settings))
    return Worker(
        client,
        task_queue=MAIL_QUEUE,
        activities=[mail.send_batch, inbox.read_bounces],
        interceptors=[Boundary()],
        build_id=BUILD,
        max_concurrent_activities=MAIL_CONNECTIONS,
        max_heartbeat_throttle_interval=HEARTBEATS,
        max_task_queue_activities_per_second=settings.mail_per_second,
        graceful_shutdown_timeout=GRACE,
    )


def _webhook_worker(client: Client, held: Resources) -> Worker:
    settings = held.settings
    secret = settings.secret_key.get_secret_value() if settings.secret_key else ""
    caller = Caller(lambda: datetime.now(UTC), allow_private=settings.webhook_allow_private)
    outward = Outward(settings.public_url, held.programme.policy.about_health)
    webhooks = Webhooks(held.sessions, held.programme, held.outbox, Vault(secret), caller, outward)
    return Worker(
        client,
        task_queue=WEBHOOK_QUEUE,
        activities=[webhooks.deliver_due],
        interceptors=[Boundary()],
        build_id=BUILD,
        max_concurrent_activities=DELIVERIES,
        graceful_shutdown_timeout=GRACE,
    )


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run the workers until `stop` is set; what they have begun is finished first.

    Raises:
        SojournError: a part outside is away, or something must be mended by an operator.
    """
    async with resources(settings) as held:
        client = await connect_patiently(
            settings.temporal_address, settings.temporal_namespace, sandboxed=settings.workflow_sandbox
        )
        async with beginning(client):
            await ensure_search_attributes(client)
            await ensure_all(client, held.sessions, held.programme, reads_bounces=bool(settings.bounce_imap_host))
        async with (
            aclosing(mail_waker(client)) as waker,
            aclosing(webhook_waker(client, held.sessions)) as deliveries,
            AsyncExitStack() as running,
        ):
            wakers = Wakers(waker, deliveries)
            started = [await running.enter_async_context(worker) for worker in workers(client, held, wakers)]
            filing = Filing(held.sessions, held.files, held.programme)
            await running.enter_async_context(beside(client, filing, held.programme))
            for one in (waker, deliveries):
                one.wake()  # for what was written by a process that died before it could, and after Temporal was lost
            running.enter_context(_ready(settings.ready_file))
            logger.info("polling %s and %s in namespace %s", EXCHANGE_QUEUE, MAIL_QUEUE, client.namespace)
            await stop.wait()
            logger.info("draining")
            await asyncio.gather(*(worker.shutdown() for worker in started))
    logger.info("stopped")


@contextmanager
def _ready(file: Path | None) -> Iterator[None]:
    """Say in a file that this process takes tasks."""
    if file is None:
        yield
        return
    with open(file, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as opened:
        opened.write(str(os.getpid()))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or Ctrl-C."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(settings, stop)


def main() -> int:
    """Run the worker; answers with the exit code."""
    return run_process(lambda settings: asyncio.run(serve(settings)))


if __name__ == "__main__":
    sys.exit(main())
