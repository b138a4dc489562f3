"""The digest of a day in one zone; a schedule starts it there at eight in the morning, or somebody at once."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from activities.digests import Digests
from models.identifiers import DIGEST_WORKFLOW
from models.messages.contracts import DigestAnswer, WriteDigests

WRITE: ActivityConfig = {
    # Pages of SQL; every page beats, so that a crash is noticed soon and the next attempt writes what is missing.
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5)),
}


@workflow.defn(name=DIGEST_WORKFLOW)
class DigestWorkflow:
    """Writes the digests of everybody in a zone."""

    @workflow.run
    async def run(self, zone: str, asked: str = "") -> DigestAnswer:
        """Write them; `asked` where somebody wants them at once."""
        request = WriteDigests(zone=zone, at=workflow.now(), asked=asked)
        return await workflow.execute_activity_method(Digests.write_digests, request, **WRITE)
