"""Files that are made to exhaust, break or fool what opens them, by what is wrong with them."""

import base64
import io
import random
import zlib
from collections.abc import Callable

import pikepdf
from hypothesis import strategies as st
from PIL import Image

from bench.heic import heic
from examples import papers
from records.file_types import HEIC, PDF

JPEG, PNG = "image/jpeg", "image/png"
SIDE = 40_000
"""Pixels of a picture's side that nobody needs."""


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, of which the first is the catalog; with the table of where they are."""
    data, places = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        places += b"%010d 00000 n \n" % len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = len(objects) + 1
    ends = b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, places, size, len(data))
    return data + ends


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"


def stream(data: bytes, entries: bytes) -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), entries, data)


def _page_of(data: bytes, entries: bytes, *more: bytes) -> bytes:
    return pdf_of(CATALOG, ONE_PAGE, PAGE, stream(data, entries), *more)


def flate() -> bytes:
    """One page that unfolds from a hundred bytes to 240 MB, twice packed."""
    packed = zlib.compress(zlib.compress(b"0 0 m " * 40_000_000, 9), 9)
    return _page_of(packed, b"/Filter[/FlateDecode/FlateDecode]")


def ascii85() -> bytes:
    """8 MB of letters for bytes, of which a reader keeps lists."""
    return _page_of(base64.a85encode(b"0 0 m 9 9 l S " * 460_000) + b"~>", b"/Filter/ASCII85Decode")


def many_filters() -> bytes:
    """A stream that asks to be unfolded five hundred times."""
    return _page_of(zlib.compress(b"0 0 m"), b"/Filter[" + b"/FlateDecode" * 500 + b"]")


def cross_references() -> bytes:
    """A table of references that claims two thousand million objects, and one that refers to itself."""
    table = b"xref\n0 2000000000\n0000000000 65535 f \n"
    return b"%PDF-1.7\n" + table + b"trailer<</Size 2000000000/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"


def reference_stream() -> bytes:
    """A packed table of references whose widths and ranges are beyond reason."""
    entries = b"/Type/XRef/Size 2000000000/W[1 9999 1]/Index[0 2000000000]/Root 1 0 R/Filter/FlateDecode"
    return b"%PDF-1.7\n1 0 obj" + stream(zlib.compress(bytes(1000)), entries) + b" endobj\nstartxref\n9\n%%EOF"


def thousands_of_pages() -> bytes:
    """Twelve times the same twelve, four levels deep: twenty thousand pages in a kilobyte."""
    kids = [(b"%d 0 R " % (number + 3) * 12, 12 ** (4 - number)) for number in range(4)]
    levels = [b"<</Type/Pages/Kids[%s]/Count %d>>" % level for level in kids]
    return pdf_of(CATALOG, *levels, b"<</Type/Page/Parent 5 0 R/MediaBox[0 0 9 9]>>")


def pages_in_a_circle() -> bytes:
    """Pages that are their own parents."""
    return pdf_of(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>")


def nested() -> bytes:
    """Lists in lists, a hundred thousand deep."""
    return pdf_of(CATALOG, ONE_PAGE, b"[" * 100_000 + b"]" * 100_000)


def forms_in_forms() -> bytes:
    """A form that shows itself ten times, and so on."""
    shows = b"/X Do " * 10
    form = stream(shows, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>")
    return _page_of(shows, b"", form)


def enormous_page() -> bytes:
    """A page as large as a town."""
    page = PAGE.replace(b"595 842", b"99999999 99999999")
    return pdf_of(CATALOG, ONE_PAGE, page, stream(b"0 0 m 9 9 l S", b""), b"null")


def enormous_picture_on_a_page() -> bytes:
    """A picture of 40,000 by 40,000 on a page that shows nothing else."""
    size = b"/Width %d/Height %d" % (SIDE, SIDE)
    packed = zlib.compress(bytes(10_000_000), 9)
    entries = b"/Type/XObject/Subtype/Image%s/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode" % size
    return _page_of(b"595 0 0 842 0 0 cm /X Do", b"", stream(packed, entries))


def enormous_png() -> bytes:
    """A header that claims 40,000 by 40,000, with all its checksums."""
    out = io.BytesIO()
    Image.new("1", (64, 64)).save(out, "PNG")
    small, size = out.getvalue(), SIDE.to_bytes(4, "big")
    chunk = b"IHDR" + size + size + small[24:29]
    return small[:12] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + small[33:]


def enormous_jpeg() -> bytes:
    """The same of a JPEG."""
    small = bytearray(papers.portrait())
    at = small.index(b"\xff\xc0") + 5
    small[at : at + 4] = SIDE.to_bytes(2, "big") * 2
    return bytes(small)


def enormous_heic() -> bytes:
    """The same of a HEIC, said around the picture and not in it."""
    said, enormous = (b"ispe" + bytes(4) + side.to_bytes(4, "big") * 2 for side in (64, SIDE))
    return heic(Image.new("RGB", (64, 64))).replace(said, enormous)


def words_in_a_picture() -> bytes:
    """A picture whose comment unfolds to 200 MB."""
    out = io.BytesIO()
    Image.new("L", (640, 480)).save(out, "PNG")
    text = b"zTXt" + b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    return out.getvalue()[:33] + chunk + out.getvalue()[33:]


def script() -> bytes:
    """A script that runs when it is opened; where it is handed in, the door refuses it."""
    with pikepdf.open(io.BytesIO(papers.letter("Enrolment"))) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("while(true){}"))
        pdf.attachments["invoice.exe"] = b"MZ"
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (bytes, PDF),
    "a program": (papers.renamed_program, PDF),
    "cut off": (papers.corrupt_pdf, PDF),
    "half a picture": (papers.corrupt_jpeg, JPEG),
    "half a heic": (lambda: heic(Image.new("RGB", (640, 480)))[:9_000], HEIC),
    "a password": (papers.encrypted_pdf, PDF),
    "many pixels": (papers.pixel_bomb, PNG),
    "40,000 by 40,000, png": (enormous_png, PNG),
    "40,000 by 40,000, jpeg": (enormous_jpeg, JPEG),
    "40,000 by 40,000, heic": (enormous_heic, HEIC),
    "unfolds": (flate, PDF),
    "unfolds again and again": (many_filters, PDF),
    "references": (cross_references, PDF),
    "packed references": (reference_stream, PDF),
    "pages in a circle": (pages_in_a_circle, PDF),
    "lists in lists": (nested, PDF),
    "words in a picture": (words_in_a_picture, PNG),
    "of another type": (lambda: papers.letter("Enrolment"), PNG),
    "zeros": (lambda: bytes(5_000_000), PDF),
    "blank": (papers.blank_pdf, PDF),
}
"""What no person could read: how it is made, and what it is handed in as. Opening it has a finding."""
STRANGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "letters for bytes": (ascii85, PDF),
    "thousands of pages": (thousands_of_pages, PDF),
    "forms in forms": (forms_in_forms, PDF),
    "an enormous page": (enormous_page, PDF),
    "an enormous picture on a page": (enormous_picture_on_a_page, PDF),
    "a script and a program": (script, PDF),
    "two in one": (lambda: papers.portrait() + papers.letter("Enrolment"), JPEG),
    "of no type that is read": (lambda: b"PK\x03\x04", "application/zip"),
}
"""What may open, or not, within limits."""


def _png() -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").save(out, "PNG")
    return out.getvalue()


SOUND = (
    papers.letter("Enrolment", pages=2),
    papers.passport_scan(),
    papers.portrait(),
    _png(),
    heic(Image.radial_gradient("L").convert("RGB")),
)
WORDS = (b"endstream", b" 0 R", b"<<", b"[" * 50, b"/FlateDecode", b"99999999999", b"\xff\xd8", b"IDAT", bytes(64))
CHANGES = ("bit", "cut", "double", "splice", "word", "end")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sound file, changed in up to eight places: bits turned, pieces cut out, doubled, or taken from another file."""
    data, chance = bytearray(draw(st.sampled_from(SOUND))), random.Random(draw(st.integers(0, 2**32)))
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=8)):
        at = chance.randrange(len(data) + 1)
        piece = slice(at, at + chance.randrange(1, 400))
        if change == "bit" and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif change == "cut":
            del data[piece]
        elif change == "double":
            data[at:at] = data[piece] * chance.randrange(1, 20)
        elif change == "splice":
            data[piece] = chance.choice(SOUND)[piece]
        elif change == "word":
            data[at : at + 9] = chance.choice(WORDS)
        elif change == "end":
            del data[max(at, 64) :]
    return bytes(data)
