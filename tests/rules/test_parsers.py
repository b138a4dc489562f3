"""What opens foreign files is loaded by processes that do nothing else, and live within limits."""

import subprocess
import sys

from tests.rules.source import ROOT, product

PARSERS = {
    "PIL", "pypdf", "pypdfium2", "pikepdf", "pi_heif", "cv2", "rapidocr", "tesserocr", "openpyxl", "csv", "zipfile",
    "tarfile", "gzip", "bz2", "lzma", "zlib", "xml", "lxml", "defusedxml", "pickle",
}  # fmt: skip
OF_THEIR_OWN = {
    "documents.opening", "documents.pdf_pages", "documents.photographs", "documents.pictures", "documents.ocr",
    "documents.recognising", "documents.drawing", "records.pdf_inside", "gateway.sheets.workbooks",
    "gateway.sheets.commas", "gateway.sheets.fields",
}  # fmt: skip
"""They open foreign files, in such processes only."""
NOTHING_FOREIGN = {
    "certificates.page": "counts the pages of what it typeset",
    "gateway.fact_forms": "lays fields on a form that it typeset",
    "gateway.nomination_files": "writes a template",
    "gateway.spreadsheets": "writes tables",
    "gateway.year_reports": "writes a report",
    "models.catalogue.logos": "unpacks the operator's own logos, no further than their sides say",
    "portal.compression": "packs what goes out",
    "portal.file_reading": "unpacks a form's field, no further than was packed into it",
    "records.archives": "writes an archive",
    "records.hazards": "looks for the mark at the end of a ZIP, and opens none",
    "texts.charts.drawing": "escapes text for SVG",
}
"""The other modules with such a library, and what for."""


def test_who_uses_a_parser_says_what_for() -> None:
    found = {
        source.module
        for source in product()
        if any(name.partition(".")[0] in PARSERS for _, name in source.imports())
        and not source.module.startswith(("examples", "dev", "demo"))
    }
    assert found - OF_THEIR_OWN == set(NOTHING_FOREIGN)


def test_no_process_of_the_service_can_open_a_foreign_file_itself() -> None:
    code = "import sys, worker, starter, portal.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert OF_THEIR_OWN.intersection(done.stdout.split()) == set()
