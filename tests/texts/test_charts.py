"""The chart of service levels: what is drawn and what is said of it, for a page and for a file."""

from xml.etree import ElementTree

import pytest

from models.rules.service_levels import By, ServiceLevel
from tests.programmes import small_programme
from texts.charts.levels import BAR, STYLE, level_chart
from texts.names import Names

SVG = "{http://www.w3.org/2000/svg}"


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
        held_hours=0,
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


def widths(chart: ElementTree.Element, kind: str) -> list[float]:
    return [
        float(one.get("width", "0").replace("100%", "1"))
        for one in chart.iter(f"{SVG}rect")
        if one.get("class") == kind
    ]


def test_bars_are_as_long_as_what_they_say() -> None:
    chart = ElementTree.fromstring(level_chart(LEVELS, ["A & <b>", "B" * 60], "en"))
    assert widths(chart, "late") == [BAR / 4, 0]
    assert widths(chart, "most") == [BAR, 0]
    assert widths(chart, "half") == [BAR / 4, 0]
    said = [text.text for text in chart.iter(f"{SVG}text")]
    assert said == ["Late", "Days: half within (dark), 90% within (light)", "A & <b>", "2 / 8", "1.0 / 4.0",
                    "B" * 41 + "…", "0 / 8", "–"]  # fmt: skip
    told = chart.findtext(f"{SVG}desc")
    assert told is not None
    assert told.splitlines()[0] == "A & <b>: 2 of 8 late; days, half and 90% within: 1.0 / 4.0"


def test_a_page_brings_its_own_style_and_a_file_has_one() -> None:
    assert "<style" not in level_chart(LEVELS, ["A", "B"], "zh"), "a page's security policy lets no style in"
    file = ElementTree.fromstring(level_chart(LEVELS, ["A", "B"], "zh", STYLE))
    assert "prefers-color-scheme: dark" in (file.findtext(f"{SVG}style") or "")
    assert file.findtext(f"{SVG}title") == "服务水平"
    assert widths(file, "page"), "the colour of the paper is drawn"


def test_a_chart_of_nothing_is_one() -> None:
    assert ElementTree.fromstring(level_chart([], [], "en")).findtext(f"{SVG}desc") in ("", None)
