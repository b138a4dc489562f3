"""The year report: what became of a year's exchanges, per partnership and in all (D4, D5). Pure.

- a year is an intake year (D4); everything of its exchanges counts, whenever it happened;
- accepted: the student accepted the offer; came: an arrival is recorded; completed: the exchange ended so;
- a student's days run from the arrival to the departure, both included; of who is still there to the planned end, at
  most to today. A student-month is a twelfth of 365 days (D5);
- below five: fewer seats taken than agreed when nominations had closed; silent: nobody nominated by then, but agreed;
- ratings of a host or a unit are of the objectives that it serves;
- ratings are those of students who evaluated the programme; of fewer than three raters none is told, as it would be
  known whose it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from models.catalogue.served import Serving
from models.vocabulary import Content
from models.wire import Moment, Wire

MONTH = 365 / 12
"""Days."""
LEAST_RATERS = 3


class StayOfYear(Wire):
    """What the report needs to know of one exchange."""

    exchange_id: str
    sending: str
    host: str
    accepted: bool = False
    arrived: date | None = None
    left: date | None = None
    end: date
    """Planned."""
    completed: bool = False
    ratings: tuple[dict[str, int], ...] = ()
    """What the student gave the programme, 1 to 5 by objective."""
    units: tuple[tuple[Content, str], ...] = ()
    """Blocks that were not given back: content and unit."""


class FlowFacts(Wire):
    """What was agreed of students from one university to another."""

    sending: str
    host: str
    agreed: bool = True
    closes_at: Moment
    cap: int | None = None
    """None where nobody was nominated, so that no seats were opened."""
    minimum: int = 0
    taken: int = 0


class AnswerFacts(Wire):
    """One answer that an institution owed: whether it was late."""

    exchange_id: str
    institution: str
    late: bool


class Flow(Wire):
    """Students from one university to another."""

    sending: str
    host: str
    nominated: int = 0
    accepted: int = 0
    came: int = 0
    completed: int = 0
    days: int = 0
    cap: int | None = None
    taken: int = 0
    minimum: int = 0
    below_minimum: bool = False
    silent: bool = False

    @property
    def months(self) -> float:
        """Student-months, to one decimal (D5)."""
        return round(self.days / MONTH, 1)


class Rating(Wire):
    """How students rated an objective; `mean` is 1 to 5."""

    objective: str
    raters: int
    mean: float


class RatedPlace(Wire):
    """How students rated what a host served, or one unit of it; the host as a whole where no unit is named."""

    host: str
    unit: str = ""
    ratings: tuple[Rating, ...]


class Answered(Wire):
    """How many answers an institution owed, and how many of them were late."""

    institution: str
    answers: int
    late: int


class Partnership(Wire):
    """The home institution and one partner, both ways."""

    partner: str
    out: Flow
    """From the home institution."""
    back: Flow
    """To the home institution."""
    ratings: tuple[Rating, ...] = ()
    answered: tuple[Answered, ...] = ()

    @property
    def balance(self) -> int:
        """Students that came to the home institution, less those that went from it (D5)."""
        return self.back.came - self.out.came

    @property
    def balance_months(self) -> float:
        """The same in student-months (D5)."""
        return round((self.back.days - self.out.days) / MONTH, 1)


class YearReport(Wire):
    """The figures of one intake year."""

    year: int
    home: str
    partnerships: tuple[Partnership, ...]
    whole: Partnership
    """All of them together; its `partner` is empty."""
    places: tuple[RatedPlace, ...] = ()
    """Ratings by host, each followed by its units."""


def year_report(
    year: int,
    home: str,
    flows: Sequence[FlowFacts],
    stays: Sequence[StayOfYear],
    answers: Sequence[AnswerFacts],
    now: datetime,
    serving: Serving = Serving(),  # noqa: B008 - frozen
) -> YearReport:
    """The figures of a year, partner by partner in the order of their ids; `stays` and `flows` are of that year.

    `serving` says which objectives a host and a unit serve: of others no rating is told as theirs.
    """
    agreed = {(flow.sending, flow.host): flow for flow in flows}
    by_way: dict[tuple[str, str], list[StayOfYear]] = defaultdict(list)
    for stay in stays:
        by_way[stay.sending, stay.host].append(stay)
    late: dict[str, list[AnswerFacts]] = defaultdict(list)
    partner_of = {stay.exchange_id: _partner(stay.sending, stay.host, home) for stay in stays}
    for answer in answers:
        late[partner_of.get(answer.exchange_id, "")].append(answer)

    def flow(sending: str, host: str) -> Flow:
        return _flow(sending, host, agreed.get((sending, host)), by_way[sending, host], now)

    found = []
    for partner in sorted({_partner(sending, host, home) for sending, host in [*agreed, *by_way]}):
        both = [*by_way[home, partner], *by_way[partner, home]]
        found.append(
            Partnership(
                partner=partner,
                out=flow(home, partner),
                back=flow(partner, home),
                ratings=_ratings(both),
                answered=_answered(late[partner]),
            )
        )
    whole, places = _whole(home, found, stays, answers), tuple(_places(stays, serving))
    return YearReport(year=year, home=home, partnerships=tuple(found), whole=whole, places=places)


def _partner(sending: str, host: str, home: str) -> str:
    return host if sending == home else sending


def _flow(sending: str, host: str, agreed: FlowFacts | None, stays: Sequence[StayOfYear], now: datetime) -> Flow:
    closed = agreed is not None and agreed.closes_at <= now
    return Flow(
        sending=sending,
        host=host,
        nominated=len(stays),
        accepted=sum(stay.accepted for stay in stays),
        came=sum(stay.arrived is not None for stay in stays),
        completed=sum(stay.completed for stay in stays),
        days=sum(_days(stay, now.date()) for stay in stays),
        cap=agreed.cap if agreed else None,
        taken=agreed.taken if agreed else 0,
        minimum=agreed.minimum if agreed else 0,
        below_minimum=agreed is not None and closed and agreed.cap is not None and agreed.taken < agreed.minimum,
        silent=agreed is not None and agreed.agreed and closed and not stays,
    )


def _days(stay: StayOfYear, today: date) -> int:
    if stay.arrived is None:
        return 0
    last = stay.left or min(stay.end, today)
    return max(0, (last - stay.arrived).days + 1)


def _ratings(stays: Iterable[StayOfYear], only: frozenset[str] | None = None) -> tuple[Rating, ...]:
    given: dict[str, list[int]] = defaultdict(list)
    for stay in stays:
        for ratings in stay.ratings[-1:]:  # a student rates once; of several versions the last holds
            for objective, value in ratings.items():
                if only is None or objective in only:
                    given[objective].append(value)
    return tuple(
        Rating(objective=name, raters=len(values), mean=round(sum(values) / len(values), 2))
        for name, values in sorted(given.items())
        if len(values) >= LEAST_RATERS
    )


def _places(stays: Sequence[StayOfYear], serving: Serving) -> Iterable[RatedPlace]:
    for host in sorted({stay.host for stay in stays}):
        there = [stay for stay in stays if stay.host == host]
        served = frozenset[str]().union(*(serving.part(host, content) for content in Content))
        units = sorted({block for stay in there for block in stay.units}, key=lambda block: block[1])
        by_unit = {(content, unit): serving.part(host, content, unit) for content, unit in units}
        if whole := _ratings(there, served.union(*by_unit.values())):
            yield RatedPlace(host=host, ratings=whole)
        for block, own in by_unit.items():
            if found := _ratings((stay for stay in there if block in stay.units), own):
                yield RatedPlace(host=host, unit=block[1], ratings=found)


def _answered(answers: Iterable[AnswerFacts]) -> tuple[Answered, ...]:
    owed: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        owed[answer.institution].append(answer.late)
    return tuple(Answered(institution=name, answers=len(late), late=sum(late)) for name, late in sorted(owed.items()))


def _whole(
    home: str, found: Sequence[Partnership], stays: Sequence[StayOfYear], answers: Sequence[AnswerFacts]
) -> Partnership:
    return Partnership(
        partner="",
        out=_sum(home, "", [one.out for one in found]),
        back=_sum("", home, [one.back for one in found]),
        ratings=_ratings(stays),
        answered=_answered(answers),
    )


def _sum(sending: str, host: str, flows: Sequence[Flow]) -> Flow:
    caps = [flow.cap for flow in flows if flow.cap is not None]
    summed = ("nominated", "accepted", "came", "completed", "days", "taken", "minimum")
    totals = {name: sum(getattr(flow, name) for flow in flows) for name in summed}
    return Flow(sending=sending, host=host, cap=sum(caps) if caps else None, **totals)
