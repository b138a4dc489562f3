"""The menu at the top of every page: where this person may go."""

from dataclasses import dataclass

from portal import policy
from portal.policy import PagePolicy
from portal.visitor import Visitor


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


@dataclass(frozen=True)
class Entry:
    """One place to go to."""

    path: str
    title: str
    here: bool


PLACES: tuple[tuple[str, str, PagePolicy], ...] = (
    ("/worklist", _("Worklist"), policy.ACTING),
    ("/exchanges", _("Exchanges"), policy.SIGNED_IN),
    ("/board", _("Board"), policy.BOARD),
    ("/nominate", _("Nominate"), policy.NOMINATING),
    ("/overdue", _("Overdue"), policy.HANDLING),
    ("/places", _("Places"), policy.PLACES),
    ("/units", _("Units"), policy.PLACES),
    ("/directory", _("Who is here"), policy.LOOKING_AFTER),
    ("/sessions", _("Sessions"), policy.SESSIONS),
    ("/cohorts", _("Cohorts"), policy.BOARD),
    ("/messages", _("Messages"), policy.BOARD),
    ("/levels", _("Service levels"), policy.BOARD),
    ("/year", _("Year report"), policy.BOARD),
    ("/connections", _("Connections"), policy.CONNECTING),
    ("/admin", _("Administration"), policy.COORDINATION),
    ("/events", _("Events"), policy.AUDIT),
)
FOR_EVERYBODY = (("/options", _("Programme")), ("/verify", _("Verify a certificate")))
DEVELOPMENT = ("/mailbox", _("Mailbox"))


def menu_of(visitor: Visitor, path: str, *, mailbox: bool) -> list[Entry]:
    """The places that a visitor may go to."""
    wanted = [(where, title) for where, title, needed in PLACES if visitor.signed_in and needed.lets_in(visitor)]
    if not visitor.signed_in:
        wanted += FOR_EVERYBODY
    if mailbox:
        wanted.append(DEVELOPMENT)
    return [Entry(where, title, path == where or path.startswith(f"{where}/")) for where, title in wanted]
