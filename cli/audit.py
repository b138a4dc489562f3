"""`sojourn audit`: what runs, what is on record and what was told, compared while the service runs."""

from typing import Annotated

import typer

from cli.lines import said, sentence
from cli.options import Json
from cli.output import as_data, say, say_json, show, table, warn
from cli.session import session_of
from failures.exits import AWAY, FOUND
from gateway.audit import audit as look
from models.catalogue.programme import Programme
from models.errors import Said
from models.messages.audit import AuditFinding, AuditReport, Part
from texts.i18n import _
from texts.operating import PARTS
from texts.punctuation import in_a_row
from texts.terminal import language, phrase

MISSED = _("Could not be looked at: {part}. {reason}")
commands = typer.Typer()


@commands.command()
def audit(
    ctx: typer.Context,
    part: Annotated[
        list[Part] | None, typer.Option("--part", help="Look at this part alone; may be given more than once.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare workflows, records, mails, deliveries, holdings and files; exit code 6 where something is out of step."""
    session = session_of(ctx)
    report = session.mend(look, tuple(part or Part))
    programme = session.programme()
    if as_json:
        say_json(_data(report, programme))
    else:
        _show(report, programme)
    if report.findings:
        raise typer.Exit(FOUND)
    if report.unfinished:
        raise typer.Exit(AWAY)


def _show(report: AuditReport, programme: Programme) -> None:
    if report.findings:
        rows = [(one.kind, one.stream, sentence(one, programme), _remedy(one, programme)) for one in report.findings]
        show(table(phrase(_("Out of step")), (_("kind"), _("about"), _("what"), _("what to do")), rows))
    elif report.parts:
        say(
            phrase(
                _("Nothing is out of step: {parts}."),
                parts=in_a_row((said(PARTS, one) for one in report.parts), language()),
            )
        )
    for missed in report.unfinished:
        warn(phrase(MISSED, part=said(PARTS, missed.part), reason=sentence(missed, programme)))


def _data(report: AuditReport, programme: Programme) -> dict[str, object]:
    findings = [
        as_data(one) | {"part": one.part, "text": sentence(one, programme), "do": _remedy(one, programme)}
        for one in report.findings
    ]
    unfinished = [as_data(one) | {"text": sentence(one, programme)} for one in report.unfinished]
    return {"parts": list(report.parts), "findings": findings, "unfinished": unfinished}


def _remedy(finding: AuditFinding, programme: Programme) -> str:
    return sentence(Said(finding.advice, finding.params), programme)
