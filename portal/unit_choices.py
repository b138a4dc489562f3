"""Units to wish for in the form of a nomination: by host, with how many each takes and in which languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.catalogue.programme import Programme, ProgrammeUnit
from models.rules.nomination_cells import plain
from models.vocabulary import Content
from portal.forms import Sent
from texts.forms import CHOICES
from texts.i18n import _
from texts.names import Names

WISHES, LATER_WISHES = 3, 2
"""Units that can be chosen for the first block and for those after it; one more than there are where there are more."""
OF_CONTENT = {"laboratories": Content.LABORATORY, "specialties": Content.CLINICAL}
"""The columns of units, and what is done in those of each."""
BETWEEN = ";"


MOST_BLOCKS = 20
"""Blocks of each content for which units are read from lists."""


def field(column: str, block: int) -> str:
    """The name of the fields that hold the wishes of a block, from 1."""
    return f"{column}.{block}"


WISHED = tuple(field(column, block) for column in OF_CONTENT for block in range(1, MOST_BLOCKS + 1))
"""All fields of a form in which units are chosen."""


def of_blocks(form: Sent, column: str) -> list[str]:
    """What a form says of each block in a column; units come from lists, in order, or as they were typed."""
    if field(column, 1) not in WISHED or not form.each(field(column, 1)):
        return form.each(column)
    chosen = (form.each(field(column, block)) for block in range(1, MOST_BLOCKS + 1))
    return [f"{BETWEEN} ".join(one for one in wishes if one) for wishes in chosen]


def hosts_for(programme: Programme, sending: Sequence[str]) -> list[str]:
    """The universities to which some universities send students: those with an agreement, and not themselves."""
    found = programme.institutions.values()
    return [host.id for host in found if any(one != host.id and host.agreement(one) for one in sending)]


@dataclass(frozen=True)
class UnitChoices:
    """The units of some hosts, said to one reader."""

    programme: Programme
    names: Names
    hosts: Sequence[str]

    def offered(self, column: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """The hosts with the units that may be chosen in a column, each by its id and in words."""
        found = []
        for host in self.hosts:
            units = [unit for unit in self._units(host) if unit.content is OF_CONTENT[column]]
            if units:
                found.append((self.names.institution(host), [(unit.id, self._said(host, unit)) for unit in units]))
        return found

    def wishes(self, column: str, cell: str, host: str, block: int = 1) -> list[str]:
        """What a cell of wishes holds, one for each field: ids of units that are known, else what was typed."""
        typed = [part.strip() for part in cell.split(BETWEEN) if part.strip()]
        chosen = [self._known(column, one, host) or one for one in typed]
        return chosen + [""] * max((WISHES if block == 1 else LATER_WISHES) - len(chosen), 1)

    def is_known(self, wish: str) -> bool:
        """Whether a wish is the id of a unit that is offered."""
        return any(unit.id == wish for host in self.hosts for unit in self._units(host))

    def _known(self, column: str, typed: str, host: str) -> str | None:
        first = [host] if host in self.hosts else []
        for one in (*first, *self.hosts):
            for unit in self._units(one):
                same = plain(typed) in {plain(unit.id), plain(unit.name), plain(unit.name_zh)}
                if same and unit.content is OF_CONTENT[column]:
                    return unit.id
        return None

    def _units(self, host: str) -> Sequence[ProgrammeUnit]:
        institution = self.programme.institution(host)
        return institution.units if institution else ()

    def _said(self, host: str, unit: ProgrammeUnit) -> str:
        institution = self.programme.institution(host)
        terms = institution.terms(unit) if institution else None
        if terms is None:
            return self.names.name(unit)
        places = self.names.gettext(_("places: {number}")).format(number=terms.capacity)
        languages = [self.names.label(CHOICES, one) for one in terms.languages]
        return self.names.aside(self.names.name(unit), self.names.listed((places, *languages)))
