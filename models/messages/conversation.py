"""What people of both sides write to each other about an exchange: for whom, about what, and what became of it."""

from enum import StrEnum

from pydantic import Field

from models.people.authorization import Owner
from models.wire import Id, Wire

LONGEST_POST = 10_000
"""Characters."""
MOST_MENTIONS = 20
LARGEST_MAIL = 25 * 1024 * 1024
"""Bytes of a mail that is taken in; mail hosts take no larger ones as a rule."""


class PostAudience(StrEnum):
    """Who reads what somebody writes about an exchange."""

    SIDES = "sides"
    """The offices of both universities, and whom it concerns besides."""
    STUDENT = "student"
    """The student too."""
    OFFICE = "office"
    """One's own office alone."""


class WritePost(Wire):
    """Something to write: to be read by whom, about which step, in reply to what."""

    text: str = Field(max_length=4 * LONGEST_POST)
    audience: PostAudience = PostAudience.SIDES
    step_id: str = Field(default="", max_length=120)
    asks: bool = False
    """Whether it is a question that somebody owes an answer to."""
    to: str = Field(default="", max_length=250)
    """Who is asked, by the key of `key_of`; empty: whoever is asked first."""
    answers: str = Field(default="", max_length=120)
    """What it replies to; audience and step are then those of that post."""
    mentions: tuple[Id, ...] = Field(default=(), max_length=MOST_MENTIONS)
    """People whom it concerns: they are told by mail."""


class PostAnswer(Wire):
    """What became of something written."""

    post_id: Id
    exchange_id: Id
    told: int
    """How many are told by mail."""
    repeated: bool = False


class MailResult(StrEnum):
    """What became of a mail that was handed in."""

    TAKEN = "taken"
    REPEATED = "repeated"
    """It was taken, or turned down, before."""
    DROPPED = "dropped"
    """A program wrote it."""
    REFUSED = "refused"
    """It was for us and could not be taken; who got the message is told."""
    NOBODY = "nobody"
    """It came to no address of ours."""


def key_of(owner: Owner) -> str:
    """What somebody who may be asked is chosen by."""
    return f"{owner.role}@{owner.institution}{'/' if owner.unit else ''}{owner.unit}"
