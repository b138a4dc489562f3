"""Who reads a mail, and the records it is about."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mail.directory import Recipient, full_name
from mail.naming import Naming
from mail.render import one_line
from models.notifications.notices import NoticeKind, Reader
from models.tables import ExchangeRow, IdentityRow, MessageRow
from models.vocabulary import Role
from texts.dates import moment_words


class NothingToSay(Exception):
    """What a message was to say is settled; it is withdrawn."""


@dataclass(frozen=True)
class MailReading:
    """One mail as somebody reads it: the row of the outbox, its reader, and the exchange, if it is about one."""

    row: MessageRow
    reader: Recipient
    names: Naming
    exchange: ExchangeRow | None = None
    person: IdentityRow | None = None

    @property
    def kind(self) -> NoticeKind:
        """Which mail it is."""
        return NoticeKind(self.row.kind)

    @property
    def capacity(self) -> Reader:
        """What is asked of the reader."""
        return Reader(self.row.params["reader"])

    @property
    def language(self) -> str:
        """The reader's."""
        return self.names.language

    @property
    def zone(self) -> ZoneInfo:
        """The reader's."""
        return ZoneInfo(self.reader.zone)

    @property
    def now(self) -> datetime:
        """When what the mail says was so."""
        return self.row.created_at

    @property
    def by_student(self) -> bool:
        """Whether a student reads it."""
        return self.reader.role is Role.STUDENT

    @property
    def student(self) -> str:
        """The student's name in both scripts."""
        return one_line(full_name(self.person)) if self.person else self.row.stream

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue of texts, with its values."""
        return self.names.say(message, **values)

    def coded(self, message: str, **values: object) -> str:
        """A subject: the code of the exchange, and a message."""
        return self.names.pair(self.row.stream, self.say(message, **values))

    def moment(self, at: datetime) -> str:
        """A moment on the reader's clock."""
        return moment_words(at, self.reader.zone, self.language)
