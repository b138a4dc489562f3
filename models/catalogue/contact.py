"""Who answers for a role at a university or in one of its units, and how they are reached."""

from pydantic import Field

from models.addresses import Email
from models.vocabulary import Role
from models.wire import Id, Wire

PHONE = r"^(\+[0-9][0-9 ()-]{5,30})?$"
"""A telephone number in international form, `+86 23 0000 0000`, or nothing."""


class Contact(Wire):
    """Who answers for a role at an institution or unit."""

    id: Id
    """Stable id of the person in this role; the actor id of their acts, e.g. `cqmu.coordinator`."""
    role: Role
    name: str
    email: Email
    language: str = "en"
    unit: str = ""
    """Unit id, for supervisors."""
    deputies: tuple[Id, ...] = ()
    """Ids of the people who stand in while this one is away, in order."""
    phone: str = Field(default="", pattern=PHONE)
    """Of the post, in international form; unset: that of the office."""
    hours: str = Field(default="", max_length=120)
    """When the post is reached, by its own clock; unset: the hours of the office."""
    hours_zh: str = Field(default="", max_length=120)
    students: int | None = Field(default=None, ge=0)
    """For supervisors: how many they take at a time; unset: as many as the unit has places."""
