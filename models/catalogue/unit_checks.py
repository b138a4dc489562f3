"""Checks of what the catalogue says of whom a unit takes."""

from pydantic import ValidationError

from models.catalogue.faults import wrong
from models.catalogue.programme import Institution, ProgrammeUnit
from models.catalogue.step_checks import Told
from models.invalid import invalid


def unit_terms_faults(unit: ProgrammeUnit, institution: Institution) -> Told:
    """Whom a unit takes, read as it is once its owner has set it."""
    try:
        institution.terms(unit)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            found = invalid(dict(details))
            yield wrong(f"units[{unit.id}].{details['loc'][0]}", found.message, **found.params)
