"""Taking the next message of the outbox and writing it out, in one transaction."""

import logging
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import jinja2
import pydantic
from sqlalchemy.ext.asyncio import AsyncSession

from mail import ledger
from mail.compose import Composer
from mail.ledger import Claim
from mail.links import expired
from mail.message import build
from mail.reading import NothingToSay
from mail.render import render
from models.addresses import canonical
from models.errors import SojournError
from models.tables import MessageRow, MessageStatus

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Written:
    """A message as a mail."""

    id: int
    params: dict[str, Any]
    """What it says this of; until it is claimed, more may join."""
    email: str
    mail: EmailMessage


@dataclass(frozen=True)
class Draft:
    """A claimed message, ready to be handed over."""

    message: Claim
    email: str
    mail: EmailMessage


@dataclass(frozen=True)
class Passed:
    """A message that is not sent: it has nothing to say any more, or was refused because it cannot be written."""

    refused: int = 0


class Drafts:
    """Takes messages of the outbox and writes them out."""

    def __init__(self, composer: Composer, sender: str) -> None:
        """`sender` is whom they are from."""
        self._composer = composer
        self._sender = sender

    async def look(self, session: AsyncSession, token: str, now: datetime, *, urgent: bool) -> Written | Passed | None:
        """Write the next message out and claim nothing: what is not sent needs no mail host."""
        row = await ledger.next_message(session, now, urgent=urgent)
        return await self._write(session, row, token, now) if row else None

    async def take(
        self, session: AsyncSession, token: str, now: datetime, *, urgent: bool, written: Written | None = None
    ) -> Draft | Passed | None:
        """Claim the next message and write it out, where it is not `written` yet; `None`: nothing is due."""
        row = await ledger.next_message(session, now, urgent=urgent)
        if row is None:
            return None
        if written is None or (written.id, written.params) != (row.id, row.params):
            made = await self._write(session, row, token, now)
            if isinstance(made, Passed):
                return made
            written = made
        return Draft(ledger.claim(row, token, now), written.email, written.mail)

    async def _write(self, session: AsyncSession, row: MessageRow, token: str, now: datetime) -> Written | Passed:
        """What cannot be written is refused, and stops nobody else's mail."""
        try:
            if expired(row, now):
                raise NothingToSay
            return await self._compose(session, row)
        except NothingToSay:
            row.status, row.claim = MessageStatus.WITHDRAWN, None
            return Passed()
        except (SojournError, jinja2.TemplateError, pydantic.ValidationError, LookupError, ValueError) as error:
            # Ours say what is wrong without personal data; of others only the class is told.
            reason = str(error) if isinstance(error, SojournError) else type(error).__name__
            logger.error("message %d (%s) cannot be written: %s", row.id, row.kind, type(error).__name__)
            claimed = ledger.claim(row, token, now)
            await session.flush()
            await ledger.mark_refused(session, claimed, now, reason, ledger.UNWRITABLE)
            return Passed(refused=1)

    async def _compose(self, session: AsyncSession, row: MessageRow) -> Written:
        recipient, letter = await self._composer.compose(session, row)
        mail = build(
            key=row.key,
            kind=row.kind,
            code=row.stream,
            sender=self._sender,
            name=recipient.name,
            email=recipient.email,
            at=row.created_at,
            language=letter.language,
            mail=render(letter),
            reply_to=await self._composer.reply_to(session, row, recipient),
            rhythm=self._composer.rhythm(row, recipient),
        )
        return Written(row.id, row.params, canonical(recipient.email), mail)
