"""Changing whom units take: first shown with the places that break, then saved with its events, once per key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, Conflict, NotAuthorised, Unknown
from models.events import UnitChanged
from models.idempotency import fingerprint
from models.messages.units import UnitEdit, UnitEdits, UnitsSaved
from models.people.authorization import Actor, require
from models.people.units import may_break_places, may_keep_unit
from models.rules.units import PlaceToMove, to_move
from models.views.units import UnitChangeView, UnitsPreview
from records.places import UnitNow, places_held, units_now
from records.queries.units import named, students, today_at, unit_stream
from records.roster import Roster
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again


@dataclass(frozen=True)
class _Edited:
    host: str
    now: UnitNow
    edit: UnitEdit
    breaks: tuple[PlaceToMove, ...]
    """Places that were in order before."""


class Units:
    """Keeps the terms of units."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._roster = Roster(programme)
        self._outbox = outbox

    async def preview(self, asked: UnitEdits, actor: Actor, at: datetime) -> UnitsPreview:
        """What edits would change and which places they would break; nothing is written.

        Raises:
            NotAuthorised: a unit is not theirs to keep.
            BadInput: an edit names nobody's discipline or supervisor, or a unit twice.
            Conflict: a unit was changed since it was shown.
            Unknown: there is no such unit.
        """
        async with transaction(self._sessions) as session:
            changes = await self._changes(session, asked, actor, at)
            names = await students(session, (one.exchange_id for change in changes for one in change.breaks))
        views = (
            UnitChangeView(
                unit_id=one.edit.unit_id,
                before=one.now.terms,
                after=one.edit.terms,
                to_move=named(one.breaks, names),
            )
            for one in changes
        )
        return UnitsPreview(changes=tuple(views), seen=_seen(changes))

    async def save(self, asked: UnitEdits, actor: Actor, at: datetime, key: str) -> UnitsSaved:
        """Change units, all of them or none; once per key.

        Places that break stay with their students until somebody moves them, and are listed with their unit. They break
        only where `seen` is of a preview that showed these very places, and who saves may move them.

        Raises:
            NotAuthorised: a unit is not theirs to keep, or places would break and they cannot move them.
            Conflict: places would break that nobody was shown, or a unit was changed since it was shown.
            BadInput, Unknown: as in `preview`.
            KeyReused: the key was used for something else.
        """
        async with transaction(self._sessions) as session:
            if await is_asked_again(session, ("units", key), [actor.id, asked.edits], at):
                return UnitsSaved(changed=(), repeated=True)
            changes = await self._changes(session, asked, actor, at)
            breaks = [one for change in changes for one in change.breaks]
            if breaks and not may_break_places(actor):
                raise NotAuthorised("not_allowed.break_places")
            if breaks and asked.seen != _seen(changes):
                raise Conflict("unit.breaks_places", "seen", count=len(breaks))
            for change in changes:
                await self._write(session, change, actor, at, key)
        return UnitsSaved(
            changed=tuple(one.edit.unit_id for one in changes), to_move=tuple(one.placement_id for one in breaks)
        )

    async def _changes(self, session: AsyncSession, asked: UnitEdits, actor: Actor, at: datetime) -> list[_Edited]:
        """The edits that change something, under the locks that keep takers of places waiting."""
        programme = await self._roster.now(session)
        hosts = _hosts(programme, asked.edits)
        for host in sorted(set(hosts.values())):
            await lock_stream(session, f"places/{host}")
        changes: list[_Edited] = []
        for edit in asked.edits:
            host = hosts[edit.unit_id]
            require(may_keep_unit(actor, host, edit.unit_id), "not_allowed.keep_unit")
            now = (await units_now(session, programme, host)).get(edit.unit_id)
            if now is None:
                raise Unknown("unit.unknown", unit=edit.unit_id)
            if now.version != edit.version:
                raise Conflict("unit.changed_meanwhile", "version", unit=edit.unit_id)
            _require_sound(programme, now, edit)
            if edit.terms != now.terms:
                changes.append(await self._change(session, host, now, edit, at))
        return changes

    async def _change(self, session: AsyncSession, host: str, now: UnitNow, edit: UnitEdit, at: datetime) -> _Edited:
        today = today_at(self._roster.programme, host, at)
        held = (await places_held(session, {now.unit_id: now}, today))[now.unit_id]
        before = {one.placement_id for one in to_move(now.terms, held, today)}
        after = to_move(edit.terms, held, today)
        return _Edited(host, now, edit, tuple(one for one in after if one.placement_id not in before))

    async def _write(self, session: AsyncSession, change: _Edited, actor: Actor, at: datetime, key: str) -> None:
        unit_id = change.edit.unit_id
        event = UnitChanged(
            at=at,
            actor=actor,
            unit_id=unit_id,
            institution=change.host,
            version=change.now.version + 1,
            before=change.now.terms,
            after=change.edit.terms,
            to_move=tuple(one.placement_id for one in change.breaks),
        )
        await append(session, self._outbox, unit_stream(unit_id), f"unit:{key}:{unit_id}", (event,))


def _hosts(programme: Programme, edits: Sequence[UnitEdit]) -> dict[str, str]:
    """Whose each unit is.

    Raises:
        Unknown: it is nobody's.
        BadInput: one is edited twice.
    """
    hosts: dict[str, str] = {}
    for edit in edits:
        host = next((i.id for i in programme.institutions.values() if i.unit(edit.unit_id)), None)
        if host is None:
            raise Unknown("unit.unknown", unit=edit.unit_id)
        if edit.unit_id in hosts:
            raise BadInput("unit.twice", "unit_id", unit=edit.unit_id)
        hosts[edit.unit_id] = host
    return hosts


def _require_sound(programme: Programme, now: UnitNow, edit: UnitEdit) -> None:
    for discipline in edit.terms.disciplines:
        if programme.discipline(discipline) is None:
            raise BadInput("unit.no_discipline", "disciplines", discipline=discipline)
    # Somebody who supervised before may have left: their limit may stay as it was.
    for person in sorted(set(edit.terms.supervisors) - set(now.supervisors) - set(now.terms.supervisors)):
        raise BadInput("unit.no_supervisor", "supervisors", person=person, unit=edit.unit_id)


def _seen(changes: Sequence[_Edited]) -> str:
    """What a preview showed, in a form that is compared when it is saved."""
    return fingerprint(
        [[one.edit.unit_id, one.edit.terms, [place.placement_id for place in one.breaks]] for one in changes]
    ).value
