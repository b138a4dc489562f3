"""Connecting: the standard environment, the settings above it, and what a cluster must know beforehand."""

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from gateway.connection import connect, ensure_search_attributes
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
