"""The picture of service levels: what is drawn and what is said of it, for a page and for a file."""

from xml.etree import ElementTree

import pytest

from models.rules.service_levels import By, ServiceLevel
from tests.programmes import small_programme
from tests.texts.pictures import SVG, read, shares
from texts.charts.levels import LATE_WIDE, MOST_TICKS, WHOLE, level_file, level_picture
from texts.names import Names


def level(institution: str, late: int, half: float | None, most: float | None) -> ServiceLevel:
    return ServiceLevel(
        group={By.INSTITUTION: institution, By.KIND: "verify_nomination"},
        steps=8,
        decided=8 if half is not None else 0,
        open=0,
        late=late,
        late_share=late / 8,
        p50_hours=half,
        p90_hours=most,
        held_hours=12,
    )


LEVELS = (level("cqmu", 2, 24, 96), level("", 0, None, None))


@pytest.mark.parametrize(("language", "home"), [("en", "CQMU, "), ("zh", "重庆医科大学、")])
def test_groups_have_the_names_of_the_programme(language: str, home: str) -> None:
    names = Names(small_programme(), language)
    cqmu, office = names.level_names(LEVELS)
    step = names.step("verify_nomination")
    assert (cqmu, step in office) == (f"{home}{step}", True)
    assert office != step, "what no university owes is the programme office's"
    assert names.level_names([LEVELS[0].model_copy(update={"group": {By.UNIT: ""}})]) == ["–"]


def test_bars_are_as_long_as_what_they_say() -> None:
    picture = level_picture(LEVELS, ["A & <b>", "B" * 60], "en")
    tree = read(picture)
    assert [wide for _begins, wide in shares(tree, "most")] == [WHOLE * 100], "four ticks of a day"
    assert [wide for _begins, wide in shares(tree, "half")] == [WHOLE * 25]
    assert [wide for _begins, wide in shares(tree, "late-part")] == [LATE_WIDE * 25]
    said = [text.text for text in tree.iter(f"{SVG}text")]
    assert said == ["0", "1", "2", "3", "4", "days", "A & <b>", "1.0 / 4.0 days", "2 of 8 late",
                    "B" * 60, "–", "0 of 8 late"]  # fmt: skip
    assert picture.rows[0] == ("A & <b>", "8", "8", "1.0", "4.0", "2", "0.5")
    assert (tree.findtext(f"{SVG}desc") or "").splitlines()[0].startswith("A & <b>, Asked: 8, Answered: 8, Half within")


@pytest.mark.parametrize(("hours", "ticks"), [(3, "1"), (24 * 9, "20"), (24 * 77, "80"), (24 * 9000, "4000")])
def test_an_axis_ends_at_a_round_number_and_no_bar_beyond_it(hours: float, ticks: str) -> None:
    tree = read(level_picture([level("cqmu", 8, 1, hours)], ["A"], "en"))
    said = [text.text for text in tree.iter(f"{SVG}text")]
    assert said[MOST_TICKS] == ticks
    assert all(begins + wide <= 100 for kind in ("most", "late-part") for begins, wide in shares(tree, kind))


def test_a_page_brings_its_own_style_and_a_file_has_one() -> None:
    file = ElementTree.fromstring(level_file(LEVELS, ["A", "B"], "zh"))
    assert "prefers-color-scheme: dark" in (file.findtext(f"{SVG}style") or "")
    assert (file.findtext(f"{SVG}title"), file.get("width")) == ("服务水平", "1060")
    assert shares(file, "page") == [(0, 100)], "the colour of the paper is drawn"


def test_a_picture_of_nothing_is_one() -> None:
    assert read(level_picture([], [], "en")).findtext(f"{SVG}desc") in ("", None)
