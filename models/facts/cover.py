"""Facts of insurance: whom and what a policy covers, for how much, from when until when. Amounts are whole units."""

from datetime import date

from pydantic import Field, model_validator

from models.invalid import Unfit
from models.wire import Wire


class CoverTerm(Wire):
    """Days of cover, both included."""

    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _in_order(self) -> "CoverTerm":
        if self.last_day < self.first_day:
            raise Unfit("facts.ends_before_start")
        return self


class CoverFacts(CoverTerm):
    """A policy of health insurance (D20, D25)."""

    insurer: str = Field(default="", max_length=120)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    per_illness: int | None = Field(default=None, ge=0)
    """For each accident or illness; unset: not on the paper."""
    repatriation: int | None = Field(default=None, ge=0)
    evacuation: int | None = Field(default=None, ge=0)
    deductible: int | None = Field(default=None, ge=0)
    """For each accident or illness."""
    copay_percent: float | None = Field(default=None, ge=0, le=100)
    rating: str = Field(default="", max_length=10)
    """Of the insurer's strength by A.M. Best, e.g. `A-`; empty: none on the paper."""
    backed_by_state: bool = False
    """Backed by the full faith of the student's government, which stands in for a rating."""


class LiabilityFacts(CoverTerm):
    """A policy for what a student does wrong in the clinic (D28)."""

    insurer: str = Field(default="", max_length=120)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    per_claim: int | None = Field(default=None, ge=0)
    in_all: int | None = Field(default=None, ge=0)
    """For all claims of a year."""
