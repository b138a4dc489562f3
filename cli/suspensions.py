"""`sojourn suspension …`: an outbreak, a closed border; what a suspension would touch, and what it did."""

from typing import Annotated

import typer

from cli.lines import said
from cli.options import ActId, As, Json, Note, made, read_exchange
from cli.output import as_data, say, say_json, show, table, when
from cli.session import Session, confirmed, session_of
from gateway.composition import ReadServices, Services
from models.errors import Unknown
from models.messages.suspensions import Coverage, SuspensionPhase, SuspensionProgress, SuspensionReason, may_suspend
from models.people.authorization import require
from models.views.suspensions import Clocks, Moved, SuspensionPreview, SuspensionView
from models.vocabulary import Scope
from texts.i18n import _, _p, in_language
from texts.labels import ROLES, SCOPES, SUSPENSION_REASONS
from texts.punctuation import in_a_row
from texts.terminal import language, phrase

commands = typer.Typer(help="For the programme office: clocks stand still for a student, cohort, host or everybody.")

COLUMNS = (_("id"), _("covers"), _("why"), _("since"), _("until"), _("reached"), _("still held"))
PREVIEW = _("{exchanges} exchanges, {exempt} taken out. One message each to: {people}.")
PROGRESS: dict[SuspensionPhase, str] = {
    SuspensionPhase.SUSPENDING: _("Suspension {id} is beginning: {held} held, {left} to tell."),
    SuspensionPhase.SUSPENDED: _("Suspension {id} holds: {held} held, {left} to tell."),
    SuspensionPhase.RESUMING: _("Suspension {id} is ending: {held} held, {left} to tell."),
    SuspensionPhase.ENDED: _("Suspension {id} has ended: {held} held, {left} to tell."),
}
UNREACHABLE = _("{count} exchanges on record have no running workflow; an operator must look.")

ScopeOption = Annotated[Scope, typer.Option("--scope", help="What it covers.")]
Target = Annotated[
    str, typer.Option("--target", metavar="ID", help="The exchange, cohort or host; none for the programme.")
]
Exempt = Annotated[
    list[str], typer.Option("--exempt", parser=read_exchange, metavar="EXCHANGE", help="Taken out; may be repeated.")
]
Id = Annotated[str, typer.Argument(metavar="SUSPENSION", help="As `sojourn suspension list` prints it.")]


@commands.command()
def preview(
    ctx: typer.Context,
    scope: ScopeOption,
    target: Target = "",
    exempt: Exempt = [],  # noqa: B006
    as_: As = None,
    as_json: Json = False,
) -> None:
    """What a suspension would touch now. Nothing is changed."""
    session = session_of(ctx)
    require(may_suspend(session.actor(as_)), "not_allowed.suspend")
    found = _preview(session, made(Coverage, scope=scope, target=target, exempt=tuple(exempt)))
    if as_json:
        say_json(as_data(found))
    else:
        _show_preview(found)


@commands.command()
def start(
    ctx: typer.Context,
    scope: ScopeOption,
    reason: Annotated[SuspensionReason, typer.Option("--reason", help="Why; told to everybody concerned.")],
    target: Target = "",
    exempt: Exempt = [],  # noqa: B006
    note: Note = None,
    as_: As = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Suspend: ladders and due times stand still, clocks of the law go on."""
    session = session_of(ctx)
    actor = session.actor(as_)
    coverage = made(Coverage, scope=scope, target=target, exempt=tuple(exempt))
    if not yes:
        require(may_suspend(actor), "not_allowed.suspend")
        _show_preview(_preview(session, coverage))
        confirmed(phrase(_("Suspend them?")), yes)

    async def act(services: Services, suspension_id: str) -> SuspensionProgress:
        return await services.gateway.suspensions.suspend(suspension_id, coverage, reason, actor, note or "")

    progress = session.act_once(act_id, act)[1]
    _tell(progress, as_json)


@commands.command()
def resume(ctx: typer.Context, suspension: Id, as_: As = None, act_id: ActId = None, as_json: Json = False) -> None:
    """End a suspension: due times move by the time it lasted, and people are told."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> SuspensionProgress:
        return await services.gateway.suspensions.resume(suspension, actor, decision_id)

    progress = session.act_once(act_id, act)[1]
    _tell(progress, as_json)


@commands.command()
def exempt(
    ctx: typer.Context,
    suspension: Id,
    exchange: Annotated[str, typer.Argument(parser=read_exchange, metavar="EXCHANGE", help="Whose clocks run again.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Take one exchange out of a suspension."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> SuspensionProgress:
        return await services.gateway.suspensions.exempt(suspension, exchange, actor, decision_id)

    progress = session.act_once(act_id, act)[1]
    _tell(progress, as_json)


@commands.command("list")
def list_(ctx: typer.Context, as_: As = None, as_json: Json = False) -> None:
    """The suspensions on record."""
    session = session_of(ctx)
    require(may_suspend(session.actor(as_)), "not_allowed.see_suspensions")
    found = session.read(lambda records: records.reading.suspensions())
    if as_json:
        say_json([as_data(one) for one in found])
    elif not found:
        say(phrase(_("Nothing was ever suspended.")))
    else:
        show(table(phrase(_("Suspensions")), COLUMNS, [_cells(one) for one in found]))


@commands.command("show")
def show_(ctx: typer.Context, suspension: Id, as_: As = None, as_json: Json = False) -> None:
    """One suspension with every step it held: due times before and after."""
    session = session_of(ctx)
    require(may_suspend(session.actor(as_)), "not_allowed.see_suspensions")

    async def look(records: ReadServices) -> tuple[SuspensionView, list[Moved]]:
        found = await records.reading.suspensions(suspension)
        if not found:
            raise Unknown("suspension.unknown", suspension=suspension)
        steps: list[Moved] = []
        after: int | None = 0
        while after is not None:
            page, after = await records.reading.moved_by(suspension, after)
            steps += page
        return found[0], steps

    one, steps = session.read(look)
    if as_json:
        say_json({**as_data(one), "steps": [as_data(step) for step in steps]})
        return
    show(table(suspension, COLUMNS, [_cells(one)]))
    if one.words:
        say(one.words)
    if one.exempt:
        say(phrase(_("Taken out: {exchanges}"), exchanges=", ".join(one.exempt)))
    rows = [(s.step_id, when(s.since), when(s.until), when(s.before), when(s.after)) for s in steps]
    columns = (_("step"), _("held from"), _p("dates", "to"), _("was due"), _("is due"))
    show(table(phrase(_("Steps held")), columns, rows))


def _preview(session: Session, coverage: Coverage) -> SuspensionPreview:
    async def look(records: ReadServices) -> SuspensionPreview:
        return await records.reading.preview_suspension(coverage, records.clock())

    return session.read(look)


def _show_preview(found: SuspensionPreview) -> None:
    told = [phrase(_("{role}: {count}"), role=said(ROLES, role), count=count) for role, count in found.told.items()]
    people = in_a_row(told, language()) or phrase(_("nobody"))
    say(phrase(PREVIEW, exchanges=found.exchanges, exempt=found.exempt, people=people))
    columns = (_("step"), _p("column", "open"), _("due in 7 days"), _("due in 30 days"))
    if found.held:
        show(table(phrase(_("Would stand still")), columns, [_clocks(one) for one in found.held]))
    if found.running:
        rows = [(*_clocks(one), one.law) for one in found.running]
        show(table(phrase(_("Go on by law")), (*columns, _("law")), rows))


def _clocks(one: Clocks) -> tuple[object, ...]:
    return (in_language(one, "title", language()), one.steps, one.due_within_7_days, one.due_within_30_days)


def _cells(one: SuspensionView) -> tuple[object, ...]:
    covers = f"{said(SCOPES, one.scope)} {one.target}".strip()
    return (
        one.suspension_id,
        covers,
        said(SUSPENSION_REASONS, one.reason),
        when(one.since),
        when(one.until),
        one.exchanges,
        one.suspended,
    )


def _tell(progress: SuspensionProgress, as_json: bool) -> None:
    if as_json:
        say_json(as_data(progress))
        return
    say(phrase(PROGRESS[progress.phase], id=progress.suspension_id, held=progress.suspended, left=progress.left))
    if progress.unreachable:
        say(phrase(UNREACHABLE, count=progress.unreachable))
