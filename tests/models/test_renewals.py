"""Which papers end too soon, at each boundary, and in which step they are asked for anew (D18, D25, D27, D36)."""

from datetime import date, timedelta

import pytest

from models.rules.renewals import RENEWED, ending
from models.rules.stay import add_months
from models.vocabulary import StepKind
from tests.models.test_stay import CLINIC, END, LABORATORY, POLICY, START, plan

DAY = timedelta(days=1)
CLINICAL = plan()
WITHOUT = plan(contents=(LABORATORY,), specialties=())
HALF_A_YEAR = add_months(END, 6)
A_YEAR = timedelta(days=365)


def short(step: StepKind, of_clinic: bool, permitted: bool = True, **last: date) -> dict[str, date]:
    """What ends too soon: last days, or the days on which something was issued."""
    stay = CLINICAL if of_clinic else WITHOUT
    return ending(RENEWED[step], POLICY, stay, last, last, permitted=permitted)


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_the_day_before_the_last_one_that_is_needed_is_too_soon(days: int) -> None:
    shift, over = timedelta(days=days), days < 0
    clinic, stay, health = StepKind.RENEW_INSURANCE, StepKind.RENEW_PAPERS, StepKind.RENEW_HEALTH_RECORDS
    assert bool(short(clinic, True, insurance=CLINIC.end + shift)) is over
    assert bool(short(stay, False, insurance=END + shift)) is over
    assert bool(short(health, True, tb_test=CLINIC.end - A_YEAR + shift)) is over
    assert bool(short(stay, True, passport=HALF_A_YEAR + shift)) is over
    assert bool(short(stay, False, permitted=False, visa=END + shift)) is over


def test_each_is_asked_for_in_one_step() -> None:
    soon = START + DAY
    assert short(StepKind.RENEW_INSURANCE, False, insurance=soon) == {}, "it is the stay's"
    assert short(StepKind.RENEW_PAPERS, True, insurance=soon) == {}, "it is the clinic's"
    assert short(StepKind.RENEW_HEALTH_RECORDS, False, tb_test=soon - A_YEAR) == {}, "nobody goes to the clinic"
    assert short(StepKind.RENEW_PAPERS, False, visa=soon) == {}, "the law's own steps ask for it"
    assert short(StepKind.RENEW_PAPERS, True, passport=HALF_A_YEAR - DAY) == {"passport": END - DAY}
