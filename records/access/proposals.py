"""Proposals about people whom nobody stands above: kept until a second person agrees or declines."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Contact
from models.errors import Conflict, Unknown
from models.events import MemberProposed, ProposalDeclined
from models.idempotency import fingerprint, is_repeated
from models.notifications.door_facts import ProposalFacts
from models.notifications.notices import NoticeKind
from models.people.access import Member, Proposal, ProposedAct
from models.people.authorization import Actor
from models.tables import MemberProposalRow
from records.store.append import MessageWriter, append
from records.store.messages import MailTo, write_message


async def propose(
    session: AsyncSession,
    outbox: MessageWriter,
    key: str,
    act: ProposedAct,
    member: Member,
    actor: Actor,
    at: datetime,
    keep: tuple[str, ...] = (),
) -> None:
    """Keep a proposal, once per key; of a removal with the connections to `keep`.

    Raises:
        Conflict: another one about this person waits.
        KeyReused: the key was used for something else.
    """
    known = await session.get(MemberProposalRow, key)
    kept = fingerprint([known.person_id, known.act]).value if known is not None else None
    if is_repeated(kept, fingerprint([member.person, act])):
        return
    if any(one.member.person == member.person for one in await waiting(session)):
        raise Conflict("proposal.waits", "person")
    row = MemberProposalRow(
        id=key,
        person_id=member.person,
        act=act,
        entry=member.model_dump(mode="json", include=set(ENTRY)) | {"keep": list(keep)},
        proposed_by=actor.id,
        proposed_at=at,
    )
    session.add(row)
    event = MemberProposed(
        at=at, actor=actor, proposal_id=key, person=member.person, role=member.role,
        institution=member.institution, act=act,
    )  # fmt: skip
    await append(session, outbox, f"person:{member.person}", f"proposed:{key}", (event,))


ENTRY = ("person", "role", "institution", "unit", "name", "email", "language", "deputies")
"""What is kept of an entry that is proposed."""


async def is_waiting(session: AsyncSession, key: str) -> bool:
    """Whether what was asked under a key still waits for a second person."""
    row = await session.get(MemberProposalRow, key)
    return row is not None and row.settled_at is None


async def tell_seconders(
    session: AsyncSession, facts: ProposalFacts, seconders: Iterable[Contact], at: datetime
) -> None:
    """Write to everybody who could agree, once."""
    for one in seconders:
        to = MailTo(person=one.id, role=one.role, language=one.language)
        key, stream = f"proposal:{facts.proposal_id}:{one.id}", f"person:{facts.member}"
        await write_message(session, key, NoticeKind.SECOND_NEEDED, to, facts, at, stream=stream)


async def waiting(session: AsyncSession) -> list[Proposal]:
    """The proposals that nobody has settled, the oldest first."""
    query = select(MemberProposalRow).where(MemberProposalRow.settled_at.is_(None))
    rows = await session.scalars(query.order_by(MemberProposalRow.proposed_at, MemberProposalRow.id))
    return [_proposal(row) for row in rows]


async def found_proposal(session: AsyncSession, proposal_id: str) -> MemberProposalRow:
    """A proposal, settled or not.

    Raises:
        Unknown: there is none.
    """
    row = await session.get(MemberProposalRow, proposal_id, populate_existing=True)
    if row is None:
        raise Unknown("proposal.unknown")
    return row


def proposed(row: MemberProposalRow) -> tuple[Member, tuple[str, ...]]:
    """The entry that a proposal is about, and the connections that a removal keeps."""
    return Member.model_validate(row.entry), tuple(row.entry["keep"])


async def decline(
    session: AsyncSession, outbox: MessageWriter, row: MemberProposalRow, actor: Actor, at: datetime
) -> None:
    """Settle a proposal without doing what it says."""
    row.settled_by, row.settled_at = actor.id, at
    event = ProposalDeclined(at=at, actor=actor, proposal_id=row.id, person=row.person_id)
    await append(session, outbox, f"person:{row.person_id}", f"declined:{row.id}", (event,))


def _proposal(row: MemberProposalRow) -> Proposal:
    return Proposal(
        proposal_id=row.id,
        act=row.act,
        member=proposed(row)[0],
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
    )
