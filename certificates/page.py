"""The certificate's page: what is said on it, in English and Chinese, and its rendering as PDF/A."""

import io
import json
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
import typst
from pypdf import PdfReader

from models.errors import Broken
from models.vocabulary import Content
from models.wire import Wire

_TEMPLATE = Path(__file__).with_name("certificate.typ")
_INK = "#1d2733"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

LEVELS: dict[Content, tuple[str, str]] = {
    Content.LABORATORY: ("Supervised laboratory training", "导师指导下的实验室训练"),
    Content.CLINICAL: ("Observation (no direct patient care)", "临床观摩（不直接参与诊疗）"),
}
"""Level of activity of each kind of rotation (D37, D42)."""
CONTENTS: dict[Content, tuple[str, str]] = {
    Content.LABORATORY: ("Laboratory training", "实验室训练"),
    Content.CLINICAL: ("Clinical observation", "临床观摩"),
    Content.ACADEMIC_LECTURES: ("Academic lectures", "学术讲座"),
    Content.CULTURAL_LECTURES: ("Cultural lectures", "文化讲座"),
    Content.CULTURAL_ACTIVITIES: ("Cultural activities", "文化活动"),
}


class University(Wire):
    """One university as it is named on the page."""

    name: str
    name_zh: str


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
    role: str = "Head of International Office"
    role_zh: str = "国际合作与交流处处长"


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
            font_paths=_fonts(font_paths),
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


@cache
def _fonts(font_paths: tuple[Path, ...]) -> typst.Fonts:
    """The fonts at hand, read from disk once; none of the machine's own, so that every machine prints the same."""
    folders = [pylopdf_fonts_zh_cn.serif_path().parent, *font_paths]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def _data(page: CertificatePage) -> dict[str, object]:
    host_zh, days, hours = page.host.name_zh, page.days, _number(page.hours)
    return {
        "number": page.number,
        "version": page.version,
        "issued": {
            "year": page.issued_on.year,
            "month": page.issued_on.month,
            "day": page.issued_on.day,
            "text": _english(page.issued_on),
            "text_zh": _chinese(page.issued_on),
        },
        "student": {"name": page.student, "original": page.student_original, "born": _english(page.born)},
        "host": page.host.model_dump(),
        "sending": page.sending.model_dump(),
        "stay": {"days": days, "hours": hours, "first": _english(page.first), "last": _english(page.last)},
        "statement_zh": f"{_chinese(page.born)}出生，于{_chinese(page.first)}至{_chinese(page.last)}"
        f"在{host_zh}完成国际研究生学术交流项目，共{days}天、{hours}学时。",
        "rotations": [_rotation(line) for line in page.rotations],
        "contents": [
            {"title": CONTENTS[line.content][0], "title_zh": CONTENTS[line.content][1], "hours": _number(line.hours)}
            for line in page.contents
        ],
        "result": "Passed",
        "result_zh": "合格",
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


def _rotation(line: RotationLine) -> dict[str, str]:
    level, level_zh = LEVELS[line.content]
    return {
        "unit": line.unit,
        "unit_zh": line.unit_zh,
        "level": level,
        "level_zh": level_zh,
        "dates": _range(line.first, line.last),
        "dates_zh": _range_chinese(line.first, line.last),
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
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _range(first: date, last: date) -> str:
    start = f"{first.day} {_MONTHS[first.month - 1][:3]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} – {last.day} {_MONTHS[last.month - 1][:3]} {last.year}"


def _range_chinese(first: date, last: date) -> str:
    end = _chinese(last) if first.year != last.year else f"{last.month}月{last.day}日"
    return f"{_chinese(first)}至{end}"
