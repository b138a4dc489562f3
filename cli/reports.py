"""`sojourn report …`: what happened at the host: arrival, attendance, evaluations, departure, an early end."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.lines import said
from cli.lookups import host_zone, placement_of
from cli.misuse import Misused
from cli.options import ActId, As, Exchange, Json, Note, Step, Yes, made, read_day, read_moment
from cli.replies import tell_acknowledged
from cli.session import confirmed, session_of
from gateway.composition import Services
from models.messages.clearance import RevokeClearance
from models.messages.exchange import (
    Acknowledged,
    EndEarly,
    Evaluate,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
)
from models.vocabulary import ROTATION_CONTENTS, Content, Movement
from texts.i18n import _
from texts.labels import CONTENTS
from texts.terminal import phrase

HOURS = _("{attended} of {planned} hours of {content} are recorded.")
END_JUSTIFIED = _("End the stay of {exchange} on {day} as justified? It cannot be taken up again.")
END_UNJUSTIFIED = _("End the stay of {exchange} on {day} as unjustified? It cannot be taken up again.")
commands = typer.Typer(help="Report what happened: arrival, attendance, evaluation, departure, early end.")


def read_rating(text: str) -> tuple[str, int]:
    """A rating as people type it: `objective=4`.

    Raises:
        Misused: it is none.
    """
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or value.strip() not in ("1", "2", "3", "4", "5"):
        raise Misused("typed.rating", typed=text)
    return name.strip(), int(value)


@commands.command()
def arrival(
    ctx: typer.Context,
    exchange: Exchange,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Like 2027-03-01T14:30, in the host's zone; unset: now."),
    ] = None,
    entered: Annotated[
        str | None,
        typer.Option("--entered", metavar="TIME", help="When the student entered the country; unset: at the arrival."),
    ] = None,
    permitted_until: Annotated[
        date | None,
        typer.Option("--permitted-until", parser=read_day, metavar="DAY", help="Last day of the permitted stay."),
    ] = None,
    multiple: Annotated[bool, typer.Option("--multiple-entry", help="The visa lasts beyond one entry.")] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="The day is right, although far from the first.")] = False,
    rural: Annotated[bool, typer.Option("--rural", help="The residence lies in the countryside.")] = False,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """The student reached the residence; the legal clocks start from this moment (D29, D30, D32)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    if at is not None:
        read_moment(at, "UTC")

    async def act(services: Services, report_id: str) -> Acknowledged:
        zone = await host_zone(services, actor, exchange)
        report = made(
            ReportArrival,
            report_id=report_id,
            actor=actor,
            arrived_at=read_moment(at, zone) if at else services.clock(),
            entered_at=read_moment(entered, zone) if entered else None,
            permitted_until=permitted_until,
            single_entry=not multiple,
            confirmed=confirm,
            rural=rural,
        )
        return await services.gateway.report_arrival(exchange, report)

    report_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply, phrase(_("The arrival of {exchange} is recorded."), exchange=exchange), as_json, report_id=report_id
    )


@commands.command()
def movement(
    ctx: typer.Context,
    exchange: Exchange,
    what: Annotated[Movement, typer.Argument(help="What the student did.")],
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help="Like 2027-03-01T14:30, in the host's zone; unset: now."),
    ] = None,
    permitted_until: Annotated[
        date | None,
        typer.Option("--permitted-until", parser=read_day, metavar="DAY", help="After a re-entry: until when."),
    ] = None,
    multiple: Annotated[bool, typer.Option("--multiple-entry", help="The visa lasts beyond one entry.")] = False,
    rural: Annotated[bool, typer.Option("--rural", help="The residence lies in the countryside.")] = False,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """The student moved, left the country or came back; the legal clocks start anew (D26, D29, D33)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    if at is not None:
        read_moment(at, "UTC")

    async def act(services: Services, report_id: str) -> Acknowledged:
        moved = read_moment(at, await host_zone(services, actor, exchange)) if at else services.clock()
        report = made(
            ReportMovement,
            report_id=report_id,
            actor=actor,
            movement=what,
            moved_at=moved,
            permitted_until=permitted_until,
            single_entry=not multiple,
            rural=rural,
        )
        return await services.gateway.report_movement(exchange, report)

    report_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply, phrase(_("The movement of {exchange} is recorded."), exchange=exchange), as_json, report_id=report_id
    )


@commands.command()
def revocation(
    ctx: typer.Context,
    exchange: Exchange,
    anew: Annotated[
        list[str] | None,
        typer.Option("--anew", metavar="KIND", help="A health record that the student hands in anew; may be repeated."),
    ] = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Occupational health takes the clearance for the clinic back; laboratory work goes on (D36)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        asked = made(RevokeClearance, decision_id=decision_id, actor=actor, documents=tuple(anew or ()))
        return await services.gateway.revoke_clearance(exchange, asked)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply,
        phrase(_("The clearance of {exchange} is taken back."), exchange=exchange),
        as_json,
        decision_id=decision_id,
    )


@commands.command()
def attendance(
    ctx: typer.Context,
    exchange: Exchange,
    content: Annotated[Content, typer.Argument(help="The content attended.")],
    first_day: Annotated[date, typer.Option("--from", parser=read_day, metavar="DAY", help="First day reported.")],
    last_day: Annotated[date, typer.Option("--to", parser=read_day, metavar="DAY", help="Last day reported.")],
    planned: Annotated[float, typer.Option("--planned", metavar="HOURS", help="Hours planned.")],
    attended: Annotated[float, typer.Option("--attended", metavar="HOURS", help="Hours attended.")],
    placement: Annotated[
        str | None, typer.Option("--placement", metavar="ID", help="The rotation; unset: the one of this content.")
    ] = None,
    corrects: Annotated[
        str | None, typer.Option("--corrects", metavar="REPORT", help="The report that this one replaces.")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Right, although the exchange was suspended.")] = False,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Hours of one content over a period, both days included."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, report_id: str) -> Acknowledged:
        place = placement
        if place is None and content in ROTATION_CONTENTS:
            place = await placement_of(services, actor, exchange, content, first_day)
        report = made(
            ReportAttendance,
            report_id=report_id,
            actor=actor,
            content=content,
            placement_id=place,
            first_day=first_day,
            last_day=last_day,
            hours_planned=planned,
            hours_attended=attended,
            corrects=corrects,
            confirmed=confirm,
        )
        return await services.gateway.report_attendance(exchange, report)

    report_id, reply = session.act_once(act_id, act)
    what = phrase(HOURS, attended=f"{attended:g}", planned=f"{planned:g}", content=said(CONTENTS, content))
    tell_acknowledged(reply, what, as_json, report_id=report_id)


@commands.command()
def departure(
    ctx: typer.Context,
    exchange: Exchange,
    on: Annotated[
        date | None,
        typer.Option("--on", parser=read_day, metavar="DAY", help="Unset: today where the host is."),
    ] = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """The student left the residence after the check-out inspection (D34, D35)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, report_id: str) -> Acknowledged:
        left = on or read_today(services, await host_zone(services, actor, exchange))
        report = made(ReportDeparture, report_id=report_id, actor=actor, departed_on=left)
        return await services.gateway.report_departure(exchange, report)

    report_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply, phrase(_("The departure of {exchange} is recorded."), exchange=exchange), as_json, report_id=report_id
    )


def read_today(services: Services, zone: str) -> date:
    """The day it is in a zone, by the services' clock."""
    return services.clock().astimezone(ZoneInfo(zone)).date()


@commands.command()
def evaluation(
    ctx: typer.Context,
    step: Step,
    ratings: Annotated[
        list[str], typer.Option("--rating", metavar="NAME=1..5", help="1 (poor) to 5 (excellent); repeat it.")
    ],
    passed: Annotated[
        bool | None, typer.Option("--passed/--failed", help="The supervisor's result; not for students.")
    ] = None,
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """A supervisor evaluates a student, or a student the programme, objective by objective (D41)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    rated = dict(read_rating(text) for text in ratings)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        given = made(Evaluate, decision_id=decision_id, step_id=step, actor=actor, ratings=rated, passed=passed)
        return await services.gateway.evaluate(given, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply, phrase(_("The evaluation {step} is recorded."), step=step), as_json, decision_id=decision_id
    )


@commands.command("early-end")
def early_end(
    ctx: typer.Context,
    exchange: Exchange,
    last_day: Annotated[date, typer.Option("--last-day", parser=read_day, metavar="DAY", help="Last day of the stay.")],
    justified: Annotated[
        bool, typer.Option("--justified/--unjustified", help="Force majeure, or not; decides what is recognised.")
    ],
    note: Annotated[str, typer.Option("--note", help="Why; kept in the records.")],
    as_: As = None,
    yes: Yes = False,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """End a live stay before its planned end (D40)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    confirmed(phrase(END_JUSTIFIED if justified else END_UNJUSTIFIED, exchange=exchange, day=last_day), yes)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        end = made(EndEarly, decision_id=decision_id, actor=actor, last_day=last_day, justified=justified)
        return await services.gateway.end_early(exchange, end, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply,
        phrase(_("The stay of {exchange} ends on {day}."), exchange=exchange, day=last_day),
        as_json,
        decision_id=decision_id,
    )
