"""A stay on one strip: what is drawn is what its table says, in place and in words."""

from datetime import datetime, timedelta

import pytest

from models.events import ExchangeSuspended
from models.views import ExchangeView
from tests.cli.views import exchange_view
from tests.programmes import small_programme
from tests.texts.pictures import NOW, SVG, read, sessions, shares, titles, whole_stay
from texts.charts.drawing import Picture
from texts.charts.strip import stay_strip
from texts.names import Names


def strip(view: ExchangeView, language: str = "en", now: datetime = NOW) -> Picture:
    return stay_strip(view, sessions(), now, Names(small_programme(), language), "Asia/Shanghai")


def test_everything_that_has_a_day_is_on_the_strip_and_in_its_table() -> None:
    picture = strip(whole_stay())
    told = [", ".join(part for part in row[1:] if part) for row in picture.rows]
    assert sorted(titles(read(picture))) == sorted(told)
    marks = [row[0] for row in picture.rows]
    assert marks == ["1", "2", "3", "5", "7", "9", "A", "B", "", "|", "|", "×", "◆", "◇", "//"]
    assert picture.rows[5][1:] == ("Rotations", "1 Mar 2027 – 20 Apr 2027", "under way")
    assert picture.rows[6][1:] == (
        "Laboratory training: Lab for Lipid Research", "1 Mar 2027 – 16 Apr 2027", "done",
    )  # fmt: skip
    assert [row[3] for row in picture.rows[-4:]] == ["overdue", "open", "on hold", ""]
    assert dict(picture.legend).keys() == {"A", "B", "|", "◆", "×", "◇", "//"}


def test_a_place_is_called_by_its_unit() -> None:
    words = [one.text for one in read(strip(whole_stay())).iter(f"{SVG}text")]
    assert "A Lab for Lipid Research" in words


def test_days_are_where_the_calendar_has_them() -> None:
    tree = read(strip(whole_stay()))
    days = 229  # from the nomination on 12 October to the last day, 28 May
    [(begins, wide)] = shares(tree, "here")
    assert (begins, wide) == pytest.approx((140 / days * 100, 51 / days * 100), abs=0.01)
    [today] = [one for one in tree.iter(f"{SVG}line") if one.get("class") == "today"]
    assert float((today.get("x1") or "").strip("%")) == pytest.approx(190 / days * 100, abs=0.01)


def test_a_stay_before_its_beginning_and_one_that_is_over_are_drawn_too() -> None:
    begun = exchange_view()
    assert [row[0] for row in strip(begun).rows] == ["5", "A", "|", "|", "×"]
    over = begun.model_copy(update={"closed_at": NOW, "steps": (), "placements": ()})
    assert read(strip(over, now=NOW + timedelta(days=400))).findall(f"{SVG}line[@class='today']") == []


def test_a_suspension_that_goes_on_reaches_to_today() -> None:
    view = whole_stay()
    running = [one for one in view.timeline if one.kind != "exchange_resumed"]
    [pause] = [one.event for one in running if isinstance(one.event, ExchangeSuspended)]
    rows = strip(view.model_copy(update={"timeline": tuple(running)})).rows
    assert rows[-1][2].endswith("20 Apr 2027"), pause


def test_it_speaks_chinese() -> None:
    picture = strip(whole_stay(), "zh")
    assert picture.title == "交流全程图"
    assert not [cell for row in picture.rows for cell in row if cell.isascii() and cell.isalpha() and len(cell) > 1]
