"""Conversations in the API: what was written about an exchange, and writing, once for each idempotency key."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from models.messages.conversation import LONGEST_POST, MOST_MENTIONS, PostAnswer, PostAudience, WritePost
from models.people.access import ApiScope
from models.views.conversation import PostForm, ThreadView
from portal.api.caller import ApiCaller, Scoped
from portal.api.idempotency import Once
from portal.api.problems import PREFIX
from portal.api.shapes import problems
from portal.bounds import BoundedRoute
from portal.context import context_of
from portal.forms import made
from portal.policy import TOKEN, Allow

router = APIRouter(prefix=PREFIX, tags=["conversations"], route_class=BoundedRoute)
GUARD = [Depends(Allow(TOKEN))]
Writer = Annotated[ApiCaller, Depends(Scoped(ApiScope.MESSAGES_WRITE))]
Reader = Annotated[ApiCaller, Depends(Scoped(ApiScope.EXCHANGES_READ))]
Short = Annotated[str, Path(max_length=120)]
OfStep = Annotated[str, Query(alias="step", max_length=120, description="Of this step alone.")]


class PostRequest(BaseModel):
    """Something to write about an exchange; what it replies to has its readers."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=LONGEST_POST)
    audience: PostAudience = PostAudience.SIDES
    step_id: str = Field(default="", max_length=120)
    to: str = Field(
        default="",
        max_length=250,
        description="Whom it asks, as `role@institution` or `role@institution/unit`; empty: it is no question.",
    )
    answers: str = Field(default="", max_length=120, description="The `post_id` that it replies to.")
    mentions: list[str] = Field(default=[], max_length=MOST_MENTIONS)


@router.get("/exchanges/{exchange_id}/conversation", dependencies=GUARD, responses=problems(404))
async def get_conversation(request: Request, exchange_id: Short, caller: Reader, step: OfStep = "") -> ThreadView:
    """What was written about an exchange, as far as the institution's office reads it, the newest last."""
    return await context_of(request).services.gateway.conversations.thread(exchange_id, caller.actor, step_id=step)


@router.get("/exchanges/{exchange_id}/conversation/readers", dependencies=GUARD, responses=problems(404))
async def get_readers(request: Request, exchange_id: Short, caller: Reader, step: OfStep = "") -> PostForm:
    """For whom the office may write, whom it may ask, and who may be mentioned."""
    return await context_of(request).services.gateway.conversations.form(exchange_id, caller.actor, step)


@router.post("/exchanges/{exchange_id}/conversation", dependencies=GUARD, status_code=201, responses=problems(404, 409))
async def write_post(
    request: Request, exchange_id: Short, caller: Writer, body: PostRequest, asked: Once
) -> PostAnswer:
    """Write or ask; who is asked, replied to or mentioned is told by mail."""
    async with asked.once(caller, body) as act:
        post = made(WritePost, body.model_dump() | {"asks": bool(body.to)})
        conversations = context_of(request).services.gateway.conversations
        return await conversations.write(exchange_id, post, caller.actor, key=act.id)
