"""The menu at the top of every page: where this person may go."""

from dataclasses import dataclass

from portal import policy
from portal.policy import PagePolicy
from portal.visitor import Visitor


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


MOST = 7
"""Entries that a menu has at most; where somebody may go to more places, these are grouped."""


@dataclass(frozen=True)
class Entry:
    """One place to go to, or a group of them."""

    path: str
    title: str
    here: bool
    below: tuple["Entry", ...] = ()
    """The places of a group, the first of which is where its entry leads."""


Place = tuple[str, str, PagePolicy]
GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (_("Worklist"), (("/worklist", _("Worklist"), policy.ACTING), ("/overdue", _("Overdue"), policy.HANDLING))),
    (
        _("Exchanges"),
        (
            ("/exchanges", _("Exchanges"), policy.SIGNED_IN),
            ("/board", _("Board"), policy.BOARD),
            ("/nominate", _("Nominate"), policy.NOMINATING),
        ),
    ),
    (
        _("Places"),
        (
            ("/places", _("Places"), policy.PLACES),
            ("/units", _("Units"), policy.PLACES),
            ("/directory", _("Who is here"), policy.LOOKING_AFTER),
            ("/arrivals", _("Arrivals"), policy.LOOKING_AFTER),
            ("/sessions", _("Sessions"), policy.SESSIONS),
        ),
    ),
    (_("Cohorts"), (("/cohorts", _("Cohorts"), policy.BOARD), ("/messages", _("Messages"), policy.BOARD))),
    (_("Reports"), (("/levels", _("Service levels"), policy.BOARD), ("/year", _("Year report"), policy.BOARD))),
    (
        _("Administration"),
        (
            ("/admin", _("Administration"), policy.COORDINATION),
            ("/connections", _("Connections"), policy.CONNECTING),
            ("/events", _("Events"), policy.AUDIT),
        ),
    ),
)
FOR_EVERYBODY = (("/options", _("Programme")), ("/verify", _("Verify a certificate")))
DEVELOPMENT = ("/mailbox", _("Mailbox"))


BESIDE_MENU = {"/messages/write": policy.NOMINATING}
"""Places that pages lead to and the menu does not."""


def may_go(visitor: Visitor, path: str) -> bool:
    """Whether a visitor may open a place of the menu, or one beside it."""
    needed = BESIDE_MENU | {where: one for _name, places in GROUPS for where, _title, one in places}
    return visitor.signed_in and needed[path].lets_in(visitor)


def menu_of(visitor: Visitor, path: str, *, mailbox: bool) -> list[Entry]:
    """The places that a visitor may go to: one by one where they are few, else by group."""

    def entry(where: str, title: str) -> Entry:
        return Entry(where, title, path == where or path.startswith(f"{where}/"))

    groups = [
        (name, [entry(where, title) for where, title, needed in places if needed.lets_in(visitor)])
        for name, places in GROUPS
        if visitor.signed_in
    ]
    few = sum(len(places) for _, places in groups) < MOST
    menu = [one for name, places in groups if places for one in (places if few else [_group(name, places)])]
    if not visitor.signed_in:
        menu += [entry(*one) for one in FOR_EVERYBODY]
    return [*menu, entry(*DEVELOPMENT)] if mailbox else menu


def _group(name: str, places: list[Entry]) -> Entry:
    """One entry for several places; a single one stands for itself."""
    if len(places) == 1:
        return places[0]
    return Entry(places[0].path, name, any(one.here for one in places), tuple(places))
