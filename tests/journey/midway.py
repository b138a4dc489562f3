"""A programme in full swing: exchanges in every stage there is, with cohorts, a waitlist, rotations and suspensions.

What is here runs under the release before this one too, see tests/previous/record.py: it asks of the other helpers only
what they offered then.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from demo.cohort import CQMU, DARTMOUTH, Nominee
from demo.people import Traveller
from examples.papers import Holder, paper_for
from models.messages.cohorts import SetQuota
from models.messages.exchange import EndEarly, ReportDeparture
from models.messages.suspensions import Coverage, SuspensionPhase, SuspensionReason
from models.people.authorization import Actor
from models.rules.nomination import Nomination
from models.vocabulary import Outcome, Role, Scope, StepKind
from tests.journey.journey import DATES, LONGEST, Journey, past_nomination

K = StepKind
GIVEN = ("Alva", "Bruno", "Celia", "Dario", "Edda", "Felix", "Greta", "Hugo", "Ines", "Jakob", "Kaja", "Lars", "Mona")
AT_A_TIME = 4
"""Students whose stays lie in the same weeks: there are beds and places for them."""
WEEKS_APART = 16
MOST_SEATS = 10
SUSPENDED, ENDED = "outbreak", "flood"
"""The suspension that lasts, and one that ended."""


@dataclass(frozen=True)
class Group:
    """The students of a cohort, by the step before which each of them stands."""

    sending: str
    host: str
    year: int
    weeks: int
    """By which their stays lie before those of others with the same host."""
    stops: tuple[StepKind, ...]

    @property
    def cohort(self) -> str:
        """Its id."""
        direction = "incoming" if self.host == "cqmu" else "outgoing"
        return f"{self.year}-{direction}-{self.sending}-{self.host}"


DARTMOUTH_2027 = Group(
    *("dartmouth", "cqmu", 2027, 0),
    (
        *(K.VERIFY_NOMINATION, K.CORRECT_NOMINATION, K.SUBMIT_DOCUMENTS, K.SENDING_APPROVAL, K.HOST_APPROVAL),
        *(K.ACCEPT_OFFER, K.CONFIRM_BED, K.OBTAIN_VISA, K.EVALUATE_STUDENT, K.EVALUATE_STUDENT, K.DEPART),
    ),
)
HANDS_IN, WITHDRAWN, ENDED_EARLY = 2, 6, 9
"""Who was suspended for a while, who is withdrawn, and whose stay ended early: by their place among those of above."""
SAMPLE_2027 = Group(
    *("sample", "cqmu", 2027, 2 * WEEKS_APART),
    (
        *(K.SUBMIT_INSURANCE, K.CONFIRM_ARRIVAL, K.SUBMIT_HEALTH_RECORDS, K.REGISTER_RESIDENCE, K.ORIENTATION),
        *(K.EVALUATE_PROGRAMME, K.EVALUATE_STUDENT, K.WAIT_FOR_SEAT, K.WAIT_FOR_SEAT, K.WAIT_FOR_SEAT),
    ),
)
CQMU_2027 = Group(
    *("cqmu", "dartmouth", 2027, 0),
    (
        *(K.OBTAIN_VISA, K.CHECK_IN, K.EVALUATE_STUDENT, K.VERIFY_NOMINATION, K.SUBMIT_DOCUMENTS),
        *(K.SENDING_APPROVAL, K.HOST_APPROVAL, K.ACCEPT_OFFER, K.CONFIRM_BED, K.DEPART),
    ),
)
SAMPLE_2028 = Group(
    *("sample", "cqmu", 2028, 4 * WEEKS_APART),
    (
        *(K.VERIFY_NOMINATION, K.SUBMIT_DOCUMENTS, K.ACCEPT_OFFER, K.ACCEPT_STUDENT, K.ISSUE_INVITATION, K.CHECK_IN),
        *(K.EVALUATE_STUDENT, K.EVALUATE_PROGRAMME, K.REGISTER_RESIDENCE),
    ),
)
LIVE = 8
"""Whose stay is not over: by the place among those of above."""
FEW = (DARTMOUTH_2027, SAMPLE_2027, replace(CQMU_2027, stops=CQMU_2027.stops[:3]))
"""Twenty-four."""
ALL = (DARTMOUTH_2027, SAMPLE_2027, CQMU_2027, SAMPLE_2028)
"""Forty."""


class Midway:
    """Plays everybody to the step before which they stand, and on from there."""

    def __init__(self, journey: Journey, groups: Sequence[Group]) -> None:
        self.journey = journey
        self.groups = groups
        self.nominations: dict[str, Nomination] = {}
        self.stops: dict[str, StepKind] = {}
        self.places: dict[tuple[Group, int], str] = {}

    @property
    def office(self) -> Actor:
        """The programme office."""
        return self.journey.people.officer("cqmu", Role.PROGRAMME_OFFICE)

    @property
    def waiting(self) -> list[str]:
        """Who is on a waitlist."""
        return [one for one, stop in self.stops.items() if stop is K.WAIT_FOR_SEAT]

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """How each exchange ends."""
        ends = dict.fromkeys(self.stops, Outcome.COMPLETED)
        ends[self.places[DARTMOUTH_2027, WITHDRAWN]] = Outcome.WITHDRAWN
        early = (self.places.get(one) for one in ((DARTMOUTH_2027, ENDED_EARLY), (SAMPLE_2028, LIVE)))
        ends |= dict.fromkeys(filter(None, early), Outcome.ENDED_EARLY_JUSTIFIED)
        return ends

    async def play(self, lasting: Coverage) -> None:
        """From nomination to where everybody stands; one suspension lasts, another has ended."""
        for group in self.groups:
            await asyncio.gather(*(self._nominate(group, n) for n in range(len(group.stops))))
        await self._go({one: stop for one, stop in self.stops.items() if one not in self.waiting})
        await self.set_seats(0)
        await self._go(dict.fromkeys(self.waiting, K.WAIT_FOR_SEAT))
        await self.set_seats(1)  # one of those who wait is offered a seat
        await self._deeds()
        one = self.places[DARTMOUTH_2027, HANDS_IN]
        await self.suspend(ENDED, Coverage(scope=Scope.EXCHANGE, target=one))
        await self.resume(ENDED)
        await self.suspend(SUSPENDED, lasting)

    async def finish(self) -> None:
        """On from there, until everybody's exchange is closed."""
        await self.resume(SUSPENDED)
        for exchange, stop in self.stops.items():
            if stop is K.CORRECT_NOMINATION:
                nomination = self.nominations[exchange].model_copy(update={"given_name": "Bruna"})
                actor = self.journey.people.officer(nomination.sending, Role.COORDINATOR)
                await self.journey.services.gateway.correct_nomination(exchange, nomination, actor)
                self.journey.travellers[exchange] = self._traveller(exchange, nomination)  # with papers in that name
        await self.set_seats(len(self.waiting))
        if (live := self.places.get((SAMPLE_2028, LIVE))) is not None:
            await self._come_home(live)
        await self.journey.go()

    async def _come_home(self, exchange: str) -> None:
        """A stay that is not over ends yesterday; hindsight would have it end as planned."""
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        await self.end_early(exchange, yesterday)
        await self.journey.go_with(self.journey.travellers[exchange], until=K.DEPART)
        (step,) = [one for one in await self.journey.steps(exchange) if one.kind is K.DEPART]
        actor = self.journey.people.actor(step.owner)
        report = ReportDeparture(report_id=f"{exchange}.home", actor=actor, departed_on=yesterday)
        await self.journey.services.gateway.report_departure(exchange, report)

    async def set_seats(self, more: int) -> None:
        """Have so many seats more than are taken in the cohort in which some wait, as far as it may have them."""
        cohorts = {self.journey.travellers[one].plan.cohort.id for one in self.waiting}
        for cohort in cohorts:
            view = await self.journey.services.reading.cohort(cohort)
            assert view is not None
            taken = len(view.seats) - view.free
            quota = SetQuota(decision_id=f"seats-{more}-{taken}", actor=self.office, cap=min(taken + more, MOST_SEATS))
            await self.journey.services.gateway.set_quota(cohort, quota)

    async def suspend(self, name: str, coverage: Coverage) -> None:
        """Suspend some, and wait until all have heard it."""
        suspensions = self.journey.services.gateway.suspensions
        await suspensions.suspend(name, coverage, SuspensionReason.OUTBREAK, self.office)

        async def reached() -> bool:
            return (await suspensions.progress(name)).phase is SuspensionPhase.SUSPENDED

        await until(reached)

    async def resume(self, name: str) -> None:
        """End a suspension, and wait until all have heard it."""
        await self.journey.services.gateway.suspensions.resume(name, self.office, f"{name}-over")

        async def over() -> bool:
            (view,) = await self.journey.services.reading.suspensions(name)
            return view.suspended == 0

        await until(over)

    async def _go(self, stops: Mapping[str, StepKind]) -> None:
        async with asyncio.TaskGroup() as everybody:
            for exchange, stop in stops.items():
                traveller = self.journey.travellers[exchange]
                if stop is K.CORRECT_NOMINATION:
                    everybody.create_task(self._return(traveller))
                else:
                    everybody.create_task(self.journey.go_with(traveller, until=stop))

    async def _return(self, traveller: Traveller) -> None:
        await self.journey.go_with(traveller, until=K.VERIFY_NOMINATION)
        (step,) = await self.journey.steps(traveller.exchange_id)
        await self.journey.people.decide(step, "returned", note="The given name differs from the passport.")

    async def _deeds(self) -> None:
        """One is withdrawn, another ends early and is still to be evaluated."""
        gateway, people = self.journey.services.gateway, self.journey.people
        exchange = self.places[DARTMOUTH_2027, WITHDRAWN]
        traveller = self.journey.travellers[exchange]
        sending = people.officer(traveller.plan.sending, Role.COORDINATOR)
        await gateway.withdraw(exchange, sending, decision_id=f"{exchange}.withdrawn")
        early = self.places[DARTMOUTH_2027, ENDED_EARLY]
        await self.end_early(early, self.journey.travellers[early].plan.start + timedelta(weeks=9))

    async def end_early(self, exchange: str, last_day: date) -> None:
        """End a stay for a reason that counts."""
        traveller = self.journey.travellers[exchange]
        traveller.last_day = last_day
        end = EndEarly(
            decision_id=f"{exchange}.ended",
            actor=self.journey.people.officer(traveller.plan.host, Role.COORDINATOR),
            last_day=last_day,
            justified=True,
        )
        await self.journey.services.gateway.end_early(exchange, end, note="The region was closed after a flood.")

    async def _nominate(self, group: Group, number: int) -> None:
        nomination = self._nomination(group, number)
        actor = self.journey.people.officer(group.sending, Role.COORDINATOR)
        reply = await self.journey.acts.nominate(nomination, actor, request_id=f"nominate-{nomination.student_number}")
        self.know(reply.exchange_id, group, number, nomination)

    def know(self, exchange: str, group: Group, number: int, nomination: Nomination) -> None:
        """Know an exchange that was nominated, now or by another release."""
        self.journey.travellers[exchange] = self._traveller(exchange, nomination)
        self.nominations[exchange], self.stops[exchange] = nomination, group.stops[number]
        self.places[group, number] = exchange

    def _traveller(self, exchange: str, nomination: Nomination) -> Traveller:
        programme = self.journey.programme
        plan = nomination.to_plan(programme)
        expires = date(plan.end.year + 6, 3, 31)
        holder = Holder(nomination.family_name, nomination.given_name, nomination.birth_date, nomination.nationality)
        good = {d.kind: [paper_for(d.kind, d.title, holder, expires)] for d in programme.policy.documents}
        return Traveller(exchange, plan, holder, papers=good)

    def _nomination(self, group: Group, number: int) -> Nomination:
        known = DARTMOUTH if group.host == "cqmu" else CQMU
        base: Nominee = known[number % len(known)]
        given = GIVEN[(number + 3 * self.groups.index(group)) % len(GIVEN)]
        nominee = replace(
            base,
            number=student_number(group, number),
            given=given,
            native="",
            part="completes",
            sending=group.sending,
        )
        nomination = past_nomination(nominee, number + 1, self.journey.programme)
        earlier = timedelta(weeks=group.weeks + WEEKS_APART * (number // AT_A_TIME))
        if (group, number) == (SAMPLE_2028, LIVE):
            earlier = -timedelta(weeks=10)
        days = {name: day - earlier for name in DATES if (day := getattr(nomination, name)) is not None}
        return nomination.model_copy(update=days | {"intake_year": group.year})


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a fact."""
    async with asyncio.timeout(LONGEST):
        true = await fact()
        while not true:
            await asyncio.sleep(0.1)
            true = await fact()


def student_number(group: Group, number: int) -> str:
    """The number under which a student is registered."""
    return f"{group.sending[0].upper()}{group.year - 2000}{number + 1:02d}"
