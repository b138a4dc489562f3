"""`sojourn session …`: lectures and the cultural programme of a host, kept by its office."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.lines import said
from cli.misuse import Misused
from cli.options import ActId, As, Json, Yes, made, read_day, read_exchange
from cli.output import as_data, say, say_json, show, table, when
from cli.session import confirmed, session_of
from gateway.composition import ReadServices, Services
from gateway.presence_files import read_marks
from models.errors import Unknown
from models.messages.broadcasts import Audience, AudienceKind
from models.messages.host_sessions import MarkedBy, PlanSession, SessionAnswer, SessionTerms
from models.views.host_sessions import HostSessionView, SessionLine
from models.vocabulary import Content
from texts.i18n import _
from texts.names import Names
from texts.sessions import PRESENCES, SESSION_STATES
from texts.terminal import language, phrase

commands = typer.Typer(help="For the office of a host: keep its lectures and cultural programme as sessions.")
RECORDED = _("Recorded: {id}, version {version}. Invited: {count}.")
LEFT_OUT = _("Not invited, as their stay has no such content on this day: {exchanges}.")
BY_HAND = _("Hours of the day are reported by hand already, and stand: {exchanges}.")

Id = Annotated[str, typer.Argument(metavar="SESSION", help="As `sojourn session list` prints it.")]
Day = Annotated[date, typer.Option("--day", parser=read_day, metavar="DAY", help="On which day, at the host.")]
Begins = Annotated[str, typer.Option("--from", metavar="TIME", help="By the clock of the host, like 14:00.")]
Ends = Annotated[str, typer.Option("--to", metavar="TIME", help="By the clock of the host, on the same day.")]
Title = Annotated[str, typer.Option("--title", help="What it is called.")]
TitleZh = Annotated[str, typer.Option("--title-zh", help="In Chinese, for those who read it.")]
Place = Annotated[str, typer.Option("--place", help="Where it is held.")]
Places = Annotated[int, typer.Option("--places", help="For how many students.")]
Objectives = Annotated[
    list[str] | None, typer.Option("--objective", metavar="KEY", help="Served besides those of the content; repeat it.")
]
Chosen = Annotated[list[str] | None, typer.Option("--exchange", metavar="EXCHANGE", help="Invited; repeat it.")]


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text.strip())
    except ValueError:
        raise Misused("typed.time", typed=text) from None


def _moments(zone: str, day: date, begins: str, ends: str) -> dict[str, datetime]:
    place = ZoneInfo(zone or "UTC")
    return {
        "starts_at": datetime.combine(day, _clock(begins), place),
        "ends_at": datetime.combine(day, _clock(ends), place),
    }


def _audience(cohort: str, unit: str, exchanges: list[str] | None) -> Audience | None:
    given = {AudienceKind.COHORT: cohort, AudienceKind.UNIT: unit, AudienceKind.CHOSEN: exchanges}
    kinds = [kind for kind, value in given.items() if value]
    if len(kinds) > 1:
        raise Misused("typed.for_whom")
    if not kinds:
        return None
    chosen = tuple(read_exchange(one) for one in exchanges or ())
    return made(Audience, kind=kinds[0], cohort=cohort, unit=unit, exchanges=chosen)


def _tell(answer: SessionAnswer, act_id: str, as_json: bool) -> None:
    if as_json:
        say_json({**as_data(answer), "id": act_id})
        return
    say(phrase(RECORDED, id=answer.session_id, version=answer.version, count=answer.invited))
    if answer.left_out:
        say(phrase(LEFT_OUT, exchanges=" ".join(answer.left_out)))
    if answer.by_hand:
        say(phrase(BY_HAND, exchanges=" ".join(answer.by_hand)))
    if answer.repeated:
        say(phrase(_("It was done before; nothing was done twice.")))


@commands.command()
def plan(
    ctx: typer.Context, host: Annotated[str, typer.Argument(metavar="HOST", help="A university, like cqmu.")],
    content: Annotated[Content, typer.Argument(metavar="CONTENT", help="academic_lectures, cultural_lectures, …")],
    day: Day, begins: Begins, ends: Ends, title: Title, place: Place, places: Places = 20, title_zh: TitleZh = "",
    objective: Objectives = None, cohort: Annotated[str, typer.Option("--cohort", metavar="COHORT")] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT")] = "", exchange: Chosen = None, as_: As = None,
    act_id: ActId = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Plan a session for a cohort, a unit's students, or some; each who is invited gets a mail."""
    session = session_of(ctx)
    actor, audience = session.actor(as_), _audience(cohort, unit, exchange)
    if audience is None:
        raise Misused("typed.for_whom")
    terms = made(
        SessionTerms,
        content=content,
        title=title,
        title_zh=title_zh,
        place=place,
        capacity=places,
        objectives=tuple(objective or ()),
        **_moments(session.programme().zone_of(host), day, begins, ends),
    )
    asked = made(PlanSession, host=host, terms=terms, audience=audience)

    async def act(services: Services, key: str) -> SessionAnswer:
        return await services.gateway.host_sessions.plan(asked, actor, services.clock(), key)

    act_id, answer = session.act_once(act_id, act)
    _tell(answer, act_id, as_json)


@commands.command()
def move(
    ctx: typer.Context, session_id: Id, day: Day, begins: Begins, ends: Ends,
    place: Annotated[str, typer.Option("--place", help="If it is another one.")] = "", exchange: Chosen = None,
    as_: As = None, act_id: ActId = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Move a session to another time or place, and invite more; those invited are told."""
    session = session_of(ctx)
    actor, more = session.actor(as_), _audience("", "", exchange)

    async def look(records: ReadServices) -> HostSessionView | None:
        return await records.reading.host_session(session_id, actor)

    line = _found(session.read(look)).line
    kept = {name: getattr(line, name) for name in ("content", "title", "title_zh", "capacity", "objectives")}
    terms = made(SessionTerms, place=place or line.place, **kept, **_moments(line.zone, day, begins, ends))

    async def act(services: Services, key: str) -> SessionAnswer:
        return await services.gateway.host_sessions.change(session_id, terms, more, actor, services.clock(), key)

    act_id, answer = session.act_once(act_id, act)
    _tell(answer, act_id, as_json)


@commands.command()
def cancel(
    ctx: typer.Context, session_id: Id, as_: As = None, yes: Yes = False, act_id: ActId = None, as_json: Json = False
) -> None:
    """Cancel a session; those invited are told."""
    session = session_of(ctx)
    actor = session.actor(as_)
    confirmed(phrase(_("Cancel it? Everybody invited is told.")), yes)

    async def act(services: Services, key: str) -> SessionAnswer:
        return await services.gateway.host_sessions.cancel(session_id, actor, services.clock(), key)

    act_id, answer = session.act_once(act_id, act)
    _tell(answer, act_id, as_json)


@commands.command()
def mark(
    ctx: typer.Context,
    session_id: Id,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX: exchange, presence, and perhaps reason.")
    ],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Record from a file who was there; of a closed list, the hours are corrected."""
    session = session_of(ctx)
    actor, marks = session.actor(as_), read_marks(file.name, file.read_bytes())

    async def act(services: Services, key: str) -> SessionAnswer:
        kept = services.gateway.host_sessions
        return await kept.mark(session_id, marks, MarkedBy.FILE, actor, services.clock(), key)

    act_id, answer = session.act_once(act_id, act)
    _tell(answer, act_id, as_json)


@commands.command()
def close(
    ctx: typer.Context, session_id: Id, as_: As = None, yes: Yes = False, act_id: ActId = None, as_json: Json = False
) -> None:
    """Close the list: who is not marked was absent, and the hours are told to each exchange."""
    session = session_of(ctx)
    actor = session.actor(as_)
    confirmed(phrase(_("Close the list? Who is not marked was absent.")), yes)

    async def act(services: Services, key: str) -> SessionAnswer:
        return await services.gateway.host_sessions.close(session_id, actor, services.clock(), key)

    act_id, answer = session.act_once(act_id, act)
    _tell(answer, act_id, as_json)


@commands.command("list")
def list_(ctx: typer.Context, as_: As = None, as_json: Json = False) -> None:
    """The sessions of your host, the latest first."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> list[SessionLine]:
        return await records.reading.host_sessions(actor)

    found, names = session.read(look), Names(session.programme(), language())
    if as_json:
        say_json([as_data(one) for one in found])
        return
    columns = (_("id"), _("Session"), _("When"), _("Where"), _("status"), _("Invited"), _("Attended"))
    show(table(phrase(_("Lectures and cultural programme")), columns, [_line(one, names) for one in found]))


def _line(one: SessionLine, names: Names) -> tuple[str, ...]:
    title = names.pair(names.content(one.content), names.in_language(one, "title"))
    state = said(SESSION_STATES, one.status)
    return one.session_id, title, when(one.starts_at), one.place, state, str(one.invited), str(one.attended)


@commands.command("show")
def show_(ctx: typer.Context, session_id: Id, as_: As = None, as_json: Json = False) -> None:
    """One session: who is invited, and who was there."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> HostSessionView | None:
        return await records.reading.host_session(session_id, actor)

    found = _found(session.read(look))
    if as_json:
        say_json(as_data(found))
        return
    rows = [(one.exchange_id, one.student.name, said(PRESENCES, one.presence), one.reason) for one in found.invited]
    title = Names(session.programme(), language()).in_language(found.line, "title")
    show(table(title, (_("exchange"), _("student"), _("There?"), _("Why not")), rows))


def _found(view: HostSessionView | None) -> HostSessionView:
    if view is None:
        raise Unknown("session.not_yours")
    return view
