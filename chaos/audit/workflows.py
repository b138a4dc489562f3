"""Workflows against the records, by Temporal's plain client: which open steps no workflow holds, and the other way."""

import asyncio
from collections import defaultdict
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from chaos.audit.findings import Finding, Records

ASKED_WITHIN = timedelta(seconds=10)
AT_ONCE = 8
KIND = "out of step"


async def out_of_step(records: Records, address: str) -> list[Finding]:
    """Running exchanges whose workflow and records differ in stage or in what is open."""
    exchanges = records.rows("SELECT id, stage, outcome FROM exchanges ORDER BY id")
    steps: defaultdict[str, set[str]] = defaultdict(set)
    for row in records.rows("SELECT id FROM steps WHERE status = 'open' AND exchange_id IS NOT NULL"):
        steps[row["id"].rsplit(".", 2)[0]].add(row["id"])
    client = await Client.connect(address)
    room = asyncio.Semaphore(AT_ONCE)

    async def look(exchange: dict[str, Any]) -> Finding | None:
        async with room:
            words = await _exchange(client, exchange, steps[exchange["id"]])
            return Finding(KIND, exchange["id"], words) if words else None

    async def look_at_rotation(scope: str) -> Finding | None:
        async with room:
            words = await _rotation(client, scope, steps[scope])
            return Finding(KIND, scope.partition(".")[0], words) if words else None

    rotations = [scope for scope in sorted(steps) if "." in scope]
    found = await asyncio.gather(*map(look, exchanges), *map(look_at_rotation, rotations))
    return [one for one in found if one is not None]


async def _exchange(client: Client, on_record: dict[str, Any], open_steps: set[str]) -> str:
    """What differs, in words; empty where nothing does."""
    name = f"exchange/{on_record['id']}"
    closed = on_record["stage"] == "closed"
    try:
        handle = client.get_workflow_handle(name)
        running = (await handle.describe(rpc_timeout=ASKED_WITHIN)).status is WorkflowExecutionStatus.RUNNING
        if closed or not running:
            return "" if closed != running else f"on record {on_record['stage']}, its workflow runs: {running}"
        said = await handle.query("status", rpc_timeout=ASKED_WITHIN)
    except WorkflowQueryFailedError as error:
        return f"its workflow does not answer ({type(error).__name__})"
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return "" if closed else "no workflow of it"  # what ended before Temporal's store was lost is not missed
        return f"its workflow does not answer ({error.status.name})"
    held = {step["step_id"] for step in said["open_steps"] if step["step_id"].rsplit(".", 2)[0] == on_record["id"]}
    return _difference(held, open_steps, (on_record["stage"], said["stage"]))


async def _rotation(client: Client, scope: str, open_steps: set[str]) -> str:
    try:
        handle = client.get_workflow_handle(f"rotation/{scope}")
        if (await handle.describe(rpc_timeout=ASKED_WITHIN)).status is not WorkflowExecutionStatus.RUNNING:
            return f"{', '.join(sorted(open_steps))} is open on record, and its rotation has ended"
        said = await handle.query("status", rpc_timeout=ASKED_WITHIN)
    except WorkflowQueryFailedError:
        return ""  # earlier versions of rotations answer no question
    except RPCError as error:
        missing = error.status is RPCStatusCode.NOT_FOUND
        return f"no workflow of {scope}" if missing else f"{scope} does not answer ({error.status.name})"
    held = {step["step_id"] for step in said.get("open_steps", ())} if isinstance(said, dict) else open_steps
    return _difference(held, open_steps, ("", ""))


def _difference(held: set[str], open_steps: set[str], stages: tuple[str, str]) -> str:
    """What differs between a workflow and the records."""
    parts = []
    if unheard := sorted(held - open_steps):
        parts.append(f"its workflow waits for {', '.join(unheard)}, which the records do not have open")
    if unheld := sorted(open_steps - held):
        parts.append(f"open on record and held by no workflow: {', '.join(unheld)}")
    if stages[0] != stages[1]:
        parts.append(f"stage {stages[0]} on record, {stages[1]} in its workflow")
    return "; ".join(parts)
