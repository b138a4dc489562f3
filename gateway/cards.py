"""The emergency card for print, in one language; the student's own words stay as they were typed."""

import json
from datetime import datetime
from pathlib import Path

import typst

from models.catalogue.programme import Programme
from models.errors import Broken
from models.views.particulars import CardView
from texts.dates import written
from texts.fonts import fonts
from texts.i18n import in_language, translated
from texts.names import Names
from texts.particulars import CARD_FIELDS, CARD_NOTE, CARD_OF, COORDINATOR, PARTICULAR_FIELDS

_TEMPLATE = Path(__file__).with_name("card.typ")


def card_rows(view: CardView, names: Names) -> list[tuple[str, str]]:
    """What a card says, line by line, with the office of the host at the end."""
    said = [
        (translated(PARTICULAR_FIELDS[name], names.language), str(getattr(view.card, name))) for name in CARD_FIELDS
    ]
    host = names.programme.institution(view.host)
    found = host.letterhead if host else None
    office = (in_language(found, "office", names.language), found.phone) if found else (names.institution(view.host),)
    mail = (host.office_email,) if host and host.office_email else ()
    rows = [*said, (translated(COORDINATOR, names.language), names.listed((*office, *mail)))]
    return [(label, value) for label, value in rows if value]


def card_pdf(
    view: CardView, programme: Programme, language: str, at: datetime, font_paths: tuple[Path, ...] = ()
) -> bytes:
    """A5, PDF/A-2b. Blocking: run it in a thread.

    Raises:
        Broken: a character is in none of the fonts, or the template is at fault.
    """
    names = Names(programme, language)
    data = {
        "lang": language,
        "title": translated(CARD_OF, language).format(student=view.student.name),
        "under": names.listed(
            (view.exchange_id, names.institution(view.host), written(at.date(), "long date", language))
        ),
        "note": translated(CARD_NOTE, language),
        "rows": card_rows(view, names),
    }
    try:
        pdf: bytes = typst.compile(
            _TEMPLATE,
            font_paths=fonts(font_paths),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=at,
        )
    except typst.TypstError as fault:
        if "could not be displayed" in fault.message:
            raise Broken("letter.font") from None
        raise Broken("letter.template") from None
    return pdf
