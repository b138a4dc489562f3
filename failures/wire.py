"""How a refusal or fault crosses Temporal: its code is the failure's type, the rest one object in its details.

    {"message": "due_time.after_limit", "field": "due_at", "params": {"days": 14, "until": "2027-03-01"}}

The failure's own text is the message id, so that histories hold no prose.
"""

from collections.abc import Mapping
from typing import Any

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from models.errors import REFUSALS, Broken, Code, OutOfStep, Refused, SojournError, Unavailable, plain

EARLIER = "failure.earlier"
"""Failures of versions that recorded a text and no details."""


def encoded(error: SojournError) -> ApplicationError:
    """The failure to record for an error of the house."""
    details = {"message": error.message, "field": error.field, "params": error.params}
    quiet = isinstance(error, Refused)
    return ApplicationError(
        error.message,
        details,
        type=error.code,
        non_retryable=isinstance(error, OutOfStep) or not isinstance(error, Unavailable),
        category=ApplicationErrorCategory.BENIGN if quiet else ApplicationErrorCategory.UNSPECIFIED,
    )


def decoded(failure: ApplicationError) -> SojournError | None:
    """The error that a failure records; None where it is not one of the house."""
    if failure.type not in set(Code):
        return None
    code = Code(failure.type)
    kind = OutOfStep if code is Code.OUT_OF_STEP else REFUSALS.get(code, Broken)
    details: Any = failure.details[0] if failure.details else None
    if not isinstance(details, Mapping) or "message" not in details:
        return kind(EARLIER, text=failure.message)
    error = kind(str(details["message"]), str(details.get("field", "")))
    error.params = {str(name): plain(value) for name, value in (details.get("params") or {}).items()}
    return error
