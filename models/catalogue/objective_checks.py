"""What is wrong with what a catalogue says of learning objectives."""

from collections.abc import Collection, Mapping

from models.catalogue.faults import wrong
from models.catalogue.programme import Institution
from models.catalogue.served import Served
from models.catalogue.step_checks import Told


def objective_faults(objectives: Collection[str], served: Mapping[str, Served], institutions: Collection[str]) -> Told:
    """Faults of what serves the objectives, in programme.toml."""
    if set(objectives) != set(served):
        yield wrong("served", "catalogue.objectives_in_both")
    for key, one in served.items():
        for host in one.hosts:
            if host not in institutions:
                yield wrong(f"served.{key}.hosts", "catalogue.no_institution", id=host)
    if all(one.hosts for one in served.values()):
        yield wrong("served", "catalogue.objective_everywhere")


def named_objectives(institution: Institution, objectives: Collection[str]) -> Told:
    """Faults of the objectives that units name themselves."""
    for unit in institution.units:
        for objective in unit.objectives or ():
            if objectives and objective not in objectives:
                yield wrong(f"units[{unit.id}].objectives", "catalogue.no_objective", id=objective)
