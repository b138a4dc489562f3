"""Facts of checks and courses: when they were made, and what they came to (D22)."""

from datetime import date

from pydantic import Field

from models.wire import Wire


class BackgroundFacts(Wire):
    """A background check."""

    checked_on: date
    clear: bool
    """Nothing was found."""


class DrugScreenFacts(Wire):
    """A drug screen."""

    taken_on: date
    panels: int = Field(ge=1, le=30)
    """How many substances were looked for."""
    clear: bool


class TrainingFacts(Wire):
    """A course that was completed: safety (OSHA) or privacy (HIPAA)."""

    completed_on: date
