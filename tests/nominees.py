"""Who a student is in an exchange, for tests that write the tables themselves."""

from models.comparing import address_key, search_text
from models.tables import IdentityRow, PersonRow

CELLS = (
    "sending_id",
    "student_number",
    "family_name",
    "given_name",
    "email",
    "birth_date",
    "gender",
    "nationality",
)


def identity(person: PersonRow, exchange_id: str, version: int = 1) -> IdentityRow:
    """The identity that a version of a nomination gives a person."""
    native = person.native_name or ""
    return IdentityRow(
        exchange_id=exchange_id,
        version=version,
        person_id=person.id,
        native_name=native,
        language=person.language or "en",
        address_key=address_key(person.email),
        search_text=search_text(person.student_number, person.family_name, person.given_name, native),
        **{cell: getattr(person, cell) for cell in CELLS},
    )
