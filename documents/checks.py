"""What can be said of a file by looking at it, against its kind's policy and the stay (D17, D18, D21, D22).

Pure functions over bytes; run them in a thread. Deep checks of one kind of document (a passport's machine-readable
zone, an insurance amount) go into `DEEP` under that kind and see the same `Subject`.
"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from models.catalogue.policy import DocumentPolicy
from models.vocabulary import Severity
from models.wire import Wire
from records.file_types import Opened, open_file

SHORTEST_SIDE = 240
"""Pixels; below that nobody can read or recognise anything."""
LONGEST_TO_SHORTEST = 12
"""A picture longer than that is a strip, not a page or a portrait."""

_WORDS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
}
_EXTENSIONS = {
    "application/pdf": {"pdf"},
    "image/jpeg": {"jpg", "jpeg", "jpe", "jfif"},
    "image/png": {"png"},
}


class FindingDraft(Wire):
    """What a check said: the rule, whether it blocks, the field it is about, and what the submitter can do."""

    rule_id: str
    severity: Severity
    field: str
    """`file`, `issued_on` or `expires_on`."""
    reason: str


@dataclass(frozen=True)
class Subject:
    """One file with everything a check may look at. Dates are in the host's calendar."""

    data: bytes
    policy: DocumentPolicy
    stay_start: date
    stay_end: date
    checked_on: date
    issued_on: date | None = None
    expires_on: date | None = None
    filename: str = ""

    @cached_property
    def opened(self) -> Opened:
        """The file as its content shows it; parsed once. Oversized files are only sniffed."""
        return open_file(self.data, parse=len(self.data) <= self.policy.max_bytes, max_pages=self.policy.max_pages)


Check = Callable[[Subject], list[FindingDraft]]


def check_presence(subject: Subject) -> list[FindingDraft]:
    """`D17.presence`: there is something in the file."""
    return [] if subject.data else [_blocking("D17.presence", "file", "The file is empty. Upload it again.")]


def check_size(subject: Subject) -> list[FindingDraft]:
    """`D17.size`: no larger than the policy's `max_bytes`."""
    if len(subject.data) <= subject.policy.max_bytes:
        return []
    return [
        _blocking(
            "D17.size",
            "file",
            f"The file has {_megabytes(len(subject.data))}; at most {_megabytes(subject.policy.max_bytes)} "
            "are accepted. Scan it at a lower resolution.",
        )
    ]


def check_type(subject: Subject) -> list[FindingDraft]:
    """`D17.type`: by content, never by name, one of the policy's types. `D17.extension` warns of a misleading name."""
    if not subject.data:
        return []
    found = subject.opened.media_type
    if found not in subject.policy.media_types:
        accepted = ", ".join(_WORDS.get(kind, kind) for kind in subject.policy.media_types)
        what = _WORDS.get(found, found) if found else "of no type that can be recognised"
        return [_blocking("D17.type", "file", f"By its content the file is {what}; accepted are {accepted}.")]
    extension = subject.filename.rpartition(".")[2].lower() if "." in subject.filename else ""
    if extension and extension not in _EXTENSIONS.get(found, {extension}):
        reason = f"The file is a {_WORDS.get(found, found)} named .{extension[:8]}; others may fail to open it."
        return [FindingDraft(rule_id="D17.extension", severity=Severity.WARNING, field="file", reason=reason)]
    return []


def check_readable(subject: Subject) -> list[FindingDraft]:
    """`D17.readable`: it opens, without a password, whole, and does not unfold to something enormous."""
    fault = subject.opened.fault
    return [_blocking("D17.readable", "file", fault)] if fault else []


def check_pages(subject: Subject) -> list[FindingDraft]:
    """`D17.pages`: between the policy's `min_pages` and `max_pages`; a picture is one page."""
    pages = subject.opened.pages
    policy = subject.policy
    if pages is None or policy.min_pages <= pages <= policy.max_pages:
        return []
    wanted = f"at least {policy.min_pages}" if pages < policy.min_pages else f"at most {policy.max_pages}"
    has = f"{pages} page" if pages == 1 else f"{pages} pages"
    return [_blocking("D17.pages", "file", f"The file has {has}; {wanted} are expected.")]


def check_dimensions(subject: Subject) -> list[FindingDraft]:
    """`D17.dimensions`: a picture is large enough to read and has the shape of a page or portrait."""
    size = subject.opened.pixels
    if size is None or subject.opened.fault:
        return []
    short, long = sorted(size)
    if short < SHORTEST_SIDE:
        reason = f"The picture has {size[0]} × {size[1]} pixels; each side needs at least {SHORTEST_SIDE}."
    elif long > short * LONGEST_TO_SHORTEST:
        reason = f"The picture has {size[0]} × {size[1]} pixels, which is a strip; upload the whole page."
    else:
        return []
    return [_blocking("D17.dimensions", "file", reason)]


def check_expiry(subject: Subject) -> list[FindingDraft]:
    """`D18.validity` and its like: an expiry date is stated and lies far enough past the stay's end (D18)."""
    policy = subject.policy
    if not policy.expires:
        return []
    rule = f"{policy.rule}.validity"
    if subject.expires_on is None:
        return [_blocking(f"{policy.rule}.expiry", "expires_on", "State the day on which the document expires.")]
    needed = add_months(subject.stay_end, policy.valid_months_after_end)
    if subject.expires_on < needed:
        after = f", {policy.valid_months_after_end} months after the stay ends" if policy.valid_months_after_end else ""
        reason = f"It expires on {subject.expires_on}; it must be valid until {needed} at least{after}."
        return [_blocking(rule, "expires_on", reason)]
    return []


def check_age(subject: Subject) -> list[FindingDraft]:
    """`D21.age`, `D22.age`: issued at most `max_age_days_at_start` days before the stay starts; never in the future."""
    policy = subject.policy
    findings = []
    if subject.issued_on is None:
        if policy.max_age_days_at_start is None:
            return []
        return [_blocking(f"{policy.rule}.issued", "issued_on", "State the day on which the document was issued.")]
    if subject.issued_on > subject.checked_on + timedelta(days=1):  # today may be a day ahead where it was issued
        findings.append(_blocking("D17.future", "issued_on", f"{subject.issued_on} has not come yet."))
    if subject.expires_on is not None and subject.expires_on < subject.issued_on:
        findings.append(_blocking("D17.dates", "expires_on", "The expiry date is before the date of issue."))
    limit = policy.max_age_days_at_start
    if limit is not None and (subject.stay_start - subject.issued_on).days > limit:
        age = (subject.stay_start - subject.issued_on).days
        reason = f"It will be {age} days old when the stay starts; at most {limit} are accepted. Obtain a new one."
        findings.append(_blocking(f"{policy.rule}.age", "issued_on", reason))
    return findings


GENERIC: tuple[Check, ...] = (
    check_presence,
    check_size,
    check_type,
    check_readable,
    check_pages,
    check_dimensions,
    check_expiry,
    check_age,
)
"""Asked of every document."""
DEEP: dict[str, tuple[Check, ...]] = {}
"""Asked of one kind of document besides, by kind."""


def check_all(subject: Subject) -> list[FindingDraft]:
    """Everything that the checks for this kind of document say, once per rule and field, in the order of the checks."""
    found: dict[tuple[str, str], FindingDraft] = {}
    for check in (*GENERIC, *DEEP.get(subject.policy.kind, ())):
        for finding in check(subject):
            found.setdefault((finding.rule_id, finding.field), finding)
    return list(found.values())


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _blocking(rule_id: str, field: str, reason: str) -> FindingDraft:
    return FindingDraft(rule_id=rule_id, severity=Severity.BLOCKING, field=field, reason=reason)


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MiB"
