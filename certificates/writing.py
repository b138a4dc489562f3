"""Letters from the records to stored files: looked at in one transaction, written outside, told by an event."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from certificates.letter_page import render_letter
from certificates.letters import compose
from models.catalogue.programme import Programme
from models.errors import Conflict
from models.events import LetterWritten
from models.messages.contracts import WrittenLetter
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.rules.letters import LetterFacts, lacks
from models.tables import ExchangeCodeRow, LetterRow
from models.vocabulary import LANGUAGES
from records.letter_facts import letter_facts
from records.sealed_files import ISSUED, FileOwner, SealedFiles, StoredFile, issued_about


@dataclass(frozen=True)
class LetterDraft:
    """A letter that lacks nothing: what it says, and what it would replace."""

    letter: LetterKind
    facts: LetterFacts
    number: str
    issued_on: date
    newest: tuple[int, date, tuple[str, ...]] | None
    """Version, day and files of the one before."""
    owner: FileOwner


@dataclass(frozen=True)
class Prepared:
    """A letter whose files are safe, and the event that makes it one."""

    event: LetterWritten
    files: tuple[StoredFile, ...]

    @property
    def written(self) -> WrittenLetter:
        """As it is answered once it is recorded."""
        return WrittenLetter.model_validate(self.event.model_dump())


class LetterWriter:
    """Writes letters of every kind in every language. The same facts give the same letter, not another version."""

    def __init__(self, files: SealedFiles, programme: Programme, font_paths: tuple[Path, ...] = ()) -> None:
        """PDFs go into `files`; `font_paths` are folders of further fonts, as for certificates."""
        self._files = files
        self._programme = programme
        self._font_paths = font_paths

    async def draft(self, session: AsyncSession, exchange_id: str, letter: LetterKind, at: datetime) -> LetterDraft:
        """Look at the records of now.

        Raises:
            Unknown: there is no such exchange.
            Conflict: it lacks something; the messages say what.
        """
        facts = await letter_facts(session, exchange_id, self._programme)
        lacking = lacks(letter, facts)
        if lacking:
            raise Conflict("letter.incomplete", letter=letter, lacks=[one.message for one in lacking])
        newest = await session.scalar(
            select(LetterRow)
            .where(LetterRow.exchange_id == exchange_id, LetterRow.letter == letter)
            .order_by(LetterRow.version.desc())
            .limit(1)
        )
        issuer = facts.issuer(letter)
        today = at.astimezone(ZoneInfo(issuer.zone)).date()
        number = newest.number if newest else await _next_number(session, issuer.code, today.year)
        owner = await owner_of(session, exchange_id)
        before = (newest.version, newest.issued_on, (newest.file_en, newest.file_zh)) if newest else None
        return LetterDraft(letter=letter, facts=facts, number=number, issued_on=today, newest=before, owner=owner)

    async def write(self, draft: LetterDraft, at: datetime, actor: Actor) -> Prepared | WrittenLetter:
        """Write it and keep its files; where the newest version says the same, that one.

        Raises:
            Broken: a character is in none of the fonts.
            Unavailable: the file store does not answer; ask again.
        """
        version = 1
        if draft.newest is not None:
            version, day, files = draft.newest
            pages = await self._pages(draft, version, day)
            if await self._are(files, pages, draft.owner, at):
                return WrittenLetter(letter=draft.letter, number=draft.number, version=version, repeated=True)
            version += 1
        pages = await self._pages(draft, version, draft.issued_on)
        kept = [await self._files.put(page, draft.owner, at) for page in pages]
        event = LetterWritten(
            at=at,
            actor=actor,
            letter=draft.letter,
            number=draft.number,
            version=version,
            issuer=draft.facts.issuer(draft.letter).id,
            file_en=kept[0].hash,
            file_zh=kept[1].hash,
            issued_on=draft.issued_on,
            nomination_version=draft.facts.nomination_version,
        )
        return Prepared(event=event, files=tuple(kept))

    async def _are(self, files: tuple[str, ...], pages: list[bytes], owner: FileOwner, at: datetime) -> bool:
        """Whether files that were written say the same as pages."""
        same = [await self._files.says_the_same(*one, owner, at) for one in zip(files, pages, strict=True)]
        return all(same)

    async def _pages(self, draft: LetterDraft, version: int, day: date) -> list[bytes]:
        """The letter in every language, in the order of `LANGUAGES`."""
        pages = []
        for language in LANGUAGES:
            page = compose(
                draft.letter,
                draft.facts,
                self._programme,
                language,
                number=draft.number,
                version=version,
                issued_on=day,
            )
            pages.append(await asyncio.to_thread(render_letter, page, self._font_paths))
        return pages


async def owner_of(session: AsyncSession, exchange_id: str) -> FileOwner:
    """Under whose key stands what is issued about an exchange."""
    query = select(ExchangeCodeRow.person_id).where(ExchangeCodeRow.exchange_id == exchange_id)
    person = (await session.execute(query)).scalar_one()
    return FileOwner(person_id=person, purpose=ISSUED, bound_to=issued_about(exchange_id))


async def keep_files(session: AsyncSession, files: SealedFiles, made: Iterable[StoredFile], at: datetime) -> None:
    """Note PDFs that are stored, in the transaction of the event that refers to them."""
    for stored in made:
        await files.note(session, stored, "application/pdf", at)


async def _next_number(session: AsyncSession, code: str, year: int) -> str:
    """The next free number of a university's letters of a year, whatever their kind: `CQMU-2027-000012`.

    The tables, not this, keep two letters from sharing one.
    """
    prefix = f"{code}-{year:04d}-"
    last = await session.scalar(select(func.max(LetterRow.number)).where(LetterRow.number.startswith(prefix)))
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"
