"""`sojourn privacy …`: a student's data in one archive, consents, erasing what papers say, holds, what goes when."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from cli.consents import consent, consent_on_paper
from cli.lines import said
from cli.options import ActId, As, Exchange, Json, Yes
from cli.output import as_data, say, say_json, show, table
from cli.session import confirmed, session_of
from gateway.composition import Services
from models.errors import BadInput
from models.views.retention import RetentionView
from texts.i18n import _
from texts.names import Names
from texts.retention import RETENTION_STATES
from texts.terminal import language, phrase

HELD = _("Nothing of this student is erased until the hold {hold} is lifted.")
ERASED = _("Erased, for {count} purposes: nobody can read those papers any more.")
ERASED_BEFORE = _("Nothing is left to erase: what need not be kept is erased already.")
EXPORTED = _("Everything that may be given to you about {exchange} is in {file}.")
commands = typer.Typer(
    help="Give out what is kept about a student; consents; erase what need not be kept any more; legal holds."
)


@commands.command()
def export(
    ctx: typer.Context,
    exchange: Exchange,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help="Where the archive is written; no file may be there.")
    ],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Everything kept about the exchange's student, as one ZIP archive; that it was given out is on record."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, key: str) -> None:
        with _new(to) as file:
            given = await services.gateway.own_data.export(exchange, actor, key=key)
            async for piece in given.pieces:
                file.write(piece)

    key, _done = session.act_once(act_id, act)
    if as_json:
        say_json({"file": str(to), "bytes": to.stat().st_size, "id": key})
    else:
        say(phrase(EXPORTED, exchange=exchange, file=to.name))


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """A new file for its reader alone; gone again where the block does not end well.

    Raises:
        BadInput: there is one already, or it cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            try:
                yield file
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise BadInput("file.there", file=path.name) from None
    except OSError as fault:
        raise BadInput("file.unwritable", file=path.name, reason=fault.strerror or type(fault).__name__) from None


@commands.command()
def hold(
    ctx: typer.Context,
    exchange: Exchange,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the records.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Set a legal hold: nothing of the exchange's student is erased as long as it lasts."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, key: str) -> str:
        return await services.gateway.erasures.hold(exchange, reason, actor, key=key)

    key, held = session.act_once(act_id, act)
    if as_json:
        say_json({"hold": held, "id": key})
    else:
        say(phrase(HELD, hold=held))


@commands.command()
def lift(
    ctx: typer.Context,
    exchange: Exchange,
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="Id of the hold, as it was told when it was set.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Lift a legal hold; safe to repeat."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, _key: str) -> None:
        await services.gateway.erasures.lift(exchange, hold_id, actor)

    key, _done = session.act_once(act_id, act)
    if as_json:
        say_json({"lifted": hold_id, "id": key})
    else:
        say(phrase(_("The hold is lifted.")))


@commands.command()
def erase(
    ctx: typer.Context,
    exchange: Exchange,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the records as a comment.")] = "",
    yes: Yes = False,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Erase for good what the papers of the exchange's student say, as far as nothing must be kept any more."""
    asked = _("Erase the papers of the student of {exchange}? Nobody can bring them back.")
    confirmed(phrase(asked, exchange=exchange), yes)
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, key: str) -> tuple[str, ...]:
        return await services.gateway.erasures.erase(exchange, actor, reason=reason, key=key)

    key, purposes = session.act_once(act_id, act)
    if as_json:
        say_json({"purposes": list(purposes), "id": key})
    else:
        say(phrase(ERASED, count=len(purposes)) if purposes else phrase(ERASED_BEFORE))


commands.command()(consent)
commands.command("consent-on-paper")(consent_on_paper)


@commands.command()
def retention(
    ctx: typer.Context,
    exchange: Annotated[
        str | None, typer.Option("--exchange", metavar="CODE", help="All documents of this exchange.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=0, max=3660, help="Of all exchanges: how far to look.")] = 30,
    as_: As = None,
    as_json: Json = False,
) -> None:
    """What goes when, by which rule, and what a legal hold keeps; it erases nothing."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> RetentionView:
        return await services.gateway.erasures.kept(exchange, actor, days)

    view = session.act(look)
    if as_json:
        say_json(as_data(view))
        return
    names = Names(session.programme(), language())
    if view.lines:
        columns = (_("exchange"), _("document"), _("kept through"), _("state"), _("rule"))
        rows = [
            (
                one.exchange_id,
                names.document(one.kind),
                str(one.kept_through or ""),
                said(RETENTION_STATES, one.state),
                one.rule or "",
            )
            for one in view.lines
        ]
        show(table("", columns, rows))
    else:
        say(phrase(_("Nothing goes until {day}."), day=str(view.through)))
    if view.more:
        say(phrase(_("There is more; ask for fewer days.")))
    if view.without_rule:
        kinds = names.listed([names.document(kind) for kind in view.without_rule])
        say(phrase(_("Kept, because no rule lets them go: {kinds}"), kinds=kinds))
