"""What days without office hours are called, and public holidays in Chinese where their calendar has no Chinese."""

from collections.abc import Mapping

from texts.i18n import CONTEXT, _, _p, translated

OBSERVED = " (observed)"
INSTEAD = "Alternative holiday for "
UNNAMED = _("public holiday")
WEEKEND = _("weekend")
MADE_UP = _("made up for a holiday")
"""Why a Saturday or Sunday is worked."""
EVERYWHERE = (
    _("All Saints' Day"),
    _("Ascension Day"),
    _("Assumption Day"),
    _("Boxing Day"),
    _("Christmas Day"),
    _("Christmas Eve"),
    _("Corpus Christi"),
    _("Easter Monday"),
    _("Easter Sunday"),
    _("Epiphany"),
    _("Good Friday"),
    _("Immaculate Conception"),
    _("Independence Day"),
    _("Labor Day"),
    _("Maundy Thursday"),
    _("Midsummer Day"),
    _("Midsummer Eve"),
    _("New Year's Day"),
    _("New Year's Eve"),
    _("Pentecost"),
    _("Pentecost Monday"),
    _("Second Day of Christmas"),
)
"""Names that mean the same day of the year or of the church in every country."""
OF_COUNTRY = {
    "DE": (
        _p("DE", "75th anniversary of the East German uprising of 1953"),
        _p("DE", "Augsburg Peace Festival"),
        _p("DE", "German Unity Day"),
        _p("DE", "Reformation Day"),
        _p("DE", "Repentance and Prayer Day"),
        _p("DE", "Women's Day"),
        _p("DE", "World Children's Day"),
    ),
    "FI": (_p("FI", "May Day"), _p("FI", "Åland's Autonomy Day")),
    "KR": (
        _p("KR", "Buddha's Birthday"),
        _p("KR", "Children's Day"),
        _p("KR", "Chuseok"),
        _p("KR", "Constitution Day"),
        _p("KR", "Hangul Day"),
        _p("KR", "Independence Movement Day"),
        _p("KR", "Korean New Year"),
        _p("KR", "Liberation Day"),
        _p("KR", "Local Election Day"),
        _p("KR", "Memorial Day"),
        _p("KR", "National Assembly Election Day"),
        _p("KR", "National Foundation Day"),
        _p("KR", "Presidential Election Day"),
        _p("KR", "The day preceding Chuseok"),
        _p("KR", "The day preceding Korean New Year"),
        _p("KR", "The second day of Chuseok"),
        _p("KR", "The second day of Korean New Year"),
    ),
    "NO": (_p("NO", "Constitution Day"),),
    "US": (
        _p("US", "Columbus Day"),
        _p("US", "Day After Thanksgiving"),
        _p("US", "Dr. Martin Luther King Jr. / Civil Rights Day"),
        _p("US", "Election Day"),
        _p("US", "Juneteenth National Independence Day"),
        _p("US", "Martin Luther King Jr. Day"),
        _p("US", "Memorial Day"),
        _p("US", "Thanksgiving Day"),
        _p("US", "Veterans Day"),
        _p("US", "Washington's Birthday"),
    ),
}
"""Names that another country uses of another day, or not at all."""
_NAMES = {("", name): name for name in EVERYWHERE} | {
    (country, name.rpartition(CONTEXT)[2]): name for country, names in OF_COUNTRY.items() for name in names
}


def holiday_in_chinese(names: str, country: str, own: Mapping[str, str] | None = None) -> str:
    """The Chinese name of a country's holiday, or of several on one day, each said once.

    `own` has the names that an institution gives; `public holiday` stands where nobody gives one.
    """
    return "、".join(dict.fromkeys(_one(name, country, own or {}) for name in names.split("; ")))


def _one(name: str, country: str, own: Mapping[str, str]) -> str:
    plain = name.removeprefix(INSTEAD).removesuffix(OBSERVED)
    words = own.get(plain) or translated(_NAMES.get((country, plain)) or _NAMES.get(("", plain)) or UNNAMED, "zh")
    return words if plain == name else translated(_("%s (day off instead)"), "zh") % words
