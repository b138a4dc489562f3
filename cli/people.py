"""`sojourn away …` and `sojourn preferences`: who is away, who stands in, and how people want to be written to."""

from datetime import date
from typing import Annotated

import typer

from cli.lines import said
from cli.options import ActId, As, Json, made, read_day
from cli.output import as_data, say, say_json, show, table
from cli.session import session_of
from gateway.composition import Services
from gateway.operations import new_id
from models.people.absences import Absence, Preferences
from models.posting import DigestChoice
from models.vocabulary import LANGUAGES
from texts.i18n import _, _p
from texts.labels import DIGESTS
from texts.punctuation import sentences
from texts.terminal import language, phrase

PLANNED = _("{person} is away from {first} to {last} ({id}).")
WRITTEN_TO = _("{person}: language {language}, zone {zone}, digest {digest}.")
away = typer.Typer(help="Absences and who stands in. A deputy acts with: --as 'ROLE@INSTITUTION for PERSON'.")
commands = typer.Typer()

Person = Annotated[
    str | None, typer.Option("--person", metavar="PERSON", help="Whose; yours if left out, like cqmu.coordinator.")
]


@away.command("plan")
def plan(
    ctx: typer.Context,
    first: Annotated[date, typer.Option("--from", parser=read_day, metavar="DAY", help="The first day away.")],
    last: Annotated[date, typer.Option("--to", parser=read_day, metavar="DAY", help="The last day away.")],
    deputy: Annotated[str, typer.Option("--deputy", metavar="PERSON", help="Who stands in.")] = "",
    person: Person = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Plan an absence; open and new steps go to the deputy while it lasts."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, absence_id: str) -> tuple[Absence, bool]:
        absence = made(
            Absence, absence_id=absence_id, person=person or actor.id, first_day=first, last_day=last, deputy=deputy
        )
        return absence, await services.gateway.people.plan_absence(absence, actor, services.clock())

    absence_id, (absence, repeated) = session.act_once(act_id, act)
    if as_json:
        say_json({**as_data(absence), "repeated": repeated})
        return
    planned = phrase(PLANNED, person=absence.person, first=first, last=last, id=absence_id)
    again = phrase(_("It was planned before; nothing changed.")) if repeated else ""
    say(sentences((planned, again), language()))


@away.command("list")
def list_(ctx: typer.Context, as_: As = None, as_json: Json = False) -> None:
    """Absences that are not over, of those for whom you may set them."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> list[Absence]:
        return await services.gateway.people.absences(actor, services.clock())

    found = session.act(look)
    if as_json:
        say_json([as_data(absence) for absence in found])
    elif not found:
        say(phrase(_("Nobody is away.")))
    else:
        standing = phrase(_("standing deputy"))
        columns = (_("id"), _("who"), _p("dates", "from"), _p("dates", "to"), _("stands in"))
        rows = [(a.absence_id, a.person, a.first_day, a.last_day, a.deputy or standing) for a in found]
        show(table(phrase(_("Absences")), columns, rows))


@away.command("cancel")
def cancel(
    ctx: typer.Context,
    absence: Annotated[str, typer.Argument(metavar="ABSENCE", help="As `sojourn away list` prints it.")],
    as_: As = None,
    as_json: Json = False,
) -> None:
    """Cancel an absence, planned or begun."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services) -> bool:
        return await services.gateway.people.cancel_absence(absence, actor, services.clock())

    repeated = session.act(act)
    if as_json:
        say_json({"absence_id": absence, "repeated": repeated})
    else:
        say(phrase(_("It was cancelled before; nothing changed.") if repeated else _("Cancelled: {id}."), id=absence))


@commands.command()
def preferences(
    ctx: typer.Context,
    person: Person = None,
    language: Annotated[str | None, typer.Option("--language", help="en or zh.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Like Asia/Shanghai; digests come at eight there.")] = None,
    digest: Annotated[
        DigestChoice | None,
        typer.Option("--digest", help="off: every notice at once instead; none: only what cannot wait."),
    ] = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """How somebody is written to; without options it is shown, with them it is set."""
    session = session_of(ctx)
    actor = session.actor(as_)
    changes = {"language": language, "zone": zone, "digest": digest}
    wanted = {name: value for name, value in changes.items() if value is not None}

    async def act(services: Services) -> Preferences:
        whose = person or actor.id
        found = await services.gateway.people.preferences(whose)
        if not wanted:
            return found
        chosen = made(Preferences, **(found.model_dump() | wanted))
        await services.gateway.set_preferences(chosen, actor, act_id or new_id())
        return chosen

    found = session.act(act)
    if as_json:
        say_json(as_data(found))
        return
    own = phrase(_("as the institution"))
    spoken = LANGUAGES.get(found.language or "", own)
    say(
        phrase(
            WRITTEN_TO, person=found.person, language=spoken, zone=found.zone or own, digest=said(DIGESTS, found.digest)
        )
    )
