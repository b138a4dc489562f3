"""The letters of an exchange: what was written, what could be, and how the authority's form compares."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.people.authorization import Actor, Parties
from models.people.letters import LetterKind, may_read_letter, may_write_letter
from models.rules.letters import Change, LetterFacts, lacks
from models.tables import DocumentRow, ExchangeRow, IdentityRow, LetterRow, identity_of_exchange
from models.views.letters import FormCheck, LetterState, LettersView, LetterVersion
from models.views.shared import Student
from models.vocabulary import Role
from records.letter_facts import Past, Stood, letter_facts, past_of
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to

FORMS = ("dq_form", "jw202_form", "ds2019_form")


async def letters(
    session: AsyncSession, titles: Titles, programme: Programme, exchange_id: str, actor: Actor | None
) -> LettersView | None:
    """All kinds of letters; `None` where there is no exchange or the actor may not know of it (D44)."""
    query = (
        select(ExchangeRow, IdentityRow)
        .join(IdentityRow, identity_of_exchange())
        .where(ExchangeRow.id == exchange_id, visible_to(actor))
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    exchange, person = found
    parties = Parties(sending=exchange.sending_id, host=exchange.host_id, student=exchange.person_id)
    written = await versions(session, titles, exchange_id, student_of(person), actor.role if actor else None)
    writable = {kind for kind in LetterKind if actor is None or may_write_letter(actor, kind, parties)}
    facts = await letter_facts(session, exchange_id, programme) if writable else None
    return LettersView(
        exchange_id=exchange_id,
        letters=tuple(
            LetterState(
                letter=kind,
                versions=tuple(one for one in written if one.letter is kind),
                writable=kind in writable,
                lacks=lacks(kind, facts) if facts and kind in writable else (),
            )
            for kind in LetterKind
        ),
        forms=await _forms(session, facts) if facts and LetterKind.DATA_SHEET in writable else (),
    )


async def versions(
    session: AsyncSession, titles: Titles, exchange_id: str, student: Student, role: Role | None
) -> tuple[LetterVersion, ...]:
    """Every version of every letter, in the order of the story, the newest version of each kind first."""
    query = select(LetterRow).where(LetterRow.exchange_id == exchange_id).order_by(LetterRow.version.desc())
    order = list(LetterKind)
    rows = sorted(await session.scalars(query), key=lambda row: order.index(row.letter))
    return tuple(
        _version(row, titles.who(row.issued_by, student), readable=role is None or may_read_letter(role, row.letter))
        for row in rows
    )


def _version(row: LetterRow, who: str, *, readable: bool) -> LetterVersion:
    return LetterVersion(
        letter=row.letter,
        number=row.number,
        version=row.version,
        issuer=row.issuer_id,
        issued_on=row.issued_on,
        issued_at=row.issued_at,
        issued_by=who,
        readable=readable,
    )


async def _forms(session: AsyncSession, facts: LetterFacts) -> tuple[FormCheck, ...]:
    """The newest form of each kind that was handed in."""
    rows = await session.scalars(
        select(DocumentRow)
        .where(
            DocumentRow.exchange_id == facts.exchange_id,
            DocumentRow.kind.in_(FORMS),
            DocumentRow.submitted_at.is_not(None),
        )
        .order_by(DocumentRow.submitted_at)
    )
    newest = {row.kind: row for row in rows}
    if not newest:
        return ()
    past = await past_of(session, facts.exchange_id)
    return tuple([await _checked(session, facts, past, row) for row in newest.values()])


async def _checked(session: AsyncSession, facts: LetterFacts, past: Past, row: DocumentRow) -> FormCheck:
    assert row.submitted_at is not None
    sheet = past.data_sheet_before(row.submitted_at)
    differs: tuple[Change, ...] = ()
    if sheet is not None:
        stood = past.at(sheet)
        then = await session.get(IdentityRow, (facts.exchange_id, stood.version))
        differs = tuple(_differences(facts, stood, then))
    return FormCheck(document=row.kind, handed_in_at=row.submitted_at, from_sheet=sheet, differs=differs)


def _differences(facts: LetterFacts, stood: Stood, then: IdentityRow | None) -> Iterable[Change]:
    told: list[tuple[str, object, object]] = []
    if then is not None:
        names = (then.family_name, then.given_name, then.native_name)
        now = (facts.family_name, facts.given_name, facts.native_name)
        told += [("name", " ".join(filter(None, names)), " ".join(filter(None, now)))]
        told += [("birth_date", then.birth_date, facts.born), ("nationality", then.nationality, facts.nationality)]
    if stood.plan is not None:
        told += [("start", stood.plan.start, facts.start), ("end", stood.plan.end, facts.end)]
        told += [("host", stood.plan.host, facts.host.id)]
    for what, before, after in told:
        if before != after:
            yield Change(what=what, before=str(before), after=str(after))
