"""`sojourn change …`: what follows from a change of a verified exchange, asking for it, taking it back."""

from datetime import date, datetime
from typing import Annotated

import typer

from cli.options import ActId, As, Exchange, Json, Note
from cli.output import as_data, say, say_json
from cli.replies import tell_acknowledged
from cli.session import session_of
from gateway.composition import ReadServices, Services
from models.errors import BadInput, Unknown
from models.messages.changes import (
    BlocksChange,
    Change,
    ChangeStatus,
    DatesChange,
    DisciplineChange,
    Effect,
    HousingChange,
    IntakeChange,
    SecondHostChange,
    UnitChange,
)
from models.messages.exchange import Acknowledged
from models.rules.block_changes import BlockMore, blocks_anew
from models.rules.changes import DayRange
from models.views.changes import ChangePreview, ChangesView
from models.vocabulary import Content
from texts.changes import AREAS, CHANGE_NAMES, CHANGE_STATES
from texts.dates import stay_words
from texts.i18n import _
from texts.labels import label
from texts.refusals import refusal
from texts.terminal import language, phrase

ASKED = _("Asked for: {change}. Those who signed the exchange are asked to sign it.")
BACK = _("Taken back.")
NONE = _("Nothing has been changed.")
commands = typer.Typer(help="Change a verified exchange: see what follows, ask for it, take it back.")
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DAY")]
Look = Annotated[bool, typer.Option("--preview", help="Only show what would follow; nobody is asked.")]


@commands.command("list")
def list_changes(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """Every change of an exchange, newest first, and the plans that held."""
    found = _changes_of(ctx, exchange, as_)
    if as_json:
        say_json(as_data(found))
        return
    if not found.changes:
        say(phrase(NONE))
    for one in found.changes:
        state = label(CHANGE_STATES, one.status, language())
        days = stay_words(one.after.start, one.after.end, language())
        say(f"{one.change_id}  {label(CHANGE_NAMES, one.name, language())}  {state}  {days}")
        if one.status is ChangeStatus.OPEN:
            _tell(one.effects)


@commands.command()
def dates(
    ctx: typer.Context,
    exchange: Exchange,
    start: Day,
    end: Day,
    preview: Look = False,
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Shift, extend or shorten the stay: its first and its last day."""
    _change(ctx, exchange, DatesChange(start=start.date(), end=end.date()), preview, note, as_, act_id, as_json)


@commands.command()
def unit(
    ctx: typer.Context,
    exchange: Exchange,
    placement: Annotated[str, typer.Argument(metavar="PLACEMENT", help="The place, as `sojourn show` names it.")],
    to: Annotated[str, typer.Argument(metavar="UNIT", help="The other unit, or the same.")],
    from_day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY")],
    supervisor: Annotated[
        str, typer.Option("--supervisor", metavar="PERSON", help="Who supervises there from then on.")
    ] = "",
    preview: Look = False,
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Have a block worked in another unit, or under another supervisor of its unit, from a day on."""
    change = UnitChange(placement_id=placement, unit_id=to, from_day=from_day.date(), supervisor=supervisor)
    _change(ctx, exchange, change, preview, note, as_, act_id, as_json)


@commands.command()
def blocks(
    ctx: typer.Context,
    exchange: Exchange,
    on: Annotated[
        list[str] | None,
        typer.Option("--on", metavar="BLOCK=FIRST/LAST", help="Other days of a block of the plan, e.g. laboratory.2=…"),
    ] = None,
    drop: Annotated[list[str] | None, typer.Option("--drop", metavar="BLOCK", help="A block to leave out.")] = None,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="CONTENT:UNIT=FIRST/LAST", help="A block more, in this unit; days with hyphens."),
    ] = None,
    preview: Look = False,
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Other days of blocks, blocks more or fewer; repeat the options. What is not named stays."""
    days: dict[str, DayRange | None] = dict(_block_days("--on", one) for one in on or ())
    days |= dict.fromkeys(drop or ())
    besides = [_wanted(one) for one in add or ()]
    contents = blocks_anew(_changes_of(ctx, exchange, as_).plans[-1].plan, days, besides)
    if not contents:
        raise BadInput("block.none_planned", "contents")
    _change(ctx, exchange, BlocksChange(contents=contents), preview, note, as_, act_id, as_json)


def _block_days(option: str, typed: str) -> tuple[str, DayRange]:
    """A block and its days, as they are typed: `laboratory=2027-03-01/2027-04-30`."""
    key, _, days = typed.partition("=")
    first, _, last = days.partition("/")
    try:
        return key, DayRange(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise typer.BadParameter(typed, param_hint=option) from None


def _wanted(typed: str) -> BlockMore:
    name, days = _block_days("--add", typed)
    content, _, unit = name.partition(":")
    if content not in set(Content):
        raise typer.BadParameter(typed, param_hint="--add")
    return BlockMore(Content(content), days, unit)


@commands.command()
def discipline(
    ctx: typer.Context,
    exchange: Exchange,
    to: Annotated[str, typer.Argument(metavar="DISCIPLINE", help="The other discipline.")],
    preview: Look = False,
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Another discipline of the same level."""
    _change(ctx, exchange, DisciplineChange(discipline=to), preview, note, as_, act_id, as_json)


@commands.command()
def intake(
    ctx: typer.Context,
    exchange: Exchange,
    start: Day,
    end: Day,
    preview: Look = False,
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Defer the stay to the intake of another year: its first and its last day there."""
    _change(ctx, exchange, IntakeChange(start=start.date(), end=end.date()), preview, note, as_, act_id, as_json)


@commands.command()
def housing(
    ctx: typer.Context,
    exchange: Exchange,
    from_day: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY")],
    preview: Look = False,
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Live outside the host's beds from a night on; the bed is given back from then."""
    _change(ctx, exchange, HousingChange(from_day=from_day.date()), preview, note, as_, act_id, as_json)


@commands.command("second-host")
def second_host(
    ctx: typer.Context,
    exchange: Exchange,
    host: Annotated[str, typer.Argument(metavar="HOST", help="The second host.")],
    start: Day,
    end: Day,
    last_day: Annotated[
        datetime | None,
        typer.Option("--last-day", formats=["%Y-%m-%d"], metavar="DAY", help="Here; else the day before."),
    ] = None,
    laboratory: Annotated[
        list[str] | None, typer.Option("--laboratory", metavar="UNIT", help="Wanted there; repeat by preference.")
    ] = None,
    laboratory_days: Annotated[str | None, typer.Option("--laboratory-days", metavar="FIRST/LAST")] = None,
    specialty: Annotated[
        list[str] | None, typer.Option("--specialty", metavar="UNIT", help="Wanted there; repeat by preference.")
    ] = None,
    clinical_days: Annotated[str | None, typer.Option("--clinical-days", metavar="FIRST/LAST")] = None,
    preview: Look = False,
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Go on to a second host: this stay ends sooner, and an exchange of its own begins there."""
    in_laboratory, in_clinic = (
        _block_days(option, f"={days}")[1] if days else None
        for option, days in (("--laboratory-days", laboratory_days), ("--clinical-days", clinical_days))
    )
    change = SecondHostChange(
        host=host,
        last_day=last_day.date() if last_day else None,
        start=start.date(),
        end=end.date(),
        laboratories=tuple(laboratory or ()),
        laboratory_start=in_laboratory.start if in_laboratory else None,
        laboratory_end=in_laboratory.end if in_laboratory else None,
        specialties=tuple(specialty or ()),
        clinical_start=in_clinic.start if in_clinic else None,
        clinical_end=in_clinic.end if in_clinic else None,
    )
    _change(ctx, exchange, change, preview, note, as_, act_id, as_json)


@commands.command()
def withdraw(
    ctx: typer.Context,
    exchange: Exchange,
    change: Annotated[str, typer.Argument(metavar="CHANGE", help="Its id, as `sojourn change list` names it.")],
    note: Note = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Take a change back that is not decided yet."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        return await services.gateway.changes.withdraw(exchange, change, actor, decision_id=decision_id, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(reply, phrase(BACK), as_json, decision_id=decision_id)


def _changes_of(ctx: typer.Context, exchange: str, as_: str | None) -> ChangesView:
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> ChangesView | None:
        return await records.reading.changes(exchange, actor)

    found = session.read(look)
    if found is None or not found.plans:
        raise Unknown("exchange.unknown", exchange=exchange)
    return found


def _change(
    ctx: typer.Context,
    exchange: str,
    change: Change,
    preview: bool,
    note: str | None,
    as_: str | None,
    act_id: str | None,
    as_json: bool,
) -> None:
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> ChangePreview:
        return await services.gateway.changes.preview(exchange, change, actor)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        return await services.gateway.changes.request(exchange, change, actor, decision_id=decision_id, note=note)

    if preview:
        seen = session.act(look)
        if as_json:
            say_json(as_data(seen))
            return
        days = stay_words(seen.after.start, seen.after.end, language())
        say(f"{label(CHANGE_NAMES, seen.name, language())}  {days}")
        _tell(seen.effects)
        return
    decision_id, reply = session.act_once(act_id, act)
    asked = phrase(ASKED, change=label(CHANGE_NAMES, change.kind, language()))
    tell_acknowledged(reply, asked, as_json, decision_id=decision_id)


def _tell(effects: tuple[Effect, ...]) -> None:
    for effect in effects:
        say(f"    {label(AREAS, effect.area, language())}: {refusal(effect, language())}")
