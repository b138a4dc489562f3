"""Background check, drug screen and courses, each at its boundary (D22)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from models.facts import FACTS_OF, StatedFacts
from models.facts.conduct import BackgroundFacts, DrugScreenFacts, TrainingFacts
from models.rules.requirements import REQUIREMENTS, good_until
from models.rules.requirements.saying import it_holds
from models.vocabulary import Severity
from tests.models.requirements.asked import START, against, said, stay

DAY = timedelta(days=1)
LATE = stay(checked_on=START - DAY)


CASES: dict[str, tuple[int, Callable[[date], StatedFacts]]] = {
    "background_check": (730, lambda on: BackgroundFacts(checked_on=on, clear=True)),
    "osha_training": (365, lambda on: TrainingFacts(completed_on=on)),
    "drug_screen": (30, lambda on: DrugScreenFacts(taken_on=on, panels=12, clear=True)),
}


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize(("offset", "holds"), [(-1, False), (0, True), (1, True)])
def test_each_is_at_most_so_old_when_the_stay_begins(kind: str, offset: int, holds: bool) -> None:
    days, facts = CASES[kind]
    assert (not against(kind, facts(START - (days - offset) * DAY), of=LATE)) is holds


def test_what_is_needed_says_from_which_day_on() -> None:
    found = said("osha_training", TrainingFacts(completed_on=date(2026, 2, 28)))["D22.osha"]
    assert found.params == {"day": "2026-02-28", "days": 365, "first": "2026-03-01"}


@pytest.mark.parametrize(("panels", "holds"), [(11, False), (12, True)])
def test_twelve_panels(panels: int, holds: bool) -> None:
    screen = DrugScreenFacts(taken_on=START - 10 * DAY, panels=panels, clear=True)
    found = against("drug_screen", screen, of=LATE)
    assert found == ({} if holds else {"D22.drug_panels": "requirement.drug_panels"})


def test_what_was_found_is_for_a_person() -> None:
    background = said("background_check", BackgroundFacts(checked_on=START - DAY, clear=False), of=LATE)
    assert background["D22.background_clear"].severity is Severity.ASKING
    screen = said("drug_screen", DrugScreenFacts(taken_on=START - DAY, panels=12, clear=False), of=LATE)
    assert screen["D22.drug_clear"].severity is Severity.ASKING


def test_a_course_that_is_still_to_come_is_none() -> None:
    tomorrow = TrainingFacts(completed_on=LATE.checked_on + DAY)
    assert not against("hipaa_training", tomorrow, of=LATE)  # today may be a day ahead where it was completed
    later = TrainingFacts(completed_on=LATE.checked_on + 2 * DAY)
    assert against("hipaa_training", later, of=LATE) == {"D22.hipaa": "requirement.not_completed"}


def test_these_are_the_law_of_the_united_states() -> None:
    assert not said("osha_training", TrainingFacts(completed_on=date(2020, 1, 1)), of=stay("CN"))


def test_whatever_may_be_stated_is_asked_about() -> None:
    assert set(FACTS_OF) == set(REQUIREMENTS) - {""}


def test_the_earliest_day_is_the_one_that_counts() -> None:
    findings = (it_holds("D1.x", "a", START), it_holds("D1.y", "b", START - DAY), it_holds("D1.z", "c", None))
    assert good_until(findings) == START - DAY
    assert good_until(()) is None
