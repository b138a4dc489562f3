"""What there is to tell of a conversation: something was written, or an answer by mail could not be taken."""

from typing import Any

from pydantic import Field

from models.wire import Id, Wire


class PostFacts(Wire):
    """One post; its words are kept beside it, sealed."""

    post_id: Id
    about_health: bool = False
    """Whether its words stay on the page (D46)."""
    message: str = ""
    """Why an answer to it by mail was not taken: the id of a message; empty: the post itself is told."""
    params: dict[str, Any] = Field(default_factory=dict)
    """What the sentence of that message has to fill in."""
