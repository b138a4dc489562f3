"""Facts about health: doses, antibodies, tests, examinations. They are sealed at rest and in no workflow's history."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.wire import Wire


class Vaccine(StrEnum):
    """What was given, as the AAMC form names it."""

    MMR = "mmr"
    """Measles, mumps and rubella in one."""
    MEASLES = "measles"
    MUMPS = "mumps"
    RUBELLA = "rubella"
    VARICELLA = "varicella"
    TDAP = "tdap"
    """Tetanus, diphtheria and pertussis."""
    TD = "td"
    """Tetanus and diphtheria alone: a booster, never the first."""
    HEPATITIS_B = "hepatitis_b"
    INFLUENZA = "influenza"


class Antigen(StrEnum):
    """What antibodies were looked for."""

    MEASLES = "measles"
    MUMPS = "mumps"
    RUBELLA = "rubella"
    VARICELLA = "varicella"
    HEPATITIS_B = "hepatitis_b"


class TestResult(StrEnum):
    """What a laboratory said."""

    __test__ = False  # no class of tests

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNCLEAR = "unclear"
    """Equivocal or indeterminate."""


class Dose(Wire):
    """A vaccine given on a full date (D27)."""

    vaccine: Vaccine
    given_on: date


class Serology(Wire):
    """A test for antibodies."""

    antigen: Antigen
    drawn_on: date
    result: TestResult
    quantity: float | None = Field(default=None, ge=0)
    """Of hepatitis B: anti-HBs in mIU/mL."""


class ImmunizationFacts(Wire):
    """An immunization record in the shape of the AAMC form."""

    doses: tuple[Dose, ...] = Field(default=(), max_length=60)
    serologies: tuple[Serology, ...] = Field(default=(), max_length=30)


class TbMethod(StrEnum):
    """How tuberculosis was tested for."""

    IGRA = "igra"
    """From blood."""
    SKIN = "skin"


class TbReading(Wire):
    """One test for tuberculosis."""

    method: TbMethod
    tested_on: date
    """Drawn, or placed on the skin."""
    result: TestResult


class ChestXray(Wire):
    """The report of a chest X-ray."""

    taken_on: date
    clear: bool
    """No sign of active tuberculosis."""


class TuberculosisFacts(Wire):
    """Tests for tuberculosis, and the X-ray that a positive one asks for."""

    tests: tuple[TbReading, ...] = Field(default=(), max_length=20)
    xray: ChestXray | None = None


class ExaminationFacts(Wire):
    """A Foreigner Physical Examination Form with what is attached (D21)."""

    examined_on: date
    public_hospital: bool
    notarized: bool = False
    """What a private hospital's form needs."""
    stamp_across_photo: bool
    same_stamp: bool
    """On the form and on every report."""
    hiv_report: bool
    syphilis_report: bool
    chest_xray: bool
