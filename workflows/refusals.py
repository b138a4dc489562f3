"""Typed refusals across the Temporal boundary: the one place in workflows where they become `ApplicationError`."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar, runtime_checkable

from failures.wire import encoded
from models.errors import OutOfStep, Refused

P = ParamSpec("P")
R = TypeVar("R")


@runtime_checkable
class InStep(Protocol):
    """A workflow that is rebuilt from the records, and takes no act before it knows what is on record."""

    def require_in_step(self) -> None:
        """That it does.

        Raises:
            OutOfStep: not yet.
        """


def refusing(validator: Callable[P, R]) -> Callable[P, R]:
    """Turn a typed refusal of an update validator into what the caller of the update receives."""

    @wraps(validator)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            if isinstance(args[0], InStep):
                args[0].require_in_step()
            return validator(*args, **kwargs)
        except (Refused, OutOfStep) as refusal:
            raise encoded(refusal) from None

    return wrapped
