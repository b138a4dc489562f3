"""How the answer to an act is told: its id and state as JSON, or a sentence."""

from typing import Any

from cli.lines import ENGLISH, said
from cli.output import as_data, say, say_json
from models.catalogue.programme import Programme
from models.identifiers import kind_of
from models.messages.exchange import Acknowledged, Decided
from models.wire import Wire
from texts.labels import STAGES
from texts.names import Names


def reply_json(reply: Wire, **ids: str) -> dict[str, Any]:
    """The answer with the id of the act, so that a program can repeat it safely."""
    return {**ids, **as_data(reply)}


def tell_acknowledged(reply: Acknowledged, what: str, as_json: bool, **ids: str) -> None:
    """Tell that a report or change was recorded."""
    if as_json:
        say_json(reply_json(reply, **ids))
        return
    again = " It had been recorded before; nothing changed." if reply.repeated else ""
    say(f"{what} Stage: {said(STAGES, reply.stage)}.{again}")


def tell_decided(reply: Decided, programme: Programme, as_json: bool, **ids: str) -> None:
    """Tell that a decision was recorded, and what is open now."""
    if as_json:
        say_json(reply_json(reply, **ids))
        return
    again = " It had been recorded before; nothing changed." if reply.repeated else ""
    done = Names(programme, ENGLISH).done(kind_of(reply.step_id), reply.outcome)
    say(f"Recorded: {reply.step_id}: {done}. Stage: {said(STAGES, reply.stage)}.{again}")
    if reply.open_steps:
        say(f"Open now: {', '.join(reply.open_steps)}")
