"""Nominating: one student by a form, many by a file that is corrected row by row on the page."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from gateway.nomination_files import (
    CheckedSheet,
    NominationSheet,
    SheetRow,
    check_sheet,
    names_of,
    told_of,
    write_template,
)
from gateway.spreadsheets import ENCODING_NAMES, UnclearEncoding
from models.errors import BadInput, SojournError, Unknown
from models.people.authorization import Actor, may_nominate
from models.rules.again import UNANSWERED, Answers
from models.rules.again import typed as typed_cells
from models.rules.nomination import Nomination, parse_row
from models.rules.nomination_blocks import joined
from models.rules.nomination_cells import BAR
from models.rules.nomination_columns import BLOCK_COLUMNS, COLUMNS, OF_BLOCKS
from models.rules.stay import Fault
from models.typed import number_typed
from models.vocabulary import StepKind, StepStatus
from portal.answer_forms import Refusal, owner_actor, refusal_of
from portal.bounds import TABLES, takes
from portal.context import RequestContext, context_of
from portal.file_reading import MOST_ROWS, packed, unpacked
from portal.forms import Sent, made, sent
from portal.pages.exchange import download
from portal.policy import NOMINATING, Pages
from portal.render import page, tell
from portal.seeing import see
from portal.unit_choices import WISHED, UnitChoices, field, hosts_for, of_blocks
from portal.visitor import Visitor, visitor_of
from texts.fonts import CertificateFonts
from texts.names import Names

pages = Pages("nominate")
NAMES = tuple(column.name for column in COLUMNS)
BLOCKS_OFFERED = 4
"""Blocks of each content that a form has fields for; one that is corrected has one more than are filled."""
ANSWERS = tuple(Answers.model_fields)
ASKS = frozenset(
    {"differs", "person_differs", "same_person", "elsewhere", "reason_missing"},
)
"""What of a nomination is asked rather than refused."""


@pages.get("/nominate", NOMINATING)
async def nominate_form(request: Request) -> Response:
    """The form for one student, and the way in for files."""
    return await _form(request, {}, ())


async def _form(
    request: Request,
    values: Mapping[str, str],
    faults: tuple[Fault, ...],
    *,
    refusal: Refusal | None = None,
    key: str | None = None,
    correcting: str = "",
    by_file: bool = False,
    told: tuple[Fault, ...] = (),
    seen: str = "",
    answered: Answers = UNANSWERED,
    unclear: UnclearEncoding | None = None,
    again: str = "",
) -> Response:
    programme = context_of(request).services.programme
    visitor = await visitor_of(request)
    sending = [i.id for i in programme.institutions.values() if any(may_nominate(a, i.id) for a in visitor.capacities)]
    hosts = hosts_for(programme, sending)
    return await page(
        request,
        "nominate.html",
        status=422 if faults else refusal.status if refusal else 200,
        columns=COLUMNS,
        block_columns=BLOCK_COLUMNS,
        of_blocks=OF_BLOCKS,
        blocks={content: _lines(values, names) for content, names in BLOCK_COLUMNS.items()},
        others=_others(values),
        values=values,
        faults={fault.field: fault for fault in reversed(faults)},
        refusal=refusal,
        key=key,
        sending=sending,
        hosts=hosts,
        choices=UnitChoices(programme, Names(programme, visitor.language), hosts),
        wish_field=field,
        disciplines=programme.disciplines,
        correcting=correcting,
        by_file=by_file,
        told=told,
        seen=_seen(told) or seen,
        answered=answered,
        unclear=unclear,
        again=again,
        encodings=ENCODING_NAMES,
    )


@pages.post("/nominate", NOMINATING)
async def nominate(request: Request) -> Response:
    """Nominate one student; the same student in the same intake is nominated once (D9)."""
    form = await sent(request, (*NAMES, *WISHED, *ANSWERS, "seen"))
    context, visitor = context_of(request), await visitor_of(request)
    values = _values(form)
    answers, seen = _answers(form), form.text("seen")
    parsed = parse_row(values, context.services.programme, now=context.now())
    if isinstance(parsed, tuple):
        return await _form(request, values, parsed, key=form.key, answered=answers)
    told = await _told(context, values, parsed)
    if seen != _seen(told):
        return await _form(request, values, (), key=form.key, told=told, answered=answers)
    try:
        actor = _nominator(visitor, parsed)
        gateway = context.services.gateway
        reply = await gateway.nominate(parsed, actor, request_id=form.key, answers=answers)
    except SojournError as error:
        return await _form(request, values, (), refusal=refusal_of(error), key=form.key, seen=seen, answered=answers)
    answer = RedirectResponse(f"/exchanges/{reply.exchange_id}", status_code=303)
    tell(context, answer, "repeated" if reply.already_known else "nominated", exchange=reply.exchange_id)
    return answer


async def _told(context: RequestContext, values: Mapping[str, str], nomination: Nomination) -> tuple[Fault, ...]:
    fonts = CertificateFonts(context.settings.fonts_dir)
    unprintable = await asyncio.to_thread(fonts.unprintable, names_of(nomination).values())
    return told_of(values, nomination, unprintable)


def _seen(told: tuple[Fault, ...]) -> str:
    """What a page has told, so that the same form sent again goes on."""
    return " ".join(f"{fault.field}:{fault.message}" for fault in told)


async def _checked(context: RequestContext, sheet: NominationSheet) -> CheckedSheet:
    fonts = CertificateFonts(context.settings.fonts_dir)
    return await asyncio.to_thread(check_sheet, sheet, context.services.programme, now=context.now(), fonts=fonts)


def _values(form: Sent, prefix: str = "") -> dict[str, str]:
    """The cells that were typed; of blocks, which have fields of the same name, one cell for all."""
    cells = {name: form.text(f"{prefix}{name}") for name in NAMES if name not in OF_BLOCKS}
    return cells | {name: joined(of_blocks(form, f"{prefix}{name}")) for name in NAMES if name in OF_BLOCKS}


def _lines(values: Mapping[str, str], names: tuple[str, ...]) -> list[dict[str, str]]:
    """The cells of a content by block, with empty ones to fill in."""
    parts = {name: [part.strip() for part in values.get(name, "").split(BAR)] for name in names}
    count = max(BLOCKS_OFFERED, 1 + max(len(part) for part in parts.values()))
    return [{name: part[n] if n < len(part) else "" for name, part in parts.items()} for n in range(count)]


def _others(values: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """What is typed of blocks after the first, by content: what is wrong with it is said there."""
    return {
        content: frozenset(text for line in _lines(values, names)[1:] for text in line.values() if text)
        for content, names in BLOCK_COLUMNS.items()
    }


def _answers(form: Sent, prefix: str = "") -> Answers:
    return made(Answers, {name: form.text(f"{prefix}{name}") for name in ANSWERS})


def _nominator(visitor: Visitor, nomination: Nomination) -> Actor:
    """The capacity in which a visitor nominates; the gateway refuses where there is none."""
    return next((one for one in visitor.capacities if may_nominate(one, nomination.sending)), visitor.actor)


@pages.get("/nominate/template.{kind}", NOMINATING)
async def template(request: Request, kind: str) -> Response:
    """The file to fill in."""
    if kind not in ("csv", "xlsx"):
        raise Unknown("template.unknown")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"nominations.{kind}"
        write_template(path, language=(await visitor_of(request)).language)
        data = path.read_bytes()
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return download(data, path.name, "text/csv" if kind == "csv" else sheet)


@pages.post("/nominate/file", NOMINATING)
@takes(TABLES)
async def file(request: Request) -> Response:
    """Read a file and show its rows; nobody is nominated yet."""
    form = await sent(request, ("file", "encoding", "again"))
    context, visitor = context_of(request), await visitor_of(request)
    data = b""
    try:
        name, data = await _file_of(form)
        person = visitor.identity_actor.id
        sheet = await context.file_reading.nominations(person, name, data, form.text("encoding"))
    except UnclearEncoding as which:
        return await _form(request, {}, (), refusal=refusal_of(which), by_file=True, unclear=which, again=packed(data))
    except SojournError as error:
        return await _form(request, {}, (), refusal=refusal_of(error), by_file=True)
    return await _rows(request, await _checked(context, sheet), None, sheet)


async def _file_of(form: Sent) -> tuple[str, bytes]:
    """The name and the bytes of the file that was chosen, or that the page had sent along."""
    upload = form.file("file")
    if upload is not None:
        return upload.filename or "", await upload.read()
    return "nominations.csv", unpacked(form.text("again", longest=64 * 1024))


@dataclass(frozen=True)
class RowResult:
    """What became of one row."""

    row: int
    name: str
    exchange_id: str = ""
    known: bool = False
    error: SojournError | None = None
    answers: Answers = UNANSWERED
    """What was answered so far."""

    @property
    def asks(self) -> bool:
        """Whether an answer lets it go on."""
        return self.error is not None and self.error.message.removeprefix("nomination.") in ASKS


async def _rows(
    request: Request, checked: CheckedSheet, results: list[RowResult] | None, sheet: NominationSheet | None = None
) -> Response:
    refused = {row.row_number: row for row in checked.refused}
    gateway, visitor = context_of(request).services.gateway, await visitor_of(request)
    known = await gateway.known_already(checked.good, visitor.capacities) if results is None else {}
    return await page(
        request,
        "nominate_rows.html",
        status=422 if refused and results is None else 200,
        columns=COLUMNS,
        good=checked.good,
        refused=checked.refused,
        typed={number: typed_cells(nomination) for number, nomination in checked.good},
        results=results,
        known=known,
        told=sheet.told if sheet else (),
        told_of=checked.told,
    )


@pages.post("/nominate/rows", NOMINATING)
@takes(TABLES)
async def rows(request: Request) -> Response:
    """Check the corrected rows again, or nominate those that are right; the others stay to be corrected."""
    form = await sent(request)
    context, visitor = context_of(request), await visitor_of(request)
    numbers = _numbers(form.all("row")[:MOST_ROWS])
    fields = {f"r{number}.{name}" for number in numbers for name in (*NAMES, *ANSWERS)}
    form.only(fields | {"row", "do"})
    sheet = NominationSheet(NAMES, tuple(SheetRow(n, _values(form, f"r{n}.")) for n in numbers))
    checked = await _checked(context, sheet)
    if form.text("do") != "nominate":
        return await _rows(request, checked, None)
    results = []
    for number, nomination in checked.good:
        name = f"{nomination.family_name.upper()} {nomination.given_name}"
        answers = _answers(form, f"r{number}.")
        try:
            actor = _nominator(visitor, nomination)
            reply = await context.services.gateway.nominate(
                nomination, actor, request_id=f"{form.key}-{number}", answers=answers
            )
            results.append(RowResult(number, name, reply.exchange_id, reply.already_known))
        except SojournError as error:
            results.append(RowResult(number, name, error=error, answers=answers))
    return await _rows(request, checked, results)


@pages.get("/exchanges/{exchange_id}/nomination", NOMINATING)
async def correct_form(request: Request, exchange_id: str) -> Response:
    """A nomination that is not verified yet, to be corrected under the same code (D11)."""
    visitor = await visitor_of(request)
    await _corrector(request, visitor, exchange_id)
    form = await context_of(request).services.reading.nomination(exchange_id)
    values = typed_cells(Nomination.model_validate(form)) if form else {}
    return await _form(request, values, (), correcting=exchange_id)


@pages.post("/exchanges/{exchange_id}/nomination", NOMINATING)
async def correct(request: Request, exchange_id: str) -> Response:
    """Send a corrected nomination."""
    form = await sent(request, (*NAMES, *WISHED, *ANSWERS, "note"))
    context, visitor = context_of(request), await visitor_of(request)
    actor = await _corrector(request, visitor, exchange_id)
    values = _values(form)
    parsed = parse_row(values, context.services.programme, now=context.now())
    if isinstance(parsed, tuple):
        return await _form(request, values, parsed, key=form.key, correcting=exchange_id)
    note, answers = form.text("note", longest=10_000) or None, _answers(form)
    try:
        await context.services.gateway.correct_nomination(
            exchange_id, parsed, actor, decision_id=form.key, note=note, answers=answers
        )
    except SojournError as error:
        refusal = refusal_of(error)
        return await _form(request, values, (), refusal=refusal, key=form.key, correcting=exchange_id, answered=answers)
    answer = RedirectResponse(f"/exchanges/{exchange_id}", status_code=303)
    tell(context, answer, "decided", step=StepKind.CORRECT_NOMINATION, outcome="corrected")
    return answer


async def _corrector(request: Request, visitor: Visitor, exchange_id: str) -> Actor:
    view = await see(context_of(request), visitor, exchange_id)
    for step in view.steps:
        if step.kind is StepKind.CORRECT_NOMINATION and step.status is StepStatus.OPEN:
            return owner_actor(visitor, step.owner)
        if step.kind is StepKind.VERIFY_NOMINATION and step.status is StepStatus.OPEN:
            actor = next((one for one in visitor.capacities if may_nominate(one, view.plan.sending)), None)
            if actor is not None:
                return actor
    raise Unknown("nomination.not_returned")


def _numbers(rows: list[str]) -> list[int]:
    try:
        return [number_typed(one) for one in rows]
    except ValueError:
        raise BadInput("field.not_a_number", "row") from None
