"""The nightly audit: looks at everything, and leaves what it finds as the operator's tasks."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from temporalio import activity

from models.messages.audit import AuditAnswer
from models.wire import Moment
from records.audit.auditing import audited, paced, tell
from records.audit.looking import Check
from records.store.engine import Sessions, transaction


class KeepsPolicies(Protocol):
    """Keeps what running exchanges are to be started with again."""

    async def keep_missing(self, beat: Callable[[], None]) -> int:
        """Keep the policies that are not on record, with a beat after every page; says how many are kept now."""


class Audits:
    """Audits the service while it runs."""

    def __init__(self, sessions: Sessions, checks: Sequence[Check], policies: KeepsPolicies) -> None:
        self._policies = policies
        self._sessions = sessions
        self._checks = checks

    @activity.defn
    async def audit(self, now: Moment) -> AuditAnswer:
        """Look at every part; what is found opens a task, what is mended closes it.

        Raises:
            Unavailable: the database is away.
        """
        await self._policies.keep_missing(activity.heartbeat)
        report = await audited(self._checks, paced(activity.heartbeat))
        async with transaction(self._sessions) as session:
            await tell(session, report, now)
        return AuditAnswer(
            found=dict(Counter(one.kind for one in report.findings)),
            unfinished=tuple(one.part for one in report.unfinished),
        )
