"""What the entries of the register of the authority's papers are called."""

from models.authority import PaperKind
from texts.i18n import _

PAPERS: dict[str, str] = {
    PaperKind.VISA: _("Visa"),
    PaperKind.ENTRY: _("Entry"),
    PaperKind.PERMIT: _("Residence permit"),
    PaperKind.EXTENSION: _("Extension of the stay"),
    PaperKind.REFUSAL: _("Refusal"),
    PaperKind.PASSPORT: _("New passport"),
}
