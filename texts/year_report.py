"""The year report in words: tables that page, spreadsheet and print show alike."""

from collections.abc import Sequence
from typing import NamedTuple

from models.rules.year_report import Answered, Flow, Partnership, RatedPlace, YearReport
from texts.i18n import _, _p
from texts.names import Names

Cell = str | int | float | None


class ReportTable(NamedTuple):
    """A title, a line of columns, and lines of figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def numbers(self) -> list[bool]:
        """Which columns hold figures; a figure may be missing in some rows, in the first too."""
        return [any(isinstance(row[n], int | float) for row in self.rows) for n in range(len(self.columns))]


def report_title(report: YearReport, names: Names) -> str:
    """What the report is called."""
    return names.gettext(_("Year report {year}")).format(year=report.year)


def report_tables(report: YearReport, names: Names) -> list[ReportTable]:
    """All tables."""
    shown = [*report.partnerships, *([report.whole] if len(report.partnerships) > 1 else [])]
    return [
        _students(shown, names),
        _reciprocity(shown, report.home, names),
        _seats(shown, names),
        _ratings(shown, names),
        _places(report.places, names),
        _late(shown, names),
    ]


def _table(names: Names, title: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> ReportTable:
    return ReportTable(names.gettext(title), tuple(names.gettext(column) for column in columns), tuple(rows))


def _way(flow: Flow, names: Names) -> tuple[str, str]:
    return _place(flow.sending, names), _place(flow.host, names)


def _place(institution: str, names: Names) -> str:
    return names.institution(institution) if institution else names.gettext(_("all partners"))


def _both(shown: Sequence[Partnership]) -> list[Flow]:
    return [flow for one in shown for flow in (one.back, one.out)]


def _students(shown: Sequence[Partnership], names: Names) -> ReportTable:
    columns = (
        _p("column", "from"), _p("column", "to"), _("nominated"), _("accepted"), _("came"), _("completed"),
        _("student-months"),
    )  # fmt: skip
    rows = [
        (*_way(flow, names), flow.nominated, flow.accepted, flow.came, flow.completed, flow.months)
        for flow in _both(shown)
    ]
    return _table(names, _("Students"), columns, rows)


def _reciprocity(shown: Sequence[Partnership], home: str, names: Names) -> ReportTable:
    columns = (
        _("partner"), _("students received"), _("students sent"), _("balance"), _("months received"), _("months sent"),
        _("balance in months"),
    )  # fmt: skip
    rows = [
        (_place(one.partner, names), one.back.came, one.out.came, one.balance, one.back.months, one.out.months,
         one.balance_months)
        for one in shown
    ]  # fmt: skip
    title = names.gettext(_("Reciprocity, seen from {home}")).format(home=names.institution(home))
    return ReportTable(title, tuple(names.gettext(column) for column in columns), tuple(rows))


def _seats(shown: Sequence[Partnership], names: Names) -> ReportTable:
    columns = (
        _p("column", "from"), _p("column", "to"), _("seats"), _("seats used"), _("at least"), _("note"),
    )  # fmt: skip
    rows = [
        (*_way(flow, names), flow.cap, flow.taken, flow.minimum or None, _note(flow, names)) for flow in _both(shown)
    ]
    return _table(names, _("Seats"), columns, rows)


def _note(flow: Flow, names: Names) -> str:
    if flow.silent:
        return names.gettext(_("silent: nobody was nominated"))
    return names.gettext(_("fewer than agreed")) if flow.below_minimum else ""


def _ratings(shown: Sequence[Partnership], names: Names) -> ReportTable:
    called = names.objectives()
    columns = (_("partner"), _("objective"), _("students who rated it"), _("mean, 1 to 5"))
    rows = [
        (
            _place(one.partner, names),
            called.get(rating.objective, rating.objective),
            rating.raters,
            rating.mean,
        )
        for one in shown
        for rating in one.ratings
    ]
    return _table(names, _("Ratings by students"), columns, rows)


def _places(places: Sequence[RatedPlace], names: Names) -> ReportTable:
    called = names.objectives()
    columns = (
        _p("column", "host"), _("unit"), _("objective"), _("students who rated it"), _("mean, 1 to 5"),
    )  # fmt: skip
    rows = [
        (
            names.institution(place.host),
            names.unit(place.unit) if place.unit else names.gettext(_("all units")),
            called.get(rating.objective, rating.objective),
            rating.raters,
            rating.mean,
        )
        for place in places
        for rating in place.ratings
    ]
    return _table(names, _("Objectives by host and unit"), columns, rows)


def _late(shown: Sequence[Partnership], names: Names) -> ReportTable:
    columns = (_("partner"), _p("column", "owed by"), _("answers"), _("late"), _("late, in percent"))
    rows = [
        (
            _place(one.partner, names),
            names.institution(by.institution),
            by.answers,
            by.late,
            _percent(by),
        )
        for one in shown
        for by in one.answered
    ]
    return _table(names, _("Late answers"), columns, rows)


def _percent(by: Answered) -> int:
    return round(100 * by.late / by.answers)
