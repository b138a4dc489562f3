"""An exchange is moved to a newer set of rules."""

from temporalio import workflow

from models.catalogue.policy import RENEWALS
from models.errors import NotOpen
from models.events import RulesMoved
from models.messages.rules import MoveRules
from models.people.authorization import may_move_rules, require
from models.rules.renewals import renews_health
from models.rules.rule_sets import moved
from models.rules.stay import required_documents
from workflows.case import Case
from workflows.engine.open_step import StepAnswer


def check_move(case: Case, move: MoveRules) -> None:
    """Whether this person may move the exchange, and to rules that it does not go by already."""
    if case.seen(move.decision_id, move):
        return
    require(may_move_rules(move.actor, case.parties), "not_allowed.move_rules")
    if case.policy.rule_set == move.to.version:
        raise NotOpen("rules.already_there", version=move.to.version)


async def move_rules(case: Case, move: MoveRules) -> None:
    """From now on it goes by them; a step that collects documents waits for those of the new set.

    What is closed stays closed: a document that is asked for besides then is told of by what is found.
    """
    before = case.policy.rule_set
    case.policy = case.engine.recorder.policy = moved(case.policy, move.to)
    case.note(
        RulesMoved(
            at=workflow.now(),
            actor=move.actor,
            decision_id=move.decision_id,
            from_version=before,
            to_version=move.to.version,
            note_id=move.note_id,
        ),
        outcome=move.to.version,
    )
    # What is renewed is what the step says, whatever else is asked for; exchanges that began earlier go on as they did.
    renewals = RENEWALS if renews_health(case.policy) else frozenset()
    for kind in [kind for kind in case.collected if kind not in renewals]:
        needed = {document.kind for document in required_documents(case.policy, case.plan, kind)}
        case.collected[kind] = needed
        case.awaited[kind] = needed - case.accepted.keys()
        step = case.engine.find(kind)
        if step is not None and not case.awaited[kind]:
            case.engine.close(step, StepAnswer(outcome="complete", actor=move.actor))
    await case.engine.recorder.settled()
