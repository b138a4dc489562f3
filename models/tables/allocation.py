"""Beds by the night and places by the day: keys and unique constraints forbid every double booking (D34, D38)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key, words
from models.vocabulary import Content


class BedRow(Base):
    """A bed of the catalogue; `active` while the catalogue offers it."""

    __tablename__ = "beds"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    institution_id: Mapped[str] = mapped_column(Key, index=True)
    building: Mapped[str] = mapped_column(String(200))
    room: Mapped[str] = mapped_column(String(60))
    gender: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)


class BedNightRow(Base):
    """One night of one bed, slept in by at most one student, who sleeps in at most one bed."""

    __tablename__ = "bed_nights"
    __table_args__ = (UniqueConstraint("exchange_id", "night"),)

    bed_id: Mapped[str] = mapped_column(Key, ForeignKey("beds.id"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    """The day the night begins."""
    exchange_id: Mapped[str] = mapped_column(Key)


class UnitRow(Base):
    """A unit of the catalogue and the places it has there; 0 once the catalogue drops it. See also `UnitTermsRow`."""

    __tablename__ = "unit_capacities"
    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity"),)

    unit_id: Mapped[str] = mapped_column(Key, primary_key=True)
    institution_id: Mapped[str] = mapped_column(Key, index=True)
    content: Mapped[Content] = mapped_column(words(Content))
    capacity: Mapped[int]


class UnitSlotRow(Base):
    """One of a unit's places, numbered from 1 to the most it ever had: what the log says must be told again."""

    __tablename__ = "unit_slots"
    __table_args__ = (CheckConstraint("slot >= 1", name="slot"),)

    unit_id: Mapped[str] = mapped_column(Key, ForeignKey("unit_capacities.unit_id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class PlaceDayRow(Base):
    """One day of one place, worked by one student, who works in one unit a day. Weekends of a block count."""

    __tablename__ = "place_days"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "slot"], ["unit_slots.unit_id", "unit_slots.slot"]),
        UniqueConstraint("exchange_id", "day"),
        Index(None, "placement_id"),
    )

    unit_id: Mapped[str] = mapped_column(Key, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    placement_id: Mapped[str] = mapped_column(Key)
    exchange_id: Mapped[str] = mapped_column(Key)


class PlacementRow(Base):
    """A place taken for a block of days, both included. `status` is `assigned` or `released`."""

    __tablename__ = "placements"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchanges.id"), index=True)
    content: Mapped[Content] = mapped_column(words(Content))
    unit_id: Mapped[str] = mapped_column(Key)
    start: Mapped[date]
    end: Mapped[date]
    status: Mapped[str] = mapped_column(String(20))
    released_from: Mapped[date | None]
    """First day given back; the start where all of it was."""
    supervisor_id: Mapped[str] = mapped_column(Key, default="", server_default="")
    """Who supervises; empty where the unit had nobody to choose from."""


class UnitTermsRow(Base):
    """What the owner of a unit has set in the portal; without a row the catalogue holds."""

    __tablename__ = "unit_terms"

    unit_id: Mapped[str] = mapped_column(Key, primary_key=True)
    institution_id: Mapped[str] = mapped_column(Key, index=True)
    version: Mapped[int]
    """1 is the first after the catalogue's."""
    terms: Mapped[dict[str, Any]]
    """`models.catalogue.units.UnitTerms`."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(Key)
