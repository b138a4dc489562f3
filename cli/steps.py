"""Acts on steps and exchanges: decide, correct, extend, reassign, withdraw, and a cohort's number of seats."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.lines import said, sentence
from cli.lookups import zone_of_step
from cli.options import ActId, As, Exchange, Json, Note, Step, Yes, made, read_day, read_moment
from cli.output import say, say_json, show, table
from cli.replies import reply_json, tell_acknowledged, tell_decided
from cli.session import confirmed, session_of
from gateway.composition import Services
from gateway.nomination_files import check_sheet, read_nominations
from models.catalogue.programme import Programme
from models.errors import BadInput
from models.messages.cohorts import SetQuota
from models.messages.exchange import Acknowledged, Decide, Decided, ExtendDeadline, ReassignStep, SnoozeStep
from models.rules.nomination import Nomination
from models.vocabulary import Role
from texts.i18n import _
from texts.labels import ROLES
from texts.terminal import phrase

WITHDRAW = _("Withdraw {exchange}? Its seat, bed and places are given back; reopened, it is verified anew.")
QUOTA = _("{cohort} has {cap} seats. More seats become offers to the waitlist at once.")
commands = typer.Typer()


class Term(StrEnum):
    """What a student acknowledges with an offer (D6, D37)."""

    FEES = "fees"
    HOUSING = "housing"
    OBSERVER = "observer"


@commands.command()
def decide(
    ctx: typer.Context,
    step: Step,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="One of the answers `worklist` shows.")],
    as_: As = None,
    note: Note = None,
    documents: Annotated[
        list[str] | None, typer.Option("--document", metavar="KIND", help="To be replaced, when returned; repeat it.")
    ] = None,
    acknowledged: Annotated[
        list[Term] | None, typer.Option("--acknowledge", help="Terms of an offer that is accepted; repeat it.")
    ] = None,
    bed: Annotated[str | None, typer.Option("--bed", metavar="ID", help="The bed chosen.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help="The unit chosen.")] = None,
    valid_through: Annotated[
        date | None,
        typer.Option(
            "--valid-through",
            parser=read_day,
            metavar="DAY",
            help="The day that the answer asks for: the last one of a clearance or stay, or when something happened.",
        ),
    ] = None,
    justified: Annotated[
        bool | None, typer.Option("--justified/--unjustified", help="Whether an early end has a good reason (D40).")
    ] = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Answer an open step."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Decided:
        decision = made(
            Decide,
            decision_id=decision_id,
            step_id=step,
            outcome=outcome.strip().lower().replace("-", "_"),
            actor=actor,
            documents=tuple(documents or ()),
            acknowledged=tuple(acknowledged or ()),
            bed_id=bed,
            unit_id=unit,
            justified=justified,
            valid_through=valid_through,
        )
        return await services.gateway.decide(decision, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_decided(reply, session.programme(), as_json, decision_id=decision_id)


@commands.command()
def correct(
    ctx: typer.Context,
    exchange: Exchange,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A nomination file with the corrected row alone.")],
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Correct a returned nomination under the same exchange (D11)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    nomination = _one_nomination(file, session.programme(), session.clock())

    async def act(services: Services, decision_id: str) -> Acknowledged:
        gateway = services.gateway
        return await gateway.correct_nomination(exchange, nomination, actor, decision_id=decision_id, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply,
        phrase(_("The nomination of {exchange} is corrected."), exchange=exchange),
        as_json,
        decision_id=decision_id,
    )


def _one_nomination(file: Path, programme: Programme, now: datetime) -> Nomination:
    sheet = read_nominations(file)
    if len(sheet.rows) != 1:
        raise BadInput("file.one_row", file=file.name, rows=len(sheet.rows))
    checked = check_sheet(sheet, programme, now=now)
    for row in checked.refused:
        faults = [(row.row_number, f.field, sentence(f, programme), f.rule) for f in row.faults]
        show(table(phrase(_("Refused")), (_("row"), _("column"), _("reason"), _("rule")), faults))
        raise BadInput("file.cells_at_fault", file=file.name)
    return checked.good[0][1]


@commands.command()
def extend(
    ctx: typer.Context,
    step: Step,
    due: Annotated[str, typer.Argument(metavar="DUE", help="A day, or a time like 2027-03-01T17:00 or with +08:00.")],
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Move the due time of a step; a day means its end where the step's owner is (D15)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    read_moment(due, "UTC")

    async def act(services: Services, decision_id: str) -> Acknowledged:
        due_at = read_moment(due, await zone_of_step(services, actor, step), end_of_day=True)
        change = made(ExtendDeadline, decision_id=decision_id, step_id=step, actor=actor, due_at=due_at)
        return await services.gateway.extend_deadline(change, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply, phrase(_("{step} is now due {due}."), step=step, due=due), as_json, decision_id=decision_id
    )


@commands.command()
def snooze(
    ctx: typer.Context,
    step: Step,
    until: Annotated[str, typer.Argument(metavar="UNTIL", help="A day, or a time like 2027-03-01T17:00.")],
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Put off the reminders of your own step; its due time stands, and the last reminder still comes."""
    session = session_of(ctx)
    actor = session.actor(as_)
    read_moment(until, "UTC")

    async def act(services: Services, decision_id: str) -> Acknowledged:
        moment = read_moment(until, await zone_of_step(services, actor, step))
        change = made(SnoozeStep, decision_id=decision_id, step_id=step, actor=actor, until=moment)
        return await services.gateway.snooze_step(change, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply,
        phrase(_("Reminders of {step} are silent until {until}."), step=step, until=until),
        as_json,
        decision_id=decision_id,
    )


@commands.command()
def reassign(
    ctx: typer.Context,
    step: Step,
    role: Annotated[Role, typer.Argument(help="Another role of the same institution.", show_choices=False)],
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Give a step to another role of the same institution."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        change = made(ReassignStep, decision_id=decision_id, step_id=step, actor=actor, role=role)
        return await services.gateway.reassign_step(change, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(
        reply,
        phrase(_("{step} is now owed by: {role}."), step=step, role=said(ROLES, role)),
        as_json,
        decision_id=decision_id,
    )


@commands.command()
def withdraw(
    ctx: typer.Context,
    exchange: Exchange,
    note: Annotated[str, typer.Option("--note", help="Why; kept in the records.")],
    declared_on: Annotated[
        date | None,
        typer.Option("--declared-on", parser=read_day, metavar="DAY", help="When the student, or the office, said so."),
    ] = None,
    as_: As = None,
    yes: Yes = False,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Withdraw a student before arrival; seat, bed and places are given back (D40)."""
    session = session_of(ctx)
    actor = session.actor(as_)
    confirmed(
        phrase(WITHDRAW, exchange=exchange),
        yes,
    )

    async def act(services: Services, decision_id: str) -> Acknowledged:
        return await services.gateway.withdraw(
            exchange, actor, decision_id=decision_id, note=note, declared_on=declared_on
        )

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(reply, phrase(_("{exchange} is withdrawn."), exchange=exchange), as_json, decision_id=decision_id)


@commands.command()
def quota(
    ctx: typer.Context,
    cohort: Annotated[str, typer.Argument(metavar="COHORT", help="Like 2027-incoming-dartmouth-cqmu.")],
    cap: Annotated[int, typer.Argument(metavar="CAP", min=0, max=10, help="Seats of the year: those taken, to 10.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Set the number of seats of a cohort (D4)."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        change = made(SetQuota, decision_id=decision_id, actor=actor, cap=cap)
        return await services.gateway.set_quota(cohort, change)

    decision_id, reply = session.act_once(act_id, act)
    if as_json:
        say_json(reply_json(reply, decision_id=decision_id))
    else:
        say(phrase(QUOTA, cohort=cohort, cap=cap))
