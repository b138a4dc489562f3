"""The checks on real files: what passes, what does not, and under which rule."""

from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from bench.heic import heic
from documents.checks import DEEP, Subject, check_all
from documents.opened import Opened
from documents.opening import open_file
from examples import papers
from models.catalogue.loading import load_programme
from models.catalogue.policy import DocumentPolicy
from models.errors import Plain
from models.findings import FindingDraft
from models.rules.stay import add_months
from models.vocabulary import Direction, DocumentGroup, Severity, StepKind
from records.file_types import sniff
from texts.refusals import refusal

START, END = date(2027, 3, 1), date(2027, 8, 31)
PASSPORT = DocumentPolicy(
    kind="passport",
    group=DocumentGroup.APPLICATION,
    step=StepKind.SUBMIT_DOCUMENTS,
    title="Passport",
    title_zh="护照",
    directions=(Direction.INCOMING,),
    expires=True,
    valid_months_after_end=6,
    rule="D18",
)
EXAMINATION = PASSPORT.model_copy(
    update={"kind": "physical_examination", "expires": False, "max_age_days_at_start": 183, "rule": "D21"}
)
VALID = date(2028, 2, 29)


def subject(data: bytes, policy: DocumentPolicy = PASSPORT, **changes: Any) -> Subject:
    given: dict[str, Any] = {"checked_on": date(2026, 12, 1), "expires_on": VALID} | changes
    media_type = sniff(data)
    opened = open_file(data, media_type, policy.max_pages) if 0 < len(data) <= policy.max_bytes else Opened(media_type)
    return Subject(size=len(data), opened=opened, policy=policy, stay_start=START, stay_end=END, **given)


def rules(data: bytes, policy: DocumentPolicy = PASSPORT, **changes: Any) -> list[str]:
    return [finding.rule_id for finding in check_all(subject(data, policy, **changes))]


@pytest.mark.parametrize("make", [papers.passport_scan, papers.portrait, papers.transcript, papers.page_scan])
def test_sound_papers_pass(make: Any) -> None:
    assert rules(make()) == []


@pytest.mark.parametrize(
    ("unsuitable", "expected"),
    [
        ("empty", ["D17.presence"]),
        ("corrupt_pdf", ["D17.readable"]),
        ("corrupt_jpeg", ["D17.readable"]),
        ("renamed_program", ["D17.type"]),
        ("encrypted_pdf", ["D17.readable"]),
        ("many_pages", ["D17.pages"]),
        ("blank_pdf", ["D17.readable"]),
        ("thumbnail", ["D17.dimensions"]),
        ("pixel_bomb", ["D17.readable"]),
    ],
)
def test_unsuitable_papers_are_stopped_by_the_rule_for_it(unsuitable: str, expected: list[str]) -> None:
    findings = check_all(subject(papers.UNSUITABLE[unsuitable](), filename="passport.pdf"))
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCKING]
    assert [finding.rule_id for finding in blocking] == expected
    assert all(finding.field == "file" and finding.message.startswith("finding.") for finding in blocking)


def test_every_sample_of_an_unsuitable_paper_is_covered() -> None:
    assert all(rules(make()) for make in papers.UNSUITABLE.values())


def test_size_is_counted_to_the_byte() -> None:
    limited = PASSPORT.model_copy(update={"max_bytes": 100_000})
    assert rules(papers.oversized(100_000), limited) == []
    assert rules(papers.oversized(100_001), limited) == ["D17.size"]


def test_a_type_the_kind_does_not_take_is_named() -> None:
    [finding] = check_all(subject(papers.portrait(), PASSPORT.model_copy(update={"media_types": ("application/pdf",)})))
    assert (finding.rule_id, finding.message) == ("D17.type", "finding.wrong_type")
    assert refusal(finding, "en") == "By its content the file is JPEG; accepted are PDF."


@pytest.mark.parametrize("data", [b"PK\x03\x04 a zip", b"<html>%PDF-1.7</html>", b"\x00" * 64, b"just words"])
def test_what_only_claims_to_be_a_pdf_is_none(data: bytes) -> None:
    assert rules(data, filename="passport.pdf") == ["D17.type"]


def test_a_misleading_extension_is_only_a_warning() -> None:
    [finding] = check_all(subject(papers.portrait(), filename="passport.PDF"))
    assert (finding.rule_id, finding.severity) == ("D17.extension", Severity.WARNING)
    assert rules(papers.portrait(), filename="photo.JPG") == []


def test_a_photograph_as_phones_keep_it_is_taken_wherever_jpeg_is() -> None:
    photograph = heic(Image.new("RGB", (640, 480)))
    assert rules(photograph, filename="IMG_0042.HEIC") == []
    assert rules(photograph[: len(photograph) // 2], filename="IMG_0042.HEIC") == ["D17.readable"]
    for kind in load_programme().policy.documents:
        assert ("image/heic" in kind.media_types) == ("image/jpeg" in kind.media_types)


def test_too_few_pages() -> None:
    assert rules(papers.passport_scan(), PASSPORT.model_copy(update={"min_pages": 2})) == ["D17.pages"]


@pytest.mark.parametrize(("expires", "expected"), [(VALID, []), (VALID - timedelta(days=1), ["D18.validity"])])
def test_a_passport_is_valid_six_calendar_months_past_the_end(expires: date, expected: list[str]) -> None:
    assert rules(papers.passport_scan(), expires_on=expires) == expected


def test_an_expiry_date_is_asked_for() -> None:
    [finding] = check_all(subject(papers.passport_scan(), expires_on=None))
    assert (finding.rule_id, finding.field) == ("D18.expiry", "expires_on")


@pytest.mark.parametrize(
    ("issued", "checked", "expected"),
    [
        (START - timedelta(days=183), date(2026, 12, 1), []),
        (START - timedelta(days=184), date(2026, 12, 1), ["D21.age"]),
        (None, date(2026, 12, 1), ["D21.issued"]),
        (date(2026, 12, 2), date(2026, 12, 1), []),
        (date(2026, 12, 3), date(2026, 12, 1), ["D17.future"]),
        (START + timedelta(days=3), START + timedelta(days=4), []),
    ],
)
def test_the_age_of_an_examination_counts_at_the_start(issued: date | None, checked: date, expected: list[str]) -> None:
    assert rules(papers.page_scan(), EXAMINATION, issued_on=issued, checked_on=checked) == expected


def test_expiry_before_issue_is_impossible() -> None:
    found = rules(papers.passport_scan(), issued_on=date(2026, 11, 1), expires_on=date(2026, 10, 1))
    assert found == ["D18.validity", "D17.dates"]


def test_everything_wrong_is_said_at_once() -> None:
    found = rules(papers.renamed_program(), EXAMINATION.model_copy(update={"expires": True}), expires_on=None)
    assert found == ["D17.type", "D21.expiry", "D21.issued"]


def test_a_deep_check_of_one_kind_sees_the_same_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    def stamped(seen: Subject) -> list[FindingDraft]:
        pages: dict[str, Plain] = {"pages": seen.opened.pages or 0}
        return [
            FindingDraft(
                rule_id="D21.stamp", severity=Severity.BLOCKING, field="file", message="finding.stamp", params=pages
            )
        ]

    monkeypatch.setitem(DEEP, "physical_examination", (stamped,))
    assert rules(papers.page_scan(), EXAMINATION, issued_on=date(2026, 11, 1)) == ["D21.stamp"]
    assert rules(papers.passport_scan()) == []


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2027, 1, 31), 0, date(2027, 1, 31)),
        (date(2027, 11, 30), 13, date(2028, 12, 30)),
    ],
)
def test_calendar_months_end_where_the_month_does(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_sample_passports_carry_right_check_digits() -> None:
    utopia = papers.Holder("Eriksson", "Anna Maria", date(1974, 8, 12), nationality="UTO", number="L898902C3")
    _, lower = papers.machine_readable_zone(utopia, date(2012, 4, 15))
    assert lower.startswith("L898902C36UTO7408122<1204159")
    assert len(lower) == 44


TUBERCULOSIS = EXAMINATION.model_copy(
    update={"kind": "tb_test", "max_age_days_at_start": 365, "through_clinic": True, "rule": "D27"}
)
CLINIC_ENDS = date(2027, 6, 30)


@pytest.mark.parametrize(
    ("issued_on", "clinic_end", "expected"),
    [
        (CLINIC_ENDS - timedelta(days=364), CLINIC_ENDS, []),
        (CLINIC_ENDS - timedelta(days=365), CLINIC_ENDS, []),
        (CLINIC_ENDS - timedelta(days=366), CLINIC_ENDS, ["D27.age"]),
        (START - timedelta(days=365), None, []),
        (START - timedelta(days=366), None, ["D27.age"]),
    ],
)
def test_a_tuberculosis_test_holds_through_the_last_clinical_day(
    issued_on: date, clinic_end: date | None, expected: list[str]
) -> None:
    assert rules(papers.transcript(), TUBERCULOSIS, issued_on=issued_on, clinic_end=clinic_end) == expected
