"""Words about units: why one takes nobody in some weeks, and what stands against a student's place in it."""

from models.catalogue.units import BlockReason, UnitTerms
from models.rules.units import Hindrance, PlaceToMove, Unmet
from models.vocabulary import LANGUAGES
from texts.dates import day_words, stay_words
from texts.i18n import _
from texts.labels import LEVELS
from texts.names import Names

BLOCK_REASONS: dict[str, str] = {
    BlockReason.HOLIDAY: _("Holiday"),
    BlockReason.INSPECTION: _("Inspection"),
    BlockReason.EXAMINATIONS: _("Examinations"),
    BlockReason.RENOVATION: _("Renovation"),
    BlockReason.STAFFING: _("Too few staff"),
    BlockReason.OTHER: _("Another reason"),
}
HINDRANCES: dict[str, str] = {
    Hindrance.DECLINED: _("declined before"),
    Hindrance.NOT_OFFERED: _("takes nobody new"),
    Hindrance.LEVEL: _("takes students of another level"),
    Hindrance.DISCIPLINE: _("takes students of other disciplines"),
    Hindrance.LANGUAGE: _("works in another language"),
    Hindrance.BLOCKED: _("takes nobody in some of the weeks"),
    Hindrance.FULL: _("full"),
    Hindrance.UNSUPERVISED: _("nobody supervises there any more"),
    Hindrance.SUPERVISORS: _("every supervisor has as many students as they take"),
}


def why_words(one: Unmet | PlaceToMove, names: Names) -> str:
    """Why a unit does not take a student: `full (1 Mar 2027)`."""
    words = names.label(HINDRANCES, one.why)
    more = [names.label(BLOCK_REASONS, one.reason)] if one.reason else []
    if one.on is not None:
        more.append(day_words(one.on, names.language))
    return names.aside(words, names.listed(more)) if more else words


def terms_words(terms: UnitTerms, names: Names) -> list[str]:
    """Whom a unit takes, besides how many: one line for each condition."""
    lines: list[str] = []
    if terms.levels:
        lines.append(names.listed(names.label(LEVELS, one) for one in terms.levels))
    if terms.disciplines:
        lines.append(names.listed(names.discipline(one) for one in terms.disciplines))
    if terms.languages:
        lines.append(names.listed(LANGUAGES[one] for one in terms.languages))
    lines += [
        names.pair(names.label(BLOCK_REASONS, one.reason), stay_words(one.first, one.last, names.language))
        for one in terms.blocked
    ]
    lines += [names.pair(names.person(person), str(most)) for person, most in terms.supervisors.items()]
    return lines
