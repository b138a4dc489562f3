"""`sojourn replan …`: other days for a whole cohort, looked at, decided once, and what became of each stay."""

from datetime import date
from typing import Annotated

import typer

from cli.options import ActId, As, Json, read_exchange
from cli.output import as_data, say, say_json
from cli.replies import tell_acknowledged
from cli.session import Session, confirmed, session_of
from gateway.composition import Services
from models.messages.exchange import Acknowledged
from models.messages.replans import Replanning, StayDays
from models.views.replans import ReplanPreview, ReplanView, StayMoved, StayProposed
from texts.dates import stay_words
from texts.i18n import _
from texts.labels import label
from texts.refusals import refusal
from texts.replans import REPLAN_STATES, WHY_NOT_MOVED
from texts.terminal import language, phrase

commands = typer.Typer(help="For the programme office: other days for the stays of a whole cohort.")
DECIDED = _("Decided. Each stay is moved as a whole, or stays as it was; `sojourn replan show` says which.")
NONE = _("This cohort was never re-planned.")
Cohort = Annotated[str, typer.Argument(metavar="COHORT", help="Like 2027-incoming-dartmouth-cqmu.")]
Shift = Annotated[
    int, typer.Option("--shift", metavar="DAYS", min=-366, max=366, help="Days later; negative: earlier.")
]
On = Annotated[
    list[str] | None,
    typer.Option("--on", metavar="EXCHANGE=FIRST/LAST", help="Days of its own for an exchange; may be repeated."),
]
Exempt = Annotated[
    list[str],
    typer.Option("--exempt", parser=read_exchange, metavar="EXCHANGE", help="Left as it is; may be repeated."),
]


@commands.command()
def preview(
    ctx: typer.Context,
    cohort: Cohort,
    shift: Shift = 0,
    on: On = None,
    exempt: Exempt = [],  # noqa: B006
    as_: As = None,
    as_json: Json = False,
) -> None:
    """The proposal: what every stay would get, and what hinders it. Nothing is changed."""
    session = session_of(ctx)
    found = _preview(session, cohort, _wanted(shift, on, exempt), as_)
    if as_json:
        say_json(as_data(found))
        return
    _show_preview(found)


@commands.command()
def decide(
    ctx: typer.Context,
    cohort: Cohort,
    shift: Shift = 0,
    on: On = None,
    exempt: Exempt = [],  # noqa: B006
    as_: As = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Move the stays of the cohort by one decision; nobody signs, everybody concerned is told."""
    session = session_of(ctx)
    actor, wanted = session.actor(as_), _wanted(shift, on, exempt)
    if not yes:
        _show_preview(_preview(session, cohort, wanted, as_))
        confirmed(phrase(_("Move them?")), yes)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        return await services.gateway.replans.decide(cohort, wanted, actor, decision_id=decision_id)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(reply, phrase(DECIDED), as_json, decision_id=decision_id)


@commands.command()
def show(ctx: typer.Context, cohort: Cohort, as_: As = None, as_json: Json = False) -> None:
    """Who was moved, who could not be and why, of every decision, the newest first."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> list[ReplanView]:
        return await services.gateway.replans.report(cohort, actor)

    found = session.act(look)
    if as_json:
        say_json([as_data(one) for one in found])
        return
    if not found:
        say(phrase(NONE))
    for one in found:
        say(f"{one.replan_id}  {one.at:%Y-%m-%d}  {one.replanning.shift:+d}")
        for stay in one.stays:
            say(_moved(stay))


def _wanted(shift: int, on: list[str] | None, exempt: list[str]) -> Replanning:
    return Replanning(shift=shift, days=tuple(map(_days, on or ())), exempt=tuple(exempt))


def _days(typed: str) -> StayDays:
    exchange, _equals, days = typed.partition("=")
    first, _slash, last = days.partition("/")
    try:
        return StayDays(exchange_id=exchange, start=date.fromisoformat(first), end=date.fromisoformat(last))
    except ValueError:
        raise typer.BadParameter(typed, param_hint="--on") from None


def _preview(session: Session, cohort: str, wanted: Replanning, as_: str | None) -> ReplanPreview:
    actor = session.actor(as_)

    async def look(services: Services) -> ReplanPreview:
        return await services.gateway.replans.preview(cohort, wanted, actor)

    return session.act(look)


def _show_preview(found: ReplanPreview) -> None:
    for stay in found.stays:
        say(_proposed(stay))


def _proposed(stay: StayProposed) -> str:
    was, now = stay_words(stay.was_start, stay.was_end, language()), stay_words(stay.start, stay.end, language())
    if stay.exempt:
        return f"{stay.exchange_id}  {was}  {phrase(_('left as it is'))}"
    against = f"  {refusal(stay.against, language())}" if stay.against is not None else ""
    return f"{stay.exchange_id}  {was} → {now}{against}"


def _moved(stay: StayMoved) -> str:
    state = label(REPLAN_STATES, stay.state, language())
    why = label(WHY_NOT_MOVED, stay.reason, language()) if stay.reason in WHY_NOT_MOVED else stay.reason
    return f"  {stay.exchange_id}  {state}  {stay_words(stay.start, stay.end, language())}  {why}".rstrip()
