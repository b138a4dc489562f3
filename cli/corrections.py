"""`sojourn reopen` and `sojourn correct-person`: what ended by mistake goes on, and who a student is is put right."""

from typing import Annotated

import typer

from cli.misuse import Misused
from cli.options import ActId, As, Exchange, Json, made
from cli.replies import tell_acknowledged
from cli.session import session_of
from gateway.composition import Services
from models.errors import Unknown
from models.messages.exchange import Acknowledged
from models.rules.again import PERSONAL, Answers
from texts.i18n import _
from texts.terminal import phrase

commands = typer.Typer()


@commands.command()
def reopen(
    ctx: typer.Context,
    exchange: Exchange,
    note: Annotated[str, typer.Option("--note", help="Why; kept in the records.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Reopen an exchange that was rejected or withdrawn by mistake; it is verified anew (D10)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        return await services.gateway.reopen(exchange, actor, decision_id=decision_id, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply,
        phrase(_("{exchange} is reopened: it is verified anew."), exchange=exchange),
        as_json,
        decision_id=decision_id,
    )


@commands.command(name="correct-person")
def correct_person(
    ctx: typer.Context,
    exchange: Exchange,
    cells: Annotated[list[str], typer.Argument(metavar="COLUMN=TEXT...", help=f"Of: {', '.join(PERSONAL)}.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the records.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Correct personal data of a verified nomination, in this exchange alone (D11)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    answers = made(Answers, reason=reason)
    told = dict(_cell(one) for one in cells)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        gateway = services.gateway
        repeated = await gateway.correct_person(exchange, told, actor, decision_id=decision_id, answers=answers)
        view = await services.reading.exchange(exchange, actor)
        if view is None:
            raise Unknown("exchange.unknown", exchange=exchange)
        return Acknowledged(exchange_id=exchange, repeated=repeated, stage=view.stage)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply,
        phrase(_("The personal data of {exchange} are corrected."), exchange=exchange),
        as_json,
        decision_id=decision_id,
    )


def _cell(text: str) -> tuple[str, str]:
    column, equals, cell = text.partition("=")
    if not equals:
        raise Misused("typed.column", hint="COLUMN=TEXT")
    return column.strip(), cell.strip()
