"""The emergency card for print, in both languages side by side; the student's own words stay as they were typed."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from models.catalogue.programme import Programme
from models.errors import Broken
from models.people.reached import OfficeReached, offices_of
from models.views.particulars import CardView
from models.vocabulary import LANGUAGES
from texts.dates import written
from texts.fonts import fonts
from texts.i18n import in_language, translated
from texts.names import Names
from texts.particulars import (
    AMBULANCE,
    CARD_FIELDS,
    CARD_NOTE,
    CARD_OF,
    OFFICE_AT_HOME,
    OFFICE_CLOSED,
    OFFICE_OF_HOST,
    PARTICULAR_FIELDS,
)

_TEMPLATE = Path(__file__).with_name("card.typ")
CardRow = tuple[str, str, tuple[str, ...]]
"""What a line is called in the language of the card, and in the other one, and what it says."""


def card_rows(view: CardView, programme: Programme, language: str) -> list[CardRow]:
    """What a card says, line by line: the ambulance first, the offices of host and home university last."""
    ambulance = programme.law_at(view.host).ambulance
    rows = [_row(AMBULANCE, (ambulance.number,) if ambulance else (), language)]
    rows += [_row(PARTICULAR_FIELDS[name], (str(getattr(view.card, name)),), language) for name in CARD_FIELDS]
    offices = offices_of(programme, view.sending, view.host)
    named = ((OFFICE_OF_HOST if one.host else OFFICE_AT_HOME, one) for one in offices)
    rows += [_row(title, _office(office, programme, language), language) for title, office in named]
    return [row for row in rows if row[2]]


def _row(title: str, lines: tuple[str, ...], language: str) -> CardRow:
    own, other = (translated(title, one) for one in (language, _other(language)))
    return own, other, tuple(line for line in lines if line)


def _other(language: str) -> str:
    """The second language of a card."""
    return next(one for one in LANGUAGES if one != language)


def _office(office: OfficeReached, programme: Programme, language: str) -> tuple[str, ...]:
    """How an office is reached: names and address in both scripts, its telephones, hours and coordinators."""
    head, names, other = office.letterhead, Names(programme, language), Names(programme, _other(language))
    both = " · ".join((names.institution(office.institution), other.institution(office.institution)))
    people = names.listed(dict.fromkeys(one.name for one in office.coordinators()))
    if head is None:
        return both, names.listed(part for part in (people, office.email) if part)
    closed = names.pair(names.gettext(OFFICE_CLOSED), _whole(head.after_hours)) if head.after_hours else ""
    return (
        both,
        " · ".join(part for part in (_whole(head.phone), closed) if part),
        names.listed(part for part in (people, office.email, in_language(head, "hours", language)) if part),
        in_language(head, "address", language),
        in_language(head, "address", _other(language)),
    )


def _whole(phone: str) -> str:
    """A telephone number that no line breaks."""
    return phone.replace(" ", "\u00a0")


def card_pdf(
    view: CardView, programme: Programme, language: str, at: datetime, font_paths: tuple[Path, ...] = ()
) -> bytes:
    """One page of A6, PDF/A-2b. Blocking: run it in a thread.

    Raises:
        Broken: a character is in none of the fonts, or the template is at fault.
    """
    names = Names(programme, language)
    data: dict[str, Any] = {
        "lang": language,
        "title": translated(CARD_OF, language).format(student=view.student.name),
        "native": view.student.native_name or "",
        "under": names.listed(
            (view.exchange_id, names.institution(view.host), written(at.date(), "long date", language))
        ),
        "note": translated(CARD_NOTE, language),
        "rows": card_rows(view, programme, language),
    }
    try:
        pdf: bytes = typst.compile(
            _TEMPLATE,
            font_paths=fonts(font_paths),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=at.replace(microsecond=0),
        )
    except typst.TypstError as fault:
        if "could not be displayed" in fault.message:
            raise Broken("letter.font") from None
        raise Broken("letter.template") from None
    return pdf
