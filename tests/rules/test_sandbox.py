"""Every workflow loads in the sandbox that tests use, and nothing slips into it unnoticed."""

import importlib
import inspect
from typing import Any

import pydantic
import pytest
from temporalio import workflow
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import (
    SandboxedWorkflowRunner,
    SandboxRestrictions,
    UnintentionalPassthroughError,
)

from settings import Settings
from tests.rules.source import room
from workflows.plugin import NOTIFICATIONS, PASSED_THROUGH, plugin, sandbox

MODULES = [source.module for source in room("workflows")]


def defined(module: str) -> list[type[Any]]:
    """The workflows that a module defines."""
    loaded = importlib.import_module(module)
    return [c for _, c in inspect.getmembers(loaded, inspect.isclass) if c.__module__ == module and _definition(c)]


def _definition(cls: type[Any]) -> workflow._Definition | None:
    return workflow._Definition.from_class(cls)


WORKFLOWS = [cls for module in MODULES for cls in defined(module)]


def test_the_workflows_are_found() -> None:
    assert {cls.__name__ for cls in WORKFLOWS} >= {"ExchangeWorkflow", "CohortWorkflow", "RotationWorkflow"}


@pytest.mark.parametrize("cls", WORKFLOWS, ids=lambda c: c.__name__)
async def test_every_workflow_loads_in_the_sandbox(cls: type[Any]) -> None:
    definition = _definition(cls)
    assert definition is not None
    sandbox().prepare_workflow(definition)


@pytest.mark.parametrize("cls", WORKFLOWS, ids=lambda c: c.__name__)
async def test_a_module_not_named_raises(cls: type[Any]) -> None:
    """Without the list of what is passed through, nothing of ours gets into the sandbox."""
    definition = _definition(cls)
    assert definition is not None
    strict = SandboxRestrictions.default.with_import_notification_policy(NOTIFICATIONS)
    with pytest.raises(UnintentionalPassthroughError):
        SandboxedWorkflowRunner(restrictions=strict).prepare_workflow(definition)


def test_no_workflow_is_passed_through() -> None:
    """A module that defines a workflow is loaded anew for every run; only helpers are shared."""
    shared = [m for m in MODULES if m.startswith(tuple(p for p in PASSED_THROUGH if p.startswith("workflows.")))]
    assert not {m for m in shared if defined(m)}
    known = set(shared) | {cls.__module__ for cls in WORKFLOWS}
    assert set(MODULES) - known == {"workflows", "workflows.plugin", "workflows.search_attributes"}


def test_production_runs_without_and_tests_with_it() -> None:
    def runner(replayer: Replayer) -> object:
        return replayer.config(active_config=True).get("workflow_runner")

    assert Settings.model_fields["workflow_sandbox"].default is False
    assert isinstance(runner(Replayer(workflows=WORKFLOWS, plugins=[plugin()])), SandboxedWorkflowRunner)
    without = Replayer(workflows=WORKFLOWS, plugins=[plugin(sandboxed=False)])
    assert isinstance(runner(without), UnsandboxedWorkflowRunner)


def test_client_and_replayer_agree() -> None:
    replayer = Replayer(workflows=WORKFLOWS, plugins=[plugin()]).config(active_config=True)
    client = plugin().configure_client({})  # type: ignore[typeddict-item]
    assert client["data_converter"] is replayer.get("data_converter")
    assert isinstance(replayer.get("workflow_runner"), SandboxedWorkflowRunner)
    assert replayer.get("workflow_failure_exception_types") == [pydantic.ValidationError]
