"""Where a mail leads: to the step, the exchange or the worklist; supervisors answer from the mail itself."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient
from mail.reading import MailReading
from mail.render import Link
from models.identifiers import is_exchange_code
from models.notifications.conversation_news import PostFacts
from models.notifications.door_facts import AddressFacts, ProposalFacts, SignInFacts
from models.notifications.notices import (
    CertificateFacts,
    CohortFacts,
    Facts,
    NoticeKind,
    Reader,
    RefusedActFacts,
    StepFacts,
)
from models.tables import AddressChangeRow, MessageRow, SignInLinkRow
from models.vocabulary import Role, StepKind
from records.access.signing import Signing
from texts.i18n import _

ANSWER = _("Answer the step")
REGULAR = frozenset({NoticeKind.DIGEST, NoticeKind.SUMMARY})
"""What comes by itself at its hour, and may be unsubscribed from."""


class Links:
    """Writes the addresses of a mail."""

    def __init__(self, public_url: str, signing: Signing | None, answered: Collection[StepKind]) -> None:
        """`answered`: steps that a supervisor answers from the mail, without a password."""
        self._base = public_url.rstrip("/")
        self._answered = answered
        self._signing = signing

    def change(self, exchange_id: str) -> str:
        """Where a change of an exchange is asked for; empty where the portal's address is not known."""
        return f"{self._base}/exchanges/{exchange_id}/changes" if self._base else ""

    @property
    def profile(self) -> str:
        """Where somebody says how they want to be written to."""
        return f"{self._base}/profile"

    def rhythm(self, row: MessageRow, reader: Recipient) -> str:
        """Where a digest or summary is unsubscribed from without signing in; empty for other mails."""
        if self._signing is None or not self._base or row.kind not in REGULAR:
            return ""
        return f"{self._base}/rhythm/{self._signing.rhythm(reader.id, row.created_at)}"

    def code(self, facts: SignInFacts) -> str:
        """The digits that stand for a link to sign in, in two groups."""
        if self._signing is None:
            return ""
        digits = self._signing.code(facts.link_id)
        return f"{digits[:4]} {digits[4:]}"

    def verification(self, facts: CertificateFacts) -> str:
        """Where a certificate is verified."""
        return f"{self._base}/verify/{facts.verification}"

    def of(self, reading: MailReading, facts: Facts, *, settled: bool = False) -> Link | None:
        """Where this mail leads; nowhere where it is not known under which address the portal is."""
        if not self._base:
            return None
        words, path = self._place(reading, facts, settled=settled)
        return Link(reading.say(words), f"{self._base}{path}") if path else None

    def _place(self, reading: MailReading, facts: Facts, *, settled: bool) -> tuple[str, str]:
        row, reader = reading.row, reading.reader
        match facts:
            case SignInFacts():
                path = f"/sign-in/{self._signing.sign_in(facts.link_id)}" if self._signing else ""
                return _("Sign in to Sojourn"), path
            case AddressFacts():
                path = f"/address/{self._signing.undo(facts.change_id)}" if self._signing else ""
                return _("Undo the change"), path
            case ProposalFacts():
                return _("Open people and roles"), "/admin/people"
            case StepFacts() if not settled and self._by_link(reading, facts):
                assert self._signing is not None
                return ANSWER, f"/act/{self._signing.action(facts.step_id, reader.id, row.created_at)}"
            case CohortFacts():
                return _("Open the cohort"), f"/cohorts/{row.stream}"
            case PostFacts():
                answers = f"?answers={facts.post_id}#write"
                return _("Open the conversation"), f"/exchanges/{row.exchange_id}/conversation{answers}"
            case RefusedActFacts() if facts.step_id:
                return _("Open the step"), f"/steps/{facts.step_id}"
        if row.exchange_id and is_exchange_code(row.exchange_id):
            return _("Open the exchange"), f"/exchanges/{row.exchange_id}"
        if reading.by_student:
            return _("Open Sojourn"), "/"
        return _("Open the worklist"), "/worklist"

    def answer(self, kind: StepKind, step_id: str, reader: Recipient, at: datetime) -> str:
        """Where a supervisor answers a step without signing in; empty for others and other steps."""
        if self._signing is None or not self._base:
            return ""
        if kind not in self._answered or reader.role is not Role.SUPERVISOR:
            return ""
        return f"{self._base}/act/{self._signing.action(step_id, reader.id, at)}"

    def _by_link(self, reading: MailReading, facts: StepFacts) -> bool:
        """Whether an open step is answered from the mail: by the supervisor who owes it."""
        return (
            self._signing is not None
            and facts.step in self._answered
            and reading.reader.role is Role.SUPERVISOR
            and reading.capacity is Reader.OWNER
            and reading.kind in (NoticeKind.STEP_OPENED, NoticeKind.REMINDER, NoticeKind.ESCALATION)
        )


def expired(row: MessageRow, now: datetime) -> bool:
    """Whether a link to sign in is too old by now: its mail, held up, would only puzzle."""
    if row.kind != NoticeKind.SIGN_IN:
        return False
    return SignInFacts.model_validate(row.params["facts"]).expires_at <= now


async def used(session: AsyncSession, facts: SignInFacts) -> bool:
    """Whether a link to sign in was used before its mail could leave."""
    row = await session.get(SignInLinkRow, facts.link_id)
    return row is None or row.used_at is not None


async def undone(session: AsyncSession, facts: AddressFacts) -> bool:
    """Whether a change of address was undone before its mail could leave."""
    row = await session.get(AddressChangeRow, facts.change_id)
    return row is None or row.undone_at is not None
