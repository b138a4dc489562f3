"""What pictures are drawn from, for their tests; and how a drawing is read again."""

import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

from models.events import ExchangeResumed, ExchangeSuspended, StageEntered
from models.messages.host_sessions import HostSessionStatus
from models.messages.plan import PlannedContent
from models.people.authorization import CLOCK
from models.views import ExchangeView, Happening, PlacementView
from models.views.host_sessions import SessionLine
from models.vocabulary import Content, Role, Stage
from tests.cli.views import exchange_view, plan, step
from texts.charts.drawing import Picture

SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2027, 4, 20, 4, tzinfo=UTC)
ENTERED = (
    (Stage.NOMINATION, datetime(2026, 10, 12, tzinfo=UTC)),
    (Stage.DOCUMENTS, datetime(2026, 10, 19, tzinfo=UTC)),
    (Stage.SENDING_APPROVAL, datetime(2026, 11, 20, tzinfo=UTC)),
    (Stage.HOST_APPROVAL, datetime(2026, 12, 1, tzinfo=UTC)),
    (Stage.PRE_ARRIVAL, datetime(2027, 1, 10, tzinfo=UTC)),
    (Stage.ROTATIONS, datetime(2027, 3, 1, 1, tzinfo=UTC)),
)


def _happening(number: int, event: StageEntered | ExchangeSuspended | ExchangeResumed) -> Happening:
    return Happening(
        seq=number, at=event.at, kind=event.kind, who="", actor_id=CLOCK.id, role=Role.CLOCK, institution="",
        event=event,
    )  # fmt: skip


def placement(number: int, content: Content, unit: str, start: date, end: date) -> PlacementView:
    """A place in a unit."""
    return PlacementView(
        placement_id=f"place-{number}", content=content, unit_id=unit, unit=unit, unit_zh=unit, start=start, end=end,
        status="assigned", released_from=None,
    )  # fmt: skip


def whole_stay() -> ExchangeView:
    """A stay in its rotations: two places, lectures, three deadlines, a suspension behind it."""
    start, end, turn = date(2027, 3, 1), date(2027, 5, 28), date(2027, 4, 16)
    since, until = datetime(2026, 12, 10, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC)
    happened: list[StageEntered | ExchangeSuspended | ExchangeResumed] = [
        *(StageEntered(at=at, stage=stage) for stage, at in ENTERED),
        ExchangeSuspended(at=since, suspension_id="suspension-1", since=since, reason="outbreak"),
        ExchangeResumed(at=until, suspension_id="suspension-1", since=since, until=until),
    ]
    happened.sort(key=lambda one: one.at)
    due = step()
    contents = (
        PlannedContent(content=Content.LABORATORY, start=start, end=turn),
        PlannedContent(content=Content.CLINICAL, start=turn + timedelta(days=1), end=end),
        PlannedContent(content=Content.ACADEMIC_LECTURES, start=start, end=end),
    )
    return exchange_view().model_copy(
        update={
            "plan": plan().model_copy(update={"contents": contents}),
            "stage": Stage.ROTATIONS,
            "opened_at": ENTERED[0][1],
            "timeline": tuple(_happening(number, event) for number, event in enumerate(happened, start=1)),
            "steps": (
                due.model_copy(update={"due_at": NOW - timedelta(days=2), "step_id": "a.host_approval.1"}),
                due.model_copy(update={"due_at": NOW + timedelta(days=8), "overdue": False, "step_id": "a.check_in.1"}),
                due.model_copy(
                    update={
                        "due_at": NOW + timedelta(days=30),
                        "overdue": False,
                        "held_since": NOW,
                        "step_id": "a.confirm_bed.1",
                    }
                ),
            ),
            "placements": (placement(1, Content.LABORATORY, "cqmu-lipid", start, turn),),
        }
    )


def sessions() -> list[SessionLine]:
    """Two lectures, one of which was."""
    return [
        SessionLine(
            session_id=f"session-{day}", institution="cqmu", content=Content.ACADEMIC_LECTURES,
            title=f"Lecture & talk {day}", title_zh=f"讲座{day}", place="Hall 1", zone="Asia/Shanghai",
            starts_at=datetime(2027, 4, day, 6, tzinfo=UTC), ends_at=datetime(2027, 4, day, 8, tzinfo=UTC),
            hours=2, capacity=40, status=HostSessionStatus.PLANNED, version=1,
        )
        for day in (8, 29)
    ]  # fmt: skip


def read(picture: Picture) -> ElementTree.Element:
    """The drawing as a tree: it is well formed, carries no style, and names what it shows."""
    tree = ElementTree.fromstring(picture.svg)
    assert tree.get("role") == "img"
    names = (tree.get("aria-labelledby") or "").split()
    assert [tree.findtext(f"{SVG}title"), tree.find(f"{SVG}desc") is not None] == [picture.title, True]
    assert {one.get("id") for one in tree.iter() if one.tag in (f"{SVG}title", f"{SVG}desc")} >= set(names)
    assert "style" not in picture.svg, "a page's security policy lets no style in"
    return tree


def titles(tree: ElementTree.Element) -> list[str]:
    """What the shapes of a drawing say of themselves, in their order."""
    return [
        one.text or ""
        for shape in tree.iter()
        if shape.tag in (f"{SVG}rect", f"{SVG}path", f"{SVG}circle")
        for one in shape.findall(f"{SVG}title")
    ]


def shares(tree: ElementTree.Element, kind: str) -> list[tuple[float, float]]:
    """Where the rectangles of a class begin and how wide they are, in hundredths of the width."""
    found = [one for one in tree.iter(f"{SVG}rect") if one.get("class") == kind]
    return [(_number(one.get("x")), _number(one.get("width"))) for one in found]


def _number(text: str | None) -> float:
    return float(re.sub("[%]", "", text or "0"))
