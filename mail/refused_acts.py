"""Telling who asked that their act was refused after they had gone; they were told before that it is kept."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Directory
from mail.reading import MailReading
from mail.render import Body, Box, Detail, Para
from models.catalogue.programme import Programme
from models.identifiers import is_exchange_code, kind_of
from models.notifications.notices import NoticeKind, RefusedActFacts
from models.people.papers import may_open
from models.tables import ActRow, ExchangeCodeRow
from models.vocabulary import StepKind
from records.store.messages import MailTo, write_message
from texts.i18n import _
from texts.labels import ACTS
from texts.refusals import refusal


class RefusedActs:
    """Writes that an act was refused."""

    def __init__(self, programme: Programme) -> None:
        self._directory = Directory(programme)

    async def tell(self, session: AsyncSession, refused: ActRow, at: datetime) -> bool:
        """Write to who asked, into the caller's transaction; a system that asked looks by itself."""
        reader = await self._directory.find(session, refused.actor_id, refused.actor_role)
        if reader is None:
            return False
        error = refused.error or {}
        facts = RefusedActFacts(
            act=refused.kind,
            step_id=refused.step_id,
            asked_at=refused.asked_at,
            message=error["message"],
            params=error["params"],
        )
        about = refused.exchange_id if refused.exchange_id and is_exchange_code(refused.exchange_id) else None
        if about is not None and await session.get(ExchangeCodeRow, about) is None:
            about = None
        await write_message(
            session,
            f"act-refused:{refused.workflow_id}:{refused.key}"[:200] + f":{refused.asked_at:%Y%m%dT%H%M%S}",
            NoticeKind.ACT_REFUSED,
            MailTo(person=reader.id, role=reader.role, language=reader.language),
            facts,
            at,
            stream=refused.exchange_id or "",
            exchange_id=about,
        )
        return True


def act_refused(reading: MailReading, facts: RefusedActFacts) -> Body:
    """To who asked: what was not done, when they asked it, and why; nothing of papers that they may not open."""
    say, names = reading.say, reading.names
    act = names.label(ACTS, facts.act)
    kinds = [facts.params.get("kind"), *facts.params.get("kinds", ())]
    readable = all(may_open(reading.reader.role, names.programme.policy.purpose(str(kind))) for kind in kinds if kind)
    why = refusal(facts, reading.language, names.programme) if readable else ""
    told = _("What you asked on {when} was kept while a part of the service was away. It could not be done any more.")
    step = [Detail(say(_("Step")), names.step(StepKind(kind_of(facts.step_id))))] if facts.step_id else []
    then = _("Nothing has changed by it. Look at what is so now; what is still to be done can be asked again.")
    subject = _("not done: {act}")
    return Body(
        subject=reading.coded(subject, act=act) if reading.row.exchange_id else say(subject, act=act),
        headline=say(_("Not done: {act}"), act=act),
        blocks=(
            Para(say(told, when=reading.moment(facts.asked_at))),
            Box((Detail(say(_("What you asked")), act), *step, *([Detail(say(_("Why not")), why)] if why else []))),
            Para(say(then)),
        ),
    )
