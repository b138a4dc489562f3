"""Correcting who the student of a verified nomination is: a new version, and the event by which it holds."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, NotOpen
from models.events import PersonCorrected
from models.people.authorization import Actor, may_correct_person, require
from models.rules.again import PERSONAL, Answers, another_person, differences, typed
from models.rules.nomination import Nomination, parse_person
from models.tables import ExchangeCodeRow, ExchangeRow, NoteRow, PersonRow
from models.vocabulary import NominationStatus
from records.alike import require_nobody_alike
from records.codes import lock_registry
from records.nominations import keep_version, nomination_of, version_of
from records.registry import code_of, cohort_of
from records.store.append import MessageWriter, append, lock_stream, recorded
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again


class Corrections:
    """Corrects personal cells of one exchange, each in one transaction with its event; other exchanges keep theirs."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox

    async def correct_person(
        self, exchange_id: str, cells: Mapping[str, str], actor: Actor, reason: Answers, at: datetime, key: str
    ) -> bool:
        """Correct personal cells; says whether the key did it before.

        Raises:
            Unknown: there is no such exchange.
            NotAuthorised: neither the host's coordinator or head, nor the programme office.
            NotOpen: it is not verified yet, and corrected as a nomination.
            KeyReused: the key corrected something else before.
            BadInput: a cell cannot be taken, nothing differs, no reason is given, or it makes another person of it.
        """
        batch = f"person-corrected:{exchange_id}:{key}"
        async with transaction(self._sessions) as session:
            code = await code_of(session, exchange_id)
            require(may_correct_person(actor, code.host_id), "not_allowed.correct_person")
            await lock_registry(session, code.sending_id, code.host_id, code.year)
            await lock_stream(session, exchange_id)
            asked = [actor.id, dict(cells), reason]
            again = await is_asked_again(session, ("person", exchange_id, key), asked, at)
            if again or await recorded(session, batch):
                return True
            if not reason.reason:
                raise BadInput("field.missing", "reason")
            exchange = await session.get(ExchangeRow, exchange_id)
            if exchange is None or exchange.nomination is NominationStatus.PENDING:
                raise NotOpen("nomination.not_verified", exchange=exchange_id)
            event = await self._corrected(session, code, cells, actor, reason, at)
            await append(session, self._outbox, exchange_id, batch, (event,))
        return False

    async def _corrected(
        self,
        session: AsyncSession,
        code: ExchangeCodeRow,
        cells: Mapping[str, str],
        actor: Actor,
        reason: Answers,
        at: datetime,
    ) -> PersonCorrected:
        holds = await version_of(session, code.exchange_id)
        before = nomination_of(holds)
        after = _with_person(before, cells)
        told = differences(before, after, PERSONAL)
        if not told:
            raise BadInput("nomination.unchanged", "nomination")
        if another_person(before, after):
            raise BadInput("nomination.another_person", "student_number")
        await require_nobody_alike(session, cohort_of(self._programme, after), after, reason, actor, code.person_id)
        newest = (await version_of(session, code.exchange_id, newest=True)).version + 1
        person = await session.get_one(PersonRow, code.person_id)
        await keep_version(session, code, newest, after, person, at)
        note_id = f"{code.exchange_id}.person-{newest}"
        session.add(
            NoteRow(id=note_id, exchange_id=code.exchange_id, text=reason.reason, author_id=actor.id, created_at=at)
        )
        return PersonCorrected(
            at=at,
            actor=actor,
            note_id=note_id,
            columns=tuple(one.column for one in told),
            nomination_version=newest,
            nomination_before=holds.version,
        )


def _with_person(before: Nomination, cells: Mapping[str, str]) -> Nomination:
    """The nomination with other personal cells; the rules of the stay are not asked again."""
    foreign = sorted(set(cells) - set(PERSONAL))
    if foreign:
        raise BadInput("nomination.field_fixed", foreign[0])
    parsed = parse_person(typed(before) | dict(cells), before.start)
    if isinstance(parsed, tuple):
        raise BadInput(parsed[0].message, parsed[0].field, **parsed[0].params)
    return before.model_copy(update={name: parsed[name] for name in PERSONAL})
