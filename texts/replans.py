"""What became of the stays of a re-planned cohort, and why one was not moved."""

from models.views.replans import ReplanState
from texts.i18n import _

REPLAN_STATES: dict[str, str] = {
    ReplanState.MOVED: _("Moved"),
    ReplanState.NOT_MOVED: _("Not moved"),
    ReplanState.WAITING: _("Not decided by the exchange yet"),
    ReplanState.ENDED: _("The exchange ended"),
}
WHY_NOT_MOVED: dict[str, str] = {
    "bed": _("No bed is free for every night."),
    "seat": _("No seat of that intake is free any more."),
    "second_host": _("The exchange at the second host had ended, or leaves no room for these days."),
    "stay_over": _("The stay was over, or the exchange ended, before it was decided."),
    "exchange_ending": _("The stay was over, or the exchange ended, before it was decided."),
    "exchange.ending": _("The stay was over, or the exchange ended, before it was decided."),
    "change.stay_over": _("The stay is over; there is nothing left to change."),
    "change.not_verified": _("The nomination is not verified yet: it is corrected, not changed."),
    "change.earlier_rules": _("This exchange began under rules that know no changes; end it, or nominate anew."),
    "change.open": _("Another change of it is being decided."),
    "change.another_year": _("Its days would lie in another year: that is another intake (D4)."),
    "change.day_over": _("The day would be over already."),
    "change.stay_begun": _("The stay has begun; its first day stays."),
    "change.nothing_changes": _("It is on these days already."),
    "stay.too_long": _("The stay would be longer than allowed (D1)."),
    "stay.too_short": _("The stay would be shorter than allowed (D1)."),
    "stay.end_before_start": _("The stay would end before it begins."),
    "block.none_planned": _("No block of its plan would be left."),
}
"""By message or by what is lacking; anything else is the unit without room."""
