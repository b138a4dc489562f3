"""Chinese names of public holidays, for countries whose calendar has none of its own."""

from texts.i18n import _, translated

OBSERVED = " (observed)"
HOLIDAYS = (
    _("All Saints' Day"),
    _("Ascension Day"),
    _("Christmas Day"),
    _("Christmas Eve"),
    _("Day After Thanksgiving"),
    _("Dr. Martin Luther King Jr. / Civil Rights Day"),
    _("Easter Monday"),
    _("Easter Sunday"),
    _("Election Day"),
    _("Epiphany"),
    _("Good Friday"),
    _("Independence Day"),
    _("Juneteenth National Independence Day"),
    _("Labor Day"),
    _("May Day"),
    _("Memorial Day"),
    _("Midsummer Day"),
    _("Midsummer Eve"),
    _("New Year's Day"),
    _("Pentecost"),
    _("Second Day of Christmas"),
    _("Thanksgiving Day"),
    _("Veterans Day"),
    _("Washington's Birthday"),
)


def holiday_in_chinese(names: str) -> str:
    """The Chinese name of a holiday, or of several on one day; `holiday` where the catalogue has none."""
    return "、".join(_one(name) for name in names.split("; "))


def _one(name: str) -> str:
    plain = name.removesuffix(OBSERVED)
    words = translated(plain if plain in HOLIDAYS else _("public holiday"), "zh")
    return f"{words}（补休）" if name.endswith(OBSERVED) else words
