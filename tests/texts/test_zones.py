"""Time zones to choose from: by city and continent, each once, in both languages."""

from zoneinfo import ZoneInfo

import pytest

from models.catalogue.loading import load_programme
from models.vocabulary import LANGUAGES
from texts.zones import city_of, zones_by_continent


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_zone_stands_once_under_its_continent(language: str) -> None:
    groups = zones_by_continent(language)
    zones = [zone for _, found in groups for zone, _ in found]
    assert len(groups) == 8
    assert len(zones) == len(set(zones)) > 400
    assert not {"Asia/Calcutta", "US/Eastern", "PRC", "Asia/Chongqing", "Etc/UTC", "Europe/Kiev"} & set(zones)
    assert {one.zone for one in load_programme().institutions.values()} <= set(zones)
    assert all(ZoneInfo(zone) for zone in zones)
    assert language != "zh" or not [city for _, found in groups for _, city in found if city.isascii()]


def test_cities_are_called_as_people_do() -> None:
    assert city_of("Asia/Shanghai", "zh") == "上海（北京时间）"
    assert city_of("America/New_York", "en") == "New York (US Eastern time)"
    assert (city_of("Europe/Kyiv", "zh"), city_of("Asia/Kolkata", "zh")) == ("基辅", "加尔各答"), (
        "by their earlier names"
    )
    assert [name for name, _ in zones_by_continent("zh")][:2] == ["亚洲", "美洲"]
