"""An Idempotency-Key belongs to one caller, address and body; what is asked again is done once."""

import csv
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from models.errors import KeyReused, NotOpen, SojournError, Unavailable
from models.idempotency import is_repeated
from models.messages.exchange import Acknowledged, Nominated
from models.vocabulary import Stage
from portal.api.idempotency import fingerprint_of
from portal.api.shapes import NominationFields
from tests.portal.test_api import system
from tests.portal.test_nominate import FILE
from tests.portal.world import People, Portal

KEY = {"idempotency-key": "key-12345678"}


@dataclass
class Withdrawals:
    """What the gateway was asked to do, and how it answers."""

    acts: list[tuple[str, str]] = field(default_factory=list)
    error: SojournError | None = None

    async def __call__(self, exchange_id: str, *_: Any, decision_id: str, **__: Any) -> Acknowledged:
        """Take the act down."""
        self.acts.append((exchange_id, decision_id))
        if self.error is not None:
            raise self.error
        return Acknowledged(exchange_id=exchange_id, stage=Stage.CLOSED)


@pytest.fixture
def withdrawals(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Withdrawals:
    """The acts that reach the gateway."""
    ledger = Withdrawals()
    monkeypatch.setattr(portal.context.services.gateway, "withdraw", ledger)
    return ledger


async def withdraw(
    client: httpx2.AsyncClient, exchange: str, note: str = "She is ill.", **headers: str
) -> httpx2.Response:
    """Withdraw a student under the key."""
    path = f"/api/v1/exchanges/{exchange}/withdrawal"
    return await client.post(path, json={"note": note}, headers=KEY | headers)


async def test_a_replay_is_the_same_act_and_says_so(portal: Portal, people: People, withdrawals: Withdrawals) -> None:
    client = await system(portal, "cqmu")
    tag = (await client.get(f"/api/v1/exchanges/{people.living}")).headers["etag"]
    first = await withdraw(client, people.living, **{"if-match": tag})
    again = await withdraw(client, people.living, **{"if-match": '"changed meanwhile by the act itself"'})
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(set(withdrawals.acts)) == 1


async def test_another_body_is_refused(portal: Portal, people: People, withdrawals: Withdrawals) -> None:
    client = await system(portal, "cqmu")
    await withdraw(client, people.living)
    for note in ("She is well.", "She is ill. ", "she is ill.", ""):
        other = await withdraw(client, people.living, note)
        if note.strip() == "She is ill.":
            assert other.status_code == 200, "what is stripped is no other body"
        else:
            assert (other.status_code, other.json()["message"]) == (422, "idempotency.another_request")
            assert other.json()["field"] == "Idempotency-Key"
    assert len(set(withdrawals.acts)) == 1


async def test_the_same_key_elsewhere_is_another_act(portal: Portal, people: People, withdrawals: Withdrawals) -> None:
    cqmu, other = await system(portal, "cqmu"), await system(portal, "cqmu")
    answers = [
        await withdraw(cqmu, people.living),
        await withdraw(cqmu, people.exchange),
        await withdraw(other, people.living),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not any("idempotency-replayed" in answer.headers for answer in answers)
    assert len({act for _, act in withdrawals.acts}) == 3


async def test_what_was_refused_may_be_sent_put_right(portal: Portal, people: People, withdrawals: Withdrawals) -> None:
    client = await system(portal, "cqmu")
    withdrawals.error = NotOpen("step.not_open", step="x")
    assert (await withdraw(client, people.living, "Wrong.")).status_code == 409
    withdrawals.error = None
    right = await withdraw(client, people.living, "Right.")
    assert right.status_code == 200
    assert "idempotency-replayed" not in right.headers


async def test_what_may_have_been_done_keeps_its_key(portal: Portal, people: People, withdrawals: Withdrawals) -> None:
    client = await system(portal, "cqmu")
    withdrawals.error = Unavailable("temporal.away")
    assert (await withdraw(client, people.living)).status_code == 503
    assert (await withdraw(client, people.living, "Another.")).status_code == 422
    withdrawals.error = None
    done = await withdraw(client, people.living)
    assert done.status_code == 200
    assert "idempotency-replayed" not in done.headers, "it was not answered before"
    assert len(set(withdrawals.acts)) == 1


async def test_a_stranger_learns_nothing_of_keys(portal: Portal, people: People, withdrawals: Withdrawals) -> None:
    await withdraw(await system(portal, "cqmu"), people.living)
    stranger = await withdraw(await system(portal, "sample"), people.living, "Anything else.")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown")


async def test_every_act_says_that_it_is_a_replay(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, asked = portal.context.services.gateway, []

    async def nominate(*_: Any, request_id: str, **__: Any) -> Nominated:
        asked.append(request_id)
        return Nominated(exchange_id=people.living, already_known=False, stage=Stage.NOMINATION)

    async def correct(*_: Any, decision_id: str, **__: Any) -> Acknowledged:
        asked.append(decision_id)
        return Acknowledged(exchange_id=people.living, stage=Stage.NOMINATION)

    async def correct_person(*_: Any, decision_id: str, **__: Any) -> bool:
        asked.append(decision_id)
        return False

    monkeypatch.setattr(gateway, "nominate", nominate)
    monkeypatch.setattr(gateway, "correct_nomination", correct)
    monkeypatch.setattr(gateway, "correct_person", correct_person)
    monkeypatch.setattr(gateway, "reopen", correct)
    client, row = await system(portal, "cqmu"), rows()[0]
    place = f"/api/v1/exchanges/{people.living}"
    calls: list[tuple[str, dict[str, Any], int]] = [
        ("/api/v1/nominations", {"row": row}, 201),
        (f"{place}/nomination", {"row": row}, 200),
        (f"{place}/person", {"cells": {"given_name": "Ana"}, "reason": "As in the passport."}, 200),
        (f"{place}/reopening", {"note": "It was the wrong one."}, 200),
    ]
    for path, body, status in calls:
        first, again = [await client.post(path, json=body, headers=KEY) for _ in range(2)]
        assert (first.status_code, again.status_code) == (status, status), (path, first.text)
        assert first.json() == again.json()
        assert "idempotency-replayed" not in first.headers, path
        assert again.headers["idempotency-replayed"] == "true", path
        assert "ratelimit-remaining" in again.headers, path
    assert len(asked) == 2 * len(calls)
    assert len(set(asked)) == len(calls)


def test_what_an_earlier_version_kept_of_a_body_is_recognised() -> None:
    """It kept what a body leaves out with its defaults, so that each new field made another request of it."""
    body = NominationFields(row=rows()[0])
    kept = hashlib.sha256(json.dumps(body.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    assert is_repeated(kept, fingerprint_of(body))
    assert kept != fingerprint_of(body).value
    with pytest.raises(KeyReused):
        is_repeated(kept, fingerprint_of(NominationFields(row=rows()[1])))


def rows() -> list[dict[str, str]]:
    """Rows that can be nominated."""
    with FILE.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))
