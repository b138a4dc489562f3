"""Sample papers of made-up people: scans, pictures and letters that pass the checks, and a set that does not.

Bytes only, nothing is read from disk; the same arguments give the same bytes (except for `encrypted_pdf`).
"""

import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zlib import crc32

import typst
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter

from models.rules.mrz import check_digit
from models.rules.passport_names import zone_spelling
from models.rules.travel_codes import printed_code

PRINTED = datetime(2026, 11, 1, tzinfo=UTC)
"""Creation time written into every PDF."""

_LETTER = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set page(paper: "a4", margin: (x: 26mm, y: 24mm), numbering: "1 / 1")
#set text(font: "Libertinus Serif", size: 11pt)
#align(right, text(size: 9pt, fill: luma(40%), data.issuer))
#line(length: 100%, stroke: 0.5pt)
#v(6mm)
#text(size: 17pt, weight: "semibold", data.title)
#v(4mm)
#table(columns: (34mm, 1fr), stroke: none, inset: (x: 0mm, y: 1mm), ..data.facts.flatten())
#v(4mm)
#set par(justify: true)
#for page in range(data.pages) {
  if page > 0 { pagebreak() }
  for line in data.lines { par(line) }
}
#v(14mm)
#line(length: 60mm, stroke: 0.5pt)
#text(size: 9pt)[Signature and stamp]
"""

_PASSPORT = """
#let data = json(bytes(sys.inputs.data))
#set document(title: "Passport data page")
#set page(width: 150mm, height: 105mm, margin: 8mm, fill: rgb("#eef2ec"))
#set text(font: "Libertinus Serif", size: 9pt)
#text(size: 12pt, weight: "semibold", tracking: 0.1em)[PASSPORT · SPECIMEN]
#v(1mm)
#grid(columns: (38mm, 1fr), column-gutter: 6mm,
  image(bytes(data.photo), width: 36mm),
  table(columns: (26mm, 1fr), stroke: none, inset: (x: 0mm, y: 0.9mm), ..data.facts.flatten()),
)
#v(1fr)
#text(font: "DejaVu Sans Mono", size: 8.6pt, data.mrz.join("\\n"))
"""


FAR_OFF = date(2034, 3, 31)
"""When passports expire, if nothing else is said."""


class Named(Protocol):
    """What is known of a nominated student."""

    @property
    def family_name(self) -> str:
        """As in the passport, or a dash."""

    @property
    def given_name(self) -> str:
        """As in the passport, or a dash."""

    @property
    def birth_date(self) -> date:
        """The day of birth."""

    @property
    def nationality(self) -> str:
        """As it is kept: two letters of ISO 3166, or a travel document's code."""


@dataclass(frozen=True)
class Holder:
    """Whose paper it is. Made up, like everything here."""

    family_name: str
    given_names: str
    born: date
    nationality: str = "US"
    """As it is kept: two letters of ISO 3166, or a travel document's code."""
    number: str = "L898902C3"
    """Passport number, at most nine letters and digits."""

    @property
    def name(self) -> str:
        """Given names first; a dash stands for no name."""
        return " ".join(name for name in (self.given_names, self.family_name) if name != "-")


SPECIMEN = Holder("Whitfield", "Eleanor Rose", date(2001, 5, 14))
STRANGER = Holder("Lindqvist", "Karin", date(1998, 12, 30), "SE", "XK0498215")
"""Somebody else."""


def holder_of(person: Named) -> Holder:
    """The holder of a student's own papers."""
    return Holder(person.family_name, person.given_name, person.birth_date, person.nationality)


def holder_in(form: Mapping[str, Any]) -> Holder:
    """The same, from a nomination as it is kept."""
    born = date.fromisoformat(str(form["birth_date"]))
    return Holder(form["family_name"], form["given_name"], born, form["nationality"])


def passport_scan(holder: Holder = SPECIMEN, expires: date = FAR_OFF) -> bytes:
    """A passport's data page as PDF, with a machine-readable zone whose check digits are right (D19)."""
    facts = [
        ["Surname", holder.family_name.upper()],
        ["Given names", holder.given_names.upper()],
        ["Nationality", printed_code(holder.nationality)],
        ["Date of birth", holder.born.isoformat()],
        ["Passport no.", holder.number],
        ["Date of expiry", expires.isoformat()],
    ]
    photo = list(portrait(holder))
    return _typeset(_PASSPORT, {"facts": facts, "photo": photo, "mrz": machine_readable_zone(holder, expires)})


def portrait(holder: Holder = SPECIMEN) -> bytes:
    """A portrait as JPEG, 480 × 640; the colours depend on the holder."""
    shade = sum(holder.name.encode()) % 60
    seed = crc32(f"{holder.name} {holder.born}".encode())
    image = Image.new("RGB", (480, 640), (206, 216, 226))
    draw = ImageDraw.Draw(image)
    draw.ellipse((90, 430, 390, 900), fill=(40 + shade, 60, 90))
    draw.rectangle((205, 370, 275, 460), fill=(214, 176 - shade // 2, 150))
    draw.ellipse((140, 130, 340, 410), fill=(226, 188 - shade // 2, 160))
    draw.chord((130, 110, 350, 360), 180, 360, fill=(60 + shade, 45, 35))
    for x in (200, 280):
        draw.ellipse((x - 10, 262, x + 10, 276), fill=(40, 40, 50))
    draw.arc((205, 300, 275, 360), 20, 160, fill=(150, 70, 70), width=5)
    for button in range(16):  # no two people wear the same
        draw.rectangle(
            (120 + button * 15, 600, 128 + button * 15, 608), fill=(200, 40 + (seed >> 2 * button & 3) * 60, 90)
        )
    return _jpeg(image)


def letter(
    title: str, holder: Holder = SPECIMEN, *, issuer: str = "Issuing office", pages: int = 1, remark: str = ""
) -> bytes:
    """A letter or form with some text on every page, as PDF; `remark` makes it another than that without."""
    text = (
        f"This is to confirm that {holder.name}, born on {holder.born:%d %B %Y}, meets what this paper is asked for. "
        "It is a sample for trying out the service and confers no rights."
    )
    facts = [["Name", holder.name], ["Date of birth", holder.born.isoformat()], ["Paper", title]]
    facts += [["Remark", remark]] if remark else []
    return _typeset(_LETTER, {"title": title, "issuer": issuer, "facts": facts, "lines": [text] * 2, "pages": pages})


def transcript(holder: Holder = SPECIMEN) -> bytes:
    """A two-page transcript as PDF."""
    return letter("Transcript of Records", holder, issuer="Office of the Registrar", pages=2)


def page_scan(holder: Holder = SPECIMEN) -> bytes:
    """A stamped page as it comes from a scanner: JPEG, A4 at 100 dpi."""
    image = Image.new("RGB", (827, 1169), (250, 249, 244))
    draw = ImageDraw.Draw(image)
    draw.text((90, 90), f"Certificate for {holder.name}", fill=(30, 30, 40), font_size=26)
    for row in range(16):
        y, indent = 180 + row * 42, int(40 * abs(math.sin(row)))
        draw.rectangle((90, y, 720 - indent, y + 7), fill=(150, 150, 156))
    draw.ellipse((520, 900, 700, 1080), outline=(180, 40, 40), width=6)
    return _jpeg(image)


def corrupt_pdf() -> bytes:
    """A PDF cut off in the middle of its transfer, and scrambled."""
    whole = letter("Enrolment Certificate")
    return whole[:200] + bytes(len(whole) // 4)


def corrupt_jpeg() -> bytes:
    """A picture of which only the first part arrived."""
    whole = portrait()
    return whole[: len(whole) // 3]


def renamed_program() -> bytes:
    """The beginning of a Windows program, to be sent as `passport.pdf`."""
    header = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
    return header + b"This program cannot be run in DOS mode.\r\n" * 8


def encrypted_pdf(password: str = "open sesame") -> bytes:
    """A PDF that asks for a password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(letter("Insurance Policy"))))
    writer.encrypt(password, algorithm="RC4-128")
    return _written(writer)


def many_pages(pages: int = 60) -> bytes:
    """A PDF of that many pages."""
    return letter("Everything I Ever Wrote", pages=pages)


def blank_pdf() -> bytes:
    """A PDF with one page and nothing on it."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    return _written(writer)


def thumbnail() -> bytes:
    """A JPEG far too small to recognise anybody."""
    with Image.open(io.BytesIO(portrait())) as image:
        return _jpeg(image.resize((60, 80)))


def pixel_bomb() -> bytes:
    """A PNG of a few kilobytes that unfolds to 80 million pixels."""
    stream = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(stream, "PNG")
    return stream.getvalue()


def oversized(size: int) -> bytes:
    """A sound PDF followed by filling, `size` bytes long."""
    return letter("Curriculum Vitae").ljust(size, b"\n")


UNSUITABLE: dict[str, Callable[[], bytes]] = {
    "empty": bytes,
    "corrupt_pdf": corrupt_pdf,
    "corrupt_jpeg": corrupt_jpeg,
    "renamed_program": renamed_program,
    "encrypted_pdf": encrypted_pdf,
    "many_pages": many_pages,
    "blank_pdf": blank_pdf,
    "thumbnail": thumbnail,
    "pixel_bomb": pixel_bomb,
}
"""Papers that nobody can open or read, by what is wrong with them."""
MISTAKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "another_persons_passport": ("passport", lambda: passport_scan(STRANGER)),
    "expired_passport": ("passport", lambda: passport_scan(SPECIMEN, date(2026, 3, 31))),
    "passport_as_enrolment": ("enrolment_proof", passport_scan),
    "transcript_as_passport": ("passport", transcript),
    "another_persons_transcript": ("transcript", lambda: transcript(STRANGER)),
}
"""Good papers that are not what `SPECIMEN` is asked for, with the kind of document they are handed in as."""


def paper_for(
    kind: str, title: str, holder: Holder = SPECIMEN, expires: date | None = None, *, remark: str = ""
) -> tuple[str, bytes]:
    """File name and bytes of an acceptable paper of a kind of document; another file with another `remark`."""
    if "passport" in kind:
        return f"{kind}.pdf", passport_scan(holder, expires or FAR_OFF)
    if "photo" in kind:
        return f"{kind}.jpg", portrait(holder)
    pages = 2 if "transcript" in kind else 1
    return f"{kind}.pdf", letter(title, holder, pages=pages, remark=remark)


def machine_readable_zone(holder: Holder, expires: date) -> tuple[str, str]:
    """Both lines of a passport's machine-readable zone, TD3 (D19)."""
    family, given = (zone_spelling(name) for name in (holder.family_name, holder.given_names))
    state = f"{printed_code(holder.nationality):<<3}"
    number, born, until = f"{holder.number:<<9}", f"{holder.born:%y%m%d}", f"{expires:%y%m%d}"
    number, born, until = (field + check_digit(field) for field in (number, born, until))
    optional = "<" * 14 + "0"
    lower = f"{number}{state}{born}<{until}{optional}"
    return f"P<{state}{family}<<{given}"[:44].ljust(44, "<"), lower + check_digit(number + born + until + optional)


def _typeset(source: str, data: dict[str, object]) -> bytes:
    return typst.compile(
        source.encode(), ignore_system_fonts=True, sys_inputs={"data": json.dumps(data)}, timestamp=PRINTED
    )


def _jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()


def _written(writer: PdfWriter) -> bytes:
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()
