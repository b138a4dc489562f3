"""The year report from the records: six queries, however many exchanges there are."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.identifiers import CohortKey
from models.people.authorization import Actor, require
from models.people.roles import OF_THE_PROGRAMME, OFFICES
from models.rules.service_levels import counts, is_late
from models.rules.year_report import AnswerFacts, FlowFacts, StayOfYear, YearReport, year_report
from models.tables import CohortRow, DecisionRow, EvaluationRow, ExchangeRow, PlacementRow, SeatRow, StepRow
from models.vocabulary import Content, Outcome, StepKind
from records.queries.service_levels import times_of


async def report(session: AsyncSession, programme: Programme, year: int, actor: Actor, now: datetime) -> YearReport:
    """The figures of a year: the programme office's are whole, an office's those of its own partnerships.

    Raises:
        NotAuthorised: the role sees none.
    """
    require(actor.role in OFFICES | OF_THE_PROGRAMME, "not_allowed.see_year_report")
    only = "" if actor.role in OF_THE_PROGRAMME else actor.institution
    stays = await _stays(session, programme, year, only)
    flows = await _flows(session, programme, year, only)
    answers = await _answers(session, year, only, now)
    return year_report(year, programme.home, flows, stays, answers, now, programme.policy.serving)


async def years(session: AsyncSession) -> list[int]:
    """The intake years on record, the latest first."""
    return list(await session.scalars(select(CohortRow.year).distinct().order_by(CohortRow.year.desc())))


def _here(year: int, only: str) -> list[ColumnElement[bool]]:
    own = or_(ExchangeRow.sending_id == only, ExchangeRow.host_id == only) if only else true()
    return [ExchangeRow.year == year, own]


async def _stays(session: AsyncSession, programme: Programme, year: int, only: str) -> list[StayOfYear]:
    exchanges = list(await session.scalars(select(ExchangeRow).where(*_here(year, only)).order_by(ExchangeRow.id)))
    accepted = set(
        await session.scalars(
            select(StepRow.exchange_id)
            .join(DecisionRow, DecisionRow.step_id == StepRow.id)
            .join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
            .where(*_here(year, only), StepRow.kind == StepKind.ACCEPT_OFFER, DecisionRow.outcome == "accept")
        )
    )
    rated, worked = await _rated(session, year, only)
    return [
        StayOfYear(
            exchange_id=row.id,
            sending=row.sending_id,
            host=row.host_id,
            accepted=row.id in accepted,
            arrived=_day(row.actual_arrival, programme.zone_of(row.host_id)),
            left=row.actual_departure,
            end=row.end,
            completed=row.outcome is Outcome.COMPLETED,
            ratings=tuple(rated[row.id].values()),
            units=tuple(worked[row.id]),
        )
        for row in exchanges
    ]


async def _rated(
    session: AsyncSession, year: int, only: str
) -> tuple[dict[str, dict[str, dict[str, int]]], dict[str, dict[tuple[Content, str], None]]]:
    """What students gave the programme, oldest first, and the blocks that they worked, by exchange."""
    kept = or_(PlacementRow.released_from.is_(None), PlacementRow.released_from > PlacementRow.start)
    evaluations = (
        select(EvaluationRow, PlacementRow.content, PlacementRow.unit_id)
        .join(ExchangeRow, ExchangeRow.id == EvaluationRow.exchange_id)
        .outerjoin(PlacementRow, and_(PlacementRow.exchange_id == EvaluationRow.exchange_id, kept))
        .where(*_here(year, only), EvaluationRow.placement_id.is_(None))
        .order_by(EvaluationRow.at, EvaluationRow.id, PlacementRow.start, PlacementRow.id)
    )
    rated: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    worked: dict[str, dict[tuple[Content, str], None]] = defaultdict(dict)
    for evaluation, content, unit in await session.execute(evaluations):
        rated[evaluation.exchange_id][evaluation.id] = evaluation.ratings
        if unit:
            worked[evaluation.exchange_id][content, unit] = None
    return rated, worked


def _day(at: datetime | None, zone: str) -> date | None:
    return at.astimezone(ZoneInfo(zone or "UTC")).date() if at is not None else None


async def _flows(session: AsyncSession, programme: Programme, year: int, only: str) -> list[FlowFacts]:
    seats = (
        select(SeatRow.cohort_id, func.count())
        .join(CohortRow, CohortRow.id == SeatRow.cohort_id)
        .where(CohortRow.year == year, SeatRow.exchange_id.is_not(None))
        .group_by(SeatRow.cohort_id)
    )
    taken: dict[str, int] = {cohort: count for cohort, count in await session.execute(seats)}  # noqa: C416
    opened = {
        (row.sending_id, row.host_id): row
        for row in await session.scalars(select(CohortRow).where(CohortRow.year == year))
    }
    agreed = _agreed(programme)
    ways = [way for way in dict.fromkeys([*agreed, *opened]) if not only or only in way]
    return [_of_way(programme, year, way, way in agreed, opened.get(way), taken) for way in ways]


def _agreed(programme: Programme) -> list[tuple[str, str]]:
    """Both ways of every agreement of the home institution; with those made up as samples nothing is agreed."""
    home = programme.institutions[programme.home]
    partners = [one.partner for one in home.agreements if not programme.institutions[one.partner].sample]
    return [way for partner in partners for way in ((programme.home, partner), (partner, programme.home))]


def _of_way(
    programme: Programme, year: int, way: tuple[str, str], agreed: bool, row: CohortRow | None, taken: dict[str, int]
) -> FlowFacts:
    sending, host = way
    if row is not None:
        return FlowFacts(
            sending=sending,
            host=host,
            agreed=agreed,
            closes_at=row.closes_at,
            cap=row.cap,
            minimum=row.minimum,
            taken=taken.get(row.id, 0),
        )
    key = CohortKey(sending=sending, host=host, year=year, direction=programme.direction(host))
    return FlowFacts(sending=sending, host=host, agreed=agreed, closes_at=programme.nominations_close_at(key))


async def _answers(session: AsyncSession, year: int, only: str, now: datetime) -> Sequence[AnswerFacts]:
    query = (
        select(StepRow).join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id).where(*_here(year, only))
    ).order_by(StepRow.id)
    found = []
    for row in await session.scalars(query):
        step = times_of(row)
        if counts(step) and step.of_an_office and step.institution:
            late = is_late(step, now)
            found.append(AnswerFacts(exchange_id=row.exchange_id or "", institution=step.institution, late=late))
    return found
