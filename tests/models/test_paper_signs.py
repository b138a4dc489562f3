"""Is it what it says it is, and whose: signs in the text of a document, as the catalogue has them."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.spoken import spoken
from documents.understanding import understand
from models.catalogue.loading import load_programme
from models.findings import FindingDraft, Verdict, verdict_of
from models.reading import DocumentReading, Line, PageRead, ReadOutcome, Source, ZoneRead
from models.rules.paper_signs import KindSigns, check_signs
from models.rules.passport_check import HolderTyped
from models.rules.same_files import Elsewhere, check_elsewhere
from tests.models.zones import TODAY, Made

POLICY = load_programme().policy
SIGNS = {document.kind: document.signs for document in POLICY.documents if document.signs}
ISSUERS = POLICY.documents[0].issuers
HOLDER = HolderTyped("Whitfield", "Eleanor Rose", "", date(1974, 8, 12), "US")
ZONE = ZoneRead(page=1, box=(0, 0.8, 1, 1), lines=Made(family=("WHITFIELD",), given=("ELEANOR", "ROSE")).lines)
BODY = ("Office of the Registrar, Dartmouth College", "Name: Eleanor Rose Whitfield", "12 October 2026")
TITLED = [(kind, title) for kind, signs in SIGNS.items() if not signs.zone for title in signs.titles]


def reading(*lines: str, zones: tuple[ZoneRead, ...] = (), source: Source = Source.TEXT) -> DocumentReading:
    told = tuple(
        Line(text=text, box=(0.1, 0.03 * row, 0.9, 0.03 * row + 0.02)) for row, text in enumerate(lines, start=1)
    )
    return DocumentReading(
        outcome=ReadOutcome.READ, pages=(PageRead(number=1, source=source, lines=told),), zones=zones
    )


def check(kind: str, read: DocumentReading, holder: HolderTyped = HOLDER) -> tuple[FindingDraft, ...]:
    return check_signs(read, KindSigns(kind, SIGNS, ISSUERS), holder, spoken)


def said(findings: tuple[FindingDraft, ...]) -> list[tuple[str, str]]:
    return [(one.rule_id, one.message) for one in findings]


@pytest.mark.parametrize(("kind", "title"), TITLED)
def test_every_title_of_a_kind_is_known_as_that_kind(kind: str, title: str) -> None:
    assert check(kind, reading(title, *BODY)) == ()
    assert check(kind, reading(BODY[0], " ".join(title.upper()), *BODY[1:])) == ()


@pytest.mark.parametrize(("kind", "title"), [(k, SIGNS[k].titles[0]) for k in SIGNS if k not in ("passport", "visa")])
def test_every_other_kind_is_stopped_by_its_name(kind: str, title: str) -> None:
    for asked in SIGNS:
        if asked not in (kind, "passport"):
            findings = check(asked, reading(title, *BODY))
            assert verdict_of(findings) is not Verdict.CONSISTENT, (asked, title)
    if kind != "cv_study_plan":
        stopped = check("cv_study_plan", reading(title, *BODY))
        assert said(stopped) == [("D17.kind", "finding.wrong_kind")]
        assert stopped[0].params == {"kind": kind, "kinds": ("cv_study_plan",)}


def test_a_passport_is_no_proof_of_enrolment() -> None:
    page = reading("PASSPORT", "Surname WHITFIELD", "Given names ELEANOR ROSE", zones=(ZONE,))
    assert said(check("enrolment_proof", page)) == [("D17.kind", "finding.wrong_kind")]
    assert check("enrolment_proof", page)[0].params["kind"] == "passport"
    assert check("passport", page) == ()


def test_a_transcript_is_no_passport() -> None:
    assert said(check("passport", reading("Transcript of Records", *BODY))) == [("D17.kind", "finding.wrong_kind")]


def test_a_bundle_that_names_its_kind_may_have_a_passport_in_it() -> None:
    assert check("non_criminal_record", reading("Police clearance certificate", *BODY, zones=(ZONE,))) == ()


def test_what_says_nothing_is_for_a_person() -> None:
    assert said(check("transcript", reading(*BODY))) == [("D17.kind", "finding.kind_unsure")]


def test_a_word_in_the_text_is_no_heading() -> None:
    cv = reading("Eleanor Rose Whitfield", "Health insurance: AOK", "Passport No.: E123", "Curriculum vitae", *BODY)
    assert check("cv_study_plan", cv) == ()
    untitled = reading("Eleanor Rose Whitfield", "Health insurance: AOK", "Passport No.: E123")
    assert said(check("cv_study_plan", untitled)) == [("D17.kind", "finding.kind_unsure")]


def test_what_mentions_the_kind_that_is_asked_for_is_not_stopped_by_another_heading() -> None:
    text = "This replaces the transcript of records until it is printed."
    assert said(check("transcript", reading("Confirmation of enrolment", *BODY, text))) == [
        ("D17.kind", "finding.kind_unsure")
    ]


def test_the_holders_name_must_be_on_it() -> None:
    lines = ("Transcript of Records", "Dartmouth College", "12 October 2026")
    assert said(check("transcript", reading(*lines))) == [("D17.holder", "finding.holder_not_found")]
    assert check("transcript", reading(*lines, "WHITFIELD, Eleanor R.")) == ()
    native = replace(HOLDER, native_name="惠特菲尔德")
    assert check("transcript", reading(*lines, "姓名：惠特菲尔德"), native) == ()


@pytest.mark.parametrize(
    "line", ["Name: Daniel Okafor", "Name of student: OKAFOR Daniel", "Student's name: D. Okafor", "Name Daniel Okafor"]
)
def test_another_persons_paper_is_stopped(line: str) -> None:
    findings = check("transcript", reading("Transcript of Records", "Dartmouth College", line, "12 October 2026"))
    assert said(findings) == [("D17.holder", "finding.another_holder")]
    assert findings[0].params == {}


def test_a_name_in_chinese_is_compared_with_the_one_in_chinese() -> None:
    lines = ("成绩单", "重庆医科大学", "2026年10月12日")
    native = replace(HOLDER, native_name="陈 恩慈")
    assert check("transcript", reading(*lines, "姓名：陈恩慈 学号：20231"), native) == ()
    assert said(check("transcript", reading(*lines, "姓 名 李明"), native)) == [
        ("D17.holder", "finding.another_holder")
    ]
    assert said(check("transcript", reading(*lines, "姓名：李明"))) == [("D17.holder", "finding.holder_not_found")]
    by_pinyin = replace(HOLDER, family_name="CHEN", given_name="Enci")
    assert check("transcript", reading(*lines, "姓名：陈恩慈 学号：20231"), by_pinyin) == ()
    homophone = replace(by_pinyin, native_name="陈恩赐")
    assert said(check("transcript", reading(*lines, "姓名：陈恩慈"), homophone)) == [
        ("D17.holder", "finding.another_holder")
    ]


def test_a_table_has_the_name_beside_its_label() -> None:
    label = Line(text="Name", box=(0.1, 0.2, 0.2, 0.22))
    for name, rule in (("Daniel Okafor", ["D17.holder"]), ("Eleanor R. Whitfield", [])):
        lines = [
            Line(text="Transcript of Records", box=(0.1, 0.1, 0.5, 0.12)),
            label,
            Line(text=name, box=(0.3, 0.2, 0.5, 0.22)),
            Line(text="Registrar's office, 12 October 2026", box=(0.1, 0.3, 0.5, 0.32)),
        ]
        page = PageRead(number=1, source=Source.TEXT, lines=tuple(lines))
        read = DocumentReading(outcome=ReadOutcome.READ, pages=(page,))
        assert [one.rule_id for one in check("transcript", read)] == rule


def test_issuer_and_dates_must_be_on_it() -> None:
    findings = check("transcript", reading("Transcript of Records", "Eleanor Rose Whitfield"))
    assert said(findings) == [("D17.signs", "finding.signs_missing")]
    assert findings[0].params == {"missing_signs": ("issuer", "dates")}


def test_a_recogniser_may_misread_letters_of_a_title_and_a_name() -> None:
    scan = reading("Transcr1pt of Rec0rds", "Eieanor Whitfie1d", "0ffice", "2026-10-12", source=Source.SCAN)
    assert check("transcript", scan) == ()


def test_what_could_not_be_read_is_for_a_person_and_what_need_not_be_is_not() -> None:
    for outcome in set(ReadOutcome) - {ReadOutcome.READ}:
        unread = DocumentReading(outcome=outcome)
        assert said(check("transcript", unread)) == [("D17.unread", "finding.not_read")]
        assert understand(unread, KindSigns("passport", SIGNS), HOLDER, TODAY)
    assert check("photo", DocumentReading(outcome=ReadOutcome.NO_READER)) == ()


def test_a_passport_is_understood_by_its_zone() -> None:
    typed = replace(HOLDER, expires_on=date(2032, 4, 15))
    passport = KindSigns("passport", SIGNS, ISSUERS)
    assert understand(reading("PASSPORT", zones=(ZONE,)), passport, typed, TODAY) == ()
    other = replace(typed, family_name="Okafor", given_name="Daniel", birth_date=date(1999, 1, 1))
    findings = understand(reading("PASSPORT", zones=(ZONE,)), passport, other, TODAY)
    assert [(one.rule_id, one.evidence) for one in findings] == [("D19.differs", ("name", "birth_date"))]
    assert [one.rule_id for one in understand(reading("PASSPORT"), passport, typed, TODAY)] == ["D19.zone"]


def test_one_file_for_two_papers_or_students_is_for_a_person() -> None:
    assert check_elsewhere(Elsewhere()) == ()
    findings = check_elsewhere(Elsewhere(kinds=("transcript",), of_another=True))
    assert [(one.rule_id, one.params) for one in findings] == [
        ("D17.same_file", {"kinds": ("transcript",)}),
        ("D17.known_file", {}),
    ]
    assert verdict_of(findings) is Verdict.PERSON


@given(lines=st.lists(st.text(max_size=60), max_size=20), kind=st.sampled_from(sorted(SIGNS)))
def test_any_text_may_come(lines: list[str], kind: str) -> None:
    for finding in understand(reading(*lines), KindSigns(kind, SIGNS, ISSUERS), HOLDER, TODAY):
        assert not {value for value in finding.params.values() if value in lines and value not in SIGNS}
