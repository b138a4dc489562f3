"""Which accepted papers an extension outlives, and which it does not (D18)."""

from datetime import date, timedelta

import pytest

from models.authority import PaperKind
from models.messages.authority import RecordPaper
from models.people.authorization import CLOCK
from models.rules.stay import add_months
from models.rules.validity import outlived
from tests.models.test_stay import END, POLICY, START, plan

ENOUGH = {"passport": add_months(END, 6), "insurance": END, "visa": START}
DAY = timedelta(days=1)


def anew(paper: PaperKind, until: date, **shorter: date) -> tuple[str, ...]:
    entry = RecordPaper(decision_id="e", actor=CLOCK, paper=paper, valid_until=until)
    return outlived(POLICY, plan(), entry, ENOUGH | shorter)


@pytest.mark.parametrize("paper", [PaperKind.EXTENSION, PaperKind.PERMIT])
def test_only_what_is_too_short_is_asked_anew(paper: PaperKind) -> None:
    assert anew(paper, END) == (), "neither what is in order nor the visa"
    assert anew(paper, END + 90 * DAY) == (), "nobody stays longer than planned"
    assert anew(paper, END, passport=ENOUGH["passport"] - DAY) == ("passport",)
    assert anew(paper, END, insurance=END - DAY) == ("insurance",)
    assert set(anew(paper, END, passport=END, insurance=START)) == {"passport", "insurance"}
    assert anew(paper, END - 30 * DAY, insurance=END - 30 * DAY) == (), "it reaches as far as the extension"


@pytest.mark.parametrize("paper", sorted(set(PaperKind) - {PaperKind.EXTENSION, PaperKind.PERMIT}))
def test_what_extends_no_stay_asks_for_nothing(paper: PaperKind) -> None:
    assert anew(paper, END, passport=START, insurance=START) == ()
