"""The certificate of an exchange: gated, issued once, reissued as a new version; beside it the transcript."""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.beating import beating
from certificates.facts import facts_of, page_of
from certificates.page import render
from certificates.writing import LetterWriter, Prepared, keep_files, owner_of
from models.catalogue.programme import Programme
from models.errors import Broken, Conflict, Unknown
from models.events import CertificateIssued, Event
from models.messages.contracts import CheckGate, IssueCertificate, IssuedCertificate
from models.people.authorization import may_reissue, require
from models.people.letters import LetterKind
from models.rules.certificate import unmet_conditions
from models.rules.local import day_at
from models.tables import CertificateRow
from records.roster import Roster
from records.sealed_files import SealedFiles, StoredFile
from records.stays import StayOnRecord, read_stay
from records.store.append import MessageWriter, Wakers, append, recorded
from records.store.engine import Sessions, transaction

logger = logging.getLogger(__name__)


class Certificates:
    """Issues certificates. Safe to repeat: one key issues one version."""

    def __init__(
        self,
        sessions: Sessions,
        files: SealedFiles,
        programme: Programme,
        outbox: MessageWriter,
        wakers: Wakers,
        public_url: str,
        font_paths: tuple[Path, ...] = (),
    ) -> None:
        """Records in `sessions`, PDFs in `files`; `public_url` is the base of the verification addresses.

        `outbox` writes the messages an issue causes, in its transaction; `wakers` send it on.
        `font_paths` are folders of further fonts, for names in scripts besides Latin, Greek, Cyrillic and Chinese.
        """
        self._sessions = sessions
        self._files = files
        self._programme = programme
        self._roster = Roster(programme)
        self._outbox = outbox
        self._wakers = wakers
        self._public_url = public_url.rstrip("/")
        self._font_paths = font_paths
        self._letters = LetterWriter(files, programme, font_paths)
        # One at a time in this process, so that the number printed is the number recorded without a second rendering.
        self._turn = asyncio.Lock()

    @activity.defn
    async def check_gate(self, request: CheckGate) -> tuple[str, ...]:
        """Codes of the conditions for a certificate that do not hold; empty where it is earned (D42).

        Raises:
            Unknown: there is no such exchange.
        """
        async with transaction(self._sessions) as session:
            return unmet_conditions(
                facts_of(await read_stay(session, request.exchange_id, self._programme), request.gate)
            )

    @activity.defn
    async def issue_certificate(self, request: IssueCertificate) -> IssuedCertificate:
        """Render, store and record a certificate, or its next version where `reissue`; the transcript goes with it.

        The same key answers the same certificate; a second key without `reissue` answers the one there is. Where none
        is earned the transcript is written alone: what was done is sent home all the same (D43).

        Raises:
            Conflict: it is not earned (D42).
            NotAuthorised: the person may not ask for a reissue at this host.
            Unknown: there is no such exchange, or nothing to reissue.
            Broken: the page cannot be made; see `render`.
            Unavailable: the store or the database does not answer, or another process took the number; ask again.
        """
        async with beating(), self._turn:
            try:
                async with transaction(self._sessions) as session:
                    draft = await self._draft(session, request)
            except Conflict:
                await self._send_transcript(request)
                raise
            if isinstance(draft, IssuedCertificate):
                return draft
            stay, issued = draft
            issued_on = _issued_on(request, stay)
            page = page_of(
                stay,
                self._programme,
                number=issued.number,
                version=issued.version,
                issued_on=issued_on,
                verification_url=f"{self._public_url}/verify/{issued.verification}",
            )
            async with transaction(self._sessions) as session:
                owner = await owner_of(session, request.exchange_id)
            pdf = await asyncio.to_thread(render, page, self._font_paths)
            # The bytes are safe before the fact is: a crash in between leaves a file nobody points to, never a
            # certificate without its file.
            stored = await self._files.put(pdf, owner, request.at)
            event = CertificateIssued(
                at=request.at,
                actor=request.actor,
                number=issued.number,
                version=issued.version,
                verification=issued.verification,
                file_hash=stored.hash,
                issued_on=issued_on,
                nomination_version=stay.exchange.nomination_version,
            )
            transcript = await self._transcript(request)
            made = (transcript,) if transcript else ()
            files = (stored, *(file for one in made for file in one.files))
            [first, *_] = await self._record(request, request.key, (event, *(one.event for one in made)), files)
            return IssuedCertificate.model_validate(first.model_dump())

    async def _send_transcript(self, request: IssueCertificate) -> None:
        """The transcript without a certificate."""
        made = await self._transcript(request)
        if made is not None:
            key = f"letter/{request.exchange_id}/{made.event.letter}/{made.event.version}"
            await self._record(request, key, (made.event,), made.files)

    async def _transcript(self, request: IssueCertificate) -> Prepared | None:
        """The transcript as it goes with the certificate; none where it lacks something, or says nothing new.

        What stands against it stands against no certificate: the office is told by the step that asks for it.
        """
        try:
            async with transaction(self._sessions) as session:
                draft = await self._letters.draft(session, request.exchange_id, LetterKind.TRANSCRIPT, request.at)
            made = await self._letters.write(draft, request.at, request.actor)
        except (Conflict, Broken) as fault:
            logger.warning("no transcript of %s: %s", request.exchange_id, fault)
            return None
        return made if isinstance(made, Prepared) else None

    async def _record(
        self, request: IssueCertificate, key: str, events: Sequence[Event], files: Sequence[StoredFile]
    ) -> tuple[Event, ...]:
        """Append the facts; answers what the key recorded first, should somebody have been faster."""
        async with transaction(self._sessions) as session:
            await keep_files(session, self._files, files, request.at)
            appended = await append(session, self._outbox, request.exchange_id, key, events)
        self._wakers.after(appended)
        return appended.events

    async def _draft(
        self, session: AsyncSession, request: IssueCertificate
    ) -> IssuedCertificate | tuple[StayOnRecord, IssuedCertificate]:
        """What the key issued earlier, or what to issue now."""
        earlier = await recorded(session, request.key)
        if earlier:
            return IssuedCertificate.model_validate(earlier[0].model_dump())
        await self._roster.now(session)  # who signs is printed for good
        stay = await read_stay(session, request.exchange_id, self._programme)
        require(may_reissue(request.actor, stay.host.id), "not_allowed.reissue")
        newest = await session.scalar(
            select(CertificateRow)
            .where(CertificateRow.exchange_id == request.exchange_id)
            .order_by(CertificateRow.version.desc())
            .limit(1)
        )
        token = secrets.token_hex(16)
        if newest is None:
            if request.reissue:
                raise Unknown("certificate.none", exchange=request.exchange_id)
            unmet = unmet_conditions(facts_of(stay, request.gate))
            if unmet:
                raise Conflict("certificate.not_earned", unmet=unmet)
            number = await _next_number(session, _issued_on(request, stay).year)
            return stay, IssuedCertificate(number=number, version=1, verification=token)
        if not request.reissue:
            return IssuedCertificate(number=newest.number, version=newest.version, verification=newest.verification)
        return stay, IssuedCertificate(number=newest.number, version=newest.version + 1, verification=token)


def _issued_on(request: IssueCertificate, stay: StayOnRecord) -> date:
    """The day it is where the host signs, of the certificate and of every later version."""
    return request.issued_on or day_at(stay.host.zone, request.at)


async def _next_number(session: AsyncSession, year: int) -> str:
    """The next free number of a year. The primary key, not this, keeps two certificates from sharing one."""
    prefix = f"SJ-{year:04d}-"
    last = await session.scalar(select(func.max(CertificateRow.number)).where(CertificateRow.number.startswith(prefix)))
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"
