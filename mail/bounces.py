"""What mail hosts report later: noted once for each report; a message that was given up becomes an operator's task."""

import hashlib
import json
from datetime import datetime
from typing import Literal

from pydantic import Field, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.bounce_reports import BounceReport, read_report
from mail.ledger import mark_bounced
from mail.return_paths import ReturnPaths
from mail.returned import tell_office
from models.catalogue.programme import Programme
from models.errors import BadInput
from models.posting import BounceAction
from models.tables import BounceRow, MessageRow, MessageStatus
from models.wire import Form
from records.store.engine import Sessions, transaction

MOST_EVENTS = 1000


class BounceEvent(Form):
    """A report as a mail host's webhook tells it."""

    return_path: str = Field(max_length=320)
    action: BounceAction
    status: str = Field(default="", pattern=r"^([245]\.\d{1,3}\.\d{1,3})?$")
    id: str = Field(default="", max_length=200)
    """The host's own id of the report, if it has one: told again, it is noted once."""


class Bounces:
    """Takes reports, from an inbox or a webhook."""

    def __init__(self, sessions: Sessions, paths: ReturnPaths, programme: Programme) -> None:
        self._sessions = sessions
        self._programme = programme
        self._paths = paths

    async def take_mail(self, data: bytes, at: datetime) -> BounceAction | None:
        """Take a report that came as mail; answers `None` where it is none, or about no message of ours."""
        report = read_report(data)
        return await self._take(report, hashlib.sha256(data).hexdigest(), at) if report else None

    async def take_events(self, data: bytes, at: datetime) -> int:
        """Take reports as JSON, one or a list; says how many are about messages of ours.

        Raises:
            BadInput: they are not in the form of `BounceEvent`.
        """
        try:
            found = json.loads(data)
            events = [BounceEvent.model_validate(one) for one in (found if isinstance(found, list) else [found])]
        except (ValidationError, ValueError, RecursionError):
            # Without the cause: its text may hold an address.
            raise BadInput("bounce.form", "body") from None
        if len(events) > MOST_EVENTS:
            raise BadInput("bounce.too_many", "body", most=MOST_EVENTS)
        taken = 0
        for event in events:
            otherwise = "5.0.0" if event.action is BounceAction.FAILED else "4.0.0"
            report = BounceReport((event.return_path,), event.action, event.status or otherwise)
            told = hashlib.sha256((event.id or event.model_dump_json()).encode()).hexdigest()
            taken += await self._take(report, told, at) is not None
        return taken

    async def _take(self, report: BounceReport, told: str, at: datetime) -> BounceAction | None:
        number = self._paths.message_of(report.addresses)
        if number is None:
            return None
        async with transaction(self._sessions) as session:
            return await note(session, self._programme, number, report, told, at)


async def note(
    session: AsyncSession, programme: Programme, number: int, report: BounceReport, told: str, at: datetime
) -> Literal[BounceAction.FAILED, BounceAction.DELAYED] | None:
    """Note a report once; what was given up is told to the office and waits for an operator, who may send it again."""
    found = select(MessageRow).where(MessageRow.id == number).with_for_update()
    message = (await session.scalars(found)).one_or_none()
    if message is None:
        return None
    key = f"{number}:{told[:64]}"
    if await session.get(BounceRow, key) is not None:
        return report.action
    session.add(BounceRow(id=key, message_id=number, action=report.action, status=report.status, at=at))
    # One that is queued again, or was refused already, is not refused by a report about the time before.
    if message.status is MessageStatus.SENT:
        if report.action is BounceAction.FAILED:
            await mark_bounced(session, message, report.status, at)
            await tell_office(session, programme, message, at)
        else:
            message.last_error = f"delayed {report.status}"
    return report.action
