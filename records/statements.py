"""What documents say, typed with their files: kept in versions, sealed, each in one transaction with its event."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.errors import BadInput, Broken, NotOpen, Unknown
from models.events import FactsStated
from models.facts import FACTS_OF, StatedFacts
from models.findings import FindingDraft
from models.invalid import invalid
from models.messages.plan import Plan
from models.people.authorization import Actor, Parties, require
from models.people.facts import may_read_facts, may_state_facts
from models.rules.local import day_at
from models.rules.plan_faults import clinic_is_open
from models.rules.requirements import StayAsked, evaluate_by_kind, known_facts
from models.rules.requirements.saying import RESULT, it_asks
from models.tables import DocumentRow, ExchangeRow, IdentityRow, StatedFactsRow, identity_of_exchange
from models.views.facts import FactsVersion, FactsView, RulesView
from models.vocabulary import DocumentStatus
from records.fact_seals import NothingSealed, Sealing
from records.particulars import parties_of
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to
from records.remembering import policy_of, writers_of
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again
from records.transfers import kinds_kept_here, require_went, shown_to

COUNTING = (DocumentStatus.SUBMITTED, DocumentStatus.REVIEW, DocumentStatus.ACCEPTED)
"""Documents whose facts count: not those that were turned down or replaced."""


class Statements:
    """Keeps and reads what documents say."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, sealing: Sealing | None = None
    ) -> None:
        self.sessions = sessions
        self._programme = programme
        self._titles = Titles(programme)
        self._outbox = outbox
        self._sealing = sealing or NothingSealed()

    async def state(
        self, exchange_id: str, document_id: str, said: Mapping[str, Any], actor: Actor, at: datetime, key: str
    ) -> int:
        """Keep a version of what a document says; the version that counts then.

        Raises:
            Unknown: there is no such document, or not for them to know (D44).
            NotAuthorised: it is not theirs to state.
            BadInput: nothing is stated of such documents, or a field cannot be; its value is not repeated.
            NotOpen: the exchange has ended.
            KeyReused: the key stated something else.
        """
        async with transaction(self.sessions) as session:
            exchange, row, _ = await self._document(session, exchange_id, document_id, actor)
            purpose = self._programme.policy.purpose(row.kind)
            require(may_state_facts(actor, purpose, parties_of(exchange)), "not_allowed.facts")
            facts = facts_from(row.kind, said)
            await lock_stream(session, exchange_id)
            version = await _newest_of(session, document_id)
            asked = [actor.id, facts]
            if await is_asked_again(session, ("facts", exchange_id, document_id, key), asked, at):
                return version
            if exchange.closed_at is not None:
                raise NotOpen("exchange.ending")
            plain = facts.model_dump_json().encode()
            bound = f"{document_id}.{version + 1}"
            sealed = await self._sealing.seal(session, exchange_id, purpose, bound, plain)
            kept = {"sealed": sealed, "stated_by": actor.id, "stated_role": actor.role, "at": at}
            session.add(StatedFactsRow(document_id=document_id, version=version + 1, exchange_id=exchange_id, **kept))
            event = FactsStated(at=at, actor=actor, document_id=document_id, document=row.kind, version=version + 1)
            await append(session, self._outbox, exchange_id, f"facts:{document_id}:{key}", (event,))
        return version + 1

    async def of(self, exchange_id: str, document_id: str, actor: Actor, at: datetime) -> FactsView:
        """Every version of what a document says, and what the rules say of its kind now.

        Raises:
            Unknown: there is no such document, or its content is not for them to know (D44, D46).
            NotOpen: it never went to the reader's university.
        """
        async with transaction(self.sessions) as session:
            exchange, row, person = await self._document(session, exchange_id, document_id, actor)
            purpose, parties = self._programme.policy.purpose(row.kind), parties_of(exchange)
            if not may_read_facts(actor, purpose, parties):
                raise Unknown("document.unknown")
            require_went(await shown_to(session, self._programme, exchange, actor), row)
            query = select(StatedFactsRow).where(StatedFactsRow.document_id == document_id)
            versions = list(await session.scalars(query.order_by(StatedFactsRow.version.desc())))
            told = tuple([await self._version(session, row.kind, one, person) for one in versions])
            findings = await self._judged(session, exchange, at)
        return FactsView(
            exchange_id=exchange_id,
            document_id=document_id,
            document=row.kind,
            may_state=exchange.closed_at is None and may_state_facts(actor, purpose, parties),
            versions=told,
            findings=findings.get(row.kind, ()),
        )

    async def judged(self, exchange_id: str, actor: Actor, at: datetime, policy: Policy | None = None) -> RulesView:
        """What the rules say of everything that was stated, without a value: for whoever may see the exchange.

        `policy` is another set of rules than the exchange's own, to see what it would say.

        Raises:
            Unknown: there is no such exchange, or it is not for them to know (D44).
        """
        async with transaction(self.sessions) as session:
            exchange = await session.scalar(select(ExchangeRow).where(ExchangeRow.id == exchange_id, visible_to(actor)))
            if exchange is None:
                raise Unknown("exchange.not_seen")
            used = policy or await self.policy_of(session, exchange)
            found = await self._judged(session, exchange, at, used)
            parties, kept_here = parties_of(exchange), await kinds_kept_here(session, self._programme, exchange, actor)
        shown = {kind: self.without_values(kind, said, actor, parties, kept_here) for kind, said in found.items()}
        return RulesView(exchange_id=exchange_id, policy_version=used.rule_set, findings=shown)

    def without_values(
        self,
        kind: str,
        said: tuple[FindingDraft, ...],
        actor: Actor,
        parties: Parties,
        kept_here: frozenset[str] = frozenset(),
    ) -> tuple[FindingDraft, ...]:
        """The result alone for those who may not read the facts, or to whom they never went: weight and last day (D46).

        `kept_here` is as `kinds_kept_here` says it.
        """
        open_to_them = kind not in kept_here
        if not kind or (open_to_them and may_read_facts(actor, self._programme.policy.purpose(kind), parties)):
            return said
        silent = {"message": RESULT, "params": {}, "field": "", "evidence": ()}
        results = (one.model_copy(update=silent | {"rule_id": one.rule_id.partition(".")[0]}) for one in said)
        return tuple({one.model_dump_json(): one for one in results}.values())

    async def stated(
        self,
        session: AsyncSession,
        exchange_id: str,
        counting: tuple[DocumentStatus, ...] = COUNTING,
        besides: Collection[str] = (),
    ) -> tuple[dict[str, list[StatedFacts]], dict[str, list[FindingDraft]]]:
        """The newest facts of every document that counts, by kind and oldest first, in the caller's transaction.

        Beside them, by kind as well, what is said of those that cannot be opened. `besides` count whatever their state.
        """
        newest = (
            select(StatedFactsRow.document_id, func.max(StatedFactsRow.version).label("version"))
            .where(StatedFactsRow.exchange_id == exchange_id)
            .group_by(StatedFactsRow.document_id)
            .subquery()
        )
        query = (
            select(StatedFactsRow, DocumentRow.kind)
            .join(newest, StatedFactsRow.document_id == newest.c.document_id)
            .join(DocumentRow, DocumentRow.id == StatedFactsRow.document_id)
            .where(StatedFactsRow.version == newest.c.version)
            .where(or_(DocumentRow.status.in_(counting), DocumentRow.id.in_(besides)))
        )
        found: dict[str, list[StatedFacts]] = {}
        shut: dict[str, list[FindingDraft]] = {}
        rows = await session.execute(query.order_by(DocumentRow.filed_at, DocumentRow.id))
        for row, kind in rows:
            if kind not in FACTS_OF:
                continue
            try:
                said = await self._opened(session, kind, row)
            except (NotOpen, Broken) as fault:
                shut.setdefault(kind, []).append(it_asks("D46.sealed", "facts", fault.message, **fault.params))
            else:
                found.setdefault(kind, []).append(FACTS_OF[kind].model_validate(said))
        return found, shut

    async def _judged(
        self, session: AsyncSession, exchange: ExchangeRow, at: datetime, policy: Policy | None = None
    ) -> dict[str, tuple[FindingDraft, ...]]:
        used = policy or await self.policy_of(session, exchange)
        plan = Plan.model_validate(exchange.plan)
        today = day_at(self._programme.zone_of(exchange.host_id), at)
        stay = StayAsked.of(plan, used, today, clinic_open=clinic_is_open(self._programme, plan))
        stated, shut = await self.stated(session, exchange.id)
        said = evaluate_by_kind(used.rules, known_facts(stated), stay)
        return {kind: (*shut.get(kind, ()), *said.get(kind, ())) for kind in {**said, **shut}}

    async def policy_of(self, session: AsyncSession, exchange: ExchangeRow) -> Policy:
        """What an exchange goes by, as it is on record."""
        writer = (await writers_of(session, [exchange.id]))[exchange.id]
        return await policy_of(session, writer) or self._programme.frozen(Plan.model_validate(exchange.plan))

    async def _version(
        self, session: AsyncSession, kind: str, row: StatedFactsRow, person: IdentityRow
    ) -> FactsVersion:
        by = self._titles.who(row.stated_by, student_of(person))
        return FactsVersion(version=row.version, at=row.at, by=by, facts=await self._opened(session, kind, row))

    async def _opened(self, session: AsyncSession, kind: str, row: StatedFactsRow) -> dict[str, Any]:
        purpose, bound = self._programme.policy.purpose(kind), f"{row.document_id}.{row.version}"
        plain = await self._sealing.open(session, row.exchange_id, purpose, bound, row.sealed)
        said: dict[str, Any] = json.loads(plain)
        return said

    async def _document(
        self, session: AsyncSession, exchange_id: str, document_id: str, actor: Actor
    ) -> tuple[ExchangeRow, DocumentRow, IdentityRow]:
        query = (
            select(ExchangeRow, DocumentRow, IdentityRow)
            .join(DocumentRow, DocumentRow.exchange_id == ExchangeRow.id)
            .join(IdentityRow, identity_of_exchange())
            .where(ExchangeRow.id == exchange_id, DocumentRow.id == document_id, visible_to(actor))
        )
        found = (await session.execute(query)).one_or_none()
        if found is None:
            raise Unknown("document.unknown")
        return found[0], found[1], found[2]


def facts_from(kind: str, said: Mapping[str, Any]) -> StatedFacts:
    """Facts as somebody typed them, of a kind of document.

    Raises:
        BadInput: nothing is stated of such documents, or a field cannot be; the value is not repeated.
    """
    model = FACTS_OF.get(kind)
    if model is None:
        raise BadInput("facts.none_of_kind", "kind", kind=kind)
    try:
        return model.model_validate(said, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        wrong = invalid(first)
        raise BadInput(wrong.message, _place(first["loc"]), **wrong.params) from None


def _place(location: tuple[int | str, ...]) -> str:
    """Where a fault lies: `doses 2 given_on`; places are counted from 1."""
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in location)


async def _newest_of(session: AsyncSession, document_id: str) -> int:
    query = select(func.max(StatedFactsRow.version)).where(StatedFactsRow.document_id == document_id)
    return await session.scalar(query) or 0
