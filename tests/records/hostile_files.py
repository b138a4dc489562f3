"""Files that are more than they seem: PDFs that act or carry files, and files that are two things at once."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from examples.papers import letter, portrait

Change = Callable[[Pdf], None]


def changed(change: Change, **save: Any) -> bytes:
    """A letter, changed and saved in some way."""
    with Pdf.open(io.BytesIO(letter("Proof of enrolment"))) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, **save)
    return out.getvalue()


def _script(pdf: Pdf) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=pdf.make_stream(b"app.alert(1)"))


def on_opening(pdf: Pdf) -> None:
    """A script when the file is opened."""
    pdf.Root.OpenAction = _script(pdf)


def by_name(pdf: Pdf) -> None:
    """A script of the whole document."""
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(_script(pdf))])))


def on_the_page(pdf: Pdf) -> None:
    """A script when the page is shown."""
    pdf.pages[0].AA = Dictionary(O=_script(pdf))


def _note(pdf: Pdf, **more: Any) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **more)])


def launching(pdf: Pdf) -> None:
    """A link that starts a program."""
    _note(pdf, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def submitting(pdf: Pdf) -> None:
    """A link that sends a form away, as the second of two actions."""
    second = Dictionary(S=Name.SubmitForm, F=String("https://elsewhere.example"))
    _note(pdf, Subtype=Name.Link, A=Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([second])))


def dynamic_form(pdf: Pdf) -> None:
    """An XFA form."""
    pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=Array([]))


def film(pdf: Pdf) -> None:
    """Rich media."""
    _note(pdf, Subtype=Name.RichMedia)


def attached(pdf: Pdf) -> None:
    """A program as an attachment."""
    pdf.attachments["invoice.exe"] = b"MZ"


def pinned(pdf: Pdf) -> None:
    """An attachment pinned to a page."""
    file = pdf.make_stream(b"MZ")
    _note(pdf, Subtype=Name.FileAttachment, FS=Dictionary(Type=Name.Filespec, EF=Dictionary(F=file)))


def link(pdf: Pdf) -> None:
    """A link to a page of the web: harmless, and common."""
    _note(pdf, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://university.example")))


def first_page(pdf: Pdf) -> None:
    """Where a reader begins."""
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])


ACTIVE = (on_opening, by_name, on_the_page, launching, submitting, dynamic_form, film)
CARRYING = (attached, pinned)
HARMLESS = (link, first_page)
SAVED: dict[str, dict[str, Any]] = {
    "plain": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
    "packed": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "locked for changes": {"encryption": pikepdf.Encryption(owner="secret", user="")},
}


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.js", "alert(1)")
    return out.getvalue()


def two_things_at_once() -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes, and the message of what stands where."""
    page = b"<html><script>alert(document.cookie)</script></html>"
    paper = letter("Proof of enrolment")
    yield "html before pdf", page + paper, "upload.before_pdf"
    yield "bytes before pdf", bytes(100) + paper, "upload.before_pdf"
    yield "picture before pdf", portrait()[:900] + paper, "upload.before_pdf"
    yield "html behind pdf", paper + page, "upload.after_end"
    yield "zip behind pdf", paper + _zip(), "upload.after_end"
    yield "zip behind picture", portrait() + _zip(), "upload.after_end"
    yield "program behind pdf", paper + b"\n" + b"MZ" + bytes(range(1, 200)), "upload.after_end"
    yield "nothing", b"", "upload.empty"
