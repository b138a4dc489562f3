"""`sojourn privacy …`: erasing what a student's papers say, and legal holds that forbid it."""

from typing import Annotated

import typer

from cli.options import ActId, As, Exchange, Json, Yes
from cli.output import say, say_json
from cli.session import confirmed, session_of
from gateway.composition import Services
from texts.i18n import _
from texts.terminal import phrase

HELD = _("Nothing of this student is erased until the hold {hold} is lifted.")
ERASED = _("Erased, for {count} purposes: nobody can read those papers any more.")
commands = typer.Typer(help="Erase what a student's papers say when it need not be kept any more; legal holds.")


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
        return await services.gateway.erasures.erase(exchange, actor, key=key)

    key, purposes = session.act_once(act_id, act)
    if as_json:
        say_json({"purposes": list(purposes), "id": key})
    else:
        say(phrase(ERASED, count=len(purposes)))
