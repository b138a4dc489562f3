"""Asks a workflow, and asks once more when no answer comes.

A question that reaches a run just as it is renewed (continue-as-new) may be lost: nobody answers it, and it would be
waited for until the deadline. Questions change nothing, so they can be asked again; the first answer counts.
"""

import asyncio
from typing import Any, TypeVar

from temporalio.client import WorkflowHandle

AGAIN = 2.5
"""Seconds after which a question without an answer is asked once more; the earlier one may still be answered."""
T = TypeVar("T")


async def answer_of(handle: WorkflowHandle[Any, Any], query: Any, answer: type[T], **named: Any) -> T:
    """What a workflow answers to a query, as a value of a type; whoever asks says for how long (`answering`).

    Raises:
        RPCError: the server refuses the question or does not know the workflow.
        WorkflowQueryFailedError: the workflow cannot answer.
    """
    if isinstance(query, str):
        named["result_type"] = answer
    asked = set[asyncio.Task[T]]()
    try:
        while True:
            asked.add(asyncio.create_task(handle.query(query, **named)))
            answered, _ = await asyncio.wait(asked, timeout=AGAIN, return_when=asyncio.FIRST_COMPLETED)
            if answered:
                return answered.pop().result()
    finally:
        for one in asked:
            if not one.cancel() and not one.cancelled():
                one.exception()  # the other answer counts
