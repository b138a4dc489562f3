"""The places of an exchange when its story is told again, and changes have moved them since they were accepted."""

from models.events import ChangeApplied
from models.messages.changes import PlaceOfBlock
from models.messages.exchange import Plan
from workflows.case import Case
from workflows.parts import Place


def plan_of_searches(case: Case) -> Plan:
    """The plan on which places were searched: what was changed afterwards is found in the places themselves."""
    changed = (event for event in case.engine.memory.of(ChangeApplied) if event.places)
    first = next(changed, None)
    return case.plan if first is None else first.before


def places_on_record(case: Case) -> None:
    """The places as the last change left them, where one has changed them since they were accepted."""
    last = case.engine.memory.last(ChangeApplied)
    if last is not None and last.places:
        case.places = [placed(place) for place in last.places]


def placed(place: PlaceOfBlock) -> Place:
    """A place as the case has it."""
    return Place(place.placement_id, place.unit_id, place.block)
