"""`sojourn facts …`: what a document says, typed with it or from a filled form, and what the rules make of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.housing import read_fields
from cli.lines import said, sentence
from cli.misuse import Misused
from cli.options import ActId, As, Exchange, Json, Note
from cli.output import as_data, say, say_json, show, table
from cli.replies import tell_acknowledged
from cli.session import session_of
from failures.exits import REFUSED
from gateway.composition import Services
from gateway.fact_forms import FilledFacts, read_filled, write_form
from models.catalogue.programme import Programme
from models.errors import BadInput
from models.facts import FACTS_OF
from models.facts.lines import LINES, LineFault
from models.findings import FindingDraft
from models.messages.exchange import Acknowledged
from models.views.facts import FactsView, RulesView
from models.views.rules import RulesPreview
from texts.facts import FORM_COLUMNS
from texts.i18n import _, _p
from texts.labels import SEVERITIES
from texts.names import Names
from texts.refusals import refusal
from texts.terminal import language, phrase

STATED = _("What {document} says is on record, version {version}.")
WRITTEN = _("The form is in {file}. Fill it in and state it with `sojourn facts state … --form {file}`.")
MOVED = _("{exchange} goes by the rules {version} now.")
OF_TODAY = _("{exchange} goes by the rules of today, {version}.")
ADDED = _("Documents asked for besides: {documents}")
DROPPED = _("Documents asked for no more: {documents}")
MOVE_IT = _("Move it with `sojourn facts move {exchange} {version}`.")
commands = typer.Typer(help="What documents say: stated, read back, judged by the rules; forms to fill in.")
Document = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id of the document, as it was handed in.")]


@commands.command()
def form(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="immunization_record or tb_test.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it: .xlsx, .pdf or .csv.")],
) -> None:
    """Write an empty form for the immunization record or the tests for tuberculosis."""
    write_form(file, kind_typed(kind), language())
    say(phrase(WRITTEN, file=file.name))


@commands.command()
def state(
    ctx: typer.Context,
    exchange: Exchange,
    document: Document,
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=TEXT...", help="Like last_day=2027-05-30.")
    ] = None,
    filled: Annotated[Path | None, typer.Option("--form", metavar="FILE", help="A form that was filled in.")] = None,
    data: Annotated[Path | None, typer.Option("--data", metavar="FILE", help="A file of JSON.")] = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """State what a document says, as a new version; the version stated last counts."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, key: str) -> int:
        view = await services.gateway.statements.of(exchange, document, actor)
        said_there = _said(view.document, fields or [], filled, data)
        return await services.gateway.statements.state(exchange, document, said_there, actor, key=key)

    key, version = session.act_once(act_id, act)
    if as_json:
        say_json({"act_id": key, "exchange_id": exchange, "document_id": document, "version": version})
    else:
        say(phrase(STATED, document=document, version=version))


@commands.command(name="show")
def show_facts(
    ctx: typer.Context, exchange: Exchange, document: Document, as_: As = None, as_json: Json = False
) -> None:
    """What a document says, in every version, and what the rules say of it."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> FactsView:
        return await services.gateway.statements.of(exchange, document, actor)

    view = session.act(look)
    if as_json:
        say_json(as_data(view))
        return
    rows = [
        (str(one.version), one.by, f"{one.at:%Y-%m-%d %H:%M}", json.dumps(one.facts, ensure_ascii=False))
        for one in view.versions
    ]
    show(
        table(
            phrase(_("Versions")),
            (_("version"), _p("column", "by"), _("recorded"), _p("document", "what it says")),
            rows,
        )
    )
    _show_findings({view.document: view.findings}, session.programme())


@commands.command()
def rules(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """What the rules of an exchange say of everything that was stated, and until when it holds."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> RulesView:
        return await services.gateway.statements.judged(exchange, actor)

    view = session.act(look)
    if as_json:
        say_json(as_data(view))
        return
    _show_findings(view.findings, session.programme())


def kind_typed(kind: str) -> str:
    """A kind of document for which there is a form.

    Raises:
        Misused: it is none.
    """
    name = kind.strip().casefold().replace("-", "_")
    if name not in LINES:
        raise Misused("typed.document", hint="KIND", typed=kind, choices=set(LINES))
    return name


def _said(kind: str, fields: Sequence[str], filled: Path | None, data: Path | None) -> Mapping[str, Any]:
    if filled is not None:
        facts, faults = read_filled(filled, kind)
        if faults:
            _show_faults(faults)
            raise typer.Exit(REFUSED)
        return _dumped(facts)
    if data is not None:
        try:
            said_there = json.loads(data.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise BadInput("file.unreadable", "data", file=data.name, reason="JSON") from None
        return said_there if isinstance(said_there, dict) else {}
    typed: dict[str, Any] = dict(read_fields(fields))
    model = FACTS_OF.get(kind)
    wanted = model.model_fields if model is not None else {}
    return {name: value for name, value in typed.items() if value or name not in wanted}


def _dumped(facts: FilledFacts) -> Mapping[str, Any]:
    return facts.model_dump(mode="json")


def _show_faults(faults: Sequence[LineFault]) -> None:
    spoken = language()
    columns = (_p("column", "line"), _("column"), _("reason"))
    rows = [(one.line, phrase(FORM_COLUMNS.get(one.column, one.column)), refusal(one.error, spoken)) for one in faults]
    show(table(phrase(_("Refused")), columns, rows))


def _show_findings(found: Mapping[str, Sequence[FindingDraft]], programme: Programme) -> None:
    names = Names(programme, language())
    rows = [
        (
            names.document(kind) if kind else "",
            one.rule_id,
            said(SEVERITIES, one.severity),
            str(one.holds_until or ""),
            sentence(one, programme),
        )
        for kind, findings in found.items()
        for one in findings
    ]
    columns = (_("document"), _("rule"), _("weight"), _("holds through"), _("reason"))
    show(table(phrase(_("Findings")), columns, rows))


@commands.command()
def compare(ctx: typer.Context, exchange: Exchange, as_: As = None, as_json: Json = False) -> None:
    """What moving an exchange to the rules of today would change; nothing is changed."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def look(services: Services) -> RulesPreview:
        return await services.gateway.rules.preview(exchange, actor)

    found = session.act(look)
    if as_json:
        say_json(as_data(found))
        return
    if found.same:
        say(phrase(OF_TODAY, exchange=exchange, version=found.to_version))
        return
    names = Names(session.programme(), language())
    if found.values:
        columns = (_("rule"), _("value"), _("before"), _("after"))
        rows = [(one.rule, one.name, _shown(one.before), _shown(one.after)) for one in found.values]
        show(table(phrase(_("Changes of values")), columns, rows))
    for sentence_of, kinds in ((ADDED, found.documents_added), (DROPPED, found.documents_dropped)):
        if kinds:
            say(phrase(sentence_of, documents=names.listed(names.document(kind) for kind in kinds)))
    _show_findings({one.document: one.after for one in found.findings}, session.programme())
    if found.may_move:
        say(phrase(MOVE_IT, exchange=exchange, version=found.to_version))


@commands.command()
def move(
    ctx: typer.Context,
    exchange: Exchange,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The rules of today, as `compare` named them.")],
    as_: As = None,
    note: Note = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Move an exchange to the rules of today, whose difference was looked at."""
    session = session_of(ctx)
    actor = session.actor(as_)

    async def act(services: Services, decision_id: str) -> Acknowledged:
        return await services.gateway.rules.move(exchange, actor, version, decision_id=decision_id, note=note)

    decision_id, reply = session.act_once(act_id, act)
    tell_acknowledged(reply, phrase(MOVED, exchange=exchange, version=version), as_json, decision_id=decision_id)


def _shown(value: object) -> str:
    return "–" if value is None else str(value)
