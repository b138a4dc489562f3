"""Workflows that an operator sets back in Temporal: they read their records at the next act, and go on from there."""

import asyncio
from pathlib import Path

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client

from models.identifiers import cohort_workflow_id, exchange_workflow_id, rotation_workflow_id
from models.tables import ExchangeRow
from models.vocabulary import Outcome, StepKind
from tests.journey.audit import open_books
from tests.journey.commands import said
from tests.journey.journey import COHORT, open_journey, stack_in
from tests.journey.mail import until_delivered

pytestmark = pytest.mark.live

STOPS = (StepKind.HOST_APPROVAL, StepKind.CONFIRM_BED, StepKind.EVALUATE_STUDENT, StepKind.DEPART)
AGAIN, NOT_AGAIN = ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE, ResetReapplyType.RESET_REAPPLY_TYPE_NONE


async def test_what_is_set_back_goes_on_from_its_records(tmp_path: Path) -> None:
    async with stack_in(tmp_path) as stack, open_journey(stack) as journey, open_books(stack) as books:
        client = await stack.client()
        await journey.nominate(COHORT[: len(STOPS)])
        standing = dict(zip(sorted(journey.travellers), STOPS, strict=True))
        async with asyncio.TaskGroup() as everybody:
            for exchange, stop in standing.items():
                everybody.create_task(journey.go_with(journey.travellers[exchange], until=stop))
        early, preparing, rotating, leaving = standing
        await set_back(client, exchange_workflow_id(early), 2, NOT_AGAIN)
        await set_back(client, exchange_workflow_id(preparing), 3, AGAIN)
        await set_back(client, exchange_workflow_id(rotating), 1, NOT_AGAIN)
        await set_back(client, rotation_workflow_id(f"{rotating}.laboratory.1"), 0, NOT_AGAIN)
        await set_back(client, exchange_workflow_id(leaving), 8, AGAIN)
        cohort = journey.travellers[early].plan.cohort.id
        await set_back(client, cohort_workflow_id(cohort), 1, NOT_AGAIN)
        await journey.go()
        await until_delivered(journey)
        assert {row.outcome for row in await books.rows(ExchangeRow)} == {Outcome.COMPLETED}
        assert await books.told_again() == []
        # Nobody asks a seat of the cohort any more: it is named, and recovered.
        audited = await said(stack, "audit", "--json")
        assert [one["params"]["workflow"] for one in audited.data["findings"]] == [cohort_workflow_id(cohort)]
        recovered = await said(stack, "recover", "--json")
        # The cohorts of the other agreements, which the worker opened, are in step.
        assert [one["fate"] for one in recovered.data if one["fate"] != "in_step"] == ["resumed"]
        audited = await said(stack, "audit")
        assert audited.code == 0, audited.out


async def set_back(client: Client, workflow_id: str, task: int, reapply: ResetReapplyType.ValueType) -> None:
    """As `temporal workflow reset --event-id`: back to after one of its first workflow tasks, by its number."""
    tasks: list[int] = []
    async with asyncio.timeout(30):
        while len(tasks) <= task:  # one that was just begun again has done none
            history = await client.get_workflow_handle(workflow_id).fetch_history()
            tasks = [e.event_id for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
            await asyncio.sleep(0.1)
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=history.run_id),
            reason="played in a test",
            workflow_task_finish_event_id=tasks[task],
            reset_reapply_type=reapply,
            request_id=f"{workflow_id}-{task}",
        )
    )
