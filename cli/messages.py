"""`sojourn message …`: to write to many students, and to look who got it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.lines import said
from cli.misuse import Misused
from cli.options import ActId, As, Json, Yes, made, read_day, read_exchange
from cli.output import as_data, say, say_json, show, table, when
from cli.session import Session, confirmed, session_of
from gateway.composition import ReadServices, Services
from models.errors import Unknown
from models.messages.broadcasts import Audience, AudienceKind, Broadcast, BroadcastAnswer, BroadcastWording
from models.views.broadcasts import BroadcastPreview, BroadcastSummary, BroadcastView
from models.vocabulary import Side
from texts.broadcasts import BROADCAST_STATES, audience_words
from texts.i18n import _, _p
from texts.names import Names
from texts.terminal import language, phrase

commands = typer.Typer(help="For offices: write to many students, and see who got it.")
GOES = _("Recipients: {count}. Without an address that mail can go to: {unreachable}.")
SEND = _("Send it? Recipients: {count}.")
SENT = _("Written: {id}. Recipients: {count}. Without an address that mail can go to: {unreachable}.")

Cohort = Annotated[str, typer.Option("--cohort", metavar="COHORT", help="A cohort, like 2027-incoming-dartmouth-cqmu.")]
UnitId = Annotated[str, typer.Option("--unit", metavar="UNIT", help="Those with a place in a unit that is not over.")]
First = Annotated[
    date | None,
    typer.Option("--arriving-from", parser=read_day, metavar="DAY", help="Whose stay begins then or later,"),
]
Last = Annotated[
    date | None,
    typer.Option("--arriving-to", parser=read_day, metavar="DAY", help="and then or earlier; not arrived yet."),
]
Chosen = Annotated[list[str] | None, typer.Option("--exchange", metavar="EXCHANGE", help="One by one; repeat it.")]
WhichSide = Annotated[
    Side | None, typer.Option("--side", help="sending: only those that you send; host: only those that you host.")
]
Template = Annotated[str, typer.Option("--template", metavar="ID", help="Begin with a template of the catalogue.")]
Subject = Annotated[str, typer.Option("--subject", help="Instead of the template's.")]
Text = Annotated[Path | None, typer.Option("--text", exists=True, dir_okay=False, help="A file with the text, UTF-8.")]
SubjectZh = Annotated[str, typer.Option("--subject-zh", help="In Chinese, for those who read it.")]
TextZh = Annotated[Path | None, typer.Option("--text-zh", exists=True, dir_okay=False, help="A file, in Chinese.")]


@dataclass(frozen=True)
class _Typed:
    """The options of both commands."""

    cohort: str
    unit: str
    first: date | None
    last: date | None
    exchanges: tuple[str, ...]
    side: Side | None
    template: str
    words: dict[str, str]

    def message(self, session: Session) -> Broadcast:
        return Broadcast(audience=self._audience(), wording=self._wording(session))

    def _audience(self) -> Audience:
        given = {
            AudienceKind.COHORT: self.cohort,
            AudienceKind.UNIT: self.unit,
            AudienceKind.ARRIVING: self.first or self.last,
            AudienceKind.CHOSEN: self.exchanges,
        }
        kinds = [kind for kind, value in given.items() if value]
        if len(kinds) != 1:
            raise Misused("typed.audience")
        return made(
            Audience,
            kind=kinds[0],
            cohort=self.cohort,
            unit=self.unit,
            first_day=self.first,
            last_day=self.last,
            exchanges=self.exchanges,
            side=self.side,
        )

    def _wording(self, session: Session) -> BroadcastWording:
        found = session.programme().messages
        if self.template and self.template not in found:
            raise Misused("typed.template", known=sorted(found))
        template = found.get(self.template)
        words = {name: given or getattr(template, name, "").strip() for name, given in self.words.items()}
        return made(BroadcastWording, **words)


def _typed(
    cohort: str, unit: str, first: date | None, last: date | None, exchanges: list[str] | None, side: Side | None,
    template: str, subject: str, text: Path | None, subject_zh: str, text_zh: Path | None,
) -> _Typed:  # fmt: skip
    words = {"subject": subject, "text": _read(text), "subject_zh": subject_zh, "text_zh": _read(text_zh)}
    chosen = tuple(read_exchange(one) for one in exchanges or ())
    return _Typed(cohort, unit, first, last, chosen, side, template, words)


def _read(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8-sig").strip()
    except (UnicodeDecodeError, OSError):
        raise Misused("typed.text_file") from None


@commands.command()
def preview(
    ctx: typer.Context, cohort: Cohort = "", unit: UnitId = "", first: First = None, last: Last = None,
    exchange: Chosen = None, side: WhichSide = None, template: Template = "", subject: Subject = "",
    text: Text = None, subject_zh: SubjectZh = "", text_zh: TextZh = None, as_: As = None, as_json: Json = False,
) -> None:  # fmt: skip
    """To whom it would go and how it reads for the first of them; nothing is sent."""
    session = session_of(ctx)
    actor = session.actor(as_)
    typed = _typed(cohort, unit, first, last, exchange, side, template, subject, text, subject_zh, text_zh)
    message = typed.message(session)

    async def look(services: Services) -> BroadcastPreview:
        return await services.gateway.broadcasts.preview(message.audience, message.wording, actor, services.clock())

    found = session.act(look)
    if as_json:
        say_json(as_data(found))
        return
    _tell(found)


def _tell(found: BroadcastPreview) -> None:
    rows = [(one.exchange_id, one.student.name, "") for one in found.recipients]
    rows += [(one.exchange_id, one.student.name, phrase(_("No address"))) for one in found.unreachable]
    show(table("", (_("exchange"), _("student"), _("note")), rows))
    if found.sample is not None:
        say(found.sample.subject, style="bold")
        say(found.sample.text)
    say(phrase(GOES, count=len(found.recipients), unreachable=len(found.unreachable)))


@commands.command()
def send(
    ctx: typer.Context, cohort: Cohort = "", unit: UnitId = "", first: First = None, last: Last = None,
    exchange: Chosen = None, side: WhichSide = None, template: Template = "", subject: Subject = "",
    text: Text = None, subject_zh: SubjectZh = "", text_zh: TextZh = None, as_: As = None, yes: Yes = False,
    act_id: ActId = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Send it once, after a preview; with `--yes` without one."""
    session = session_of(ctx)
    actor = session.actor(as_)
    typed = _typed(cohort, unit, first, last, exchange, side, template, subject, text, subject_zh, text_zh)
    message = typed.message(session)
    if not yes:
        message = message.model_copy(update={"seen": _agreed(session, message, actor)})

    async def act(services: Services, key: str) -> BroadcastAnswer:
        return await services.gateway.broadcasts.send(message, actor, services.clock(), key)

    act_id, answer = session.act_once(act_id, act)
    if as_json:
        say_json({**as_data(answer), "id": act_id})
        return
    say(phrase(SENT, count=answer.recipients, id=answer.broadcast_id, unreachable=answer.unreachable))
    if answer.repeated:
        say(phrase(_("It was sent before; nothing was done twice.")))


def _agreed(session: Session, message: Broadcast, actor: Any) -> str:
    """What somebody saw before they agreed."""

    async def look(services: Services) -> BroadcastPreview:
        return await services.gateway.broadcasts.preview(message.audience, message.wording, actor, services.clock())

    found = session.act(look)
    _tell(found)
    confirmed(phrase(SEND, count=len(found.recipients)), yes=False)
    return found.seen


@commands.command("list")
def list_(ctx: typer.Context, as_: As = None, as_json: Json = False) -> None:
    """What your office wrote to many, the newest first."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> list[BroadcastSummary]:
        return await records.reading.broadcasts(actor)

    found = session.read(look)
    if as_json:
        say_json([as_data(one) for one in found])
    elif not found:
        say(phrase(_("Your office has not written to many students yet.")))
    else:
        names = Names(session.programme(), language())
        columns = (_("id"), _("subject"), _p("message", "for"), _("when"), _("who got it"))
        show(table(phrase(_("Messages")), columns, [_line(one, names) for one in found]))


def _line(one: BroadcastSummary, names: Names) -> tuple[str, ...]:
    got = names.listed(names.pair(said(BROADCAST_STATES, state), str(count)) for state, count in one.got.items())
    subject = names.in_language(one.wording, "subject")
    return one.broadcast_id, subject, audience_words(one.audience, names), when(one.at), got


@commands.command("show")
def show_(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(metavar="ID", help="As `sojourn message list` prints it.")],
    as_: As = None,
    as_json: Json = False,
) -> None:
    """One message: who got it, who not, and why."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(records: ReadServices) -> BroadcastView | None:
        return await records.reading.broadcast(message, actor)

    found = session.read(look)
    if found is None:
        raise Unknown("broadcast.unknown")
    if as_json:
        say_json(as_data(found))
        return
    rows = [
        (one.exchange_id, one.student.name, said(BROADCAST_STATES, one.delivery), when(one.at), one.why)
        for one in found.lines
    ]
    subject = Names(session.programme(), language()).in_language(found.summary.wording, "subject")
    columns = (_("exchange"), _("student"), _("status"), _("when"), _("last answer"))
    show(table(subject, columns, rows))
