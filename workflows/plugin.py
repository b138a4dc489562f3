"""What client, worker and replayer must agree on, as one plugin: converter, runner, and what fails a workflow.

Give it to the client; its workers inherit it. Give it to a `Replayer` by itself.

Tests and replays run in the sandbox, production without it. In the sandbox only the module that defines the workflow is
loaded anew for every run. The rooms below and the helpers of this room are passed through: one identity for each class,
and no model built again for each of thousands of runs. They are out of the sandbox's sight, so `tests/rules` forbids
them clocks, chance and the environment. A module that is neither raises when the worker is made: name it here, or do
not import it.
"""

import pydantic
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

PASSED_THROUGH = (
    "models",
    "activities",
    "workflows.acts",
    "workflows.amendments",
    "workflows.arrangements",
    "workflows.case",
    "workflows.drain",
    "workflows.ending",
    "workflows.engine",
    "workflows.options",
    "workflows.parts",
    "workflows.recalling",
    "workflows.refusals",
    "workflows.replanning",
    "workflows.reports",
    "workflows.running_rotation",
    "workflows.senders",
    "workflows.stages",
    "workflows.story",
)
"""Modules shared between the sandbox and the process, with all that is below them."""

NOTIFICATIONS = (
    SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    | SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
)

RESTRICTIONS = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH).with_import_notification_policy(
    NOTIFICATIONS
)


def sandbox(_: WorkflowRunner | None = None) -> WorkflowRunner:
    """The runner that catches what is not deterministic, and what is imported unnoticed."""
    return SandboxedWorkflowRunner(restrictions=RESTRICTIONS)


def no_sandbox(_: WorkflowRunner | None = None) -> WorkflowRunner:
    """The runner of production: nothing is imported anew for each run."""
    return UnsandboxedWorkflowRunner()


def plugin(*, sandboxed: bool = True) -> SimplePlugin:
    """The plugin for a client, or for a replayer without one.

    A start whose input cannot be read fails at once instead of being tried for ever: `pydantic.ValidationError`.
    """
    return SimplePlugin(
        "sojourn",
        data_converter=pydantic_data_converter,
        workflow_runner=sandbox if sandboxed else no_sandbox,
        workflow_failure_exception_types=[pydantic.ValidationError],
    )
