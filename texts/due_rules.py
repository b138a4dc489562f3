"""The rule behind a due time in words: `5 working days after it opens (D10)`."""

from models.catalogue.policy import DueRule
from models.vocabulary import Anchor, Unit
from texts.i18n import _, _p, translated
from texts.punctuation import aside

ANCHORS: dict[Anchor, str] = {
    Anchor.OPENED: _("it opens"),
    Anchor.START: _("the first day of the stay"),
    Anchor.END: _("the last day of the stay"),
    Anchor.ARRIVAL: _("the arrival"),
    Anchor.SUBJECT_END: _("the end of the block"),
    Anchor.NOMINATED: _p("anchor", "the nomination"),
    Anchor.PREVIOUS_STEP: _("the step before"),
    Anchor.EVENT: _("what starts it"),
}
"""What a due time is counted from, as it goes on in a sentence."""
UNITS: dict[Unit, tuple[str, str]] = {
    Unit.HOURS: (_("{count} hour"), _("{count} hours")),
    Unit.DAYS: (_("{count} day"), _("{count} days")),
    Unit.WEEKS: (_("{count} week"), _("{count} weeks")),
    Unit.WORKING_DAYS: (_("{count} working day"), _("{count} working days")),
}
"""How often a unit is counted: once, and otherwise."""


def due_rule_words(due: DueRule, rule: str | None, language: str) -> str:
    """The rule behind a due time."""
    anchor, count = translated(ANCHORS[due.anchor], language), abs(due.offset)
    if count:
        one, many = UNITS[due.unit]
        time = translated(one if count == 1 else many, language).format(count=count)
        frame = _("{time} after {anchor}") if due.offset > 0 else _("{time} before {anchor}")
        words = translated(frame, language).format(time=time, anchor=anchor)
    else:
        words = translated(_("at {anchor}"), language).format(anchor=anchor)
    if due.floor_days:
        words = translated(_("{words}, never under {days} days"), language).format(words=words, days=due.floor_days)
    return aside(words, rule or "", language)
