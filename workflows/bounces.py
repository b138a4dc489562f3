"""Reading what mail hosts report later; a schedule starts it every five minutes."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from activities.bounces import BounceInbox
from models.identifiers import BOUNCES_WORKFLOW, MAIL_QUEUE
from models.messages.contracts import BouncesAnswer, ReadBounces

READ: ActivityConfig = {
    # An inbox that is away is told by the activity itself; a database that is away is waited for, but the next start
    # by the schedule would do as well.
    "task_queue": MAIL_QUEUE,
    "start_to_close_timeout": timedelta(minutes=10),
    "retry_policy": RetryPolicy(maximum_interval=timedelta(minutes=1), maximum_attempts=5),
}
MOST_ROUNDS = 20
"""Then the next start goes on."""


@workflow.defn(name=BOUNCES_WORKFLOW)
class BouncesWorkflow:
    """Reads the inbox until nothing in it is unread."""

    @workflow.run
    async def run(self) -> int:
        """Read it; says how many mails there were."""
        read = 0
        for _ in range(MOST_ROUNDS):
            answer: BouncesAnswer = await workflow.execute_activity_method(
                BounceInbox.read_bounces, ReadBounces(now=workflow.now()), **READ
            )
            read += answer.read
            if not answer.more:
                break
        return read
