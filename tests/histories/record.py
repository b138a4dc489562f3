"""Record the golden histories anew: `python -m tests.histories.record [STORY ...]`.

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

from dev import stack
from gateway.connection import ensure_search_attributes
from models.identifiers import cohort_workflow_id, exchange_workflow_id, rotation_workflow_id, suspension_workflow_id
from records.store.engine import migrate
from tests.histories.golden import FOLDER
from tests.workflows.endings import ENDINGS, looked_again, moved_about, not_returning
from tests.workflows.world import open_world
from workflows.plugin import plugin

logger = logging.getLogger("record")

STORIES = {
    **{outcome.value: play for outcome, play in ENDINGS.items()},
    **{play.__name__: play for play in (moved_about, looked_again, not_returning)},
}
"""Every ending, and what else is worth a history: clocks moved about, looking again, an end by not returning."""


async def record(name: str) -> None:
    """Play one story and keep the histories of its exchange, its rotations, its cohort and what suspended it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        url = f"sqlite+aiosqlite:///{folder / 'records.db'}"
        await migrate(url)
        async with await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=stack.test_server_binary(), plugins=[plugin()]
        ) as environment:
            await ensure_search_attributes(environment.client)
            async with open_world(environment, url, folder) as world:
                exchange = await STORIES[name](world)
                await world.result(exchange)
                view = await world.view(exchange)
                await _keep(environment.client, f"{name}.exchange", exchange_workflow_id(exchange))
                await _keep(environment.client, f"{name}.cohort", cohort_workflow_id(view.cohort_id))
                for evaluation in view.evaluations:
                    if evaluation.placement_id is not None:
                        part = f"{name}.rotation-{evaluation.placement_id.split('.')[1]}"
                        await _keep(environment.client, part, rotation_workflow_id(evaluation.placement_id))
                for suspension in await world.reading.suspensions():
                    workflow_id = suspension_workflow_id(suspension.suspension_id)
                    await _keep(environment.client, f"{name}.{suspension.suspension_id}", workflow_id)


async def _keep(client: Client, name: str, workflow_id: str) -> None:
    exported = await client.get_workflow_handle(workflow_id).fetch_history()
    data = {"workflowId": workflow_id, **json.loads(exported.to_json())}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(data, separators=(",", ":"), sort_keys=True), encoding="utf-8")
    logger.info("%s: %d events", name, len(exported.events))


async def main(names: list[str]) -> None:
    """Record the stories named, or all."""
    for name in names or list(STORIES):
        await record(name)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asyncio.run(main(sys.argv[1:]))
