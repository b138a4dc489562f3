"""What the authority wrote, as far as clocks need it. Numbers and types are kept beside; it stays inside the house."""

from datetime import date
from typing import Literal

from models.authority import PaperKind
from models.events.base import Fact, _
from models.wire import Id


class PaperRecorded(Fact):
    """An entry of the register of what the authority wrote, or the correction of one."""

    kind: Literal["paper_recorded"] = "paper_recorded"
    title = _("Paper of the authority recorded")
    once = ("paper_id",)
    paper_id: Id
    paper: PaperKind
    valid_from: date | None = None
    valid_until: date | None = None
    single_entry: bool | None = None
    corrects: Id | None = None
    number_id: Id | None = None
    """Where its number and type are kept."""
    handed_in_anew: tuple[str, ...] = ()
    """Kinds of documents that do not cover what it grants (D18)."""
