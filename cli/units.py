"""`sojourn units …`: whom units take, as a table and as a file, and changing it from a file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.misuse import Misused
from cli.options import ActId, As, Json, Yes
from cli.output import as_data, say, say_json, show, table
from cli.session import Session, confirmed, session_of
from gateway.composition import ReadServices, Services
from gateway.unit_sheets import read_units, write_units
from models.messages.units import UnitEdits, UnitsSaved
from models.people.authorization import Actor
from models.views.units import BrokenPlace, UnitsPreview, UnitView
from texts.i18n import _
from texts.names import Names
from texts.refusals import refusal
from texts.terminal import language, phrase
from texts.units import terms_words, why_words

commands = typer.Typer(help="For hosts: whom laboratories and departments take, and which places must be moved.")
WRITTEN = _("{count} units written to {file}.")
SAVED = _("Units changed: {count}. Places to move: {places}.")
SAVE = _("Save it? Places to move: {places}.")
ROW = _("row {row}")

Host = Annotated[str, typer.Option("--host", metavar="INSTITUTION", help="Whose units; without it your institution's.")]


def _found(session: Session, actor: Actor, host: str) -> list[UnitView]:
    at = host or actor.institution or session.programme().home

    async def look(records: ReadServices) -> list[UnitView]:
        return await records.reading.units(actor, at, records.clock())

    return session.read(look)


@commands.command("list")
def list_(ctx: typer.Context, host: Host = "", as_: As = None, as_json: Json = False) -> None:
    """The units of a host: how many students at a time, whom, and which places must be moved."""
    session = session_of(ctx)
    found = _found(session, session.actor(as_), host)
    if as_json:
        say_json([as_data(one) for one in found])
        return
    names = Names(session.programme(), language())
    rows = [
        (
            one.unit_id,
            names.name(one),
            str(one.terms.capacity),
            str(one.taken),
            "\n".join(terms_words(one.terms, names)),
        )
        for one in found
    ]
    columns = (_("id"), _("unit"), _("Students at a time"), _("Today"), _("Whom it takes, and when not"))
    show(table("", columns, rows))
    _tell_broken([place for one in found for place in one.to_move], names)


@commands.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Written anew; .xlsx or .csv.")],
    host: Host = "",
    as_: As = None,
) -> None:
    """Write the units of a host to a file that `sojourn units import` reads."""
    session = session_of(ctx)
    found = _found(session, session.actor(as_), host)
    write_units(file, found)
    say(phrase(WRITTEN, count=len(found), file=file.name))


@commands.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="As `sojourn units export` writes it.")],
    as_: As = None,
    yes: Yes = False,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Change units from a file, all of it or nothing; what it changes and breaks is shown first."""
    session = session_of(ctx)
    actor = session.actor(as_)
    edits, faults = read_units(file)
    for one in faults:
        words = phrase(ROW, row=one.row)
        say(f"{words} {one.column}: {refusal(one.error, language(), session.programme())}", style="red")
    if faults:
        raise Misused("typed.units_file")
    asked = UnitEdits(edits=edits)

    async def look(services: Services) -> UnitsPreview:
        return await services.gateway.units.preview(asked, actor, services.clock())

    seen = session.act(look)
    if not as_json:
        _tell_changes(seen, session)
    if not seen.changes:
        say(phrase(_("Nothing: the units are as the file says.")))
        return
    confirmed(phrase(SAVE, places=sum(len(one.to_move) for one in seen.changes)), yes=yes)
    shown = asked.model_copy(update={"seen": seen.seen})

    async def save(services: Services, key: str) -> UnitsSaved:
        return await services.gateway.units.save(shown, actor, services.clock(), key)

    act_id, saved = session.act_once(act_id, save)
    if as_json:
        say_json({**as_data(saved), "id": act_id})
        return
    say(phrase(SAVED, count=len(saved.changed), places=len(saved.to_move)))


def _tell_changes(seen: UnitsPreview, session: Session) -> None:
    names = Names(session.programme(), language())
    rows = [
        (
            names.unit(one.unit_id),
            "\n".join((str(one.before.capacity), *terms_words(one.before, names))),
            "\n".join((str(one.after.capacity), *terms_words(one.after, names))),
        )
        for one in seen.changes
    ]
    if rows:
        show(table("", (_("unit"), _("Before"), _("After")), rows))
    _tell_broken([place for one in seen.changes for place in one.to_move], names)


def _tell_broken(places: list[BrokenPlace], names: Names) -> None:
    if places:
        rows = [
            (one.place.exchange_id, one.student.name, names.unit(one.place.unit_id), why_words(one.place, names))
            for one in places
        ]
        show(table(phrase(_("Places to move")), (_("exchange"), _("student"), _("unit"), _("why")), rows))
