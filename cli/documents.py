"""`sojourn document …`: hand in a file, and what kinds of documents the programme asks for."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.lines import said, said_of
from cli.lookups import findings_of
from cli.misuse import Misused
from cli.options import ActId, As, Exchange, Json, made, read_day
from cli.output import as_data, say, say_json, show, table
from cli.replies import tell_acknowledged
from cli.session import session_of
from failures.exits import REFUSED
from gateway.composition import Services
from models.catalogue.policy import DocumentPolicy
from models.catalogue.programme import Programme
from models.errors import BadInput, Broken
from models.messages.exchange import Acknowledged, DocumentAnswer
from models.messages.reviews import OverrideDocument
from models.views import Finding
from texts.document_words import READ_OUTCOMES
from texts.i18n import _, _p
from texts.labels import DIRECTIONS, SEVERITIES, SIDES
from texts.names import Names
from texts.terminal import language, phrase

PIECE = 256 * 1024
LARGEST_READ = 64 * 1024 * 1024
"""Bytes of a file that is read and not handed in."""
FILES = _("{kinds}, at most {most} MB")
commands = typer.Typer(help="Hand in documents, and see which kinds there are.")


@commands.command()
def add(
    ctx: typer.Context,
    exchange: Exchange,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="One of `sojourn document kinds`.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What is handed in.")],
    issued_on: Annotated[
        date | None, typer.Option("--issued-on", parser=read_day, metavar="DAY", help="The day it was issued.")
    ] = None,
    expires_on: Annotated[
        date | None, typer.Option("--expires-on", parser=read_day, metavar="DAY", help="The last day it is valid.")
    ] = None,
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Hand in a document; answers with what the checks found. The same file again is no second document."""
    session = session_of(ctx)
    actor = session.actor(as_)
    programme = session.programme()
    policy = _policy(kind, programme)
    if policy.expires and expires_on is None:
        raise BadInput("expiry.needed", "expires_on", kind=policy.kind)
    check_file(file, policy.max_bytes)

    async def act(services: Services, submission_id: str) -> tuple[DocumentAnswer, Sequence[Finding]]:
        answer = await services.gateway.add_document(
            exchange,
            policy.kind,
            file.name,
            pieces_of(file),
            actor,
            issued_on=issued_on,
            expires_on=expires_on,
            submission_id=submission_id,
        )
        return answer, await findings_of(services, actor, exchange, answer.document_id)

    submission_id, (answer, findings) = session.act_once(act_id, act)
    if as_json:
        reasons = [as_data(f) | {"reason": said_of(f, programme)} for f in findings]
        say_json({"submission_id": submission_id, **as_data(answer), "reasons": reasons})
    else:
        _tell(policy, answer, findings, programme)
    if not answer.accepted and not answer.review:
        raise typer.Exit(REFUSED)


@commands.command()
def override(
    ctx: typer.Context,
    exchange: Exchange,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Its kind, one of `sojourn document kinds`.")],
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its id, as `sojourn show --json` has it.")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why it counts all the same.")],
    as_: As = None,
    act_id: ActId = None,
    as_json: Json = False,
) -> None:
    """Ask that a document counts against what the checks say; it does once a second person confirms it."""
    session = session_of(ctx)
    actor = session.actor(as_)
    policy = _policy(kind, session.programme())

    async def act(services: Services, decision_id: str) -> Acknowledged:
        asked = made(OverrideDocument, decision_id=decision_id, document_id=document, kind=policy.kind, actor=actor)
        return await services.gateway.override_document(exchange, asked, note=note)

    decision_id, reply = session.act_once(act_id, act)
    done = phrase(_("A second person is asked to confirm that {document} counts."), document=document)
    tell_acknowledged(reply, done, as_json, decision_id=decision_id)


@commands.command()
def kinds(ctx: typer.Context, as_json: Json = False) -> None:
    """The kinds of documents: when each is asked for, from whom, and what a file must be."""
    programme = session_of(ctx).programme()
    documents = programme.policy.documents
    if as_json:
        say_json([as_data(d) for d in documents])
        return
    names = Names(programme, language())
    columns = (
        _("kind"),
        _("title"),
        _p("column", "for"),
        _("step"),
        _("provided by"),
        _("file"),
        _("pages"),
        _("rule"),
    )
    rows = [
        (
            d.kind,
            names.title(d),
            [said(DIRECTIONS, direction) for direction in d.directions],
            names.step(d.step),
            said(SIDES, d.provided_by),
            phrase(
                FILES,
                kinds=names.listed(m.rpartition("/")[2].upper() for m in d.media_types),
                most=f"{d.max_bytes / 2**20:g}",
            ),
            f"{d.min_pages}-{d.max_pages}",
            d.rule,
        )
        for d in documents
    ]
    show(table(phrase(_("Documents")), columns, rows))


@commands.command()
def read(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What is to be read.")],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="One of `sojourn document kinds`.")],
    as_json: Json = False,
) -> None:
    """Read a document on this machine and say what is on it; nothing is handed in, kept or started."""
    policy = _policy(kind, session_of(ctx).programme())
    check_file(file, LARGEST_READ)
    found = _read_apart(file, policy.kind)
    if as_json:
        say_json(found)
        return
    say(phrase(_("Read: {outcome}"), outcome=said(READ_OUTCOMES, found["outcome"])))
    if "passport" in policy.kind:
        say("\n".join(found["mrz"]) if found["mrz"] else phrase(_("No machine-readable zone could be read for sure.")))
    facts = [(f["kind"], f["value"], f["label"], str(f["page"])) for f in found["facts"]]
    show(table(phrase(_("Found")), (_("kind"), _("value"), _("label"), _("page")), facts))


def _read_apart(file: Path, kind: str) -> dict[str, Any]:
    """What a process of its own reads of a file: documents are read where nothing else can be harmed."""
    command = [sys.executable, "-m", "documents.look", str(file), kind, datetime.now(UTC).date().isoformat()]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise Broken("reader.failed")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check_file(path: Path, max_bytes: int) -> None:
    """Look at a file that is to be handed in, before anything is asked.

    Raises:
        BadInput: it is no file, cannot be read, is empty or too large; the text names it.
    """
    with _readable(path):
        if not path.is_file():
            raise BadInput("file.not_found", file=path.name)
        size = path.stat().st_size
        if size > max_bytes:
            raise BadInput("file.too_large", file=path.name, size=round(size / 2**20, 1), most=max_bytes / 2**20)
        with path.open("rb") as file:
            if not file.read(1):
                raise BadInput("file.empty", file=path.name)


async def pieces_of(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, in pieces.

    Raises:
        BadInput: it cannot be read any more.
    """
    with _readable(path), await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        if not isinstance(error, OSError):
            raise BadInput("file.impossible_name", file=path.name) from None
        raise BadInput("file.unreadable", file=path.name, reason=error.strerror or type(error).__name__) from None


def _policy(kind: str, programme: Programme) -> DocumentPolicy:
    name = kind.strip().casefold().replace("-", "_")
    found = programme.policy.document(name)
    if found is None:
        known = {d.kind for d in programme.policy.documents}
        raise Misused("typed.document", hint="KIND", typed=kind, choices=known)
    return found


def _tell(policy: DocumentPolicy, answer: DocumentAnswer, findings: Sequence[Finding], programme: Programme) -> None:
    title = Names(programme, language()).title(policy)
    if answer.review:
        result = _("{title}: needs a person, who looks at it ({id}). You have nothing to do.")
    elif answer.accepted:
        result = _("{title}: read and consistent ({id}).") if answer.read else _("{title}: received ({id}).")
    else:
        result = _("{title}: rejected ({id}).")
    say(phrase(result, title=title, id=answer.document_id))
    if findings:
        show(
            table(
                phrase(_("Findings")),
                (_("rule"), _("weight"), _("reason")),
                [(f.rule_id, said(SEVERITIES, f.severity), said_of(f, programme)) for f in findings],
            )
        )
    elif answer.findings:
        say(phrase(_("Rules that stand against it: {rules}"), rules=", ".join(answer.findings)))
    if not answer.accepted and not answer.review:
        say(phrase(_("Hand in a corrected file with the same command.")))
    if answer.missing:
        names = Names(programme, language())
        say(
            phrase(
                _("Still missing: {documents}"),
                documents=names.listed(names.aside(names.document(kind), kind) for kind in answer.missing),
            )
        )
