"""The year report as a spreadsheet and for print: the tables of the page, with real numbers in their cells."""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import typst

from gateway.sheets.cells import guarded
from models.errors import Broken
from texts.fonts import fonts
from texts.year_report import Cell, ReportTable

_TEMPLATE = Path(__file__).with_name("year_report.typ")


def as_workbook(tables: Sequence[ReportTable]) -> bytes:
    """XLSX with a sheet for each table; no cell is taken for a formula."""
    book = openpyxl.Workbook(write_only=True)
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet(f"{number}")
        for row in ((table.title,), table.columns, *table.rows):
            sheet.append([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_pdf(title: str, tables: Sequence[ReportTable], tag: str, at: datetime) -> bytes:
    """A4, PDF/A-2b; the same tables give the same bytes. Blocking: run it in a thread.

    Raises:
        Broken: the template does not take them.
    """
    data = {
        "title": title,
        "lang": tag.partition("-")[0],
        "day": [at.year, at.month, at.day],
        "tables": [
            {
                "title": one.title,
                "columns": one.columns,
                "rows": [[_said(cell) for cell in row] for row in one.rows],
                "numbers": one.numbers,
            }
            for one in tables
            if one.rows
        ],
    }
    try:
        pdf: bytes = typst.compile(
            _TEMPLATE,
            font_paths=fonts(()),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=at.replace(microsecond=0),
        )
    except typst.TypstError:
        raise Broken("year_report.template") from None
    return pdf


def _said(cell: Cell) -> str:
    return "–" if cell is None else str(cell)
