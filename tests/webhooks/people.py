"""People of both universities, and what they connect."""

from models.catalogue.programme import Contact, Programme
from models.people.authorization import Actor
from models.vocabulary import Role
from tests.records.stays import HOST, OFFICE, PARTNER, SENDING, programme

HEAD = Actor(id="dartmouth.head", role=Role.HEAD_OF_OFFICE, institution="dartmouth")
HOUSING = Actor(id="cqmu.housing", role=Role.HOUSING_OFFICER, institution="cqmu")
HEALTH = Actor(id="cqmu.health", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")
OWN_PARTNER = Actor(id="cqmu.partner", role=Role.PARTNER_OFFICE, institution="cqmu")
EVERYBODY = (HOST, SENDING, HEAD, PARTNER, OWN_PARTNER, OFFICE, HOUSING, HEALTH)


def staffed(*without: Actor) -> Programme:
    """The small programme with somebody for every role that matters here, but for those named."""
    made = programme()
    institutions = {
        name: institution.model_copy(
            update={
                "contacts": tuple(
                    Contact(id=one.id, role=one.role, name="N. N.", email=f"{one.id}@{name}.example")
                    for one in EVERYBODY
                    if one.institution == name and one not in without
                )
            }
        )
        for name, institution in made.institutions.items()
    }
    return made.model_copy(update={"institutions": institutions})
