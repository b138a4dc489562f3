"""Notices as values: what is told, to whom, in which capacity. Ids, dates and codes only; names join when mail is sent.

Who is told what is in `models/notifications/recipients.py`.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field

from models.notifications.conversation_news import PostFacts
from models.notifications.door_facts import AddressFacts, ProposalFacts, SignInFacts
from models.notifications.session_news import SessionFacts
from models.notifications.stay_facts import (
    BedFacts,
    ChangeFacts,
    ClearanceFacts,
    ConsentFacts,
    EndingFacts,
    LateFilingFacts,
    RenewalFacts,
    ReplanFacts,
    SettlementFacts,
)
from models.people.authorization import Owner
from models.people.letters import LetterKind
from models.vocabulary import Announce, Outcome, Role, StepKind
from models.wire import Id, Moment, Wire


class NoticeKind(StrEnum):
    """The kinds of message; what each says is in `mail/letters.py`."""

    STEP_OPENED = "step_opened"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DEADLINE_CHANGED = "deadline_changed"
    DOCUMENT_REJECTED = "document_rejected"
    WAITLISTED = "waitlisted"
    ARRIVED = "arrived"
    BED_MOVED = "bed_moved"
    SETTLEMENT = "settlement"
    CHANGE_ENDED = "change_ended"
    CERTIFICATE_ISSUED = "certificate_issued"
    LETTER_WRITTEN = "letter_written"
    OUTCOME = "outcome"
    REOPENED = "reopened"
    PERSON_CORRECTED = "person_corrected"
    COHORT_BELOW_MINIMUM = "cohort_below_minimum"
    COHORT_REPLANNED = "cohort_replanned"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    STANDING_IN = "standing_in"
    CAUGHT_UP = "caught_up"
    DIGEST = "digest"
    SUMMARY = "summary"
    SIGN_IN = "sign_in"
    ADDRESS_CHANGED = "address_changed"
    SECOND_NEEDED = "second_needed"
    MAIL_RETURNED = "mail_returned"
    ACT_REFUSED = "act_refused"
    EXTENSION_FILED_LATE = "extension_filed_late"
    CLEARANCE_CHANGED = "clearance_changed"
    CLEARANCE_ENDING = "clearance_ending"
    RENEWAL_NOT_NEEDED = "renewal_not_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    BROADCAST = "broadcast"
    CONVERSATION = "conversation"
    SESSION = "session"


OVERVIEWS = frozenset(
    {
        NoticeKind.SUSPENDED,
        NoticeKind.RESUMED,
        NoticeKind.STANDING_IN,
        NoticeKind.CAUGHT_UP,
        NoticeKind.DIGEST,
        NoticeKind.SUMMARY,
    }
)
"""Messages that list many things instead of asking for one."""
OF_THE_DOOR = frozenset(
    {NoticeKind.SIGN_IN, NoticeKind.ADDRESS_CHANGED, NoticeKind.SECOND_NEEDED, NoticeKind.MAIL_RETURNED}
)
"""Messages about people: how they sign in, which role they hold, whether mail reaches them."""


class Reader(StrEnum):
    """In which capacity somebody reads a notice."""

    OWNER = "owner"
    """Owes the step, or provided the document."""
    RESPONSIBLE = "responsible"
    """Answers for the owner; the ladder climbed to them."""
    COPY = "copy"
    """Reads along; nothing is asked of them."""
    INFORMED = "informed"
    """Takes part in the exchange."""


class Addressee(Wire):
    """Somebody to tell: everybody of a role at an institution or unit, or one person by id."""

    role: Role
    institution: str = ""
    unit: str = ""
    person: str = ""
    """Student or contact id; where it is set, nobody else is meant."""


class StepFacts(Wire):
    """A step as it stands after the event."""

    step_id: Id
    step: StepKind
    owner: Owner
    subject: str = ""
    due_at: Moment
    zone: str
    """Of the owner's institution, in which the deadline was set."""
    ends_at: Moment | None = None
    """When the step closes by itself if nobody answers."""
    note_id: Id | None = None
    """What a person wrote when they asked for it."""
    announce: Announce = Announce.NOW
    legal: bool = False
    """A legal deadline."""
    silent: bool = False
    """Whether it asks nothing of anybody."""


class DocumentFacts(Wire):
    """A document that was not accepted; the findings are kept beside it."""

    document_id: Id
    document: str
    returned: bool = False
    """Sent back by a person after the checks had accepted it."""
    provided_by: Addressee
    note_id: Id | None = None
    due_at: Moment | None = None
    """When the step that waits for it is due."""
    zone: str = "UTC"
    others: tuple["DocumentFacts", ...] = ()
    """Further documents that the same mail tells of, one of each kind."""


class WaitlistFacts(Wire):
    """A place on the waitlist; 1 is next."""

    position: int | None


class ArrivalFacts(Wire):
    """The moment of an arrival at the residence, and how many days after the planned first one it was."""

    arrived_at: Moment
    days_late: int = 0


class CertificateFacts(Wire):
    """A certificate; version 2 and later replace the one before."""

    number: Id
    version: int
    verification: str
    issued_on: date


class LetterNotice(Wire):
    """A letter that was written; version 2 and later replace the one before."""

    letter: LetterKind
    number: Id
    version: int


class OutcomeFacts(Wire):
    """How an exchange ended."""

    outcome: Outcome
    reason: str


class ReopenedFacts(Wire):
    """An exchange that had ended goes on."""

    nomination_version: int


class PersonCorrectedFacts(Wire):
    """Personal data of an exchange that were corrected, by the names of their columns."""

    columns: tuple[str, ...]


class CohortFacts(Wire):
    """A cohort with fewer students than agreed."""

    sending: str
    host: str
    year: int
    seats_taken: int
    minimum: int


class SuspensionFacts(Wire):
    """A suspension that reached somebody's exchanges, or that is over."""

    suspension_id: Id
    reason: str = ""
    since: Moment
    until: Moment | None = None


class AbsenceFacts(Wire):
    """Days on which somebody else stands in."""

    absence_id: Id
    person: Id
    first_day: date
    last_day: date


class OverviewFacts(Wire):
    """What an overview looks back to, and what it cannot find by itself."""

    since: Moment
    until: Moment
    steps: tuple[Id, ...] = ()
    """The steps it is about; empty: those it finds on record."""
    more: int = 0
    """How many further steps it is about."""


class ReturnedFacts(Wire):
    """A mail that its host gave up later: to whom, and which."""

    person: Id
    role: Role
    notice: NoticeKind


class RefusedActFacts(Wire):
    """An act that was kept and then refused: what was asked when, and the message that says why."""

    act: str
    step_id: Id | None = None
    asked_at: Moment
    message: str
    params: dict[str, Any] = Field(default_factory=dict)


class BroadcastFacts(Wire):
    """A message that an office wrote to many; its words are kept beside it."""

    broadcast_id: Id


Facts = (
    StepFacts
    | DocumentFacts
    | WaitlistFacts
    | ArrivalFacts
    | CertificateFacts
    | LetterNotice
    | OutcomeFacts
    | ReopenedFacts
    | PersonCorrectedFacts
    | CohortFacts
    | SuspensionFacts
    | AbsenceFacts
    | OverviewFacts
    | SignInFacts
    | AddressFacts
    | ProposalFacts
    | ReturnedFacts
    | RefusedActFacts
    | LateFilingFacts
    | BedFacts
    | SettlementFacts
    | ChangeFacts
    | ReplanFacts
    | ClearanceFacts
    | EndingFacts
    | RenewalFacts
    | ConsentFacts
    | BroadcastFacts
    | PostFacts
    | SessionFacts
)

FACTS: dict[NoticeKind, type[Facts]] = {
    NoticeKind.STEP_OPENED: StepFacts,
    NoticeKind.REMINDER: StepFacts,
    NoticeKind.ESCALATION: StepFacts,
    NoticeKind.DEADLINE_CHANGED: StepFacts,
    NoticeKind.DOCUMENT_REJECTED: DocumentFacts,
    NoticeKind.WAITLISTED: WaitlistFacts,
    NoticeKind.ARRIVED: ArrivalFacts,
    NoticeKind.BED_MOVED: BedFacts,
    NoticeKind.SETTLEMENT: SettlementFacts,
    NoticeKind.CHANGE_ENDED: ChangeFacts,
    NoticeKind.CERTIFICATE_ISSUED: CertificateFacts,
    NoticeKind.LETTER_WRITTEN: LetterNotice,
    NoticeKind.OUTCOME: OutcomeFacts,
    NoticeKind.REOPENED: ReopenedFacts,
    NoticeKind.PERSON_CORRECTED: PersonCorrectedFacts,
    NoticeKind.COHORT_BELOW_MINIMUM: CohortFacts,
    NoticeKind.COHORT_REPLANNED: ReplanFacts,
    NoticeKind.SUSPENDED: SuspensionFacts,
    NoticeKind.RESUMED: SuspensionFacts,
    NoticeKind.STANDING_IN: AbsenceFacts,
    NoticeKind.CAUGHT_UP: OverviewFacts,
    NoticeKind.DIGEST: OverviewFacts,
    NoticeKind.SUMMARY: OverviewFacts,
    NoticeKind.SIGN_IN: SignInFacts,
    NoticeKind.ADDRESS_CHANGED: AddressFacts,
    NoticeKind.SECOND_NEEDED: ProposalFacts,
    NoticeKind.MAIL_RETURNED: ReturnedFacts,
    NoticeKind.ACT_REFUSED: RefusedActFacts,
    NoticeKind.EXTENSION_FILED_LATE: LateFilingFacts,
    NoticeKind.CLEARANCE_CHANGED: ClearanceFacts,
    NoticeKind.CLEARANCE_ENDING: EndingFacts,
    NoticeKind.RENEWAL_NOT_NEEDED: RenewalFacts,
    NoticeKind.CONSENT_WITHDRAWN: ConsentFacts,
    NoticeKind.BROADCAST: BroadcastFacts,
    NoticeKind.CONVERSATION: PostFacts,
    NoticeKind.SESSION: SessionFacts,
}
"""What each kind of notice says."""


class Notice(Wire):
    """One thing to tell one addressee."""

    kind: NoticeKind
    to: Addressee
    reader: Reader
    facts: Facts
    except_for: str = ""
    """Id of somebody who need not be told: they did it."""
    at_once: bool = True
    """Whether it cannot wait for the digest of the day."""
    once: str = ""
    """What it is told about once, however many exchanges say so; empty: this event."""
    late: bool = False
    """Whether the service was away when it should have been said."""
