"""Composition: client, database, files and catalogue put together for one process, and closed again."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from limits.aio.storage import MemoryStorage, Storage
from temporalio.client import Client

from gateway.connection import connect, require_namespace
from gateway.operations import Gateway
from gateway.webhooks import Connections
from mail.inbox import InboxSettings
from mail.operator import retry
from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.errors import BadInput, Unavailable
from records.access.rate_limits import SharedWindows
from records.access.signing import Signing
from records.clearance_alerts import ClearanceAlerts
from records.clearances import Clearances
from records.fact_seals import SealedByPerson
from records.files import FileStore
from records.filing import Filing
from records.keyring import Keyring, keyring_of
from records.queries import Reading
from records.sealed_files import SealedFiles
from records.sealing_files import ClearFiles
from records.statements import Statements
from records.store.engine import Sessions, open_engine, put_away, session_maker, transaction
from records.store.ready import require_schema
from records.store.rebuild import rebuild
from records.store.seeding import set_up
from records.usage import UploadLimits
from records.vault import DataVault
from settings import Settings
from webhooks.client import Caller
from webhooks.cloudevents import Outward
from webhooks.endpoints import Endpoints, Vault
from webhooks.feed import Feed
from webhooks.inbound import Inbound

Clock = Callable[[], datetime]
"""Says what time it is; a virtual one in demos."""


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class ReadServices:
    """What reading needs: the records and the catalogue. Works without Temporal."""

    reading: Reading
    programme: Programme
    clock: Clock = utc_now


@dataclass(frozen=True, kw_only=True)
class Services(ReadServices):
    """What acting needs: the records, and the operations of the gateway."""

    gateway: Gateway
    outward: Connections | None = None
    """The connections to other systems, where a server manages them."""
    windows: Storage = field(default_factory=MemoryStorage)
    """Where calls are counted."""


def catalogue_of(settings: Settings) -> Programme:
    """The catalogue that the settings name.

    Raises:
        Broken: it has faults; the text names file, key and reason of each.
    """
    return load_programme(settings.catalogue_dir)


def catalogue_at(directory: Path) -> Programme:
    """The catalogue with the institutions of a directory.

    Raises:
        Broken: it has faults; the text names file, key and reason of each.
        BadInput: it is no directory.
    """
    if not directory.is_dir():
        raise BadInput("directory.none", directory=str(directory))
    return load_programme(directory)


async def require_database(settings: Settings) -> None:
    """That the database can be used; nothing is changed, and none is made.

    Raises:
        Broken: it is damaged, another application's, or of a newer version of the service.
        Unavailable: it does not answer, or must be set up first; the text says what to do.
    """
    _require_file(settings)
    engine = open_engine(settings.database_url, reading=True)
    try:
        await require_schema(engine)
    finally:
        await engine.dispose()


async def require_temporal(settings: Settings) -> None:
    """That the cluster answers and knows the namespace.

    Raises:
        Broken: address, namespace, login or a file of the settings is wrong.
        Unavailable: it does not answer.
    """
    await require_namespace(await connect(settings.temporal_address, settings.temporal_namespace))


@asynccontextmanager
async def open_for_reading(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[ReadServices]:
    """The records, for looking only; works while Temporal is away.

    Raises:
        Unavailable: the database is away or has not been set up.
    """
    programme = catalogue_of(settings)
    _require_file(settings)
    engine = open_engine(settings.database_url, reading=True)
    try:
        await require_schema(engine)
        yield ReadServices(reading=Reading(session_maker(engine), programme), programme=programme, clock=clock)
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_for_serving(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[Services]:
    """The services of a server: opened while Temporal or the database is away, and whole again when they are back.

    Every act and look raises `Unavailable` as long as what it needs is away.
    """
    programme = catalogue_of(settings)
    client = await connect(settings.temporal_address, settings.temporal_namespace, lazy=True)
    looking = open_engine(settings.database_url, reading=True)
    acting = open_engine(settings.database_url)
    try:
        filing = _filing(settings, session_maker(acting), programme, clock)
        gateway = _gateway(client, filing, programme, clock, settings)
        outward = _outward(settings, client, gateway, filing, programme, clock)
        reading = Reading(session_maker(looking), programme)
        windows = SharedWindows(filing.sessions, time.time) if settings.shares_rate_limits else MemoryStorage()
        async with aclosing(gateway):
            yield Services(
                reading=reading, programme=programme, clock=clock, gateway=gateway, outward=outward, windows=windows
            )
    finally:
        await put_away(looking, acting)


def _gateway(client: Client, filing: Filing, programme: Programme, clock: Clock, settings: Settings) -> Gateway:
    signing = Signing(settings.secret_key.get_secret_value()) if settings.secret_key else None
    return Gateway(client, filing, programme, clock, signing, _uploads(settings), settings.reply_address)


def _outward(
    settings: Settings, client: Client, gateway: Gateway, filing: Filing, programme: Programme, clock: Clock
) -> Connections:
    vault = Vault(settings.secret_key.get_secret_value() if settings.secret_key else "")
    caller = Caller(clock, allow_private=settings.webhook_allow_private)
    endpoints = Endpoints(filing.sessions, programme, Outbox(programme), vault, caller, settings.public_url)
    feed = Feed(filing.sessions, Outward(settings.public_url, programme.policy.about_health))
    return Connections(client, gateway, endpoints, Inbound(filing.sessions), feed, clock)


def _filing(settings: Settings, sessions: Sessions, programme: Programme, clock: Clock) -> Filing:
    return Filing(sessions, files_in(settings, sessions), programme, sealing_in(settings, clock))


def inbox_in(settings: Settings) -> InboxSettings | None:
    """Where returned mail comes in; `None` where nobody reads it."""
    if settings.bounce_imap_host is None:
        return None
    password = settings.bounce_imap_password
    return InboxSettings(
        host=settings.bounce_imap_host,
        port=settings.bounce_imap_port,
        tls=settings.bounce_imap_tls,
        username=settings.bounce_imap_username or "",
        password=password.get_secret_value() if password else "",
        folder=settings.bounce_imap_folder,
    )


def clearance_alerts(settings: Settings, sessions: Sessions, programme: Programme, outbox: Outbox) -> ClearanceAlerts:
    """What tells of clearances that end soon; it opens stated facts under the keys of the settings.

    Raises:
        Broken: the keys cannot be read.
    """
    statements = Statements(sessions, programme, outbox, sealing_in(settings))
    return ClearanceAlerts(sessions, Clearances(statements, programme), outbox)


def sealing_in(settings: Settings, clock: Clock = utc_now) -> SealedByPerson:
    """What seals and opens facts and words under the keys of the settings.

    Raises:
        Broken: the keys cannot be read.
    """
    return SealedByPerson(DataVault(keyring_in(settings)), clock)


def files_in(settings: Settings, sessions: Sessions) -> SealedFiles:
    """The files that the settings name, under the keys that they give.

    Raises:
        Broken: the keys cannot be read.
    """
    return SealedFiles(sessions, FileStore(settings.files_dir), DataVault(keyring_in(settings)))


def _uploads(settings: Settings) -> UploadLimits:
    return UploadLimits(settings.upload_files_per_day, settings.upload_megabytes_per_day)


def _require_file(settings: Settings) -> None:
    """Opening a SQLite database would make an empty one."""
    file = settings.database_file
    if file is not None and not file.exists():
        raise Unavailable("database.none", file=str(file))


@asynccontextmanager
async def open_gateway(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[Services]:
    """The services of a command: looking and acting. What is filed is dated by the clock.

    Temporal may be away: what is asked then is kept.

    Raises:
        Unavailable: the database is away.
    """
    async with open_for_reading(settings, clock) as records:
        client = await connect(settings.temporal_address, settings.temporal_namespace, lazy=True)
        engine = open_engine(settings.database_url)
        try:
            filing = _filing(settings, session_maker(engine), records.programme, clock)
            gateway = _gateway(client, filing, records.programme, clock, settings)
            async with aclosing(gateway):
                yield Services(reading=records.reading, programme=records.programme, clock=clock, gateway=gateway)
        finally:
            await engine.dispose()


async def migrate_database(settings: Settings) -> None:
    """Bring the database to the schema of this version, with the beds and units of the catalogue; safe to repeat."""
    programme = catalogue_of(settings)
    engine = open_engine(settings.database_url)
    try:
        await set_up(engine, programme)
    finally:
        await engine.dispose()


async def rebuild_projection(settings: Settings) -> int:
    """Rebuild what is read from the events, all of it or nothing; says how many events there were."""
    engine = open_engine(settings.database_url)
    try:
        async with transaction(session_maker(engine)) as session:
            return await rebuild(session)
    finally:
        await engine.dispose()


async def seal_files(settings: Settings) -> tuple[int, int]:
    """Seal what an earlier release kept in clear; says how many files it sealed, and how many are left in clear.

    Raises:
        Broken: the settings give no key.
        Unavailable: the database or the file store is away.
    """
    engine = open_engine(settings.database_url)
    try:
        await require_schema(engine)
        sessions = session_maker(engine)
        return await ClearFiles(sessions, files_in(settings, sessions), catalogue_of(settings), utc_now).seal_all()
    finally:
        await engine.dispose()


async def rotate_data_keys(settings: Settings) -> tuple[int, dict[str, int]]:
    """Wrap all data keys with the current key of the settings; says how many were not yet, and how many each key wraps.

    Raises:
        Broken: the settings lack a key that wrapped one, or name none; nothing is changed.
    """
    vault = DataVault(keyring_in(settings))
    engine = open_engine(settings.database_url)
    try:
        async with transaction(session_maker(engine)) as session:
            return await vault.rotate(session), await vault.by_key(session)
    finally:
        await engine.dispose()


def keyring_in(settings: Settings) -> Keyring:
    """The keys that the settings give.

    Raises:
        Broken: they cannot be read.
    """
    keys, secret = settings.vault_keys, settings.secret_key
    return keyring_of(keys.get_secret_value() if keys else None, secret.get_secret_value() if secret else None)


async def retry_message(settings: Settings, key: str) -> None:
    """Queue a refused message again.

    Raises:
        Unknown: there is no such message.
        NotOpen: it has been sent, or is queued already.
    """
    engine = open_engine(settings.database_url)
    try:
        async with transaction(session_maker(engine)) as session:
            await retry(session, key, utc_now())
    finally:
        await engine.dispose()
