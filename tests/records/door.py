"""What happens at the door, as events: a part of the made-up cohort of `story`."""

from collections.abc import Callable
from datetime import datetime

from models.events import (
    AddressRestored,
    CalendarIssued,
    CalendarRevoked,
    EndpointChanged,
    Event,
    MemberAdded,
    MemberChanged,
    MemberProposed,
    MemberRemoved,
    ProposalDeclined,
    SessionEnded,
    SignedIn,
    TokenIssued,
    TokenRevoked,
)
from models.people.access import ApiScope, ProposedAct, SignInMethod
from models.people.calendar_feeds import CalendarKind
from models.vocabulary import Role


def at_the_door(at: Callable[[int], datetime]) -> list[Event]:
    """Signing in and out, and what is connected and entered in the portal."""
    person, token, endpoint, feed = "cqmu.coordinator", "t-1", "ep-1", "c-1"
    return [
        SignedIn(at=at(4), person=person, session_id="s-1", method=SignInMethod.LINK),
        SessionEnded(at=at(5), person=person, session_id="s-1"),
        MemberAdded(at=at(6), person=person, role=Role.COORDINATOR, institution="cqmu"),
        MemberChanged(at=at(7), person=person, fields=("email",)),
        MemberRemoved(at=at(8), person=person, role=Role.COORDINATOR, institution="cqmu"),
        MemberProposed(
            at=at(8), proposal_id="pr-1", person=person, role=Role.COORDINATOR, institution="cqmu", act=ProposedAct.ADD
        ),
        ProposalDeclined(at=at(8), proposal_id="pr-1", person=person),
        AddressRestored(at=at(8), change_id="c-1", person=person),
        TokenIssued(at=at(9), token_id=token, institution="cqmu", scopes=(ApiScope.EVENTS_READ,), expires_at=at(400)),
        TokenRevoked(at=at(10), token_id=token, institution="cqmu"),
        CalendarIssued(at=at(10), feed_id=feed, person=person, calendar=CalendarKind.MINE),
        CalendarRevoked(at=at(11), feed_id=feed, person=person),
        EndpointChanged(at=at(11), endpoint_id=endpoint, institution="cqmu", what="added"),
    ]
