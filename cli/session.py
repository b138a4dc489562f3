"""What every command works with: settings, who acts, and the services or the records, opened and closed again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import typer
from pydantic import ValidationError

from cli.identity import parse_actor
from cli.misuse import Misread
from cli.output import warn
from gateway.composition import ReadServices, Services, catalogue_of, open_for_reading, open_gateway, utc_now
from gateway.operations import new_id
from models.catalogue.programme import Programme
from models.errors import Kept, Unavailable
from models.people.authorization import Actor
from observability import configure_logging
from settings import Settings
from texts.fonts import CertificateFonts
from texts.i18n import _
from texts.terminal import phrase

T = TypeVar("T")
READ_SECONDS = 30
"""How long a look at the records may take; a database that has stopped says nothing at all."""


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        Misread: a variable cannot be; the text names it, and never its value.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise Misread(
            error, hint=phrase(_("environment")), prefix=Settings.model_config.get("env_prefix", "")
        ) from None
    configure_logging(settings.log_format, "WARNING")
    return settings


@dataclass(frozen=True)
class Session:
    """How the commands reach the service; tests give their own."""

    settings: Callable[[], Settings] = read_settings
    catalogue: Callable[[Settings], Programme] = catalogue_of
    services: Callable[[Settings], AbstractAsyncContextManager[Services]] = open_gateway
    records: Callable[[Settings], AbstractAsyncContextManager[ReadServices]] = open_for_reading
    clock: Callable[[], datetime] = utc_now

    def programme(self) -> Programme:
        """The catalogue."""
        return self.catalogue(self.settings())

    def fonts(self) -> CertificateFonts:
        """What certificates are printed with."""
        return CertificateFonts(self.settings().fonts_dir)

    def actor(self, who: str | None) -> Actor:
        """Who acts.

        Raises:
            Misused: `--as` names nobody of the catalogue.
        """
        return parse_actor(who, self.programme())

    def read(self, look: Callable[[ReadServices], Awaitable[T]]) -> T:
        """Look something up in the records; Temporal is not needed."""

        async def looked() -> T:
            async with self.records(self.settings()) as records:
                return await look(records)

        return _within(looked())

    def watch(self, look: Callable[[ReadServices], Awaitable[T]]) -> T:
        """Look again and again, until somebody stops it."""

        async def watched() -> T:
            async with self.records(self.settings()) as records:
                return await look(records)

        return asyncio.run(watched())

    def mend(self, work: Callable[..., Coroutine[Any, Any, T]], *about: Any) -> T:
        """Do an operator's work on the database; Temporal is not needed."""
        return asyncio.run(work(self.settings(), *about))

    def act(self, act: Callable[[Services], Awaitable[T]]) -> T:
        """Do something for people."""

        async def done() -> T:
            async with self.services(self.settings()) as services:
                return await act(services)

        return asyncio.run(done())

    def act_once(self, act_id: str | None, act: Callable[[Services, str], Awaitable[T]]) -> tuple[str, T]:
        """Do something that carries an id, a given one or a new one; answers with the id too.

        Raises:
            Kept: it is done by itself; after saying under which id it is.
            Unavailable: after saying how to repeat the act without doing it twice.
        """
        chosen = act_id or new_id()
        try:
            return chosen, self.act(lambda services: act(services, chosen))
        except Kept:
            warn(phrase(_("Kept under: {option}"), option=f"--id {chosen}"))
            raise
        except Unavailable:
            warn(phrase(_("To repeat this act safely, add: {option}"), option=f"--id {chosen}"))
            raise


def _within(looking: Coroutine[Any, Any, T]) -> T:
    """Run it, for as long as a look may take."""

    async def limited() -> T:
        try:
            async with asyncio.timeout(READ_SECONDS):
                return await looking
        except TimeoutError:
            raise Unavailable("database.silent") from None

    return asyncio.run(limited())


def session_of(ctx: typer.Context) -> Session:
    """The session of a command."""
    found = ctx.find_object(Session)
    return found if found is not None else Session()


def confirmed(question: str, yes: bool) -> None:
    """Go on only with a person's yes.

    Raises:
        typer.Exit: they said no, or nobody is there to ask.
    """
    if yes:
        return
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        agreed = False
        typer.echo(err=True)
    if not agreed:
        warn(phrase(_("Nothing was done. To agree beforehand, add {option}."), option="--yes"))
        raise typer.Exit(1)
