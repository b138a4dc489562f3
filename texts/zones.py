"""Time zones to choose from: one for each city that CLDR knows, by continent, in the reader's language."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from texts import punctuation
from texts.dates import ZONES
from texts.i18n import _, translated

CONTINENTS = {
    "Asia": "142",
    "America": "019",
    "Europe": "150",
    "Arctic": "150",
    "Africa": "002",
    "Australia": "009",
    "Pacific": "009",
    "Antarctica": "AQ",
}
"""What the first part of a zone's name stands for, by the number of the United Nations or the code of CLDR."""
OCEANS = {"Atlantic": _("Atlantic Ocean"), "Indian": _("Indian Ocean")}
ZoneGroup = tuple[str, tuple[tuple[str, str], ...]]
"""A continent, with its zones and the cities that they are named by."""


@cache
def zones_by_continent(language: str) -> tuple[ZoneGroup, ...]:
    """The zones by continent and city; other names of the same zone are left out."""
    groups: dict[str, dict[str, str]] = {}
    for zone in _canonical():
        area = zone.partition("/")[0]
        groups.setdefault(_area(area, language), {})[zone] = city_of(zone, language)
    return tuple((name, tuple(sorted(zones.items(), key=_by_name))) for name, zones in groups.items())


def _by_name(one: tuple[str, str]) -> str:
    """In the order of the Latin names of the cities, whatever the language."""
    return one[0].rpartition("/")[2]


def _canonical() -> list[str]:
    """The zones that are no other name of one, continents in the order of `CONTINENTS`, oceans last."""
    places, aliases = get_global("zone_territories"), get_global("zone_aliases")
    order = [*CONTINENTS, *OCEANS]
    known = (z for z in available_timezones() if z in places and z not in aliases and z.partition("/")[0] in order)
    return sorted(known, key=lambda zone: (order.index(zone.partition("/")[0]), zone))


def _area(area: str, language: str) -> str:
    if area in OCEANS:
        return translated(OCEANS[area], language)
    return str(Locale.parse(language).territories[CONTINENTS[area]])


@cache
def city_of(zone: str, language: str) -> str:
    """The city that a zone is named by, with what people call its time: `上海（北京时间）`."""
    aliases = sorted(name for name, of in get_global("zone_aliases").items() if of == zone)
    cities = Locale.parse(language).time_zones
    said = (cities[name]["city"] for name in (zone, *aliases) if "city" in cities.get(name, {}))
    city = next(said, zone.rpartition("/")[2].replace("_", " "))
    if zone not in ZONES:
        return str(city)
    return punctuation.aside(str(city), translated(ZONES[zone], language), language)
