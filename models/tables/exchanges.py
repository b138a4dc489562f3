"""Exchanges, their steps and decisions: projected from events, read by everybody. Notes hold what people wrote."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Key, words
from models.vocabulary import (
    Direction,
    HoldCause,
    Level,
    MobilityStatus,
    NominationStatus,
    Outcome,
    Role,
    Side,
    Stage,
    StepKind,
    StepStatus,
)


class ExchangeRow(Base):
    """Where one exchange is. Planned and actual dates are kept apart (D35)."""

    __tablename__ = "exchanges"
    __table_args__ = (
        Index(None, "sending_id", "year"),
        Index(None, "host_id", "year"),
        Index(None, "cohort_id"),
        Index(None, "stage"),
    )

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    person_id: Mapped[str] = mapped_column(Key, index=True)
    cohort_id: Mapped[str] = mapped_column(Key)
    direction: Mapped[Direction] = mapped_column(words(Direction))
    sending_id: Mapped[str] = mapped_column(Key)
    host_id: Mapped[str] = mapped_column(Key)
    year: Mapped[int]
    level: Mapped[Level] = mapped_column(words(Level))
    discipline: Mapped[str] = mapped_column(Key)
    start: Mapped[date]
    end: Mapped[date]
    plan: Mapped[dict[str, Any]]
    """`models.messages.exchange.Plan`."""
    nomination_version: Mapped[int]
    policy_version: Mapped[str] = mapped_column(Key)
    stage: Mapped[Stage] = mapped_column(words(Stage))
    mobility: Mapped[MobilityStatus] = mapped_column(words(MobilityStatus))
    nomination: Mapped[NominationStatus] = mapped_column(words(NominationStatus))
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome))
    reason: Mapped[str | None] = mapped_column(Key)
    waitlist_position: Mapped[int | None]
    seat: Mapped[int | None]
    bed_id: Mapped[str | None] = mapped_column(Key)
    clearance_through: Mapped[date | None]
    permitted_until: Mapped[date | None]
    """The last day of the permitted stay (D30)."""
    actual_arrival: Mapped[datetime | None]
    actual_departure: Mapped[date | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    revision: Mapped[int]
    """Number of the last event of this stream."""


class StepRow(Base):
    """One obligation with its owner, due time and ladder. Indexed for worklists."""

    __tablename__ = "steps"
    __table_args__ = (
        Index(None, "status", "institution_id", "role", "due_at"),
        Index(None, "status", "person_id", "due_at"),
        Index(None, "exchange_id", "status"),
        Index(None, "stream", "status"),
        Index(None, "decided_by", "decided_at"),
    )

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    stream: Mapped[str] = mapped_column(Key)
    """The exchange, or what else keeps the step."""
    exchange_id: Mapped[str | None] = mapped_column(Key, ForeignKey("exchanges.id"))
    """None for steps outside an exchange."""
    kind: Mapped[StepKind] = mapped_column(words(StepKind))
    stage: Mapped[Stage] = mapped_column(words(Stage))
    """Where the exchange was when the step opened."""
    side: Mapped[Side] = mapped_column(words(Side))
    role: Mapped[Role] = mapped_column(words(Role))
    institution_id: Mapped[str] = mapped_column(Key)
    """Empty for steps of the programme office."""
    person_id: Mapped[str] = mapped_column(Key)
    """The student, for steps that are the student's; else empty."""
    unit_id: Mapped[str] = mapped_column(Key)
    """The unit, for steps of a supervisor; else empty."""
    subject: Mapped[str] = mapped_column(Text)
    status: Mapped[StepStatus] = mapped_column(words(StepStatus))
    outcomes: Mapped[list[Any]]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    first_due_at: Mapped[datetime]
    """Before anybody moved it."""
    zone: Mapped[str] = mapped_column(String(60))
    ends_at: Mapped[datetime | None]
    rungs: Mapped[list[Any]]
    """`models.messages.exchange.RungAt` values."""
    rungs_fired: Mapped[list[Any]]
    """Indices of the rungs that spoke or were missed."""
    rungs_missed: Mapped[list[Any]] = mapped_column(default=list)
    """Indices of the rungs that did not speak in their time."""
    holds: Mapped[list[Any]] = mapped_column(default=list)
    """Times it was paused: `{because, cause, since, until}`, the open one without `until`."""
    held_since: Mapped[datetime | None]
    """Set while it is paused."""
    held_because: Mapped[HoldCause | None] = mapped_column(words(HoldCause))
    waits_for: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of the steps that it waits for."""
    snoozed_until: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often somebody who waits had its owner reminded."""
    reminded_at: Mapped[datetime | None]
    unknown_years: Mapped[list[Any]]
    outcome: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Key)
    decision_id: Mapped[str | None] = mapped_column(Key)


class DecisionRow(Base):
    """What a person did, with an id of their own; unique per exchange, because people choose it."""

    __tablename__ = "decisions"

    exchange_id: Mapped[str] = mapped_column(Key, primary_key=True)
    """The exchange, or what else keeps the step."""
    id: Mapped[str] = mapped_column(Key, primary_key=True)
    step_id: Mapped[str | None] = mapped_column(Key, index=True)
    outcome: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[str] = mapped_column(Key)
    actor_role: Mapped[Role] = mapped_column(words(Role))
    actor_institution: Mapped[str] = mapped_column(Key)
    at: Mapped[datetime]
    note_id: Mapped[str | None] = mapped_column(Key)
    detail: Mapped[dict[str, Any]]


class NoteRow(Base):
    """What a person wrote with a decision or report. Personal data: never in events."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(Key, primary_key=True)
    exchange_id: Mapped[str] = mapped_column(Key, ForeignKey("exchange_codes.exchange_id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Key)
    created_at: Mapped[datetime]
