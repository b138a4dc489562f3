"""The command line: `sojourn …`."""

import sys
from collections.abc import Sequence

import typer

from cli import (
    audit,
    authority,
    certificates,
    changes,
    clearances,
    corrections,
    documents,
    exchanges,
    facts,
    host_sessions,
    housing,
    letters,
    mail,
    messages,
    nominate,
    people,
    plan,
    privacy,
    recover,
    replans,
    report_corrections,
    reports,
    service,
    sla,
    steps,
    suspensions,
    units,
    watch,
    worklist,
)
from cli.failures import told
from cli.session import Session
from observability import configure_logging, take_over

app = typer.Typer(
    name="sojourn",
    help="International graduate exchanges, from nomination to certificate.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for part in (
    nominate,
    corrections,
    plan,
    worklist,
    steps,
    exchanges,
    clearances,
    people,
    sla,
    watch,
    service,
    audit,
    recover,
):
    app.add_typer(part.commands)
app.add_typer(documents.commands, name="document", no_args_is_help=True)
app.add_typer(facts.commands, name="facts", no_args_is_help=True)
app.add_typer(privacy.commands, name="privacy", no_args_is_help=True)
reports.commands.add_typer(report_corrections.commands)
app.add_typer(reports.commands, name="report", no_args_is_help=True)
app.add_typer(certificates.commands, name="certificate", no_args_is_help=True)
app.add_typer(changes.commands, name="change", no_args_is_help=True)
app.add_typer(replans.commands, name="replan", no_args_is_help=True)
app.add_typer(letters.commands, name="letter", no_args_is_help=True)
app.add_typer(host_sessions.commands, name="session", no_args_is_help=True)
app.add_typer(authority.commands, name="paper", no_args_is_help=True)
app.add_typer(housing.commands, name="housing", no_args_is_help=True)
app.add_typer(people.away, name="away", no_args_is_help=True)
app.add_typer(suspensions.commands, name="suspension", no_args_is_help=True)
app.add_typer(messages.commands, name="message", no_args_is_help=True)
app.add_typer(units.commands, name="units", no_args_is_help=True)
app.add_typer(mail.commands, name="mail", no_args_is_help=True)
app.add_typer(service.catalogue, name="catalogue", no_args_is_help=True)


def main(arguments: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Run one command; answers with the exit code (see `cli.failures`)."""
    if arguments is None:  # the process is ours
        take_over()
    configure_logging("plain", "WARNING")
    try:
        app(args=arguments, prog_name="sojourn", obj=session or Session())
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    except Exception as error:
        return told(error, as_json="--json" in (sys.argv if arguments is None else arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
