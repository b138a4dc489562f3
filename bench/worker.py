"""The worker of what the service is measured against, in a process of its own with the options of the service's worker.

python -m bench.worker
"""

import asyncio
import os
import signal

from temporalio.worker import PollerBehaviorAutoscaling, Worker

from bench.shapes import BENCH_QUEUE, BareWorkflow, Empty, ShapeWorkflow, TimerWorkflow
from gateway.connection import connect
from settings import Settings
from worker import BUILD, CACHED_WORKFLOWS, GRACE, HEARTBEATS, STICKY_TIMEOUT, TASKS_AT_ONCE


async def serve(settings: Settings) -> None:
    """Run until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await connect(settings.temporal_address, settings.temporal_namespace, sandboxed=settings.workflow_sandbox)
    empty = Empty()
    async with Worker(
        client,
        task_queue=BENCH_QUEUE,
        build_id=BUILD,
        max_concurrent_workflow_tasks=TASKS_AT_ONCE,
        max_heartbeat_throttle_interval=HEARTBEATS,
        workflows=[BareWorkflow, ShapeWorkflow, TimerWorkflow],
        activities=[empty.record, empty.check],
        max_cached_workflows=CACHED_WORKFLOWS,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=GRACE,
    ):
        assert settings.ready_file is not None
        settings.ready_file.write_text(str(os.getpid()), encoding="utf-8")
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(Settings()))
