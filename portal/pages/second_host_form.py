"""The form of going on to a second host: which hosts and units there are, and the change as it was filled in (D38)."""

from typing import Any, NamedTuple

from models.errors import BadInput
from models.messages.changes import SecondHostChange
from models.messages.plan import Plan
from models.vocabulary import Content
from portal.forms import Sent, made
from texts.names import Names

NEEDED = ("host", "start", "end")
MAY = ("last_day", "laboratory_start", "laboratory_end", "clinical_start", "clinical_end")
WISHES = {Content.LABORATORY: "laboratories", Content.CLINICAL: "specialties"}
AT_HOST = ("host", *MAY)
"""Fields besides the days of the stay there."""
RANKED = tuple(WISHES.values())
"""Fields that come once for each wish, in order of preference."""
OFFERED = 2
"""So many wishes of each kind can be typed."""


class SecondHost(NamedTuple):
    """A host to go on to, with its units by the field they are wished in."""

    id: str
    name: str
    units: dict[str, list[tuple[str, str]]]


def second_hosts(names: Names, plan: Plan) -> list[SecondHost]:
    """Hosts that an agreement gives the sending university seats at, without the one of the exchange (D4)."""
    found = []
    for host in names.programme.institutions.values():
        agreement = host.agreement(plan.sending)
        to_or_from_home = names.programme.home in {plan.sending, host.id}
        if host.id in {plan.host, plan.sending} or not to_or_from_home or agreement is None or not agreement.active:
            continue
        units = {
            field: [(unit.id, names.name(unit)) for unit in host.units if unit.content is content]
            for content, field in WISHES.items()
        }
        found.append(SecondHost(host.id, names.name(host), units))
    return found


def second_host_of(form: Sent) -> SecondHostChange:
    """The change as it was filled in.

    Raises:
        BadInput: a field is missing, or no day.
    """
    values: dict[str, Any] = {name: form.text(name, longest=120) for name in NEEDED}
    for name, value in values.items():
        if not value:
            raise BadInput("field.missing", name)
    values |= {name: given for name in MAY if (given := form.text(name, longest=120))}
    values |= {name: tuple(dict.fromkeys(one for one in form.each(name) if one)) for name in RANKED}
    return made(SecondHostChange, values)
