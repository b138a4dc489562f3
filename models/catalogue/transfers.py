"""The notice that a student reads before papers go to a university in another jurisdiction, as data (D46)."""

import string
from collections.abc import Mapping
from datetime import date

from pydantic import Field

from models.catalogue.faults import wrong
from models.catalogue.step_checks import Told
from models.rules.countries import COUNTRY_CODES
from models.wire import Id, Wire

FILLED_IN = frozenset({"home", "host", "home_contact", "host_contact"})
"""What stands in braces in a notice."""


class NoticeSection(Wire):
    """One paragraph of a notice, with its heading."""

    title: str = Field(min_length=1)
    title_zh: str = Field(min_length=1)
    text: str = Field(min_length=1)
    text_zh: str = Field(min_length=1)


class TransferNotice(Wire):
    """What is sent where, why, and by whose right; its id names a version, and is never used again."""

    id: Id
    version: int = Field(ge=1)
    """Counted for the same countries."""
    sending: tuple[str, ...] = ()
    """Countries of the sending university; empty: any."""
    host: tuple[str, ...] = ()
    """Countries of the host; empty: any."""
    effective_from: date
    source: str = Field(min_length=1)
    sections: tuple[NoticeSection, ...] = Field(min_length=1)

    @property
    def pair(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Between which countries it is read."""
        return self.sending, self.host

    def is_for(self, sending: str, host: str) -> bool:
        """Whether it is read where papers go from one country to another."""
        return (not self.sending or sending in self.sending) and (not self.host or host in self.host)


def notice_for(notices: tuple[TransferNotice, ...], sending: str, host: str, on: date) -> TransferNotice | None:
    """The newest notice of the closest pair of countries on a day; `None` within one country, or where none is for it.

    The country of the sending university, whose law asks for it, counts before the host's.
    """
    if sending == host:
        return None
    fitting = [one for one in notices if one.is_for(sending, host) and one.effective_from <= on]
    return max(fitting, key=lambda one: (bool(one.sending), bool(one.host), one.effective_from), default=None)


def notice_faults(notices: Mapping[str, TransferNotice]) -> Told:
    """Of one pair of countries and day there is one notice, and each can be filled in."""
    seen = set[object]()
    for id, notice in notices.items():
        for name in ("sending", "host"):
            for code in getattr(notice, name):
                if code not in COUNTRY_CODES:
                    yield wrong(f"{id}.{name}", "catalogue.no_country", id=code)
        for name in ("version", "effective_from"):
            key = (notice.pair, name, getattr(notice, name))
            if key in seen:
                yield wrong(f"{id}.{name}", "catalogue.repeated", times=2)
            seen.add(key)
        for number, section in enumerate(notice.sections, start=1):
            for name in ("text", "text_zh"):
                for filled in sorted(_filled_in(getattr(section, name)) - FILLED_IN):
                    where = f"{id}.sections[{number}].{name}"
                    yield wrong(where, "catalogue.none_of", id=filled, choices=tuple(sorted(FILLED_IN)))


def _filled_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
