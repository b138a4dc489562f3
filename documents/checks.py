"""What can be said of a file by looking at it, against its kind's policy and the stay (D17, D18, D21, D22).

Pure functions over a file that was opened elsewhere. Deep checks of one kind of document (a passport's machine-readable
zone, an insurance amount) go into `DEEP` under that kind and see the same `Subject`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from documents.opened import Opened
from models.catalogue.policy import DocumentPolicy
from models.errors import Param, plain
from models.findings import FindingDraft
from models.rules.validity import Covered, needed_until, oldest_issue_counts_from
from models.vocabulary import Severity

SHORTEST_SIDE = 240
"""Pixels; below that nobody can read or recognise anything."""
LONGEST_TO_SHORTEST = 12
"""A picture longer than that is a strip, not a page or a portrait."""

_WORDS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
}
_EXTENSIONS = {
    "application/pdf": {"pdf"},
    "image/jpeg": {"jpg", "jpeg", "jpe", "jfif"},
    "image/png": {"png"},
    "image/heic": {"heic", "heif", "hif"},
}


@dataclass(frozen=True)
class Subject:
    """One file with everything a check may look at. Dates are in the host's calendar."""

    size: int
    """Bytes."""
    opened: Opened
    policy: DocumentPolicy
    stay_start: date
    stay_end: date
    checked_on: date
    clinic_end: date | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    filename: str = ""


Check = Callable[[Subject], list[FindingDraft]]


def check_presence(subject: Subject) -> list[FindingDraft]:
    """`D17.presence`: there is something in the file."""
    return [] if subject.size else [_blocking("D17.presence", "file", "finding.empty")]


def check_size(subject: Subject) -> list[FindingDraft]:
    """`D17.size`: no larger than the policy's `max_bytes`."""
    if subject.size <= subject.policy.max_bytes:
        return []
    size, most = _megabytes(subject.size), _megabytes(subject.policy.max_bytes)
    return [_blocking("D17.size", "file", "finding.too_large", size=size, most=most)]


def check_type(subject: Subject) -> list[FindingDraft]:
    """`D17.type`: by content, never by name, one of the policy's types. `D17.extension` warns of a misleading name."""
    if not subject.size:
        return []
    found = subject.opened.media_type
    if found not in subject.policy.media_types:
        accepted = [_WORDS.get(kind, kind) for kind in subject.policy.media_types]
        if found is None:
            return [_blocking("D17.type", "file", "finding.no_known_type", accepted=accepted)]
        return [_blocking("D17.type", "file", "finding.wrong_type", found=_WORDS.get(found, found), accepted=accepted)]
    extension = subject.filename.rpartition(".")[2].lower() if "." in subject.filename else ""
    if extension and extension not in _EXTENSIONS.get(found, {extension}):
        params = {"found": _WORDS.get(found, found), "extension": extension[:8]}
        return [_finding(Severity.WARNING, "D17.extension", "file", "finding.misleading_name", params)]
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
    if pages < policy.min_pages:
        return [_blocking("D17.pages", "file", "finding.too_few_pages", pages=pages, least=policy.min_pages)]
    return [_blocking("D17.pages", "file", "finding.too_many_pages", pages=pages, most=policy.max_pages)]


def check_dimensions(subject: Subject) -> list[FindingDraft]:
    """`D17.dimensions`: a picture is large enough to read and has the shape of a page or portrait."""
    size = subject.opened.pixels
    if size is None or subject.opened.fault:
        return []
    short, long = sorted(size)
    if short < SHORTEST_SIDE:
        pixels = {"width": size[0], "height": size[1], "least": SHORTEST_SIDE}
        return [_blocking("D17.dimensions", "file", "finding.too_small", **pixels)]
    if long > short * LONGEST_TO_SHORTEST:
        return [_blocking("D17.dimensions", "file", "finding.strip", width=size[0], height=size[1])]
    return []


def check_expiry(subject: Subject) -> list[FindingDraft]:
    """`D18.validity` and its like: an expiry date is stated and lies far enough past the stay's end (D18)."""
    policy = subject.policy
    if not policy.expires:
        return []
    rule = f"{policy.rule}.validity"
    if subject.expires_on is None:
        return [_blocking(f"{policy.rule}.expiry", "expires_on", "finding.expiry_needed")]
    needed = needed_until(policy, subject.stay_end)
    if needed is not None and subject.expires_on < needed:
        days = {"day": subject.expires_on, "until": needed}
        if policy.valid_months_after_end:
            months = policy.valid_months_after_end
            return [_blocking(rule, "expires_on", "finding.expires_too_soon_after_stay", months=months, **days)]
        return [_blocking(rule, "expires_on", "finding.expires_too_soon", **days)]
    return []


def check_age(subject: Subject) -> list[FindingDraft]:
    """`D21.age`, `D22.age`: issued at most `max_age_days_at_start` days before the stay starts; never in the future.

    `D27.age`: before the last clinical day, where the policy says so.
    """
    policy = subject.policy
    findings = []
    if subject.issued_on is None:
        if policy.max_age_days_at_start is None:
            return []
        return [_blocking(f"{policy.rule}.issued", "issued_on", "finding.issue_needed")]
    if subject.issued_on > subject.checked_on + timedelta(days=1):  # today may be a day ahead where it was issued
        findings.append(_blocking("D17.future", "issued_on", "finding.issued_in_future", day=subject.issued_on))
    if subject.expires_on is not None and subject.expires_on < subject.issued_on:
        findings.append(_blocking("D17.dates", "expires_on", "finding.expires_before_issue"))
    limit = policy.max_age_days_at_start
    clinic = subject.clinic_end if policy.through_clinic else None
    stay = Covered(start=subject.stay_start, end=subject.stay_end, clinic_end=subject.clinic_end)
    age = ((oldest_issue_counts_from(policy, stay) or subject.stay_start) - subject.issued_on).days
    if limit is None or age <= limit:
        return findings
    if clinic is not None:
        too_old = _blocking(f"{policy.rule}.age", "issued_on", "finding.too_old_in_clinic", day=clinic, most=limit)
        findings.append(too_old)
    else:
        findings.append(_blocking(f"{policy.rule}.age", "issued_on", "finding.too_old", days=age, most=limit))
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


def _blocking(rule_id: str, field: str, message: str, **params: Param) -> FindingDraft:
    return _finding(Severity.BLOCKING, rule_id, field, message, params)


def _finding(severity: Severity, rule_id: str, field: str, message: str, params: Mapping[str, Param]) -> FindingDraft:
    told = {name: plain(value) for name, value in params.items()}
    return FindingDraft(rule_id=rule_id, severity=severity, field=field, message=message, params=told)


def _megabytes(size: int) -> float:
    return round(size / 1024 / 1024, 1)
