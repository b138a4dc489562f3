"""One person, one exchange per host and intake: who looks like a nominee is found before anything starts."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.comparing import address_key, alike
from models.errors import BadInput, Conflict
from models.identifiers import CohortKey
from models.people.authorization import Actor
from models.rules.again import Answers
from models.rules.nomination import Nomination
from models.tables import ExchangeCodeRow, ExchangeRow, IdentityRow
from models.vocabulary import Role


async def require_nobody_alike(
    session: AsyncSession,
    cohort: CohortKey,
    nomination: Nomination,
    answers: Answers,
    actor: Actor,
    person_id: str = "",
) -> str | None:
    """Ask whether somebody of this host and intake is the same person; answers the exchange where it is.

    A university is told of its own students alone. Of another's it hears that the host must clear it up (D44), and only
    the programme office, which sees both, may say that they are two.

    Raises:
        Conflict: somebody looks like it, and nobody said yet whether it is the same person.
        BadInput: it is another person, without a reason.
    """
    found = [
        (code, exchange, columns)
        for code, exchange, identity in await _nominees(session, cohort, nomination)
        if code.person_id != person_id and (columns := alike(identity, nomination))
    ]
    own = next((one for one in found if one[0].sending_id == nomination.sending), None)
    if own is not None:
        if answers.same == "yes" and not person_id:
            return own[0].exchange_id
        if answers.same != "no":
            raise Conflict("nomination.same_person", own[2][0], exchange=own[0].exchange_id, cells=own[2])
    elsewhere = [one for one in found if one[0].sending_id != nomination.sending and not _is_over(one[1])]
    if elsewhere and not (answers.same == "no" and actor.role is Role.PROGRAMME_OFFICE):
        raise Conflict("nomination.elsewhere", "student_number", host=cohort.host)
    if (own or elsewhere) and not answers.reason:
        raise BadInput("nomination.reason_missing", "reason")
    return None


def _is_over(exchange: ExchangeRow | None) -> bool:
    """Whether it ended: a student whom one university withdrew may be nominated by another."""
    return exchange is not None and exchange.closed_at is not None


async def _nominees(
    session: AsyncSession, cohort: CohortKey, nomination: Nomination
) -> Sequence[tuple[ExchangeCodeRow, ExchangeRow | None, IdentityRow]]:
    """Who is nominated for the host and intake and shares the day of birth or the address, as it holds there."""
    newest = (
        select(func.max(IdentityRow.version))
        .where(IdentityRow.exchange_id == ExchangeCodeRow.exchange_id)
        .correlate(ExchangeCodeRow)
        .scalar_subquery()
    )
    query = (
        select(ExchangeCodeRow, ExchangeRow, IdentityRow)
        .outerjoin(ExchangeRow, ExchangeRow.id == ExchangeCodeRow.exchange_id)
        .join(IdentityRow, IdentityRow.exchange_id == ExchangeCodeRow.exchange_id)
        .where(
            ExchangeCodeRow.host_id == cohort.host,
            ExchangeCodeRow.year == cohort.year,
            IdentityRow.version == func.coalesce(ExchangeRow.nomination_version, newest),
            (IdentityRow.birth_date == nomination.birth_date)
            | (IdentityRow.address_key == address_key(nomination.email)),
        )
        .order_by(ExchangeCodeRow.exchange_id)
    )
    return [(code, exchange, identity) for code, exchange, identity in await session.execute(query)]
