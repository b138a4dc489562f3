"""What a nomination is asked, on the page: the question with its cells, and answers that outlive the next question."""

import re
from typing import Any

import pytest

from models.errors import BadInput, Conflict, Difference, Differs, SojournError
from models.rules.again import Answers
from tests.portal.test_nominate import FILE, send, typed, upload
from tests.portal.world import Client, Portal
from tests.programmes import GOOD_ROW

ROW = GOOD_ROW | {"laboratories": "Lab for Lipid Research"}
CELLS = (Difference("family_name", "Lee", "Smith"),)
QUESTIONS: list[tuple[SojournError, dict[str, str], str, str]] = [
    (Differs("nomination.differs", "family_name", CELLS, exchange="E", host="cqmu", cells=["family_name"]),
     {"known": "correct"}, "The nomination on record", "stays as it is"),
    (Differs("nomination.person_differs", "family_name", CELLS, cells=["family_name"]),
     {"person": "correct"}, "Which is right?", "Not decided"),
    (Conflict("nomination.same_person", "family_name", exchange="E", cells=["family_name"]),
     {"same": "no", "reason": "Two cousins."}, "Is it the same person?", "Not decided"),
    (BadInput("nomination.reason_missing", "reason"), {"same": "no"}, "Is it the same person?", "Not decided"),
]  # fmt: skip
IDS = [error.message for error, *_ in QUESTIONS]


class Asking:
    """A gateway that asks one thing after the other, whatever is answered, and keeps the answers."""

    def __init__(self, portal: Portal, monkeypatch: pytest.MonkeyPatch, *errors: SojournError) -> None:
        self.errors, self.told = list(errors), list[Answers]()
        monkeypatch.setattr(portal.context.services.gateway, "nominate", self)

    async def __call__(self, *_: Any, answers: Answers, **__: Any) -> None:
        self.told.append(answers)
        raise self.errors[min(len(self.told), len(self.errors)) - 1]


def on_page(page: str) -> dict[str, str]:
    """What a browser would send of the page's own choice: hidden fields, fields and chosen options."""
    found = dict(re.findall(r'<input type="(?:text|hidden|email|date)"[^>]* name="([^"]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        found[name] = chosen[1] if chosen else ""
    found |= dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return found


async def reading(portal: Portal, language: str) -> Client:
    client = await portal.signed_in("dartmouth.coordinator")
    client.http.cookies.set("sojourn-language", language, domain="portal.example")
    return client


@pytest.mark.parametrize(("error", "answer", "label", "empty"), QUESTIONS, ids=IDS)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_form_asks_and_sends_the_answer(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, error: SojournError, answer: dict[str, str], label: str,
    empty: str, language: str,
) -> None:  # fmt: skip
    asking = Asking(portal, monkeypatch, error)
    client = await reading(portal, language)
    page = (await client.post("/nominate", ROW)).text
    assert (label in page, empty in page) == (language == "en",) * 2
    assert all(f'name="{name}"' in page for name in answer)
    if isinstance(error, Differs):
        assert "Lee" in page
        assert "Smith" in page
    await client.post("/nominate", ROW | answer)
    assert asking.told == [Answers(), Answers.model_validate(answer)]


@pytest.mark.parametrize(("error", "answer", "label", "empty"), QUESTIONS, ids=IDS)
async def test_an_answer_outlives_the_next_question(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, error: SojournError, answer: dict[str, str], label: str, empty: str
) -> None:
    asks_next = QUESTIONS[2][0] if error is not QUESTIONS[2][0] else QUESTIONS[1][0]
    asking = Asking(portal, monkeypatch, error, asks_next)
    client = await reading(portal, "en")
    page = (await client.post("/nominate", ROW | answer)).text
    page = (await client.post("/nominate", ROW | answer)).text
    sent = {name: value for name, value in on_page(page).items() if name in Answers.model_fields and value}
    assert sent == answer
    rows = await upload(client, FILE.read_bytes())
    asking.told.clear()
    prefixed = [(f"r2.{name}", value) for name, value in answer.items()]
    page = await send(client, [*typed(rows), *prefixed], "nominate")
    sent = {name.removeprefix("r2."): value for name, value in on_page(page).items() if value}
    assert {name: value for name, value in sent.items() if name in Answers.model_fields} == answer


async def test_what_was_told_is_not_told_again_after_a_question(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = Asking(portal, monkeypatch, QUESTIONS[1][0])
    client = await reading(portal, "en")
    row = ROW | {"family_name": "\uff32ivera"}
    told = (await client.post("/nominate", row)).text
    assert asking.told == []
    seen = on_page(told)["seen"]
    asked = (await client.post("/nominate", row | {"seen": seen})).text
    assert on_page(asked)["seen"] == seen
    await client.post("/nominate", row | {"seen": on_page(asked)["seen"], "person": "keep"})
    assert asking.told == [Answers(), Answers(person="keep")]
