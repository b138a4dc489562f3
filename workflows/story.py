"""The story of an exchange from nomination to certificate, and the ways out of it."""

import asyncio

from temporalio import workflow

from models.messages.exchange import ExchangeResult
from models.messages.onward import DECLINED
from workflows.case import Case
from workflows.ending import Ended, Ending
from workflows.recalling import leaving
from workflows.stages import changing, following, onward, settling
from workflows.stages.application import acceptance, documents_and_approval, host_approval, nomination, seat
from workflows.stages.closing import certificate, close, owes_check_out, wind_down
from workflows.stages.pre_arrival import pre_arrival
from workflows.stages.settling import settled
from workflows.stages.stay import arrival, departure, rotations


async def tell(case: Case) -> ExchangeResult:
    """The story, or what ended it, and then the way out."""
    ending = await _ending(case)
    await changing.lapse(case, changing.ENDING)
    if owes_check_out(case, ending):
        ending = await wind_down(case, ending)
    await settled(case, ending)
    await close(case, ending)
    await onward.tell_first(case, DECLINED)
    await case.engine.stop()
    return ExchangeResult(
        exchange_id=case.id, outcome=ending.outcome, reason=ending.reason, certificate=ending.certificate
    )


async def _story(case: Case) -> Ending:
    await nomination(case)
    await documents_and_approval(case)
    await seat(case)
    await host_approval(case)
    await acceptance(case)
    await pre_arrival(case)
    await arrival(case)
    await rotations(case)
    await departure(case)
    await changing.lapse(case, changing.STAY_OVER)
    following.no_longer_owed(case)
    return await certificate(case)


async def _ending(case: Case) -> Ending:
    """Run the story until it ends by itself or somebody ends it."""
    story = asyncio.create_task(_story(case))
    if case.engine.memory.known:
        await _go_on(case, story)
    await workflow.wait([story, case.interrupt], return_when=asyncio.FIRST_COMPLETED)
    if not case.interrupt.done():
        try:
            return story.result()
        except Ended as ended:
            return ended.ending
    story.cancel()
    await asyncio.gather(story, return_exceptions=True)
    return case.interrupt.result()


async def _go_on(case: Case, story: "asyncio.Task[Ending]") -> None:
    """Let the story tell what it remembers; then go on with what was under way outside it."""
    settling.go_on(case)
    rest = asyncio.create_task(case.at_rest())
    await workflow.wait([story, rest], return_when=asyncio.FIRST_COMPLETED)
    if (ending := leaving(case.engine.memory)) is not None:
        case.engine.memory.leave()
        settling.go_on(case)
        case.end(ending)
    elif not story.done():
        if changing.go_on(case):
            rest = asyncio.create_task(case.at_rest())  # what changes had asked for beside the story is asked for again
            await workflow.wait([story, rest], return_when=asyncio.FIRST_COMPLETED)
        case.engine.drop_unclaimed()
