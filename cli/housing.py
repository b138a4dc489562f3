"""`sojourn housing …`: where students live, what is handed over, the emergency card, and who is here."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import typer

from cli.lines import said
from cli.misuse import Misused
from cli.options import ActId, As, Exchange, Json, Note, made, read_day
from cli.output import as_data, say, say_json, table
from cli.output import show as show_tables
from cli.replies import tell_acknowledged
from cli.session import session_of
from gateway.composition import Services
from models.errors import Unknown
from models.messages.exchange import Acknowledged
from models.messages.housing import MoveBed
from models.people.particulars import FORMS, ParticularKind
from models.views.particulars import CardView, ParticularsView, StayList
from models.wire import Form
from texts.i18n import _, _p
from texts.particulars import OPEN_POINTS, PARTICULAR_FIELDS, PARTICULARS
from texts.terminal import phrase

MOVED = _("{exchange} sleeps in {bed} from the night of {day} on.")
RECORDED = _("{what} of {exchange} is recorded, version {version}.")
commands = typer.Typer(help="Where students live, hand-over and inspection, emergency card, who is here.")


@commands.command()
def move(
    ctx: typer.Context,
    exchange: Exchange,
    bed: Annotated[str, typer.Argument(metavar="BED", help="The bed moved to, e.g. cqmu-b504-a.")],
    first_night: Annotated[date, typer.Option("--from", parser=read_day, metavar="DAY", help="The first night in it.")],
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Move a student to another bed from a night on; where it is not free, nothing changes (D34)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        wanted = made(MoveBed, decision_id=decision_id, actor=actor, bed_id=bed, first_night=first_night)
        return await services.gateway.move_bed(exchange, wanted, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply, phrase(MOVED, exchange=exchange, bed=bed, day=first_night), as_json, decision_id=decision_id
    )


def read_fields(typed: Iterable[str]) -> dict[str, str]:
    """Fields of a form as people type them: `address=12 Elm Street`.

    Raises:
        Misused: one is none.
    """
    found: dict[str, str] = {}
    for one in typed:
        name, sign, value = one.partition("=")
        if not sign:
            raise Misused("typed.column", hint="FIELD=TEXT")
        found[name.strip()] = value.strip()
    return found


@commands.command()
def record(
    ctx: typer.Context,
    exchange: Exchange,
    kind: Annotated[ParticularKind, typer.Argument(help="Which form.")],
    fields: Annotated[list[str], typer.Argument(metavar="FIELD=TEXT...", help="Like address='12 Elm Street'.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Record a form: residence, handover, inspection or emergency_card; the version recorded last holds (D34)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    values: dict[str, object] = dict(read_fields(fields))
    if isinstance(shown := values.get("shown_to"), str):
        values["shown_to"] = shown.split(",")
    form = made(FORMS[kind], **values)

    async def act(services: Services, key: str) -> int:
        return await services.gateway.particulars.keep(exchange, kind, form, actor, key=key)

    key, version = session.act_once(act_id, act)
    if as_json:
        say_json({"exchange_id": exchange, "kind": kind, "version": version, "act_id": key})
        return
    say(phrase(RECORDED, what=said(PARTICULARS, kind), exchange=exchange, version=version))


@commands.command()
def show(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """Where a student lives, what was handed over, and what is not settled."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> ParticularsView:
        return await services.gateway.particulars.of(exchange, actor)

    found = session.act(look)
    if as_json:
        say_json(as_data(found))
        return
    holds = found.residences[0].residence if found.residences else None
    for form in (holds, found.handover, found.inspection):
        if form is not None:
            _tell(form)
    for point in found.open:
        say(said(OPEN_POINTS, point), style="bold")


@commands.command()
def card(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """The emergency card; the student sees that you looked."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> CardView | None:
        return await services.gateway.particulars.card(exchange, actor)

    found = session.act(look)
    if found is None:
        raise Unknown("card.unknown")
    if as_json:
        say_json(as_data(found))
        return
    _tell(found.card)


def _tell(form: Form) -> None:
    for name, label in PARTICULAR_FIELDS.items():
        if value := getattr(form, name, None):
            say(f"{phrase(label)}: {value}")


@commands.command()
def here(
    ctx: typer.Context,
    unit: Annotated[str, typer.Option("--unit", metavar="ID", help="Students of this unit alone.")] = "",
    first: Annotated[
        date | None, typer.Option("--arriving-from", parser=read_day, metavar="DAY", help="Who arrives from then on.")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--arriving-to", parser=read_day, metavar="DAY", help="Who arrives until then.")
    ] = None,
    unsettled: Annotated[bool, typer.Option("--unsettled", help="Whose keys or deposit are not settled.")] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    """Who is here now, or arrives in some days."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> StayList:
        return await services.gateway.particulars.directory(
            actor, unit=unit, arriving_from=first, arriving_to=last, open_only=unsettled
        )

    found = session.act(look)
    if as_json:
        say_json(as_data(list(found.rows)))
        return
    rows = [
        (
            one.exchange_id,
            one.student.name,
            one.start,
            one.end,
            ", ".join(one.units),
            one.bed_id or "",
            ", ".join(said(OPEN_POINTS, point) for point in one.open),
        )
        for one in found.rows
    ]
    columns = (_("exchange"), _("student"), _p("dates", "from"), _p("dates", "to"), _("unit"), _("bed"), _("state"))
    show_tables(table("", columns, rows))
    if found.more:
        say(phrase(_("There are more than are listed here: choose a unit or days.")))
