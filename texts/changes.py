"""What changes of a verified exchange are called, and what became of them."""

from models.messages.changes import Area, ChangeKind, ChangeStatus, Nature
from texts.i18n import _

CHANGE_NAMES: dict[str, str] = {
    Nature.SHIFTED: _("Stay on other days"),
    Nature.EXTENDED: _("Stay extended"),
    Nature.SHORTENED: _("Stay shortened"),
    ChangeKind.DATES: _("Other days"),
    ChangeKind.UNIT: _("Another unit or supervisor for a block"),
    ChangeKind.BLOCKS: _("Other blocks"),
    ChangeKind.DISCIPLINE: _("Another discipline"),
    ChangeKind.INTAKE: _("Deferral to another intake"),
    ChangeKind.HOUSING: _("Housing outside the host's beds"),
    ChangeKind.SECOND_HOST: _("Onward to a second host"),
}
CHANGE_STATES: dict[str, str] = {
    ChangeStatus.OPEN: _("Being decided"),
    ChangeStatus.APPLIED: _("Applied"),
    ChangeStatus.DECLINED: _("Not agreed to"),
    ChangeStatus.WITHDRAWN: _("Taken back"),
    ChangeStatus.LAPSED: _("Lapsed"),
    ChangeStatus.IMPOSSIBLE: _("Not possible any more"),
}
AREAS: dict[str, str] = {
    Area.SEAT: _("Seat"),
    Area.SECOND_HOST: _("Second host"),
    Area.VISA: _("Visa and residence"),
    Area.DOCUMENTS: _("Documents"),
    Area.CLEARANCE: _("Clearance"),
    Area.BED: _("Bed"),
    Area.BLOCKS: _("Blocks"),
    Area.DEADLINES: _("Deadlines"),
    Area.CERTIFICATE: _("Certificate"),
}
