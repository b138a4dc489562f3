"""A conversation about one exchange between Dartmouth and CQMU, with real mail out and back in."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from sqlalchemy import select

from activities.mail import Mail
from dev.mailsink import MailSink, mails_in
from mail.conversation import Conversations
from mail.host import MailSettings
from mail.outbox import Outbox
from mail.replies import MailReplies
from mail.reply_addresses import ReplyAddresses
from models.messages.contracts import SendMail
from models.messages.conversation import PostAnswer, WritePost
from models.people.authorization import Actor, Owner
from models.tables import EventRow, MessageRow
from models.vocabulary import Role, Side, StepKind
from records.access.signing import Signing
from records.fact_seals import SealedByPerson
from records.queries import Reading
from tests.activities.students import NOW, Office
from tests.records.stays import HOST, asked, of_host
from tests.sealed import SECRET, VAULT
from tests.wakers import CountingWaker

HEALTH = Actor(id="cqmu.occupational_health", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")
HOUSING = Actor(id="cqmu.housing_officer", role=Role.HOUSING_OFFICER, institution="cqmu")
HEAD = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")
PROGRAMME = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
PARTNER = Actor(id="dartmouth.partner_office", role=Role.PARTNER_OFFICE, institution="dartmouth")
AUDITOR = Actor(id="cqmu.auditor", role=Role.AUDITOR, institution="cqmu")
STRANGER = Actor(id="sample.coordinator", role=Role.COORDINATOR, institution="sample")
LATER = NOW + timedelta(minutes=5)
ADDRESS = "reply@sojourn.example"


class Talk:
    """An exchange at its nomination: the host verifies it, and somebody clears for the clinic."""

    def __init__(self, office: Office) -> None:
        self.office, sessions, programme = office, office.sessions, office.programme
        self.waker = CountingWaker()
        sealing = SealedByPerson(VAULT, lambda: NOW)
        self.sealing = sealing
        self.conversations = Conversations(sessions, programme, Outbox(programme), sealing, self.waker)
        self.threads = self.conversations.threads
        self.addresses = ReplyAddresses(ADDRESS, Signing(SECRET))
        self.replies = MailReplies(sessions, programme, self.conversations, self.addresses, self.waker)
        self.reading = Reading(sessions, programme)

    async def begin(self) -> None:
        """Nominate two students, and open two steps of the first one's."""
        await self.office.seed()
        ana, bo = await self.office.nominate(1), await self.office.nominate(2)
        self.exchange, self.other = ana.exchange_id, bo.exchange_id
        self.student = Actor(id=ana.person_id, role=Role.STUDENT, institution="dartmouth")
        self.stranger = Actor(id=bo.person_id, role=Role.STUDENT, institution="dartmouth")
        clears = Owner(side=Side.HOST, role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")
        steps = (
            asked(self.exchange, StepKind.VERIFY_NOMINATION, of_host()),
            asked(self.exchange, StepKind.CLEAR_FOR_CLINIC, clears),
        )
        await self.office.record(self.exchange, *steps)
        self.verify, self.clear = (one.step_id for one in steps)

    async def write(self, actor: Actor, text: str = "Is the plan enough?", key: str = "k1", **post: Any) -> PostAnswer:
        """Write something."""
        return await self.conversations.write(self.exchange, WritePost(text=text, **post), actor, NOW, key)

    async def ask(self, actor: Actor = HOST, to: str = "coordinator@dartmouth", **post: Any) -> PostAnswer:
        """Ask about the step that the host owes."""
        asked: dict[str, Any] = {"asks": True, "to": to, "step_id": self.verify}
        return await self.write(actor, **(asked | post))

    async def reads(self, actor: Actor) -> list[str]:
        """The words that somebody reads."""
        return [one.text for one in (await self.threads.of(self.exchange, actor)).posts]

    async def kinds(self) -> list[str]:
        """What is in the timeline as the host reads it."""
        view = await self.reading.exchange(self.exchange, HOST, now=NOW)
        assert view is not None
        return [one.kind for one in view.timeline]

    async def messages(self) -> list[MessageRow]:
        """The outbox."""
        async with self.office.sessions() as session:
            return list(await session.scalars(select(MessageRow).order_by(MessageRow.id)))

    async def log(self) -> str:
        """Everything that the log says, as text."""
        rows = await self.office.rows(select(EventRow.payload))
        return str([row[0] for row in rows])

    async def sent(self, smtp: MailSink, reply_address: str | None = ADDRESS) -> list[EmailMessage]:
        """Send what the outbox holds over real SMTP; the mails that the host has then, oldest first."""
        sender = "Sojourn <exchange@sojourn.example>"
        settings = MailSettings(
            host="127.0.0.1", port=smtp.port, sender=sender, secret=SECRET, reply_address=reply_address
        )
        mail = Mail(self.office.sessions, self.office.programme, settings, lambda: 0.0, self.sealing)
        await mail.send_batch(SendMail(now=LATER, limit=50))
        folder = smtp.folder
        return [message_from_bytes(p.read_bytes(), _class=EmailMessage, policy=default) for p in mails_in(folder)]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def reply(
    mail: EmailMessage, words: str, *, sender: str = "", message_id: str = "<1@dartmouth.example>", **headers: str
) -> bytes:
    """An answer to a mail, as a mail program writes it: the words on top, the mail quoted below."""
    answer = EmailMessage(policy=default)
    answer["From"] = sender or str(mail["To"])
    answer["To"] = str(mail["Reply-To"])
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["Message-ID"] = message_id
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
    answer.set_content(f"{words}\n\nOn Thu, 3 Dec 2026 at 10:00, Sojourn <exchange@sojourn.example> wrote:\n{quoted}\n")
    return answer.as_bytes()


def moment(days: int) -> datetime:
    """So many days later."""
    return NOW + timedelta(days=days)
