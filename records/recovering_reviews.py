"""Reviews of late answers that are open on record, and with which input a workflow for one is started again."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.policy import Policy
from models.events import StepOpened
from models.identifiers import service_level_workflow_id
from models.rules.service_levels import LateUnit
from models.tables import EventRow, HeadRow, PolicyRow, StepRow
from models.vocabulary import StepKind, StepStatus
from records.store.append import Writer


@dataclass(frozen=True)
class OpenReview:
    """A review that the programme office has not answered."""

    alert_id: str
    institution: str
    unit: str
    subject: str
    policy: Policy | None
    """What it was opened under; `None` where that was not kept."""

    @property
    def workflow_id(self) -> str:
        """The workflow that asks for it."""
        return service_level_workflow_id(self.institution, self.unit)

    def start(self, of_today: Policy) -> LateUnit:
        """What its workflow is started with, to go on from the records."""
        late, _, steps = self.subject.rpartition(" ")[2].partition("/")
        return LateUnit(
            alert_id=self.alert_id,
            institution=self.institution,
            unit=self.unit,
            late=int(late),
            steps=int(steps),
            policy=self.policy or of_today,
            resumes=1,
        )


async def open_reviews(session: AsyncSession) -> list[OpenReview]:
    """All of them, in the order of their workflows."""
    opened = StepOpened.model_fields["kind"].default
    query = (
        select(StepRow.stream, StepRow.subject, EventRow.batch_key)
        .join(EventRow, (EventRow.stream == StepRow.stream) & (EventRow.kind == opened))
        .where(StepRow.kind == StepKind.REVIEW_SERVICE_LEVEL, StepRow.status == StepStatus.OPEN)
    )
    found: list[OpenReview] = []
    for alert_id, subject, batch_key in await session.execute(query):
        writer = Writer.of(batch_key)
        if writer is None:
            continue
        _, institution, unit = f"{writer.id}/".split("/")[:3]
        body = await session.scalar(
            select(PolicyRow.body)
            .join(HeadRow, HeadRow.policy_digest == PolicyRow.digest)
            .where(HeadRow.writer == writer.id)
        )
        policy = Policy.model_validate(body) if body is not None else None
        found.append(OpenReview(alert_id, institution, unit, subject, policy))
    return sorted(found, key=lambda one: one.workflow_id)
