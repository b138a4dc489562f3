"""Letters about an exchange: written from the records by those who may, each once."""

import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.beating import beating
from certificates.writing import LetterDraft, LetterWriter, Prepared, keep_files
from models.catalogue.programme import Programme
from models.errors import Unknown
from models.messages.contracts import WriteLetter, WrittenLetter
from models.people.authorization import Parties, require
from models.people.letters import may_write_letter
from models.tables import ExchangeRow
from records.roster import Roster
from records.sealed_files import SealedFiles
from records.store.append import MessageWriter, Wakers, append, recorded
from records.store.engine import Sessions, transaction


class LetterWriting:
    """Writes letters. Safe to repeat: one key writes one version, and the same facts no further one."""

    def __init__(
        self,
        sessions: Sessions,
        files: SealedFiles,
        programme: Programme,
        outbox: MessageWriter,
        wakers: Wakers,
        font_paths: tuple[Path, ...] = (),
    ) -> None:
        """Records in `sessions`, PDFs in `files`; `outbox` and `wakers` as for certificates."""
        self._sessions = sessions
        self._files = files
        self._outbox = outbox
        self._wakers = wakers
        self._roster = Roster(programme)
        self._writer = LetterWriter(files, programme, font_paths)
        # One at a time in this process, so that the number printed is the number recorded without a second rendering.
        self._turn = asyncio.Lock()

    @activity.defn
    async def write_letter(self, request: WriteLetter) -> WrittenLetter:
        """Write, store and record a letter; where the newest version says the same, answer that one.

        Raises:
            NotAuthorised: the person may not write this kind of letter about this exchange.
            Conflict: it lacks something; the messages say what.
            Unknown: there is no such exchange.
            Broken: it cannot be typeset.
            Unavailable: the store or the database does not answer, or another process took the number; ask again.
        """
        async with beating(), self._turn:
            async with transaction(self._sessions) as session:
                earlier = await recorded(session, request.key)
                if earlier:
                    return WrittenLetter.model_validate(earlier[0].model_dump())
                await self._roster.now(session)  # who signs is printed for good
                draft = await self._draft(session, request)
            made = await self._writer.write(draft, request.at, request.actor)
            return made if isinstance(made, WrittenLetter) else await self._record(request, made)

    async def _draft(self, session: AsyncSession, request: WriteLetter) -> LetterDraft:
        exchange = await session.get(ExchangeRow, request.exchange_id)
        if exchange is None:
            raise Unknown("exchange.unknown", exchange=request.exchange_id)
        parties = Parties(sending=exchange.sending_id, host=exchange.host_id, student=exchange.person_id)
        require(may_write_letter(request.actor, request.letter, parties), "not_allowed.letter")
        return await self._writer.draft(session, request.exchange_id, request.letter, request.at)

    async def _record(self, request: WriteLetter, made: Prepared) -> WrittenLetter:
        """Append the fact; answers what the key recorded first, should somebody have been faster."""
        async with transaction(self._sessions) as session:
            await keep_files(session, self._files, made.files, request.at)
            appended = await append(session, self._outbox, request.exchange_id, request.key, (made.event,))
        self._wakers.after(appended)
        return WrittenLetter.model_validate(appended.events[0].model_dump())
