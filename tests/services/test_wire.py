"""A refusal is the same on both sides of Temporal."""

import copy
import pickle
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from failures.wire import EARLIER, decoded, encoded
from models.errors import REFUSALS, BadInput, Broken, NotOpen, SojournError, Unavailable, plain

SIMPLE = st.text(max_size=20) | st.integers(-(2**50), 2**50) | st.booleans() | st.floats(allow_nan=False) | st.dates()
PARAMS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.from_regex(r"p_[a-z]{1,8}", fullmatch=True), SIMPLE | st.lists(SIMPLE, max_size=4)
)
KINDS = st.sampled_from([*REFUSALS.values(), Broken])


async def _across(error: SojournError) -> ApplicationError:
    """What the other side receives."""
    failure = Failure()
    await DataConverter.default.encode_failure(encoded(error), failure)
    received = await DataConverter.default.decode_failure(failure)
    assert isinstance(received, ApplicationError)
    return received


@given(KINDS, st.from_regex(r"[a-z_]+\.[a-z_]+", fullmatch=True), st.sampled_from(["", "due_at"]), PARAMS)
async def test_what_is_refused_arrives_as_it_was_said(
    kind: type[SojournError], message: str, field: str, params: dict[str, Any]
) -> None:
    error = kind(message, field, **params)
    failure = await _across(error)
    assert failure.message == message
    for same in (decoded(failure), copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(same) is kind
        assert (same.message, same.field, same.params, str(same)) == (message, field, error.params, str(error))


async def test_what_is_away_is_tried_again_and_broken_at_last() -> None:
    failure = await _across(Unavailable("temporal.away"))
    assert not failure.non_retryable
    assert isinstance(decoded(failure), Broken)


def test_parameters_are_plain() -> None:
    error = BadInput("due_time.after_limit", "due_at", until=date(2027, 3, 1), kinds={"visa", "passport"}, days=3)
    assert error.params == {"until": "2027-03-01", "kinds": ("passport", "visa"), "days": 3}
    assert str(error) == "due_time.after_limit days=3 field=due_at kinds=('passport', 'visa') until=2027-03-01"
    assert plain([date(2027, 3, 1), "a", 1.5]) == ("2027-03-01", "a", 1.5)


def test_failures_of_earlier_versions_keep_their_text() -> None:
    error = decoded(ApplicationError("This exchange is closed.", type="not_open"))
    assert isinstance(error, NotOpen)
    assert (error.message, error.field, error.params) == (EARLIER, "", {"text": "This exchange is closed."})


@pytest.mark.parametrize("kind", ["KeyError", None])
def test_failures_that_are_not_ours_are_nobodys_refusal(kind: str | None) -> None:
    assert decoded(ApplicationError("x", type=kind)) is None
