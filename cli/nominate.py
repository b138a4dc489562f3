"""`sojourn nominate`: a university's nomination file goes in, an exchange begins for every good row."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from cli.lines import said, sentence
from cli.misuse import Misused
from cli.nominating import Launch, allowed_rows, refused_rows, start_rows
from cli.options import As, Json, made
from cli.output import console, say, say_json, show, table, warn
from cli.session import Session, session_of
from failures.exits import REFUSED, exit_code
from gateway.composition import Services
from gateway.nomination_files import (
    CheckedSheet,
    NominationSheet,
    RefusedRow,
    check_sheet,
    read_nominations,
    recorded_late,
    write_refused,
    write_template,
)
from models.catalogue.programme import Programme
from models.errors import BadInput, Message
from models.people.authorization import Actor
from models.rules.again import Answers
from texts.i18n import _
from texts.labels import STAGES
from texts.punctuation import sentences
from texts.terminal import language, phrase

IN_ROW = _("Row {row}, {column}: {reason}")
commands = typer.Typer()


@commands.command()
def nominate(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="CSV or XLSX.")] = None,
    as_: As = None,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="PATH", help="Write an empty file to fill in, and stop.")
    ] = None,
    refused: Annotated[
        Path | None,
        typer.Option("--refused", metavar="PATH", help="Where bad rows go; unset: FILE with “.refused” in its name."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only check the rows; start nothing.")] = False,
    encoding: Annotated[
        str, typer.Option("--encoding", metavar="NAME", help="Of a CSV file that is not in UTF-8, like gb18030.")
    ] = "",
    late: Annotated[
        str, typer.Option("--late", metavar="REASON", help="Why stays that have begun or are over are recorded late.")
    ] = "",
    correct: Annotated[
        bool, typer.Option("--correct", help="Rows that differ from their nomination correct it, until verified.")
    ] = False,
    person: Annotated[
        str,
        typer.Option("--person", help="keep or correct: whose personal cells are right, of students known otherwise."),
    ] = "",
    same: Annotated[
        str, typer.Option("--same", help="yes or no: whether who looks like somebody nominated there is the same.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why it is another person; needed for --same no.")] = "",
    as_json: Json = False,
) -> None:
    """Nominate the students of a file.

    Every row is checked before any exchange starts. Good rows start; bad rows go to a file with all their faults, to
    be corrected and nominated again. Running a file again starts nothing twice. Rows that differ from what is on
    record, or look like somebody nominated already, are told; run their file again with the answer.
    """
    answers = made(Answers, known="correct" if correct else "", person=person, same=same, reason=reason)
    if template is not None:
        _write_template(template)
        return
    if file is None:
        raise Misused("typed.no_file", hint="FILE")
    session = session_of(ctx)
    actor = session.actor(as_)
    sheet = read_nominations(file, encoding.strip().lower())
    if late:
        sheet = recorded_late(sheet, late, session.programme(), session.clock())
    beside = refused or refused_beside(file)
    if beside.resolve() == file.resolve():
        raise Misused("typed.same_file", hint="--refused")
    # Whether a stay begins too late is told by the service, which knows the students of earlier files.
    now = session.clock() if check else None
    found = check_sheet(sheet, session.programme(), now=now, fonts=session.fonts())
    checked = allowed_rows(found, sheet, actor)
    launch = Launch() if check or not checked.good else _start(session, checked, actor, answers)
    bad = sorted([*checked.refused, *refused_rows(launch, sheet)], key=lambda row: row.row_number)
    if bad:
        write_refused(beside, bad, sheet.columns, session.programme(), language=language())
    report = _report(launch, checked, beside if bad else None, check)
    report["refused"] = _refused(bad, session.programme())
    report["told"] = _told(sheet, checked, session.programme())
    if as_json:
        say_json(report)
    else:
        _tell(report)
    if launch.fault is not None:
        warn(_why_stopped(launch, session.programme()))
        raise typer.Exit(exit_code(launch.fault))
    if bad:
        raise typer.Exit(REFUSED)


def refused_beside(file: Path) -> Path:
    """Where the bad rows of a file go: beside it, in the same kind of file."""
    return file.with_name(f"{file.stem}.refused{'.xlsx' if file.suffix.lower() == '.xlsx' else '.csv'}")


def _write_template(path: Path) -> None:
    if path.exists():
        raise BadInput("file.exists", file=path.name)
    write_template(path, language=language())
    say(
        phrase(
            _("Wrote {path}. Fill in a row for each student, then: {command}"),
            path=path,
            command=f"sojourn nominate {path}",
        )
    )


def _start(session: Session, checked: CheckedSheet, actor: Actor, answers: Answers) -> Launch:
    async def start(services: Services) -> Launch:
        out = console(errors=True)
        with Progress(console=out, transient=True, disable=not out.is_terminal) as progress:
            task = progress.add_task(phrase(_("Starting exchanges")), total=len(checked.good))
            advance = partial(progress.advance, task)
            return await start_rows(services.gateway, checked.good, actor, advance, answers)

    return session.act(start)


def _report(launch: Launch, checked: CheckedSheet, refused_file: Path | None, check: bool) -> dict[str, Any]:
    return {
        "checked": len(checked.good) + len(checked.refused),
        "good": len(checked.good),
        "only_checked": check,
        "started": [{"row": r, "exchange_id": n.exchange_id} for r, n in sorted(launch.new.items())],
        "known": [{"row": r, "exchange_id": n.exchange_id, "stage": n.stage} for r, n in sorted(launch.known.items())],
        "refused_file": str(refused_file) if refused_file else None,
        "kept": launch.kept,
        "not_started": launch.left,
    }


def _why_stopped(launch: Launch, programme: Programme) -> str:
    assert launch.fault is not None
    told = [sentence(launch.fault, programme)]
    if launch.kept:
        told.append(phrase(_("Kept, to begin by themselves: {count} rows."), count=len(launch.kept)))
    if launch.left:
        told.append(phrase(_("{count} rows were not started; run the same file again."), count=len(launch.left)))
    return sentences(told, language())


def _refused(bad: list[RefusedRow], programme: Programme) -> list[dict[str, Any]]:
    return [
        {
            "row": row.row_number,
            "faults": [
                {"column": f.field, "reason": sentence(f, programme), "rule": f.rule}
                | {"message": f.message, "params": f.params}
                for f in row.faults
            ],
        }
        for row in bad
    ]


def _told(sheet: NominationSheet, checked: CheckedSheet, programme: Programme) -> list[dict[str, Any]]:
    """What refused nothing, but should be known: of the file, and of single rows."""
    found: list[tuple[int | None, str, Message]] = [(None, "", one) for one in sheet.told]
    found += [(row, one.field, one) for row, told in sorted(checked.told.items()) for one in told]
    return [
        {"row": row, "column": column, "reason": sentence(one, programme), "message": one.message}
        for row, column, one in found
    ]


def _tell(report: dict[str, Any]) -> None:
    for one in report["told"]:
        warn(one["reason"] if one["row"] is None else phrase(IN_ROW, **one))
    if report["started"]:
        started = [(e["row"], e["exchange_id"]) for e in report["started"]]
        show(table(phrase(_("Started")), (_("row"), _("exchange")), started))
    if report["known"]:
        known = [(e["row"], e["exchange_id"], said(STAGES, e["stage"])) for e in report["known"]]
        title = phrase(_("Known already; nothing was started again"))
        show(table(title, (_("row"), _("exchange"), _("stage")), known))
    if report["refused"]:
        faults = [(row["row"], f["column"], f["reason"], f["rule"]) for row in report["refused"] for f in row["faults"]]
        show(table(phrase(_("Refused")), (_("row"), _("column"), _("reason"), _("rule")), faults))
        say(
            phrase(
                _("The refused rows are in {file}: correct them there and nominate that file."),
                file=report["refused_file"],
            )
        )
    if report["only_checked"]:
        say(phrase(_("{good} of {checked} rows can be nominated; nothing was started."), **report))
    else:
        counts = {name: len(report[name]) for name in ("started", "known", "refused")}
        say(phrase(_("{started} started, {known} known already, {refused} refused."), **counts))
