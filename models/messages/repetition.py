"""What a request says, to tell an act that is repeated from another one under the same id. Pure."""

from models.idempotency import Fingerprint, fingerprint, hashed
from models.messages.exchange import Reopen
from models.messages.suspensions import SuspensionStart
from models.people.authorization import Actor
from models.wire import Wire

UNSAID = frozenset({
    "actor",  # the id alone counts: a role may change between two times
    "decision_id", "report_id", "submission_id", "request_id", "suspension_id",  # the keys themselves
    "arrived_at", "moved_at", "since",  # by the clock of who asks: a report repeated a minute later is the same
    "effects", "version",  # made from what is on record when a change is asked for
    "unsettled",  # what is on record when a departure is reported
    "plan",  # made from the version of the nomination, which is said
})  # fmt: skip
"""Fields that do not tell one act from another; all others do, also those that a request gets in future."""
SAID_BEFORE = (
    "step_id",
    "outcome",
    "kind",
    "document_id",
    "content",
    "placement_id",
    "movement",
    "role",
    "exchange_id",
    "cap",
    "passed",
    "justified",
)
"""The fields that told one act from another in keys that earlier versions kept."""


def fingerprint_of(request: Wire) -> Fingerprint:
    """What is asked and by whom."""
    actor: Actor | None = getattr(request, "actor", None)
    said = request.model_dump(mode="json", exclude=set(UNSAID), exclude_defaults=True)
    before = _said_before(request, actor)
    return fingerprint([type(request).__name__, actor.id if actor else "", said], (before, hashed(before)))


def update_id(key: str, request: Wire) -> str:
    """The server answers an id that it knows with its first reply: the same act has the same id, and no other act."""
    return f"{key}-{fingerprint_of(request).value[:16]}"


def _said_before(request: Wire, actor: Actor | None) -> str:
    """What was kept of a request before its whole content was; states of workflows keep the text itself."""
    name, who = type(request).__name__, actor.id if actor else ""
    match request:
        case SuspensionStart(coverage=coverage):
            return f"{coverage.scope}|{coverage.target}"
        case Reopen(exchange_id=exchange_id):
            return f"Reopen|{who}|{exchange_id}"
    return "|".join([name, who, *(str(getattr(request, field, "")) for field in SAID_BEFORE)])
