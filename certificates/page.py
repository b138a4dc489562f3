"""The certificate's page: what is said on it, in English and Chinese, and its rendering as PDF/A."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import segno
import typst
from pypdf import PdfReader

from models.errors import Broken
from models.vocabulary import Content, Role
from models.wire import Wire
from texts.certificate import HOURS, NAME, QR_CODE, REPLACING, TITLES, WORDS, in_both, statement
from texts.dates import block_words, written
from texts.fonts import fonts
from texts.i18n import translated
from texts.labels import ACTIVITIES, CONTENTS, label

_TEMPLATE = Path(__file__).with_name("certificate.typ")
_INK = "#1d2733"
_ACCENT = "#7a1f2b"


class University(Wire):
    """One university as it is named on the page."""

    name: str
    name_zh: str
    accent: str = ""
    """Its colour; empty: that of the service."""
    logo: bytes = b""
    """A PNG; empty for none."""


class RotationLine(Wire):
    """One worked block. Hours attended; dates inclusive."""

    content: Content
    unit: str
    unit_zh: str
    first: date
    last: date
    hours: float
    supervisor: str


class ContentLine(Wire):
    """Hours attended of a content without a unit of its own."""

    content: Content
    hours: float


class Signer(Wire):
    """Who signs for a university."""

    name: str
    institution: University
    role: str = in_both(TITLES[Role.HEAD_OF_OFFICE])[0]
    role_zh: str = in_both(TITLES[Role.HEAD_OF_OFFICE])[1]


class CertificatePage(Wire):
    """Everything said on a certificate. Dates are actual ones, both included; hours are attended ones."""

    number: str
    version: int
    issued_on: date
    verification_url: str
    student: str
    student_original: str
    born: date
    host: University
    sending: University
    first: date
    last: date
    rotations: tuple[RotationLine, ...]
    contents: tuple[ContentLine, ...]
    signers: tuple[Signer, ...]

    @property
    def days(self) -> int:
        """Length of the stay in days, both ends included (D1)."""
        return (self.last - self.first).days + 1

    @property
    def hours(self) -> float:
        """All hours attended."""
        return sum(line.hours for line in self.rotations) + sum(line.hours for line in self.contents)


def render(page: CertificatePage, font_paths: tuple[Path, ...] = ()) -> bytes:
    """The page as PDF/A-2b; the same page gives the same bytes. Blocking: run it in a thread.

    Args:
        page: what to say.
        font_paths: folders of further fonts, for scripts besides Latin, Greek, Cyrillic and Chinese.

    Raises:
        Broken: a character is in none of the fonts, or the page does not fit.
    """
    try:
        pdf = typst.compile(
            _TEMPLATE,
            font_paths=fonts(font_paths),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_data(page), ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=datetime.combine(page.issued_on, time(), UTC),
        )
    except typst.TypstError as fault:
        if "could not be displayed" in fault.message:
            raise Broken("certificate.font") from None
        raise Broken("certificate.template") from None
    if len(PdfReader(io.BytesIO(pdf)).pages) != 1:
        raise Broken("certificate.too_long")
    return pdf


def _data(page: CertificatePage) -> dict[str, object]:
    return {
        "number": page.number,
        "issued": {
            "year": page.issued_on.year,
            "month": page.issued_on.month,
            "day": page.issued_on.day,
            "text": _english(page.issued_on),
            "text_zh": _chinese(page.issued_on),
        },
        "student": {"name": page.student, "original": page.student_original},
        "host": {"name": page.host.name, "name_zh": page.host.name_zh},
        "sending": {"name": page.sending.name, "name_zh": page.sending.name_zh},
        "accent": page.host.accent or _ACCENT,
        "logo": list(page.host.logo),
        "name": translated(NAME, "en").format(number=page.number),
        "statement": [piece._asdict() for piece in statement(_stay(page, page.host.name, _english), "en")],
        "statement_zh": [piece._asdict() for piece in statement(_stay(page, page.host.name_zh, _chinese), "zh")],
        "replacing": translated(REPLACING, "en").format(version=page.version) if page.version > 1 else "",
        "qr_told": translated(QR_CODE, "en"),
        "rotations": [_rotation(line) for line in page.rotations],
        "contents": [
            {
                "title": label(CONTENTS, line.content, "en"),
                "title_zh": label(CONTENTS, line.content, "zh"),
                "hours": translated(HOURS, "en").format(hours=_number(line.hours)),
            }
            for line in page.contents
        ],
        "words": {name: in_both(word) for name, word in WORDS.items()},
        "verify": page.verification_url,
        "qr": _qr(page.verification_url),
        "signers": [
            {
                "name": signer.name,
                "role": signer.role,
                "role_zh": signer.role_zh,
                "institution": f"{signer.institution.name} · {signer.institution.name_zh}",
            }
            for signer in page.signers
        ],
    }


def _stay(page: CertificatePage, host: str, said: Callable[[date], str]) -> dict[str, object]:
    """What the statement has to fill in, the days as a language writes them."""
    days = {"born": said(page.born), "first": said(page.first), "last": said(page.last)}
    return days | {"host": host, "days": page.days, "hours": _number(page.hours)}


def _rotation(line: RotationLine) -> dict[str, str]:
    return {
        "unit": line.unit,
        "unit_zh": line.unit_zh,
        "level": label(ACTIVITIES, line.content, "en"),
        "level_zh": label(ACTIVITIES, line.content, "zh"),
        "dates": block_words(line.first, line.last, "en"),
        "dates_zh": block_words(line.first, line.last, "zh"),
        "hours": _number(line.hours),
        "supervisor": line.supervisor,
    }


def _qr(url: str) -> str:
    stream = io.BytesIO()
    segno.make(url, error="m", micro=False).save(stream, kind="svg", border=0, dark=_INK, xmldecl=False)
    return stream.getvalue().decode()


def _number(hours: float) -> str:
    return f"{hours:.1f}".removesuffix(".0")


def _english(day: date) -> str:
    return written(day, "long date", "en")


def _chinese(day: date) -> str:
    return written(day, "long date", "zh")
