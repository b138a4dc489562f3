"""What errors of activities become: typed, tried again or not, and never with anybody's data in history or log."""

import asyncio
import logging
import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from pydantic import BaseModel
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert
from temporalio import activity
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from failures.boundary import Boundary
from models.errors import BadInput, Broken, Code, Conflict, NotAuthorised, NotOpen, SojournError, Unavailable, Unknown
from models.people.authorization import Parties, owner_for
from models.vocabulary import Role, Side
from observability import SafeFormatter

SECRET = "ZHUO Xia zhuo.xia@example.org 1999-04-01 E12345678"


class Calls(ActivityInboundInterceptor):
    """Stands for the activity itself at the end of the chain."""

    def __init__(self) -> None:
        """Nothing follows."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        return await input.fn(*input.args)


async def run(act: Callable[[], Any]) -> Any:
    async def execute() -> Any:
        boundary = Boundary().intercept_activity(Calls())
        return await boundary.execute_activity(ExecuteActivityInput(fn=act, args=[], executor=None, headers={}))

    return await ActivityEnvironment().run(activity.defn(execute))


async def failure(act: Callable[[], Any]) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        await run(act)
    return caught.value


async def recorded(error: FailureError) -> str:
    """The failure as it would be written into history."""
    failure = Failure()
    await DataConverter.default.encode_failure(error, failure)
    return str(failure)


def raising(error: BaseException) -> Callable[[], Any]:
    async def act() -> None:
        raise error

    return act


async def integrity_error() -> None:
    """Break a unique constraint: SQLAlchemy puts the whole row into the text."""
    engine = create_engine("sqlite://")
    people = Table("people", MetaData(), Column("name", String, primary_key=True))
    try:
        with engine.begin() as connection:
            people.create(connection)
            connection.execute(insert(people).values(name=SECRET))
            connection.execute(insert(people).values(name=SECRET))
    finally:
        engine.dispose()


class Passport(BaseModel):
    number: int


async def invalid_value() -> None:
    Passport.model_validate({"number": SECRET})


async def test_a_result_passes() -> None:
    async def act() -> str:
        return "done"

    assert await run(act) == "done"


@pytest.mark.parametrize("kind", [NotAuthorised, NotOpen, BadInput, Conflict, Unknown, Broken])
async def test_refusals_and_broken_parts_are_not_tried_again(kind: type[SojournError]) -> None:
    error = await failure(raising(kind("note.needed", "note")))
    assert (error.type, error.non_retryable, error.message) == (kind.code, True, "note.needed")


async def test_what_is_away_is_tried_again() -> None:
    error = await failure(raising(Unavailable("temporal.away")))
    assert (error.type, error.non_retryable) == (Code.UNAVAILABLE, False)


async def test_an_unknown_error_is_named_and_tried_again() -> None:
    error = await failure(raising(KeyError(SECRET)))
    assert (error.type, error.message, error.non_retryable) == ("KeyError", "KeyError", False)


async def test_a_line_of_the_house_is_named() -> None:
    async def act() -> None:
        owner_for(Side.HOST, Role.COORDINATOR, cast(Parties, None))

    error = await failure(act)
    assert re.fullmatch(r"AttributeError in models\.people\.authorization, line \d+", error.message)


async def test_an_invalid_value_is_bad_input_without_the_value() -> None:
    error = await failure(invalid_value)
    assert (error.type, error.non_retryable, error.message) == (Code.BAD_INPUT, True, "request.invalid")
    assert error.details[0]["params"] == {"fields": ("Passport.number",)}


@pytest.mark.parametrize("act", [integrity_error, invalid_value, raising(KeyError(SECRET))])
async def test_no_data_reaches_history_or_log(act: Callable[[], Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    error = await failure(act)
    history = await recorded(error)
    log = "\n".join(SafeFormatter().format(record) for record in caplog.records)
    assert str(error.type) in history
    for word in SECRET.split():
        assert word not in history
        assert word not in log


async def test_a_typed_failure_keeps_its_type_and_loses_its_cause() -> None:
    async def act() -> None:
        try:
            await integrity_error()
        except Exception as error:
            raise ApplicationError("Twice.", type="conflict", non_retryable=True) from error

    error = await failure(act)
    assert (error.type, error.non_retryable, error.message) == ("conflict", True, "Twice.")
    assert "ZHUO" not in await recorded(error)


async def test_a_cancellation_passes() -> None:
    with pytest.raises(asyncio.CancelledError):
        await run(raising(asyncio.CancelledError()))


async def test_the_log_names_workflow_activity_and_place(caplog: pytest.LogCaptureFixture) -> None:
    await failure(integrity_error)
    [record] = [r for r in caplog.records if r.name == "failures.boundary"]
    assert record.levelno == logging.ERROR
    assert "IntegrityError" in record.getMessage()
    assert "test_boundary.py:" in record.getMessage()
    assert vars(record)["workflow_id"] == "test"
    assert vars(record)["attempt"] == 1


def test_logged_tracebacks_keep_our_own_texts_only() -> None:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            raise Broken("file.lost", hash="abc") from cause
    except Broken as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, (type(error), error, error.__traceback__))
    text = SafeFormatter("%(message)s").format(record)
    assert "file.lost hash=abc" in text
    assert "ValueError at test_boundary.py:" in text
    assert "ZHUO" not in text
