"""From a row of the outbox to a letter: ids become names, dates and sentences in the reader's language."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from mail.conversation_letters import ABOVE, PostLetters
from mail.directory import Directory, Recipient, language_of
from mail.letters import Letters
from mail.links import Links
from mail.naming import Naming
from mail.reading import MailReading
from mail.render import Letter, WritingUniversity, one_line
from mail.reply_addresses import ReplyAddresses
from mail.reply_to import office_of, responsible
from models.addresses import shown
from models.catalogue.programme import Programme
from models.errors import Unknown
from models.notifications.door_facts import AddressFacts
from models.notifications.notices import FACTS, OF_THE_DOOR, OVERVIEWS, NoticeKind
from models.tables import AddressChangeRow, ExchangeRow, IdentityRow, MessageRow
from records.access.signing import Signing
from records.fact_seals import Sealing
from texts.dates import stay_words
from texts.i18n import _, _p


class Composer:
    """Writes letters from the outbox, the records and the catalogue."""

    def __init__(
        self,
        programme: Programme,
        public_url: str,
        signing: Signing | None = None,
        sealing: Sealing | None = None,
        reply_address: str | None = None,
    ) -> None:
        """`public_url` is the base of all addresses in mails; without `signing` every link needs a sign-in.

        `sealing` opens what people wrote to each other; answers to it are taken at `reply_address`, if there is one.
        """
        self._programme = programme
        self._directory = Directory(programme)
        self._links = Links(public_url, signing, programme.policy.answered_by_link)
        self._posts = PostLetters(programme, sealing, ReplyAddresses(reply_address, signing))
        self._letters = Letters(programme, self._links, self._posts)

    async def compose(self, session: AsyncSession, row: MessageRow) -> tuple[Recipient, Letter]:
        """Who a message goes to now, and what it says.

        Raises:
            Unknown: if nobody has the recipient's id any more.
            NothingToSay: what it was to say is settled.
        """
        exchange = await session.get(ExchangeRow, row.exchange_id) if row.exchange_id else None
        version = (exchange.id, exchange.nomination_version) if exchange else None
        person = await session.get(IdentityRow, version) if version else None
        reader = await self._directory.find(session, row.recipient_id, row.recipient_role, person)
        if reader is None:
            raise Unknown("person.nobody", person=row.recipient_id)
        if row.kind == NoticeKind.ADDRESS_CHANGED:
            reader = await _as_before(session, reader, row)
        reading = MailReading(row, reader, Naming(self._programme, language_of(row.language)), exchange, person)
        kind, name = reading.kind, one_line(reader.name)
        facts = FACTS[kind].model_validate(row.params["facts"])
        body = await self._letters.write(session, reading, facts)
        greeting = _p("student", "Dear {name},") if reading.by_student else _("Dear {name},")
        letter = Letter(
            kind=kind,
            language=reading.language,
            reader=reading.capacity,
            name=name,
            greeting=reading.say(greeting, name=name),
            code=row.stream if kind not in OVERVIEWS | OF_THE_DOOR or row.exchange_id else "",
            body=body,
            rows=tuple(self._rows(reading)),
            because=self._because(reading),
            link=self._links.of(reading, facts, settled=body.settled),
            above=reading.say(ABOVE) if self._posts.answered_to(row) else "",
            by=self._by(await responsible(session, row, reader), reading),
        )
        return reader, letter

    async def reply_to(self, session: AsyncSession, row: MessageRow, reader: Recipient) -> str:
        """Whom an answer goes to; empty where nobody but the reader would get it."""
        return self._posts.answered_to(row) or await office_of(session, self._programme, row, reader)

    def rhythm(self, row: MessageRow, reader: Recipient) -> str:
        """Where the reader unsubscribes from mails of this kind; empty where they cannot."""
        return self._links.rhythm(row, reader)

    def _by(self, institution_id: str, reading: MailReading) -> WritingUniversity:
        """The university whose office writes; the programme office belongs to the home institution."""
        name = reading.names.institution(institution_id)
        found = self._programme.institution(institution_id or self._programme.home)
        if found is None or found.looks is None:
            return WritingUniversity(name)
        return WritingUniversity(name, found.looks.accent, found.looks.accent_dark)

    def _rows(self, reading: MailReading) -> Iterable[tuple[str, str]]:
        say, names, exchange = reading.say, reading.names, reading.exchange
        if exchange is None:
            if reading.kind in {NoticeKind.COHORT_BELOW_MINIMUM, NoticeKind.COHORT_REPLANNED}:
                yield say(_("Cohort")), reading.row.stream
            return
        yield say(_p("code", "Exchange")), exchange.id
        if reading.person is not None:
            yield say(_("Student")), reading.student
        yield say(_("From, to")), " → ".join(names.institution(i) for i in (exchange.sending_id, exchange.host_id))
        yield say(_("Stay")), stay_words(exchange.start, exchange.end, reading.language)

    def _because(self, reading: MailReading) -> str:
        say, names, reader = reading.say, reading.names, reading.reader
        if reading.kind is NoticeKind.SIGN_IN:
            return say(
                _(
                    "You get this mail because somebody asked to sign in with this address. Was it not you? Then do "
                    "nothing."
                )
            )
        if reading.kind is NoticeKind.ADDRESS_CHANGED:
            return say(_("You get this mail because you signed in to Sojourn with this address until now."))
        role = names.role(reader.role, reader.institution, reader.unit)
        sentences = [say(_("You get this mail because you are {role}."), role=role)]
        if reading.row.on_behalf_of:
            person = names.person(reading.row.on_behalf_of)
            sentences.append(say(_("You stand in for {person} while they are away."), person=person))
        if office := self._directory.programme_office():
            where = names.apart(office.name, shown(office.email))
            sentences.append(say(_("Should somebody else get it? Tell the programme office: {where}."), where=where))
        if reading.kind is NoticeKind.DIGEST and not reading.by_student:
            sentences.append(say(_("Another language, zone or rhythm: {url}."), url=self._links.profile))
        return names.sentences(*sentences)


async def _as_before(session: AsyncSession, reader: Recipient, row: MessageRow) -> Recipient:
    """Somebody under the address they had before it was changed."""
    change = await session.get(AddressChangeRow, AddressFacts.model_validate(row.params["facts"]).change_id)
    return replace(reader, email=change.old_email) if change is not None else reader
