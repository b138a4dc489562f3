"""How activities are called: a few named option sets, each with its reason."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig, LocalActivityConfig

RECORD: LocalActivityConfig = {
    # A few milliseconds of SQL, idempotent by key. Tried for as long as the database is away: an exchange waits for
    # its records, it never goes on without them. Long pauses become timers, so an outage costs little history.
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200), backoff_coefficient=2, maximum_interval=timedelta(minutes=5)
    ),
    "local_retry_threshold": timedelta(seconds=5),
}

HEARD_OF = timedelta(seconds=4)
"""After so long without a heartbeat (one a second) a worker is taken for dead."""

CHECK: ActivityConfig = {
    # Reads a file and looks at it in a thread; a file store that is away is waited for. Half of what a person waits
    # for an answer. That a worker died over it is heard of within seconds, and the check done by another.
    "start_to_close_timeout": timedelta(seconds=15),
    "heartbeat_timeout": HEARD_OF,
    "retry_policy": RetryPolicy(maximum_interval=timedelta(minutes=10)),
}

RENDER: ActivityConfig = {
    # Typesetting takes well under a second; certificates of one worker wait for each other.
    "start_to_close_timeout": timedelta(seconds=30),
    "heartbeat_timeout": HEARD_OF,
    "retry_policy": RetryPolicy(maximum_interval=timedelta(minutes=10)),
}
