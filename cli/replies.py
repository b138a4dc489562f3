"""How the answer to an act is told: its id and state as JSON, or a sentence."""

from typing import Any

from cli.output import as_data, say, say_json
from models.messages.exchange import Acknowledged, Decided
from models.vocabulary import Stage
from models.wire import Wire


def reply_json(reply: Wire, **ids: str) -> dict[str, Any]:
    """The answer with the id of the act, so that a program can repeat it safely."""
    return {**ids, **as_data(reply)}


def tell_acknowledged(reply: Acknowledged, what: str, as_json: bool, **ids: str) -> None:
    """Tell that a report or change was recorded."""
    if as_json:
        say_json(reply_json(reply, **ids))
        return
    again = " It had been recorded before; nothing changed." if reply.repeated else ""
    say(f"{what} The exchange is {_where(reply.stage)}.{again}")


def tell_decided(reply: Decided, as_json: bool, **ids: str) -> None:
    """Tell that a decision was recorded, and what is open now."""
    if as_json:
        say_json(reply_json(reply, **ids))
        return
    again = " It had been recorded before; nothing changed." if reply.repeated else ""
    say(f"Recorded: {reply.step_id} is {in_words(reply.outcome)}. The exchange is {_where(reply.stage)}.{again}")
    if reply.open_steps:
        say(f"Open now: {', '.join(reply.open_steps)}")


def _where(stage: Stage) -> str:
    return "closed" if stage is Stage.CLOSED else f"at {in_words(stage)}"


def in_words(name: str) -> str:
    """A word of the programme as people read it."""
    return name.replace("_", " ")
