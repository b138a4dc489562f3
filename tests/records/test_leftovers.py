"""What runs and, by the records, does not go on: unknown to them, or over; what was just asked for is neither."""

from datetime import date

from models.events import ExchangeClosed, RotationEnded
from models.vocabulary import MobilityStatus, Outcome
from records.audit.workflows import COHORT, EXCHANGE, ROTATION, SUSPENSION, WorkflowSubject
from records.leftovers import Leftover, cohorts_of, knows_exchanges, left_over
from records.store.engine import transaction
from tests.databases import Database
from tests.records.fakes import furnish, tell
from tests.records.story import ANN, BO, at, cohort_opened, opened, place
from tests.records.story import COHORT as COHORT_ID

ANNS, BOS = WorkflowSubject(EXCHANGE, ANN), WorkflowSubject(EXCHANGE, BO)
ENDED = WorkflowSubject(ROTATION, f"{ANN}.laboratory.1")
NEVER_BEGUN = WorkflowSubject(ROTATION, f"{ANN}.clinical.2")
NOBODYS, NO_COHORT = WorkflowSubject(EXCHANGE, "EX-2027-DAR-099"), WorkflowSubject(COHORT, "2027-incoming-x-y")
NO_SUSPENSION = WorkflowSubject(SUSPENSION, "s-99")


async def test_what_runs_beside_the_records_is_known_by_why(database: Database) -> None:
    async with transaction(database.sessions) as session:
        assert not await knows_exchanges(session)
    await furnish(database.sessions)
    await tell(database.sessions, COHORT_ID, "cohort", cohort_opened())
    await tell(database.sessions, ANN, "ann", opened(), place(ANN))
    await tell(
        database.sessions, ANN, "over", RotationEnded(at=at(90), placement_id=ENDED.id, last_day=date(2027, 3, 31))
    )
    closed = ExchangeClosed(at=at(9), outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED)
    await tell(database.sessions, BO, "bo", opened("p-2"), closed)
    running = (ANNS, BOS, ENDED, NEVER_BEGUN, NOBODYS, NO_COHORT, NO_SUSPENSION, WorkflowSubject(COHORT, COHORT_ID))
    async with transaction(database.sessions) as session:
        assert await knows_exchanges(session)
        assert await left_over(session, running, {ANNS.workflow}) == {
            BOS: Leftover.OVER,
            ENDED: Leftover.OVER,
            NEVER_BEGUN: Leftover.UNKNOWN,
            NOBODYS: Leftover.UNKNOWN,
            NO_COHORT: Leftover.UNKNOWN,
            NO_SUSPENSION: Leftover.UNKNOWN,
        }
        assert await left_over(session, running, {one.workflow for one in running}) == {}
        assert await cohorts_of(session, (BOS, NOBODYS, ENDED)) == [WorkflowSubject(COHORT, COHORT_ID)]
