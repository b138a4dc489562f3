"""Connecting: the standard environment, the settings above it, and what a cluster must know beforehand."""

from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from gateway.connection import connect, ensure_search_attributes
from gateway.task_timeout import TASK_TIMEOUT
from models.errors import Unavailable
from workflows.search_attributes import SEARCH_ATTRIBUTES


@pytest.fixture(autouse=True)
def no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "no-such-file.toml")


def host_of(client: Client) -> str:
    return client.service_client.config.target_host


async def test_a_client_speaks_the_service_s_language(dev_server: WorkflowEnvironment) -> None:
    client = await connect(host_of(dev_server.client))
    assert client.namespace == "default"
    assert client.data_converter.payload_converter_class is pydantic_data_converter.payload_converter_class
    assert [plugin.name() for plugin in client.config(active_config=True)["plugins"]] == ["sojourn"]


@workflow.defn(sandboxed=False)
class Waiting:
    """Waits to be told something."""

    @workflow.run
    async def run(self) -> None:
        """Nothing but waiting."""
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def tell(self) -> None:
        """Something."""


async def test_what_a_worker_died_over_waits_seconds_however_it_was_started(dev_server: WorkflowEnvironment) -> None:
    client = await connect(host_of(dev_server.client))
    begun = WithStartWorkflowOperation(
        Waiting.run, id="told", task_queue="waiting", id_conflict_policy=WorkflowIDConflictPolicy.FAIL
    )
    async with Worker(client, task_queue="waiting", workflows=[Waiting]):
        handles = [
            await client.start_workflow(Waiting.run, id="begun", task_queue="waiting"),
            await client.start_workflow(Waiting.run, id="own", task_queue="waiting", task_timeout=timedelta(seconds=9)),
        ]
        await client.execute_update_with_start_workflow(Waiting.tell, start_workflow_operation=begun)
        handles.append(await begun.workflow_handle())
        described = [(await handle.describe()).raw_description.execution_config for handle in handles]
    given = [one.default_workflow_task_timeout.ToTimedelta() for one in described]
    assert given == [TASK_TIMEOUT, timedelta(seconds=9), TASK_TIMEOUT]


async def test_the_environment_is_heard_and_the_settings_win(
    dev_server: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", host_of(dev_server.client))
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "exchange")
    assert (await connect()).namespace == "exchange"
    assert (await connect(namespace="default")).namespace == "default"


async def test_nothing_at_the_address() -> None:
    with pytest.raises(Unavailable, match=r"temporal.silent target=127\.0\.0\.1:1"):
        await connect("127.0.0.1:1")


async def test_search_attributes_are_registered_once(dev_server: WorkflowEnvironment) -> None:
    await ensure_search_attributes(dev_server.client)
    answer = await dev_server.client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="default")
    )
    assert {key.name for key in SEARCH_ATTRIBUTES} <= set(answer.custom_attributes)


async def test_the_time_skipping_server_takes_them_twice(temporal: WorkflowEnvironment) -> None:
    await ensure_search_attributes(temporal.client)
