"""When nominations close: four weeks before a stay, or on the day of its term; and which intakes are opened before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.intakes import AHEAD, due_cohorts
from models.catalogue.loading import load_programme
from models.catalogue.programme import AfterClosing, IntakeTerm, Programme
from models.identifiers import CohortKey
from models.rules.nomination_timing import WantedTime, is_after_closing, timing_faults
from models.vocabulary import Direction

NEW_YORK = ZoneInfo("America/New_York")
START = date(2027, 3, 1)
WANTED = WantedTime("dartmouth", "cqmu", START, date(2027, 5, 28))
CLOSES = datetime(2027, 2, 1, 23, 59, 59, tzinfo=NEW_YORK)
SECOND = timedelta(seconds=1)
PROGRAMME = load_programme()
SPRING = IntakeTerm(first=date(2027, 2, 15), last=date(2027, 7, 15), closes=date(2026, 11, 15))
AUTUMN = IntakeTerm(first=date(2027, 8, 15), last=date(2027, 12, 31), closes=date(2027, 5, 15))
KEY = CohortKey(sending="dartmouth", host="cqmu", year=2027, direction=Direction.INCOMING)


def with_terms(*terms: IntakeTerm) -> Programme:
    cqmu = PROGRAMME.institutions["cqmu"]
    agreements = tuple(
        one.model_copy(update={"terms": terms}) if one.partner == "dartmouth" else one for one in cqmu.agreements
    )
    changed = cqmu.model_copy(update={"agreements": agreements})
    return PROGRAMME.model_copy(update={"institutions": PROGRAMME.institutions | {"cqmu": changed}})


def refusing() -> Programme:
    rule = PROGRAMME.policy.rules["D4"]
    values = rule.values | {"after_closing": AfterClosing.REFUSED.value}
    rules = PROGRAMME.policy.rules | {"D4": rule.model_copy(update={"values": values})}
    return PROGRAMME.model_copy(update={"policy": PROGRAMME.policy.model_copy(update={"rules": rules})})


@pytest.mark.parametrize(
    ("now", "late"), [(CLOSES - timedelta(days=1), False), (CLOSES, False), (CLOSES + SECOND, True)]
)
def test_nominations_close_with_the_day_in_the_zone_of_who_sends(now: datetime, late: bool) -> None:
    assert is_after_closing(WANTED, PROGRAMME, now) is late
    assert timing_faults(WANTED, PROGRAMME, now) == ()  # the office decides
    told = timing_faults(WANTED, refusing(), now)
    assert [(f.field, f.message, f.params) for f in told] == (
        [("start", "nomination.closed", {"closed": "2027-02-01"})] if late else []
    )


def test_a_stay_that_has_begun_is_recorded_with_its_reason_whatever_day_it_is() -> None:
    begun = WANTED._replace(late_reason="The list came by post.")
    now = datetime(2027, 3, 10, tzinfo=UTC)
    for programme in (PROGRAMME, refusing()):
        assert not is_after_closing(begun, programme, now)
        assert timing_faults(begun, programme, now) == ()
        assert [f.message for f in timing_faults(WANTED, programme, now)] == ["stay.begun"]


@pytest.mark.parametrize(
    ("start", "closes"),
    [
        (date(2027, 2, 14), date(2027, 1, 17)),
        (date(2027, 2, 15), date(2026, 11, 15)),
        (date(2027, 7, 15), date(2026, 11, 15)),
        (date(2027, 7, 16), date(2027, 6, 18)),
        (date(2027, 8, 15), date(2027, 5, 15)),
    ],
)
def test_each_term_closes_on_its_own_day_and_other_stays_four_weeks_before(start: date, closes: date) -> None:
    programme = with_terms(SPRING, AUTUMN)
    assert programme.closes_for("dartmouth", "cqmu", start).astimezone(NEW_YORK).date() == closes
    assert programme.closes_for("sample", "cqmu", start).date() == start - timedelta(weeks=4)


@pytest.mark.parametrize(
    ("terms", "closes"),
    [((), date(2027, 12, 3)), ((SPRING,), date(2026, 11, 15)), ((SPRING, AUTUMN), date(2027, 5, 15))],
)
def test_a_cohort_closes_with_its_last_term(terms: tuple[IntakeTerm, ...], closes: date) -> None:
    assert with_terms(*terms).nominations_close_at(KEY).astimezone(NEW_YORK).date() == closes


def test_intakes_are_opened_before_they_close_whoever_nominates() -> None:
    programme = with_terms(SPRING)
    closes = programme.nominations_close_at(KEY)
    assert KEY not in due_cohorts(programme, closes - AHEAD - SECOND)
    assert KEY in due_cohorts(programme, closes - AHEAD)
    assert KEY in due_cohorts(programme, closes)
    assert KEY not in due_cohorts(programme, closes + SECOND)


def test_every_agreement_has_its_intakes_in_both_directions() -> None:
    found = due_cohorts(PROGRAMME, datetime(2027, 11, 1, tzinfo=UTC))
    assert [key.id for key in found] == sorted(
        f"2027-{way}" for way in (
            "incoming-dartmouth-cqmu", "incoming-sample-cqmu", "outgoing-cqmu-dartmouth", "outgoing-cqmu-sample"
        )
    )  # fmt: skip


def test_an_agreement_that_rests_has_none() -> None:
    cqmu = PROGRAMME.institutions["cqmu"]
    resting = tuple(
        one.model_copy(update={"active": False}) if one.partner == "dartmouth" else one for one in cqmu.agreements
    )
    changed = PROGRAMME.institutions | {"cqmu": cqmu.model_copy(update={"agreements": resting})}
    programme = PROGRAMME.model_copy(update={"institutions": changed})
    found = due_cohorts(programme, datetime(2027, 11, 1, tzinfo=UTC))
    assert {key.sending for key in found} == {"sample", "cqmu"}
    assert "dartmouth" not in {key.host for key in found}
