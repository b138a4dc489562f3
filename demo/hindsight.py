"""People who look back on a stay that is over: every day an exchange waits for has come, so acts alone carry it."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from demo.people import Participants, Traveller
from examples.papers import Holder, paper_for
from gateway.operations import Gateway
from models.catalogue.programme import Programme
from models.messages.exchange import ReportArrival, ReportDeparture
from models.views import WorklistRow
from models.vocabulary import StepKind

MORNING = time(10, 0)


class Hindsight(Participants):
    """Everybody of the programme, telling of a stay that is over: it came as it was planned."""

    def __init__(self, gateway: Gateway, programme: Programme) -> None:
        super().__init__(gateway, programme, utc_now)

    async def answer(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Do what the step asks; who sees the clinic in hindsight was cleared before it."""
        await super().answer(duty, traveller)
        if duty.kind is StepKind.CLEAR_FOR_CLINIC:
            traveller.cleared_on = None  # cleared before the first clinical day, which was in the past

    async def check_in(self, duty: WorklistRow, traveller: Traveller) -> None:
        """Report that the student came on the first day of the stay."""
        zone = ZoneInfo(self._programme.institutions[traveller.plan.host].zone)
        report = ReportArrival(
            report_id=self._id(duty, "arrived"),
            actor=self.actor(duty.owner),
            arrived_at=datetime.combine(traveller.plan.start, MORNING, zone),
            permitted_until=traveller.plan.end,
        )
        await self._gateway.report_arrival(traveller.exchange_id, report)

    async def depart(self, duty: WorklistRow) -> None:
        """Report that the student left on the last day of the stay."""
        assert duty.end is not None
        report = ReportDeparture(
            report_id=self._id(duty, "departed"), actor=self.actor(duty.owner), departed_on=duty.end
        )
        await self._gateway.report_departure(duty.exchange_id, report)


async def utc_now() -> datetime:
    """The wall clock: these stays are told in real time."""
    return datetime.now(UTC)


def papers(programme: Programme, end_year: int, holder: Holder) -> dict[str, list[tuple[str, bytes]]]:
    """A good paper of every kind, of one student."""
    expires = date(end_year + 6, 3, 31)
    return {d.kind: [paper_for(d.kind, d.title, holder, expires)] for d in programme.policy.documents}
