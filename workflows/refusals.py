"""Typed refusals across the Temporal boundary: the one place in workflows where they become `ApplicationError`."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from failures.wire import encoded
from models.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")


def refusing(validator: Callable[P, R]) -> Callable[P, R]:
    """Turn a typed refusal of an update validator into what the caller of the update receives."""

    @wraps(validator)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return validator(*args, **kwargs)
        except Refused as refusal:
            raise encoded(refusal) from None

    return wrapped
