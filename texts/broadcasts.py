"""Words about messages to many: how the students were chosen, and whether they got it."""

from models.messages.broadcasts import Audience, AudienceKind
from models.rules.broadcasts import BroadcastDelivery
from models.vocabulary import Side
from texts.dates import stay_words
from texts.i18n import _
from texts.names import Names

AUDIENCES: dict[str, str] = {
    AudienceKind.COHORT: _("A cohort"),
    AudienceKind.UNIT: _("The students of a unit"),
    AudienceKind.ARRIVING: _("Who arrives"),
    AudienceKind.CHOSEN: _("Chosen one by one"),
}
BROADCAST_STATES: dict[str, str] = {
    BroadcastDelivery.WAITING: _("Waiting to be sent"),
    BroadcastDelivery.SENT: _("Sent"),
    BroadcastDelivery.BOUNCED: _("Came back"),
    BroadcastDelivery.REFUSED: _("Not delivered"),
    BroadcastDelivery.NO_ADDRESS: _("No address"),
    BroadcastDelivery.WITHDRAWN: _("Nothing left to say"),
}
AUDIENCE_SIDES: dict[str, str] = {
    Side.SENDING: _("Those that we send"),
    Side.HOST: _("Those that we host"),
}


def audience_words(audience: Audience, names: Names) -> str:
    """For whom a message was: `Who arrives: 1 to 7 March 2027`."""
    title = names.label(AUDIENCES, audience.kind)
    match audience.kind:
        case AudienceKind.COHORT:
            words = names.pair(title, audience.cohort)
        case AudienceKind.UNIT:
            words = names.pair(title, names.unit(audience.unit))
        case AudienceKind.ARRIVING if audience.first_day and audience.last_day:
            words = names.pair(title, stay_words(audience.first_day, audience.last_day, names.language))
        case _:
            return title
    return names.aside(words, names.label(AUDIENCE_SIDES, audience.side)) if audience.side else words
