"""What the records say about a student and an exchange, as one value of JSON: as far as its reader may see (D46)."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Broken, NotOpen, Unknown
from models.facts import FACTS_OF
from models.people.authorization import Actor
from models.people.letters import may_read_letter
from models.tables import EventRow, IdentityRow, MessageRow
from models.views import DocumentView, ExchangeView
from models.vocabulary import LANGUAGES, Role
from records.clearances import Clearances
from records.consents import Consents
from records.conversation.threads import Threads
from records.fact_seals import Sealing
from records.particulars import Particulars
from records.queries import Reading
from records.queries.titles import Titles
from records.readings import Readings
from records.statements import Statements
from records.store.append import MessageWriter
from records.store.engine import Sessions, transaction
from texts.clearance_reasons import because
from texts.names import Names
from texts.refusals import refusal

_APART: Any = {
    "birth_date": True,
    "asked": True,
    "letters": True,
    "timeline": {"__all__": {"actor_id": True, "on_behalf_of": True, "event": {"actor": True}}},
}
"""What of an exchange is told elsewhere in the archive, or names people by ids that say nothing."""

_OF_CONSENTS = {"ledger", "shown"}
_OF_OTHERS = "rank"
"""What a nomination says of others as well: where its university puts its nominees."""


class OwnFacts:
    """Gathers what is told of a student: each part by the rules of the page that shows it."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, sealing: Sealing | None
    ) -> None:
        self._sessions = sessions
        self._programme = programme
        self._titles = Titles(programme)
        self._reading = Reading(sessions, programme)
        self._statements = Statements(sessions, programme, outbox, sealing)
        self._readings = Readings(sessions, programme, sealing)
        self._clearances = Clearances(self._statements, programme)
        self._particulars = Particulars(sessions, programme, outbox)
        self._consents = Consents(sessions, programme, outbox)
        self._threads = Threads(sessions, programme, sealing)

    async def of(self, exchange_id: str, actor: Actor, at: datetime) -> dict[str, Any]:
        """Everything told of an exchange and its student.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
        """
        view = await self._reading.exchange(exchange_id, actor, now=at)
        if view is None:
            raise Unknown("exchange.not_seen")
        versions, messages, account = await self._kept(view, actor)
        student = Actor(id=view.student.id, role=Role.STUDENT, institution=view.plan.sending)
        names = Names(self._programme, _language(versions))
        nomination = await self._reading.nomination(exchange_id)
        changes = await self._reading.changes(exchange_id, actor)
        papers = await self._reading.papers(exchange_id, actor)
        card = await self._particulars.card(exchange_id, actor, at)
        consents = await self._consents.look(exchange_id, actor, at)
        sessions = await self._reading.own_sessions(student)
        conversation = await self._threads.of(exchange_id, student)
        return {
            "made_at": at.isoformat(),
            "person": versions,
            "nomination": {name: said for name, said in (nomination or {}).items() if name != _OF_OTHERS},
            "exchange": self._told(view, names),
            "letters": [
                one.model_dump(mode="json", exclude={"readable"})
                for one in view.letters
                if may_read_letter(Role.STUDENT, one.letter)
            ],
            "changes": changes.model_dump(mode="json") if changes else None,
            "stated_facts": await self._stated(view, actor, at),
            "read_by_machine": await self._read(view, actor, at),
            "clearances": await self._cleared(exchange_id, actor, at, names),
            "housing": (await self._particulars.of(exchange_id, actor)).model_dump(mode="json"),
            "emergency_card": card.model_dump(mode="json") if card else None,
            "consents": consents.model_dump(mode="json", include=_OF_CONSENTS) if consents else None,
            "papers_of_the_authority": [
                one.model_dump(mode="json") | {"recorded_by": self._titles.who(one.recorded_by, view.student)}
                for one in papers
            ],
            "sessions": [one.model_dump(mode="json") for one in sessions if one.exchange_id == exchange_id],
            "messages": messages,
            "conversation": [one.model_dump(mode="json") for one in conversation.posts],
            "account": account,
        }

    def _told(self, view: ExchangeView, names: Names) -> dict[str, Any]:
        """The exchange as its page shows it: people by their names, findings in the student's language."""
        told = view.model_dump(mode="json", exclude=_APART)
        for one, shown in zip(view.documents, told["documents"], strict=True):
            for who in ("accepted_by", "uploaded_by"):
                shown[who] = self._titles.who(shown[who], view.student) if shown[who] else None
            for found, finding in zip(one.findings, shown["findings"], strict=True):
                finding["said"] = refusal(found, names.language, self._programme) if found.message else found.reason
        for shown in told["evaluations"]:
            shown["by"] = self._titles.who(shown["by"], view.student)
        return told

    async def _stated(self, view: ExchangeView, actor: Actor, at: datetime) -> list[dict[str, Any]]:
        """Every version of what each document says."""

        async def versions(document: str) -> dict[str, Any] | None:
            facts = await self._statements.of(view.exchange_id, document, actor, at)
            return {"versions": [v.model_dump(mode="json") for v in facts.versions]} if facts.versions else None

        kept = [one for one in view.documents if one.kind in FACTS_OF and one.filename]
        return await _of_each(kept, versions)

    async def _read(self, view: ExchangeView, actor: Actor, at: datetime) -> list[dict[str, Any]]:
        """What a machine read of each document: zones of passports, days, amounts and numbers."""

        async def reading(document: str) -> dict[str, Any] | None:
            found = await self._readings.of(view.exchange_id, document, actor, at)
            return found.model_dump(mode="json", include={"zones", "facts"}) if found else None

        return await _of_each(view.documents, reading)

    async def _cleared(self, exchange_id: str, actor: Actor, at: datetime, names: Names) -> list[dict[str, Any]]:
        """Every clearance that the stay needs, with why it does not hold."""
        view = await self._clearances.of(exchange_id, actor, at)
        return [
            one.model_dump(mode="json", exclude={"why"}) | {"why": [because(names, reason) for reason in one.why]}
            for one in view.clearances
        ]

    async def _kept(
        self, view: ExchangeView, actor: Actor
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        """Who the student is, in every version; what was sent to them; to themselves, where they signed in."""
        async with transaction(self._sessions) as session:
            query = select(IdentityRow).where(IdentityRow.exchange_id == view.exchange_id)
            rows = await session.scalars(query.order_by(IdentityRow.version.desc()))
            versions = [_person(row) for row in rows]
            sent = select(MessageRow).where(
                MessageRow.exchange_id == view.exchange_id, MessageRow.recipient_id == view.student.id
            )
            messages = [_message(row) for row in await session.scalars(sent.order_by(MessageRow.id))]
            account = await _account(session, view.student.id) if actor.role is Role.STUDENT else []
        return versions, messages, account


async def _of_each(
    documents: Iterable[DocumentView], tell: Callable[[str], Awaitable[dict[str, Any] | None]]
) -> list[dict[str, Any]]:
    """What is told of each document, if anything; of one that nobody can open any more, that it is so."""
    told: list[dict[str, Any]] = []
    for one in documents:
        its = {"document_id": one.document_id, "kind": one.kind}
        try:
            said = await tell(one.document_id)
        except Unknown:
            continue
        except (NotOpen, Broken) as fault:
            said = {"unreadable": fault.message}
        if said is not None:
            told.append(its | said)
    return told


def _language(versions: list[dict[str, Any]]) -> str:
    spoken = str(versions[0]["language"]) if versions else ""
    return spoken if spoken in LANGUAGES else "en"


def _person(row: IdentityRow) -> dict[str, Any]:
    return {
        "version": row.version,
        "student_number": row.student_number,
        "family_name": row.family_name,
        "given_name": row.given_name,
        "native_name": row.native_name,
        "email": row.email,
        "birth_date": row.birth_date.isoformat(),
        "gender": row.gender,
        "nationality": row.nationality,
        "passport_number": row.passport_number,
        "language": row.language,
    }


def _message(row: MessageRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "step": row.step_id,
        "language": row.language,
        "status": row.status,
        "written_at": row.created_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "sent_to": row.sent_to,
    }


async def _account(session: AsyncSession, person_id: str) -> list[dict[str, Any]]:
    """Sign-ins and what else happened to the student's account, oldest first."""
    query = select(EventRow.kind, EventRow.at).where(EventRow.stream == f"person:{person_id}").order_by(EventRow.seq)
    return [{"kind": kind, "at": at.isoformat()} for kind, at in await session.execute(query)]
