"""Forms for the immunization record and for tuberculosis: fillable as XLSX and PDF, and read back."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import typst

from gateway.sheets.cells import heading
from gateway.sheets.limits import FORM_COLUMNS as COLUMNS
from gateway.spreadsheets import Table, read_form, save, write_table
from models.errors import BadInput, Broken
from models.facts.health import ImmunizationFacts, TestResult, TuberculosisFacts
from models.facts.lines import LINES, MOST_LINES, FormLine, LineFault, facts_of_lines, lines_of
from texts.facts import FORM_COLUMNS, FORM_NOTE, FORM_TITLES, RESULTS, line_words
from texts.fonts import fonts
from texts.i18n import translated

SHEET = "form"
ON_A_PAGE = 30
TOP, HEIGHT, PAGE = 40.0, 8.0, 297.0
LEFT = {"on": 95.0, "result": 130.0, "quantity": 165.0}
WIDTH = {"on": 30.0, "result": 30.0, "quantity": 25.0}
"""Millimetres: of the first line, of a line, of the page; where the fields of a column begin, and how wide they are."""
POINTS = 72 / 25.4
_TEMPLATE = Path(__file__).with_name("form.typ")
FilledFacts = ImmunizationFacts | TuberculosisFacts


def write_form(
    path: Path, kind: str, language: str, facts: FilledFacts | None = None, font_paths: tuple[Path, ...] = ()
) -> None:
    """Write the form of a kind of document, PDF or XLSX by the name, with what is known filled in. Blocking.

    Raises:
        BadInput: there is no form of this kind, or it cannot be written.
    """
    if kind not in LINES:
        raise BadInput("form.none", "kind", kind=kind)
    lines = lines_of(kind, facts)
    if path.suffix.lower() == ".pdf":
        data = _pdf(kind, lines, language, font_paths)
        save(path, lambda file: file.write(data))
        return
    columns = [*COLUMNS, "what"]
    rows: list[Sequence[str]] = [columns]
    rows += [(one.line, one.on, one.result, one.quantity, line_words(one.line, language)) for one in lines]
    write_table(path, rows, SHEET)


def read_filled(path: Path, kind: str) -> tuple[FilledFacts, tuple[LineFault, ...]]:
    """What a form says that was filled in, and every cell that cannot be read. Blocking.

    Raises:
        BadInput: there is no form of this kind, or the file is none: damaged, locked, without columns or fields.
        Conflict: too many files are being read.
    """
    if kind not in LINES:
        raise BadInput("form.none", "kind", kind=kind)
    lines, faults = _lines(read_form(path, SHEET, frozenset(COLUMNS)), path.name)
    facts, more = facts_of_lines(kind, lines)
    return facts, (*faults, *more)


def _lines(table: Table, name: str) -> tuple[list[FormLine], list[LineFault]]:
    header, *rows = table.rows or (None,)
    columns = [heading(cell) for cell in header.cells] if header is not None else []
    if not {"line", "on"} <= set(columns) or len(rows) > MOST_LINES:
        raise BadInput("form.columns", "file", file=name)
    lines: list[FormLine] = []
    faults: list[LineFault] = []
    for row in rows:
        cells = {column: cell for column, cell in zip(columns, row.cells, strict=False) if column in COLUMNS}
        line = FormLine(**{column: cells.get(column, "").strip() for column in COLUMNS})
        bad = next((columns[at] for at in row.faults if at < len(columns) and columns[at] in COLUMNS), None)
        if bad is not None:
            faults.append(LineFault(line.line, bad, BadInput("form.cell", bad)))
        elif line.line:
            lines.append(line)
    return lines, faults


def _pdf(kind: str, lines: Sequence[FormLine], language: str, font_paths: tuple[Path, ...]) -> bytes:
    pages = [lines[at : at + ON_A_PAGE] for at in range(0, len(lines), ON_A_PAGE)]
    data = {
        "lang": language,
        "title": translated(FORM_TITLES[kind], language),
        "note": translated(FORM_NOTE, language),
        "columns": [translated(FORM_COLUMNS[name], language) for name in LEFT],
        "left": list(LEFT.values()),
        "top": TOP,
        "height": HEIGHT,
        "pages": [[line_words(one.line, language) for one in page] for page in pages],
    }
    try:
        printed = typst.compile(
            _TEMPLATE,
            font_paths=fonts(font_paths),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError:
        raise Broken("letter.template") from None
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        _lay_fields(pdf, pages, language)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _lay_fields(pdf: pikepdf.Pdf, pages: Sequence[Sequence[FormLine]], language: str) -> None:
    """Put a field over each cell; viewers draw what is written in them."""
    helvetica = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    fields = pikepdf.Array()
    for page, lines in zip(pdf.pages, pages, strict=True):
        notes = pikepdf.Array()
        for row, line in enumerate(lines):
            for column in LEFT:
                field = pdf.make_indirect(_field(line, column, row, language))
                field.P = page.obj
                notes.append(field)
                fields.append(field)
        page.obj.Annots = notes
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=fields,
        NeedAppearances=True,
        DA=pikepdf.String("/Helv 9 Tf 0 g"),
        DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=pdf.make_indirect(helvetica))),
    )


def _field(line: FormLine, column: str, row: int, language: str) -> pikepdf.Dictionary:
    bottom = PAGE - (TOP + (row + 1) * HEIGHT) + 0.8
    box = (LEFT[column], bottom, LEFT[column] + WIDTH[column], bottom + HEIGHT - 1.6)
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Widget,
        FT=pikepdf.Name.Tx,
        F=4,
        T=pikepdf.String(f"{line.line}.{column}"),
        TU=pikepdf.String(f"{line_words(line.line, language)}: {translated(FORM_COLUMNS[column], language)}"),
        V=pikepdf.String(str(getattr(line, column))),
        DA=pikepdf.String("/Helv 9 Tf 0 g"),
        MK=pikepdf.Dictionary(BC=pikepdf.Array([0.6])),
        Rect=pikepdf.Array([round(side * POINTS, 2) for side in box]),
    )
    if column == "result":
        field.FT = pikepdf.Name.Ch
        field.Ff = (1 << 17) | (1 << 18)  # a list to choose from, in which one may write too
        shown = [(str(one), translated(RESULTS[one], language)) for one in TestResult]
        field.Opt = pikepdf.Array([pikepdf.Array([pikepdf.String(a), pikepdf.String(b)]) for a, b in shown])
    return field
