"""The register of what the authority wrote, as people see it."""

from datetime import date

from models.authority import PaperKind
from models.wire import Id, Moment, Wire


class PaperLine(Wire):
    """One entry. Number and type are shown to those who may open identity documents."""

    paper_id: Id
    paper: PaperKind
    number: str = ""
    visa_type: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    single_entry: bool | None = None
    recorded_by: str
    recorded_at: Moment
    corrects: Id | None = None
    corrected_by: Id | None = None
    """The entry that replaced this one."""
