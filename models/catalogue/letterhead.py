"""How a university signs what it writes."""

from pydantic import Field

from models.catalogue.contact import PHONE
from models.wire import Wire


class Letterhead(Wire):
    """What stands at the head of a university's letters, and how its office is reached."""

    office: str = Field(min_length=1, max_length=120)
    office_zh: str = Field(min_length=1, max_length=120)
    address: str = Field(min_length=1, max_length=300)
    address_zh: str = Field(min_length=1, max_length=300)
    phone: str = Field(pattern=r"^\+[0-9][0-9 ()-]{5,30}$")
    """In international form, `+86 23 0000 0000`."""
    website: str = Field(default="", max_length=120)
    hours: str = Field(default="", max_length=120)
    """When the office is open, by its own clock: `Monday to Friday, 9:00 to 17:00`."""
    hours_zh: str = Field(default="", max_length=120)
    after_hours: str = Field(default="", pattern=PHONE)
    """The telephone that is answered while the office is closed."""
