"""Running the service: `up`, `migrate`, `rebuild`, `catalogue check`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.lines import sentence
from cli.options import Json, Yes
from cli.output import as_data, console, say, say_json, warn
from cli.session import confirmed, session_of
from demo.run import run_demo
from demo.sample import fill_sample
from dev.up import up as run_up
from failures.exits import REFUSED
from gateway.composition import catalogue_at, migrate_database, rebuild_projection, rotate_data_keys, seal_files
from models.catalogue.faults import CatalogueError
from texts.i18n import _
from texts.refusals import catalogue_reason
from texts.terminal import language, phrase

GOOD = _(
    "The catalogue is good: {institutions} institutions, {disciplines} disciplines, {units} units, {beds} beds, "
    "{documents} documents, {steps} steps, {rules} rules."
)
commands = typer.Typer()
catalogue = typer.Typer(help="The programme as data.")


@commands.command()
def up(
    ctx: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FOLDER", help="Where everything is kept; unset: SOJOURN_DATA_DIR, then var."),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Fill an empty folder with a sample programme: people in every stage.")
    ] = False,
) -> None:
    """Run the whole service on this machine; Ctrl-C stops it, and it goes on where it was when started again."""
    settings = session_of(ctx).settings()
    settings = settings if data is None else settings.in_folder(data)
    asyncio.run(run_up(settings, console=console(), then=fill_sample if sample else None))


@commands.command()
def demo() -> None:
    """Play a whole intake through six months in about two minutes, and check every outcome."""
    raise typer.Exit(asyncio.run(run_demo(console())))


@commands.command()
def migrate(ctx: typer.Context) -> None:
    """Bring the database to the schema of this version; safe to repeat."""
    session_of(ctx).mend(migrate_database)
    say(phrase(_("The database is at the schema of this version.")))


@commands.command("rotate-keys")
def rotate_keys(ctx: typer.Context, as_json: Json = False) -> None:
    """Wrap all data keys with the first key of SOJOURN_VAULT_KEYS; no file is touched, and it is safe to repeat."""
    rotated, in_use = session_of(ctx).mend(rotate_data_keys)
    if as_json:
        say_json({"rotated": rotated, "in_use": in_use})
    else:
        say(phrase(_("{count} data keys were wrapped anew."), count=rotated))


@commands.command("seal-files")
def seal_clear_files(ctx: typer.Context, as_json: Json = False) -> None:
    """Seal the files that an earlier release kept in clear; workers do the same when they start."""
    sealed, left = session_of(ctx).mend(seal_files)
    if as_json:
        say_json({"sealed": sealed, "left": left})
    else:
        say(phrase(_("{count} files were sealed; {left} are left in clear."), count=sealed, left=left))


@commands.command()
def rebuild(ctx: typer.Context, yes: Yes = False, as_json: Json = False) -> None:
    """Rebuild what the pages and lists read from the events, the only source of truth."""
    confirmed(phrase(_("Rebuild all lists from the events? Nothing can be recorded meanwhile.")), yes)
    replayed = session_of(ctx).mend(rebuild_projection)
    if as_json:
        say_json({"events": replayed})
    else:
        say(phrase(_("Rebuilt from {count} events."), count=replayed))


@catalogue.command()
def check(
    ctx: typer.Context,
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Unset: the catalogue that the service uses.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a catalogue; a fault is told with file, key and reason."""
    try:
        programme = catalogue_at(directory) if directory is not None else session_of(ctx).programme()
    except CatalogueError as error:
        if as_json:
            say_json([as_data(f) | {"reason": catalogue_reason(f, language())} for f in error.faults])
        else:
            warn(sentence(error, None))
        raise typer.Exit(REFUSED) from None
    institutions = list(programme.institutions.values())
    counts = {
        "version": programme.policy.version,
        "institutions": len(institutions),
        "disciplines": len(programme.disciplines),
        "units": sum(len(i.units) for i in institutions),
        "beds": sum(len(i.beds) for i in institutions),
        "documents": len(programme.policy.documents),
        "steps": len(programme.policy.steps),
        "rules": len(programme.policy.rules),
    }
    if as_json:
        say_json(counts)
    else:
        say(phrase(GOOD, **counts))
