"""Reports of arrivals and hours: what asks, what is corrected, and what was said before the journey."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from models.errors import Conflict
from models.events import Arrived, AttendanceReported
from models.messages.exchange import ReportArrival, ReportAttendance
from models.vocabulary import Content
from tests.activities.students import NOW
from tests.portal.world import People, Portal
from tests.records.stays import HOST

ARRIVAL = {"arrived_at": "2027-02-01T10:00"}


def asking(heard: list[Any], message: str, **params: Any) -> Callable[[str, Any], Awaitable[None]]:
    """A gateway that asks until the report is confirmed, as the workflow does."""

    async def report(exchange_id: str, request: ReportArrival | ReportAttendance) -> None:
        heard.append(request)
        if not request.confirmed:
            raise Conflict(message, "confirmed", **params)

    return report


@pytest.mark.parametrize(
    ("what", "form", "message", "params"),
    [
        ("arrival", ARRIVAL, "arrival.far_from_start", {"arrived": "2027-02-01", "planned": "2027-03-01"}),
        (
            "attendance",
            {
                "content": "academic_lectures",
                "first_day": "2027-03-02",
                "last_day": "2027-03-03",
                "hours_planned": "4",
                "hours_attended": "4",
            },
            "attendance.while_suspended",
            {"first": "2027-03-02", "last": "2027-03-03"},
        ),
    ],
)
async def test_what_asks_is_sent_again_with_a_tick(
    portal: Portal,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    form: dict[str, str],
    message: str,
    params: dict[str, str],
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(portal.context.services.gateway, f"report_{what}", asking(heard, message, **params))
    client = await portal.signed_in("cqmu.coordinator")
    path = f"/exchanges/{people.exchange}/report/{what}"
    assert 'name="confirmed"' not in (await client.get(path)).text
    asked = await client.post(path, form)
    assert asked.status_code == 409
    assert 'href="#f-confirmed"' in asked.text
    assert 'name="confirmed" value="yes"' in asked.text
    assert all(f'value="{value}"' in asked.text for value in form.values())
    done = await client.post(path, form | {"confirmed": "yes"})
    assert done.status_code == 303
    assert [one.confirmed for one in heard] == [False, True]


async def with_hours(portal: Portal, people: People) -> str:
    """A stay that goes on, with hours of lectures on record."""
    hours = AttendanceReported(
        at=NOW,
        actor=HOST,
        report_id="r-2",
        content=Content.ACADEMIC_LECTURES,
        first_day=date(2027, 3, 1),
        last_day=date(2027, 3, 5),
        hours_planned=16,
        hours_attended=12.5,
    )
    await portal.office.record(people.living, Arrived(at=NOW, actor=HOST, report_id="r-1", arrived_at=NOW), hours)
    return people.living


async def test_a_report_is_corrected_from_what_it_says(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[ReportAttendance] = []

    async def report(exchange_id: str, request: ReportAttendance) -> None:
        heard.append(request)

    monkeypatch.setattr(portal.context.services.gateway, "report_attendance", report)
    exchange = await with_hours(portal, people)
    client = await portal.signed_in("cqmu.coordinator")
    page = await client.get(f"/exchanges/{exchange}")
    path = f"/exchanges/{exchange}/report/attendance?corrects=r-2"
    assert f'href="{path}"' in page.text
    form = (await client.get(path)).text
    for shown in ('name="corrects" value="r-2"', 'value="academic_lectures" selected', 'value="16.0"', 'value="12.5"'):
        assert shown in form
    sent = {
        "content": "academic_lectures",
        "first_day": "2027-03-01",
        "last_day": "2027-03-05",
        "hours_planned": "16",
        "hours_attended": "15",
        "corrects": "r-2",
    }
    assert (await client.post(path, sent)).status_code == 303
    assert [(one.corrects, one.hours_attended, one.confirmed) for one in heard] == [("r-2", 15, False)]


async def test_a_report_that_there_is_not_has_no_form(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    assert (await client.get(f"/exchanges/{people.exchange}/report/attendance?corrects=r-9")).status_code == 404


async def test_who_may_not_report_sees_no_way_to_correct(portal: Portal, people: People) -> None:
    exchange = await with_hours(portal, people)
    client = await portal.signed_in("dartmouth.coordinator")
    page = await client.get(f"/exchanges/{exchange}")
    assert "12.5" in page.text
    assert "corrects=" not in page.text
