"""Record the golden histories anew: `python -m tests.histories.record [ENDING ...]`.

Run it only when a change to the commands of a workflow is meant and guarded by `workflow.patched`, or when a new ending
joins; otherwise a history that no longer replays is a bug of the change.
"""

import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import services
from activities.store.engine import migrate
from gateway.connection import ensure_search_attributes
from models.identifiers import cohort_workflow_id, exchange_workflow_id, rotation_workflow_id
from models.vocabulary import Outcome
from tests.histories.golden import FOLDER
from tests.workflows.endings import ENDINGS
from tests.workflows.world import open_world
from workflows.plugin import plugin

logger = logging.getLogger("record")


async def record(outcome: Outcome) -> None:
    """Play one ending and keep the histories of its exchange, its rotations and its cohort."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        url = f"sqlite+aiosqlite:///{folder / 'records.db'}"
        await migrate(url)
        async with await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=services.test_server_binary(), plugins=[plugin()]
        ) as environment:
            await ensure_search_attributes(environment.client)
            async with open_world(environment, url, folder) as world:
                exchange = await ENDINGS[outcome](world)
                await world.result(exchange)
                view = await world.view(exchange)
                await _keep(environment.client, f"{outcome}.exchange", exchange_workflow_id(exchange))
                await _keep(environment.client, f"{outcome}.cohort", cohort_workflow_id(view.cohort_id))
                for evaluation in view.evaluations:
                    if evaluation.placement_id is not None:
                        name = f"{outcome}.rotation-{evaluation.placement_id.split('.')[1]}"
                        await _keep(environment.client, name, rotation_workflow_id(evaluation.placement_id))


async def _keep(client: Client, name: str, workflow_id: str) -> None:
    exported = await client.get_workflow_handle(workflow_id).fetch_history()
    data = {"workflowId": workflow_id, **json.loads(exported.to_json())}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(data, separators=(",", ":"), sort_keys=True), encoding="utf-8")
    logger.info("%s: %d events", name, len(exported.events))


async def main(names: list[str]) -> None:
    """Record the endings named, or all."""
    for outcome in [Outcome(name) for name in names] or list(ENDINGS):
        await record(outcome)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asyncio.run(main(sys.argv[1:]))
