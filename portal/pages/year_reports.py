"""The year report of an office: page, spreadsheet, print; the same figures in all three."""

import asyncio

from fastapi import Request
from fastapi.responses import Response

from gateway.year_reports import as_pdf, as_workbook
from models.errors import Unknown
from models.rules.year_report import YearReport
from models.typed import number_typed
from portal.context import context_of
from portal.pages.exchange import download
from portal.pages.tables import XLSX
from portal.policy import BOARD, Pages
from portal.presenter import Presenter
from portal.render import page
from portal.visitor import visitor_of
from texts.i18n import TAGS
from texts.year_report import ReportTable, report_tables, report_title

pages = Pages("year")


@pages.get("/year", BOARD)
async def year(request: Request) -> Response:
    """What became of a year's exchanges, for every partnership that the reader may see."""
    report, title, tables = await _report(request)
    years = await context_of(request).services.reading.years()
    shown = sorted({report.year, *years}, reverse=True)
    return await page(request, "year.html", report=report, title=title, tables=tables, years=shown, nothing=not years)


@pages.get("/year.{kind}", BOARD)
async def export(request: Request, kind: str) -> Response:
    """The same as XLSX, or as PDF."""
    if kind not in ("xlsx", "pdf"):
        raise Unknown("export.unknown")
    report, title, tables = await _report(request)
    visitor, name = await visitor_of(request), f"year-{report.year}.{kind}"
    if kind == "xlsx":
        return download(await asyncio.to_thread(as_workbook, tables), name, XLSX)
    now = context_of(request).now()
    return download(
        await asyncio.to_thread(as_pdf, title, tables, TAGS[visitor.language], now), name, "application/pdf"
    )


async def _report(request: Request) -> tuple[YearReport, str, list[ReportTable]]:
    context, visitor = context_of(request), await visitor_of(request)
    now = context.now()
    try:
        wanted = number_typed(request.query_params.get("year", ""))
    except ValueError:
        wanted = now.astimezone(visitor.place).year
    report = await context.services.reading.year_report(min(max(wanted, 2000), 2200), visitor.actor, now)
    say = Presenter(context.services.programme, visitor.language, visitor, now)
    return report, report_title(report, say), report_tables(report, say)
