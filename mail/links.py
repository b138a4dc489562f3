"""Where a mail leads: to the step, the exchange or the worklist; supervisors answer from the mail itself."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient
from mail.render import Letter, Link
from models.identifiers import is_exchange_code
from models.notifications.notices import CohortFacts, Facts, NoticeKind, Reader, SignInFacts, StepFacts
from models.tables import MessageRow, SignInLinkRow
from models.vocabulary import Role, StepKind
from records.access.signing import ANSWERED_BY_LINK, Signing
from texts.labels import LABELS


class Links:
    """Writes the addresses of a mail."""

    def __init__(self, public_url: str, signing: Signing | None) -> None:
        self._base = public_url.rstrip("/")
        self._signing = signing

    def of(self, row: MessageRow, facts: Facts, reader: Recipient, language: str, letter: Letter) -> Link | None:
        """Where this mail leads; nowhere where it is not known under which address the portal is."""
        if not self._base:
            return None
        words, path = self._place(row, facts, reader, letter)
        return Link(LABELS[language][words], f"{self._base}{path}") if path else None

    def _place(self, row: MessageRow, facts: Facts, reader: Recipient, letter: Letter) -> tuple[str, str]:
        match facts:
            case SignInFacts():
                return "sign_in", f"/sign-in/{self._signing.sign_in(facts.link_id)}" if self._signing else ""
            case StepFacts() if self._by_link(row, facts, reader, letter):
                assert self._signing is not None
                token = self._signing.action(facts.step_id, reader.id, row.created_at)
                return "answer", f"/act/{token}"
            case CohortFacts():
                return "open_cohort", f"/cohorts/{row.stream}"
        if row.exchange_id and is_exchange_code(row.exchange_id):
            return "open_exchange", f"/exchanges/{row.exchange_id}"
        if reader.role is Role.STUDENT:
            return "open_start", "/"
        return "open_worklist", "/worklist"

    def answer(self, kind: StepKind, step_id: str, reader: Recipient, at: datetime) -> str:
        """Where a supervisor answers a step without signing in; empty for others and other steps."""
        if self._signing is None or not self._base:
            return ""
        if kind not in ANSWERED_BY_LINK or reader.role is not Role.SUPERVISOR:
            return ""
        return f"{self._base}/act/{self._signing.action(step_id, reader.id, at)}"

    def _by_link(self, row: MessageRow, facts: StepFacts, reader: Recipient, letter: Letter) -> bool:
        """Whether the step is answered from the mail: by the supervisor who owes it, while it is open."""
        return (
            self._signing is not None
            and facts.step in ANSWERED_BY_LINK
            and reader.role is Role.SUPERVISOR
            and letter.reader is Reader.OWNER
            and not letter.settled
            and NoticeKind(row.kind) in (NoticeKind.STEP_OPENED, NoticeKind.REMINDER, NoticeKind.ESCALATION)
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
