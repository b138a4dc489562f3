"""Who was nominated, for each version of a nomination; students' numbers as they are compared; what certificates print.

Revision: 0019, after 0017.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.comparing import address_key, number_key, search_text

revision = "0019"
down_revision = "0017"

PERSONAL = ("family_name", "given_name", "native_name", "email", "birth_date", "gender", "nationality", "language")


def upgrade() -> None:
    """Add table and columns, and fill them from the nominations kept; earlier forms are the truth of their exchange."""
    key = sa.String(120)
    op.create_table(
        "identities",
        sa.Column("exchange_id", key, sa.ForeignKey("exchange_codes.exchange_id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("person_id", key, sa.ForeignKey("persons.id"), nullable=False),
        sa.Column("sending_id", key, nullable=False),
        sa.Column("student_number", sa.String(60), nullable=False),
        sa.Column("family_name", sa.String(200), nullable=False),
        sa.Column("given_name", sa.String(200), nullable=False),
        sa.Column("native_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("gender", sa.String(20), nullable=False),
        sa.Column("nationality", sa.String(3), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
    )
    op.create_index("ix_identities_person_id", "identities", ["person_id"])
    op.create_index("ix_identities_address_key", "identities", ["address_key"])
    op.add_column("certificates", sa.Column("nomination_version", sa.Integer()))
    _widen_nationality(3)
    op.add_column("persons", sa.Column("number_key", sa.String(250), nullable=False, server_default=""))
    connection = op.get_bind()
    _number_keys(connection)
    op.create_index("ix_persons_sending_id_number_key", "persons", ["sending_id", "number_key"], unique=True)
    rows = list(_identities(connection))
    if rows:
        op.bulk_insert(_table("identities", connection), rows)


def downgrade() -> None:
    """Drop them; codes of three letters are cut to two."""
    op.drop_index("ix_persons_sending_id_number_key", "persons")
    op.drop_column("persons", "number_key")
    _widen_nationality(2)
    op.drop_column("certificates", "nomination_version")
    op.drop_table("identities")


def _widen_nationality(letters: int) -> None:
    """By a new column: SQLite changes no column, and a table that others refer to is not copied."""
    op.add_column("persons", sa.Column("nationality_new", sa.String(letters), nullable=False, server_default=""))
    op.execute(f"UPDATE persons SET nationality_new = substr(nationality, 1, {letters:d})")
    op.drop_column("persons", "nationality")
    op.execute("ALTER TABLE persons RENAME COLUMN nationality_new TO nationality")


def _table(name: str, connection: sa.Connection) -> sa.Table:
    return sa.Table(name, sa.MetaData(), autoload_with=connection)


def _number_keys(connection: sa.Connection) -> None:
    """Numbers that only now count as the same stay two persons: the later one's key gets a word that no key has."""
    persons, taken = _table("persons", connection), set()
    query = sa.select(persons.c.id, persons.c.sending_id, persons.c.student_number).order_by(persons.c.id)
    for person, sending, number in connection.execute(query).all():
        found = number_key(number)
        if (sending, found) in taken:
            found = f"{found} {person}"
        taken.add((sending, found))
        connection.execute(persons.update().where(persons.c.id == person).values(number_key=found))


def _identities(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    codes, persons = _table("exchange_codes", connection), _table("persons", connection)
    nominations, exchanges = _table("nominations", connection), _table("exchanges", connection)
    known = sa.select(codes.c.exchange_id, persons).join(persons, persons.c.id == codes.c.person_id)
    people = {row.exchange_id: row for row in connection.execute(known)}
    typed = sa.select(nominations.c.exchange_id, nominations.c.version, nominations.c.form)
    forms = {(row.exchange_id, row.version): row.form for row in connection.execute(typed)}
    current = sa.select(exchanges.c.id, exchanges.c.nomination_version)
    for row in connection.execute(current):
        forms.setdefault((row.id, row.nomination_version), {})
    for (exchange, version), form in forms.items():
        person = people.get(exchange)
        if person is not None:
            yield _identity(exchange, version, form, person)


def _identity(exchange: str, version: int, form: dict[str, Any], person: Any) -> dict[str, Any]:
    """The cells of a form; a form that lacks one has the person's."""
    cells = {name: form.get(name) or getattr(person, name) for name in PERSONAL}
    cells["native_name"] = form.get("native_name", person.native_name)
    if isinstance(cells["birth_date"], str):
        cells["birth_date"] = date.fromisoformat(cells["birth_date"])
    names = (cells["family_name"], cells["given_name"], cells["native_name"])
    return cells | {
        "exchange_id": exchange,
        "version": version,
        "person_id": person.id,
        "sending_id": person.sending_id,
        "student_number": person.student_number,
        "address_key": address_key(cells["email"]),
        "search_text": search_text(person.student_number, *names),
    }
