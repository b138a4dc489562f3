"""`sojourn privacy consent`: what was agreed to, and entering what was signed on paper."""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

from models.catalogue.loading import load_programme
from models.people.consents import ConsentAnswer, ConsentTo
from models.views.consents import ConsentLine, ConsentView
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, Stand

AT = datetime(2027, 1, 4, 8, tzinfo=UTC)
LINE = ConsentLine(
    about=ConsentTo.TRANSFER,
    answer=ConsentAnswer.GIVEN,
    notice="from_united_states_1",
    version=1,
    language="zh",
    at=AT,
    by="Office of Dartmouth",
    paper_on=date(2027, 1, 3),
    reference="Folder 7",
)
VIEW = ConsentView(
    exchange_id=EXCHANGE,
    sending="dartmouth",
    host="cqmu",
    notice=next(one for one in load_programme().notices if one.id == LINE.notice),
    stands={ConsentTo.TRANSFER: LINE},
    ledger=(LINE,),
    is_asked=True,
)


def standing(stand: Stand, view: ConsentView | None) -> list[tuple[Any, ...]]:
    """A gateway that answers with this; and what it was told."""
    told: list[tuple[Any, ...]] = []

    async def look(*_: Any) -> ConsentView | None:
        return view

    async def record_paper(exchange: str, said: Any, _actor: Any, **options: Any) -> ConsentView | None:
        told.append((exchange, said, options["on"], options["reference"]))
        return view

    cast(Any, stand.gateway).consents = SimpleNamespace(look=look, record_paper=record_paper)
    return told


def test_it_tells_what_stands_and_what_is_still_asked(run: Run, stand: Stand) -> None:
    standing(stand, VIEW)
    shown = run("privacy", "consent", EXCHANGE).out
    for word in ("2027-01-04", "from_united_states_1", "Sensitive papers: not answered", "version 1 of the notice"):
        assert word in shown
    told = json.loads(run("privacy", "consent", EXCHANGE, "--json").out)
    assert [one["answer"] for one in told["ledger"]] == ["given"]
    standing(stand, None)
    assert "No consent is asked" in run("privacy", "consent", EXCHANGE).out


def test_a_paper_is_entered_question_by_question(run: Run, stand: Stand) -> None:
    told = standing(stand, VIEW)
    paper = ("privacy", "consent-on-paper", EXCHANGE, "--on", "2027-01-03", "--reference", "Folder 7")
    assert run(*paper, "--transfer", "--no-sensitive").code == 0
    assert run(*paper, "--no-transfer").code == 0
    answers = [{ConsentTo.TRANSFER: True, ConsentTo.SENSITIVE: False}, {ConsentTo.TRANSFER: False}]
    assert told == [(EXCHANGE, said, date(2027, 1, 3), "Folder 7") for said in answers]
