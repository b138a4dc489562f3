"""Tuberculosis through the last clinical day, and the physical examination with what is attached (D21, D27)."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.facts.health import TbMethod, TbReading, TestResult, TuberculosisFacts
from models.findings import FindingDraft
from models.rules.requirements.known import KnownFacts, RulesAt, StayAsked
from models.rules.requirements.saying import it_asks, it_blocks, it_holds

DAY = timedelta(days=1)
X2 = "X2"
ATTACHED = ("hiv_report", "syphilis_report", "chest_xray")
"""The reports that belong to a physical examination, by the fact that says they are there."""


def tuberculosis(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D27.tb`: one IGRA or two skin tests, negative, that still hold on the last clinical day.

    `D27.chest_xray`: after a positive test the report of a chest X-ray instead, taken no earlier than the test.
    """
    days, facts = rules.number("D27", "tb_test_days"), known.tuberculosis
    if facts is None or days is None or stay.clinic_end is None:
        return
    done = [test for test in facts.tests if test.tested_on <= stay.checked_on + DAY]
    positive = [test.tested_on for test in done if test.result is TestResult.POSITIVE]
    if positive:
        yield from _by_xray(rules, facts, stay, max(positive))
        return
    counted_from = _tested_from(done)
    if counted_from is None:
        yield _untested(done)
        return
    until = counted_from + timedelta(days=days)
    if until < stay.clinic_end:
        yield it_blocks("D27.tb", "tests", "requirement.tb_lapses", until, until=until, last=stay.clinic_end)
    else:
        yield it_holds("D27.tb", "tests", until)


def _tested_from(done: list[TbReading]) -> date | None:
    """The day from which negative tests count: the last IGRA, or the earlier one of the last two skin tests."""
    clear = [test for test in done if test.result is TestResult.NEGATIVE]
    blood = [test.tested_on for test in clear if test.method is TbMethod.IGRA]
    skin = sorted({test.tested_on for test in clear if test.method is TbMethod.SKIN})
    return max(blood + skin[-2:-1], default=None)


def _untested(done: list[TbReading]) -> FindingDraft:
    if any(test.result is TestResult.UNCLEAR for test in done):
        return it_blocks("D27.tb", "tests", "requirement.tb_unclear")
    if any(test.method is TbMethod.SKIN for test in done):
        return it_blocks("D27.tb", "tests", "requirement.tb_second_skin_test")
    return it_blocks("D27.tb", "tests", "requirement.tb_missing")


def _by_xray(rules: RulesAt, facts: TuberculosisFacts, stay: StayAsked, positive: date) -> Iterator[FindingDraft]:
    rule, field = "D27.chest_xray", "xray"
    if facts.xray is None or facts.xray.taken_on < positive:
        yield it_blocks(rule, field, "requirement.xray_needed", first=positive)
        return
    if not facts.xray.clear:
        yield it_asks(rule, field, "requirement.xray_not_clear")
        return
    days = rules.number("D27", "chest_xray_days")
    if days is None or stay.clinic_end is None:
        yield it_holds(rule, field, None)
        return
    until = facts.xray.taken_on + timedelta(days=days)
    if until < stay.clinic_end:
        yield it_blocks(rule, field, "requirement.xray_lapses", until, until=until, last=stay.clinic_end)
    else:
        yield it_holds(rule, field, until)


def examination(rules: RulesAt, known: KnownFacts, stay: StayAsked) -> Iterator[FindingDraft]:
    """`D21.<what>`: at most so many days old on the first day, from a public hospital, stamped, with its reports.

    Where the set says that an X2 needs none, nothing is asked of one.
    """
    facts, days = known.examination, rules.number("D21", "valid_days")
    if facts is None or days is None or (stay.visa_class == X2 and not rules.told("D21", "required_for_X2")):
        return
    until = facts.examined_on + timedelta(days=days)
    if facts.examined_on > stay.checked_on + DAY:
        yield it_blocks("D21.age", "examined_on", "requirement.exam_in_future", day=facts.examined_on)
    elif until < stay.start:
        yield it_blocks("D21.age", "examined_on", "requirement.exam_too_old", until, day=facts.examined_on, days=days)
    else:
        # It is looked at when the stay begins, and counts for all of it.
        yield it_holds("D21.age", "examined_on", None)
    if not facts.public_hospital and not facts.notarized:
        yield it_blocks("D21.hospital", "notarized", "requirement.exam_notarized")
    if not facts.stamp_across_photo:
        yield it_blocks("D21.stamp", "stamp_across_photo", "requirement.exam_photo_stamp")
    if not facts.same_stamp:
        yield it_blocks("D21.same_stamp", "same_stamp", "requirement.exam_same_stamp")
    missing = tuple(name for name in ATTACHED if not getattr(facts, name))
    if missing:
        yield it_blocks("D21.attached", "hiv_report", "requirement.exam_attached", reports=missing)
