"""For what and since when a step's clock stands still, and what of that its due time moves by.

A suspended time counts once, however many suspensions lay over it and in whatever order they were told of. While a step
waits for somebody else's, it has not begun: of a suspension that lasts longer than the wait, what comes after the wait
counts.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from models.rules.deadlines import Hold
from models.vocabulary import HoldCause


@dataclass(frozen=True)
class Pause:
    """One cause for which a step is paused, since when."""

    because: HoldCause
    since: datetime


@dataclass
class StepPauses:
    """The pauses of one step: those that last, by cause, and the suspended times that are over."""

    running: dict[str, Pause] = field(default_factory=dict)
    held: tuple[Hold, ...] = ()
    """Suspended times that move the due time: apart from each other, oldest first."""

    def copy(self) -> "StepPauses":
        """The same, to go on from."""
        return StepPauses(dict(self.running), self.held)

    @property
    def since(self) -> datetime | None:
        """Since when the step is paused; none where it is not."""
        return min((pause.since for pause in self.running.values()), default=None)

    def waits(self) -> bool:
        """Whether the step waits for somebody else's."""
        return any(pause.because is HoldCause.OTHER_SIDE for pause in self.running.values())

    def is_suspended(self) -> bool:
        """Whether a suspension pauses the step."""
        return any(pause.because is HoldCause.SUSPENSION for pause in self.running.values())

    def begin(self, cause: str, because: HoldCause, since: datetime) -> None:
        """Pause the step for one more cause."""
        self.running[cause] = Pause(because, since)

    def end(self, cause: str, until: datetime) -> bool:
        """End the pause for one cause; says whether the step's wait is over with it, so that it begins now.

        Raises:
            KeyError: the step is not paused for it.
        """
        pause = self.running.pop(cause)
        if pause.because is HoldCause.SUSPENSION:
            self.held = merged((*self.held, Hold(since=pause.since, until=max(pause.since, until))))
            return False
        return not self.waits()

    def count_anew(self, at: datetime) -> None:
        """Forget what stood still before a moment from which the step counts anew."""
        self.held = tuple(Hold(since=max(hold.since, at), until=hold.until) for hold in self.held if hold.until > at)
        self.running = {cause: replace(pause, since=max(pause.since, at)) for cause, pause in self.running.items()}


def merged(holds: tuple[Hold, ...]) -> tuple[Hold, ...]:
    """The same times, those that overlap or meet as one, oldest first."""
    apart: list[Hold] = []
    for hold in sorted(holds, key=lambda hold: (hold.since, hold.until)):
        if apart and hold.since <= apart[-1].until:
            apart[-1] = Hold(since=apart[-1].since, until=max(apart[-1].until, hold.until))
        else:
            apart.append(hold)
    return tuple(apart)
