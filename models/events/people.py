"""What people set for themselves; the stream is `person:` and the contact's id."""

from datetime import date
from typing import Literal

from models.events.base import Fact, _
from models.posting import DigestChoice
from models.wire import Id


class AbsencePlanned(Fact):
    """Somebody will be away."""

    kind: Literal["absence_planned"] = "absence_planned"
    title = _("Absence planned")
    absence_id: Id
    person: Id
    first_day: date
    last_day: date
    deputy: str = ""


class AbsenceCancelled(Fact):
    """They will be there after all, or are back early."""

    kind: Literal["absence_cancelled"] = "absence_cancelled"
    title = _("Absence cancelled")
    absence_id: Id
    person: Id


class PreferencesSet(Fact):
    """How somebody wants to be written to."""

    kind: Literal["preferences_set"] = "preferences_set"
    title = _("Preferences set")
    person: Id
    language: str = ""
    zone: str = ""
    digest: DigestChoice = DigestChoice.DAILY
