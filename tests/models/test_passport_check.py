"""A passport that was read beside what was typed: consistent, for a person, or another's (D19)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.findings import FindingDraft, Verdict, verdict_of
from models.reading import DocumentReading, ReadOutcome, ZoneRead
from models.rules.mrz import Lines, ZoneField
from models.rules.passport_check import HolderTyped, check_passport
from tests.models.zones import TODAY, Made, zones

BOX = (0.0, 0.8, 1.0, 1.0)
TYPED = HolderTyped("Eriksson", "Anna Maria", "", date(1974, 8, 12), "US", date(2032, 4, 15))
OWN = Made()


def read(*found: ZoneRead) -> DocumentReading:
    return DocumentReading(outcome=ReadOutcome.READ, zones=found)


def zone(lines: Lines, second: Lines | None = None, *, exact: bool = False) -> ZoneRead:
    return ZoneRead(page=1, box=BOX, lines=lines, second=second, exact=exact)


def check(*found: ZoneRead, typed: HolderTyped = TYPED) -> tuple[FindingDraft, ...]:
    return check_passport(read(*found), typed, TODAY)


def said(findings: tuple[FindingDraft, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.rule_id, one.evidence) for one in findings]


def misread(lines: Lines, line: int, place: int, char: str) -> Lines:
    changed = lines[line][:place] + char + lines[line][place + 1 :]
    return (changed, lines[1]) if line == 0 else (lines[0], changed)


def test_what_agrees_with_what_was_typed_is_consistent() -> None:
    assert check(zone(OWN.lines)) == ()
    assert check(zone(OWN.lines, OWN.lines)) == ()
    assert check(zone(OWN.lines, exact=True)) == ()


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (replace(OWN, family=("LINDQVIST",), given=("KARIN",)), "name"),
        (replace(OWN, born=date(1974, 8, 13)), "birth_date"),
        (replace(OWN, nationality="CHN"), "nationality"),
        (replace(OWN, expires=date(2031, 4, 15)), "expires_on"),
        (replace(OWN, number="X1234567"), "number"),
    ],
)
def test_each_field_that_differs_stops_it_by_its_name(other: Made, field: str) -> None:
    typed = replace(TYPED, number="L898902C3")
    for found in (zone(other.lines, exact=True), zone(other.lines, other.lines)):
        findings = check(found, typed=typed)
        assert said(findings) == [("D19.differs", (field,))]
        assert verdict_of(findings) is Verdict.REJECTED
        assert findings[0].params == {"zone_fields": (field,)}


def test_one_reader_alone_stops_what_its_check_digits_prove() -> None:
    assert said(check(zone(replace(OWN, born=date(2001, 5, 14)).lines))) == [("D19.differs", ("birth_date",))]
    assert said(check(zone(replace(OWN, expires=date(2030, 1, 1)).lines))) == [("D19.differs", ("expires_on",))]
    another = replace(OWN, family=("OKAFOR",), given=("DANIEL",))
    assert said(check(zone(another.lines))) == [("D19.differs", ("name",))]


def test_a_slip_of_one_reader_in_a_name_or_nationality_is_for_a_person() -> None:
    assert said(check(zone(misread(OWN.lines, 0, 6, "B")))) == [("D19.unsure", ("name",))]
    assert said(check(zone(replace(OWN, nationality="UGA").lines))) == [("D19.unsure", ("nationality",))]


def test_two_readers_that_saw_two_things_are_for_a_person() -> None:
    other = replace(OWN, number="G898902C3").lines
    assert said(check(zone(OWN.lines, other))) == [("D19.unsure", ("number",))]
    # the composite does not fit, the digit of the number does: K is like a filler to it
    short = replace(OWN, number="L898902C")
    twin = misread(short.lines, 1, 8, "K")
    assert check(zone(short.lines)) == ()
    assert said(check(zone(short.lines, twin))) == [("D19.unsure", ("number",))]


def test_the_second_reader_may_have_failed() -> None:
    broken = misread(OWN.lines, 1, 14, "5")
    assert check(zone(OWN.lines, broken)) == ()
    assert check(zone(broken, OWN.lines)) == ()
    assert check(zone(OWN.lines, ("", ""))) == ()


def test_check_digits_that_do_not_fit_are_for_a_person() -> None:
    findings = check(zone(misread(OWN.lines, 1, 14, "5")))
    assert said(findings) == [("D19.unsure", ("birth_date",))]
    assert verdict_of(findings) is Verdict.PERSON
    findings = check(zone(misread(OWN.lines, 1, 9, "<")))
    assert said(findings) == [("D19.unsure", ("number",))]
    assert said(check(zone(("", "")))) == [("D19.unsure", ("name", "nationality", "birth_date", "expires_on"))]


def test_without_a_zone_a_person_looks() -> None:
    assert said(check()) == [("D19.zone", ())]
    unread = DocumentReading(outcome=ReadOutcome.NO_READER)
    assert check_passport(unread, TYPED, TODAY) == ()


def test_a_passport_that_has_expired() -> None:
    past = date(2026, 11, 26)
    old = replace(OWN, expires=past)
    findings = check(zone(old.lines), typed=replace(TYPED, expires_on=past))
    assert [one.rule_id for one in findings] == ["D19.expired"]
    assert verdict_of(findings) is Verdict.REJECTED
    assert check(zone(replace(OWN, expires=TODAY).lines), typed=replace(TYPED, expires_on=TODAY)) == ()
    assert [one.rule_id for one in check(zone(old.lines))] == ["D19.differs", "D19.expired"]


@pytest.mark.parametrize(("line", "place"), [(1, 0), (1, 14), (1, 22), (1, 43), (0, 2)])
def test_a_passport_that_has_expired_is_stopped_though_one_reader_saw_no_whole_zone(line: int, place: int) -> None:
    old = replace(OWN, expires=date(2026, 11, 26))
    spoilt = misread(old.lines, line, place, "7" if line else "9")
    for found in (zone(old.lines, spoilt), zone(spoilt, old.lines)):
        for typed in (TYPED, replace(TYPED, expires_on=None), replace(TYPED, expires_on=old.expires)):
            assert verdict_of(check(found, typed=typed)) is not Verdict.CONSISTENT
        findings = check(found, typed=replace(TYPED, expires_on=None))
        assert [one.rule_id for one in findings if one.rule_id != "D19.unsure"] in ([], ["D19.expired"])


def test_somebody_without_a_state_is_compared_by_a_person() -> None:
    refugee = replace(OWN, nationality="XXB").lines
    assert check(zone(refugee), typed=replace(TYPED, nationality="XXB")) == ()
    assert said(check(zone(refugee), typed=replace(TYPED, nationality="AF"))) == [("D19.unsure", ("nationality",))]


def test_a_specimen_is_nobodys_passport() -> None:
    specimen = replace(OWN, issuer="UTO").lines
    assert said(check(zone(specimen))) == [("D19.specimen", ())]


def test_passports_of_two_people_on_one_paper_are_for_a_person() -> None:
    another = replace(OWN, family=("OKAFOR",), given=("DANIEL",), born=date(1999, 1, 1)).lines
    assert said(check(zone(another), zone(OWN.lines))) == [("D19.several", ())]
    assert check(zone(OWN.lines), zone(OWN.lines)) == ()
    assert verdict_of(check(zone(another), zone(another))) is Verdict.REJECTED


@given(made=zones(), other=zones())
def test_another_persons_passport_is_never_accepted(made: Made, other: Made) -> None:
    typed = HolderTyped(" ".join(made.family) or "-", " ".join(made.given) or "-", "", made.born, "US", made.expires)
    if other.born != made.born or other.expires != made.expires:
        assert verdict_of(check_passport(read(zone(other.lines)), typed, TODAY)) is Verdict.REJECTED


@given(
    line=st.integers(0, 1),
    place=st.integers(0, 43),
    char=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"),
)
def test_one_misread_character_is_never_told_the_student_as_a_mismatch(line: int, place: int, char: str) -> None:
    findings = check(zone(misread(OWN.lines, line, place, char)))
    assert "D19.differs" not in [one.rule_id for one in findings]


@given(made=zones())
def test_findings_hold_no_value_of_the_passport(made: Made) -> None:
    for one in check(zone(made.lines)):
        assert set(one.params) <= {"zone_fields"}
        assert set(one.evidence) <= set(ZoneField)
