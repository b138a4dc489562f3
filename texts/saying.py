"""Days, moments and places as one reader of an exchange says them."""

from dataclasses import dataclass
from datetime import date, datetime

from models.identifiers import kind_of
from texts.dates import day_words, moment_words, stay_words
from texts.i18n import _
from texts.names import Names


@dataclass(frozen=True)
class Saying:
    """The words of one reader, in their zone."""

    names: Names
    zone: str
    """The reader's, or the host's."""
    host: str
    units: dict[str, str]
    """The unit of each place, by the id of the place."""

    def _say(self, message: str, **values: object) -> str:
        return self.names.gettext(message).format(**values)

    def _title(self, step_id: str) -> str:
        return self.names.step(kind_of(step_id))

    def _place(self, placement_id: str) -> str:
        return self.names.unit(self.units[placement_id]) if placement_id in self.units else placement_id

    def _day(self, day: date) -> str:
        return day_words(day, self.names.language)

    def _moment(self, moment: datetime) -> str:
        return moment_words(moment, self.zone, self.names.language)

    def _arrow(self, *moments: datetime | None) -> str:
        return " → ".join(self._moment(moment) for moment in moments if moment)

    def _stretch(self, first: date, last: date) -> str:
        return stay_words(first, last, self.names.language)

    def _from(self, day: date | None) -> str:
        return self._say(_("from {day} on"), day=self._day(day)) if day else self._say(_("all of it"))
