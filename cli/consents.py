"""`sojourn privacy consent …`: what a student agreed to, and entering what was signed on paper."""

from datetime import datetime
from typing import Annotated

import typer

from cli.lines import said
from cli.options import ActId, As, Exchange, Json
from cli.output import as_data, say, say_json, show, table
from cli.session import session_of
from gateway.composition import Services
from models.people.consents import ConsentTo
from models.views.consents import ConsentView
from texts.consents import CONSENT_ANSWERS, CONSENT_SHORT
from texts.i18n import _
from texts.terminal import language, phrase

NOT_ASKED = _(
    "No consent is asked in {exchange}: its papers stay in one country, or it began before students were asked."
)
NOT_ANSWERED = _("{purpose}: not answered")
ON_PAPER = _("on paper, {day}: {reference}")
ASKS = _("The student is to read version {version} of the notice and answer it.")


def consent(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """What the student agreed to of sending papers abroad, refused and took back, with the notice and the day."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> ConsentView | None:
        return await services.gateway.consents.look(exchange, actor)

    _told(exchange, session.act(look), as_json)


def consent_on_paper(
    ctx: typer.Context,
    exchange: Exchange,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the signature.")],
    reference: Annotated[str, typer.Option("--reference", help="Where the signed paper is kept.")],
    transfer: Annotated[
        bool | None, typer.Option("--transfer/--no-transfer", help="Whether papers may go to the host abroad.")
    ] = None,
    sensitive: Annotated[
        bool | None,
        typer.Option("--sensitive/--no-sensitive", help="Whether sensitive ones may: passport, record, health."),
    ] = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Enter what the student answered on paper, each question apart; a no takes back what was agreed to."""
    session = session_of(ctx)
    actor = session.actor(as_)
    asked = {ConsentTo.TRANSFER: transfer, ConsentTo.SENSITIVE: sensitive}
    answers = {about: yes for about, yes in asked.items() if yes is not None}

    async def act(services: Services, key: str) -> ConsentView:
        return await services.gateway.consents.record_paper(
            exchange, answers, actor, on=on.date(), reference=reference, language=language(), key=key
        )

    _key, view = session.act_once(act_id, act)
    _told(exchange, view, as_json)


def _told(exchange: str, view: ConsentView | None, as_json: bool) -> None:
    if as_json:
        say_json(as_data(view) if view is not None else None)
        return
    if view is None:
        say(phrase(NOT_ASKED, exchange=exchange))
        return
    columns = (_("when"), _("what"), _("answer"), _("notice"), _("who"), _("paper"))
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M}",
            said(CONSENT_SHORT, one.about),
            said(CONSENT_ANSWERS, one.answer),
            f"{one.notice} ({one.language})",
            one.by,
            phrase(ON_PAPER, day=one.paper_on, reference=one.reference) if one.paper_on else "",
        )
        for one in view.ledger
    ]
    if rows:
        show(table("", columns, rows))
    for about in ConsentTo:
        if about not in view.stands:
            say(phrase(NOT_ANSWERED, purpose=said(CONSENT_SHORT, about)))
    if view.is_asked:
        say(phrase(ASKS, version=view.notice.version))
