"""The form that corrects a report: to whom it is offered, what it holds, and where it is none."""

from datetime import UTC, datetime

import pytest

from models.events import Arrived, MovementReported, StageEntered
from models.messages.corrections import CorrectReport, Reported
from models.vocabulary import Movement, Stage
from tests.portal.world import People, Portal
from tests.records.stays import HOST

ARRIVED = datetime(2027, 3, 1, 6, 30, tzinfo=UTC)
MOVED = datetime(2027, 3, 9, 1, 15, tzinfo=UTC)


async def test_who_may_report_corrects(portal: Portal, people: People) -> None:
    portal.now, exchange = MOVED, people.living
    await portal.office.record(
        exchange,
        Arrived(at=ARRIVED, actor=HOST, report_id="r", arrived_at=ARRIVED),
        StageEntered(at=ARRIVED, stage=Stage.ROTATIONS),
        MovementReported(at=MOVED, actor=HOST, report_id="m", movement=Movement.MOVED, moved_at=MOVED),
    )
    host = await portal.signed_in(HOST.id)
    page = (await host.get(f"/exchanges/{exchange}")).text
    for what, value in ((Reported.ARRIVAL, "2027-03-01T14:30"), (Reported.MOVEMENT, "2027-03-09T09:15")):
        assert f"/exchanges/{exchange}/correct/{what}" in page
        assert f'value="{value}"' in (await host.get(f"/exchanges/{exchange}/correct/{what}")).text
    assert (await host.get(f"/exchanges/{exchange}/correct/nothing")).status_code == 404
    for person, may in ((people.living_student, {Reported.MOVEMENT}), ("dartmouth.partner_office", set())):
        client = await portal.signed_in(person)
        for what in Reported:
            found = (await client.get(f"/exchanges/{exchange}/correct/{what}")).status_code
            assert (found == 200) is (what in may), (person, what)


async def test_what_is_missing_is_said_at_its_field(portal: Portal, people: People) -> None:
    await portal.office.record(people.living, Arrived(at=ARRIVED, actor=HOST, report_id="r", arrived_at=ARRIVED))
    portal.now = MOVED
    client = await portal.signed_in(HOST.id)
    path = f"/exchanges/{people.living}/correct/arrival"
    refused = await client.post(path, {"happened_at": "soon", "note": "Typed wrong."})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert "Typed wrong." in refused.text


async def test_it_is_asked_in_the_zone_of_the_host(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await portal.office.record(people.living, Arrived(at=ARRIVED, actor=HOST, report_id="r", arrived_at=ARRIVED))
    portal.now = MOVED
    client = await portal.signed_in(HOST.id)
    asked: list[tuple[CorrectReport, str]] = []

    async def correct(exchange_id: str, correction: CorrectReport, *, note: str = "") -> None:
        asked.append((correction, note))

    monkeypatch.setattr(portal.context.services.gateway, "correct_report", correct)
    form = {"happened_at": "2027-03-01T12:00", "note": "Typed wrong."}
    sent = await client.post(f"/exchanges/{people.living}/correct/arrival", form)
    assert sent.status_code == 303
    [(correction, note)] = asked
    assert correction.happened_at == datetime(2027, 3, 1, 4, tzinfo=UTC)
    assert (correction.reported, correction.entered_at, note) == (Reported.ARRIVAL, None, "Typed wrong.")


async def test_a_closed_exchange_has_nothing_to_correct(portal: Portal, people: People) -> None:
    client = await portal.signed_in(HOST.id)
    assert "/correct/" not in (await client.get(f"/exchanges/{people.exchange}")).text
    assert (await client.get(f"/exchanges/{people.exchange}/correct/arrival")).status_code == 404
