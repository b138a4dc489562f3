"""Who is who for one exchange, and how each is reached: the offices of both sides and the people of the host."""

from collections.abc import Iterable

from models.catalogue.contact import Contact
from models.catalogue.letterhead import Letterhead
from models.catalogue.programme import Institution, Programme
from models.vocabulary import Role
from models.wire import Id, Wire

OF_HOST = (Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.HOUSING_OFFICER, Role.OCCUPATIONAL_HEALTH)
OF_SENDING = (Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE)


class OfficeReached(Wire):
    """The office of a university for one exchange, and its people."""

    institution: Id
    host: bool
    letterhead: Letterhead | None
    """Its addresses, telephones and hours; unset where the catalogue has none."""
    email: str
    zone: str
    people: tuple[Contact, ...]

    @property
    def phone(self) -> str:
        """The telephone of the office; empty where the catalogue has none."""
        return self.letterhead.phone if self.letterhead else ""

    def coordinators(self) -> tuple[Contact, ...]:
        """Who coordinates the exchange on this side."""
        return tuple(one for one in self.people if one.role is Role.COORDINATOR)


def offices_of(programme: Programme, sending: str, host: str, units: Iterable[str] = ()) -> tuple[OfficeReached, ...]:
    """The office of the host with the supervisors of the student's units, then that of the sending university.

    Whoever answers for the programme stands with the home university, at its end.
    """
    wanted = tuple(dict.fromkeys(units))
    found = ((programme.institution(host), OF_HOST, wanted), (programme.institution(sending), OF_SENDING, ()))
    return tuple(_office(programme, one, roles, at, one.id == host) for one, roles, at in found if one is not None)


def _office(
    programme: Programme, institution: Institution, roles: tuple[Role, ...], units: tuple[str, ...], host: bool
) -> OfficeReached:
    people = [one for role in roles for one in programme.contacts(institution.id, role)]
    people += [one for unit in units for one in programme.contacts(institution.id, Role.SUPERVISOR, unit)]
    if institution.id == programme.home:
        people += programme.contacts(institution.id, Role.PROGRAMME_OFFICE)
    coordinator = next((one.email for one in people if one.role is Role.COORDINATOR), "")
    return OfficeReached(
        institution=institution.id,
        host=host,
        letterhead=institution.letterhead,
        email=institution.office_email or coordinator,
        zone=institution.zone,
        people=tuple(people),
    )
