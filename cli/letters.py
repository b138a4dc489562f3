"""`sojourn letter …`: the letters of an exchange, written and saved."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import ActId, As, Exchange, Json
from cli.output import as_data, say, say_json
from cli.replies import reply_json
from cli.session import session_of
from gateway.composition import ReadServices, Services
from models.errors import BadInput, Unknown
from models.messages.contracts import WrittenLetter
from models.people.letters import LetterKind
from models.views.letters import LetterState, LettersView
from texts.i18n import _
from texts.labels import label
from texts.letters import LETTERS
from texts.refusals import refusal
from texts.terminal import language, phrase

WRITTEN = _("{letter} is written: {number}, version {version}.")
SAME = _("Nothing has changed since: {number}, version {version}, still says the same.")
SAVED = _("Saved: {path}")
commands = typer.Typer(help="List, write and save the letters of an exchange.")
Kind = Annotated[LetterKind, typer.Argument(metavar="KIND", help="Which letter, e.g. invitation.")]


@commands.command("list")
def list_letters(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """Every kind of letter: its versions, and what is still missing where you may have it written."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> LettersView | None:
        return await records.reading.letters(exchange, actor)

    found = session.read(look)
    if found is None:
        raise Unknown("exchange.unknown", exchange=exchange)
    if as_json:
        say_json(as_data(found))
        return
    for state in found.letters:
        if state.versions or state.writable:
            _tell(state)


def _tell(state: LetterState) -> None:
    name = label(LETTERS, state.letter, language())
    newest = state.versions[0] if state.versions else None
    told = phrase(_("{number}, version {version}"), number=newest.number, version=newest.version) if newest else "–"
    say(f"{state.letter}  {name}  {told}")
    for lack in state.lacks:
        say(f"    {refusal(lack, language())}")


@commands.command()
def write(
    ctx: typer.Context, exchange: Exchange, kind: Kind, as_: As = None, act_id: ActId = None, as_json: Json = False
) -> None:
    """Have a letter written from the records of now; with nothing changed, it stays the letter that is there."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, request_id: str) -> WrittenLetter:
        return await services.gateway.letters.write(exchange, kind, actor, request_id=request_id)

    request_id, written = session.act_once(act_id, act)
    if as_json:
        say_json(reply_json(written, request_id=request_id))
        return
    name = label(LETTERS, kind, language())
    told = SAME if written.repeated else WRITTEN
    say(phrase(told, letter=name, number=written.number, version=written.version))


@commands.command()
def save(
    ctx: typer.Context,
    exchange: Exchange,
    kind: Kind,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where the PDF goes; an existing file is not touched.")],
    as_: As = None,
    in_language: Annotated[str, typer.Option("--language", help="en or zh.")] = "en",
) -> None:
    """Save the newest version of a letter as PDF."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services) -> bytes:
        found = await services.reading.letters(exchange, actor)
        states = found.letters if found is not None else ()
        newest = next((state.versions[0] for state in states if state.letter is kind and state.versions), None)
        if newest is None:
            raise Unknown("letter.unknown")
        papers = services.gateway.papers
        return (await papers.letter(exchange, newest.number, newest.version, in_language, actor)).data

    data = session.act(act)
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise BadInput("file.unwritable", "file", file=path.name, reason=error.strerror or "") from None
    say(phrase(SAVED, path=str(path)))
