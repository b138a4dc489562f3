"""What an audit looks at, what it can find, and what is to be done about it. Ids and numbers only."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from models.errors import Plain
from models.wire import Wire


class Part(StrEnum):
    """What is compared."""

    WORKFLOWS = "workflows"
    """Each workflow with its records."""
    EVENTS = "events"
    """Events with themselves, and with the tables that are projected from them."""
    MAILS = "mails"
    """Messages with the events that cause them."""
    WEBHOOKS = "webhooks"
    """Endpoints and deliveries with the log."""
    HOLDINGS = "holdings"
    """Beds, places and seats with the exchanges that have them."""
    FILES = "files"
    """Stored files with the rows that name them."""


class FindingKind(StrEnum):
    """Everything an audit can find; a kind is never renamed, programs know it."""

    WORKFLOW_MISSING = "workflow_missing"
    WORKFLOW_LEFT_RUNNING = "workflow_left_running"
    WORKFLOW_UNKNOWN = "workflow_unknown"
    WORKFLOW_DIFFERS = "workflow_differs"
    WORKFLOW_SILENT = "workflow_silent"
    EVENTS_MISSING = "events_missing"
    EVENT_DAMAGED = "event_damaged"
    EVENTS_CONTRADICT = "events_contradict"
    STEP_CLOSED_TWICE = "step_closed_twice"
    RUNG_AFTER_CLOSE = "rung_after_close"
    HEAD_DIFFERS = "head_differs"
    FACT_MISSING = "fact_missing"
    FACT_WITHOUT_EVENT = "fact_without_event"
    ROW_DIFFERS = "row_differs"
    ROW_MISSING = "row_missing"
    ROW_WITHOUT_EVENT = "row_without_event"
    DECISION_WITHOUT_EVENT = "decision_without_event"
    MAIL_MISSING = "mail_missing"
    MAIL_WITHOUT_EVENT = "mail_without_event"
    CURSOR_BEYOND_LOG = "cursor_beyond_log"
    DELIVERY_WITHOUT_EVENT = "delivery_without_event"
    DELIVERY_MISSING = "delivery_missing"
    HOLDING_OF_UNKNOWN = "holding_of_unknown"
    HOLDING_OF_CLOSED = "holding_of_closed"
    HELD_TWICE = "held_twice"
    SEAT_DIFFERS = "seat_differs"
    FILE_LOST = "file_lost"
    FILE_DAMAGED = "file_damaged"
    FILE_WITHOUT_ROW = "file_without_row"


class Remedy(StrEnum):
    """What is to be done about a finding."""

    RECOVER = "recover"
    TERMINATE = "terminate"
    END_UNKNOWN = "end_unknown"
    LOOK = "look"
    RESTORE = "restore"
    REBUILD = "rebuild"
    TELL = "tell"
    RESEND = "resend"
    GIVE_BACK = "give_back"
    RESTORE_FILE = "restore_file"
    REMOVE_FILE = "remove_file"


_K, _P, _R = FindingKind, Part, Remedy
KINDS: Mapping[FindingKind, tuple[Part, Remedy]] = {
    _K.WORKFLOW_MISSING: (_P.WORKFLOWS, _R.RECOVER),
    _K.WORKFLOW_LEFT_RUNNING: (_P.WORKFLOWS, _R.TERMINATE),
    _K.WORKFLOW_UNKNOWN: (_P.WORKFLOWS, _R.END_UNKNOWN),
    _K.WORKFLOW_DIFFERS: (_P.WORKFLOWS, _R.RECOVER),
    _K.WORKFLOW_SILENT: (_P.WORKFLOWS, _R.LOOK),
    _K.EVENTS_MISSING: (_P.EVENTS, _R.RESTORE),
    _K.EVENT_DAMAGED: (_P.EVENTS, _R.RESTORE),
    _K.EVENTS_CONTRADICT: (_P.EVENTS, _R.RESTORE),
    _K.STEP_CLOSED_TWICE: (_P.EVENTS, _R.TELL),
    _K.RUNG_AFTER_CLOSE: (_P.EVENTS, _R.TELL),
    _K.HEAD_DIFFERS: (_P.EVENTS, _R.REBUILD),
    _K.FACT_MISSING: (_P.EVENTS, _R.REBUILD),
    _K.FACT_WITHOUT_EVENT: (_P.EVENTS, _R.REBUILD),
    _K.ROW_DIFFERS: (_P.EVENTS, _R.REBUILD),
    _K.ROW_MISSING: (_P.EVENTS, _R.REBUILD),
    _K.ROW_WITHOUT_EVENT: (_P.EVENTS, _R.REBUILD),
    _K.DECISION_WITHOUT_EVENT: (_P.EVENTS, _R.REBUILD),
    _K.MAIL_MISSING: (_P.MAILS, _R.TELL),
    _K.MAIL_WITHOUT_EVENT: (_P.MAILS, _R.RESTORE),
    _K.CURSOR_BEYOND_LOG: (_P.WEBHOOKS, _R.RESTORE),
    _K.DELIVERY_WITHOUT_EVENT: (_P.WEBHOOKS, _R.RESTORE),
    _K.DELIVERY_MISSING: (_P.WEBHOOKS, _R.RESEND),
    _K.HOLDING_OF_UNKNOWN: (_P.HOLDINGS, _R.REBUILD),
    _K.HOLDING_OF_CLOSED: (_P.HOLDINGS, _R.GIVE_BACK),
    _K.HELD_TWICE: (_P.HOLDINGS, _R.GIVE_BACK),
    _K.SEAT_DIFFERS: (_P.HOLDINGS, _R.RECOVER),
    _K.FILE_LOST: (_P.FILES, _R.RESTORE_FILE),
    _K.FILE_DAMAGED: (_P.FILES, _R.RESTORE_FILE),
    _K.FILE_WITHOUT_ROW: (_P.FILES, _R.REMOVE_FILE),
}
"""To which part each kind belongs, and what is to be done about it."""


class AuditFinding(Wire):
    """One thing that is out of step; said in words by `texts.refusals`."""

    kind: FindingKind
    stream: str
    """The exchange, cohort, suspension, endpoint, file or other thing that it is about."""
    params: dict[str, Plain] = Field(default_factory=dict)

    @property
    def part(self) -> Part:
        """The part of the audit that finds it."""
        return KINDS[self.kind][0]

    @property
    def message(self) -> str:
        """The id of its sentence."""
        return f"audit.{self.kind}"

    @property
    def advice(self) -> str:
        """The id of the sentence that says what is to be done."""
        return f"audit.do_{KINDS[self.kind][1]}"


class Unfinished(Wire):
    """A part that could not be looked at, and why."""

    part: Part
    message: str
    params: dict[str, Plain] = Field(default_factory=dict)


class AuditReport(Wire):
    """What an audit looked at and found."""

    parts: tuple[Part, ...]
    """Those that were looked at to the end."""
    findings: tuple[AuditFinding, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()


class AuditAnswer(Wire):
    """What the nightly audit came to: numbers alone, the findings are the operator's tasks."""

    found: dict[FindingKind, int] = Field(default_factory=dict)
    unfinished: tuple[Part, ...] = ()
