"""How the answer to an act is told: its id and state as JSON, or a sentence."""

from typing import Any

from cli.lines import said
from cli.output import as_data, say, say_json
from models.catalogue.programme import Programme
from models.identifiers import kind_of
from models.messages.exchange import Acknowledged, Decided
from models.vocabulary import Stage
from models.wire import Wire
from texts.i18n import _
from texts.labels import STAGES
from texts.names import Names
from texts.punctuation import sentences
from texts.terminal import language, phrase


def reply_json(reply: Wire, **ids: str) -> dict[str, Any]:
    """The answer with the id of the act, so that a program can repeat it safely."""
    return {**ids, **as_data(reply)}


def tell_acknowledged(reply: Acknowledged, what: str, as_json: bool, **ids: str) -> None:
    """Tell that a report or change was recorded."""
    if as_json:
        say_json(reply_json(reply, **ids))
        return
    say(_told(what, _stage(reply.stage), _again(reply.repeated)))


def tell_decided(reply: Decided, programme: Programme, as_json: bool, **ids: str) -> None:
    """Tell that a decision was recorded, and what is open now."""
    if as_json:
        say_json(reply_json(reply, **ids))
        return
    done = Names(programme, language()).done(kind_of(reply.step_id), reply.outcome)
    recorded = phrase(_("Recorded: {id}: {outcome}."), id=reply.step_id, outcome=done)
    say(_told(recorded, _stage(reply.stage), _again(reply.repeated)))
    if reply.open_steps:
        say(phrase(_("Open now: {steps}"), steps=", ".join(reply.open_steps)))


def _stage(stage: Stage) -> str:
    return phrase(_("Stage: {stage}."), stage=said(STAGES, stage))


def _again(repeated: bool) -> str:
    return phrase(_("It had been recorded before; nothing changed.")) if repeated else ""


def _told(*told: str) -> str:
    return sentences(told, language())
