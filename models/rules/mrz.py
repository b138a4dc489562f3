"""The machine-readable zone of a passport: two lines of 44 characters, TD3 (ICAO 9303 parts 3 and 4; D19).

Nothing is mended here. A zone is taken apart as it was read, and said is what its check digits prove and what not:
they do not cover names, issuer, nationality and sex, and within a number they cannot tell characters of the same value
modulo ten (`G` and `6`, `L` and `1`, `K` and the filler).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.rules.travel_codes import SPECIMEN, issuer_of

LENGTH = 44
"""Characters of a line."""
NAMES_FROM = 5
FILLER = "<"
_WEIGHTS = (7, 3, 1)
_ALPHABET = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
_EXPIRY_WINDOW = 50
"""Years: an expiry lies less than that far from today, on either side."""

Lines = tuple[str, str]


class ZoneField(StrEnum):
    """What a zone says."""

    KIND = "kind"
    ISSUER = "issuer"
    NAME = "name"
    NUMBER = "number"
    NATIONALITY = "nationality"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    EXPIRES_ON = "expires_on"
    OPTIONAL = "optional"


class ZoneFault(StrEnum):
    """Why a zone, or a field of it, cannot be relied on as it was read."""

    LENGTH = "length"
    """A line has not 44 characters; nothing of the zone is taken from it."""
    ALPHABET = "alphabet"
    """A character that no zone has: not a capital of A to Z, a digit, or the filler."""
    KIND = "kind"
    """Not the code of a passport: `P` and a letter or filler."""
    ISSUER = "issuer"
    """A code that is not on ICAO's list."""
    NATIONALITY = "nationality"
    """A code that is not on ICAO's list."""
    NAMES = "names"
    """A digit among the letters, a name after the fillers at the end, or no name at all."""
    NUMBER = "number"
    """No number, or a filler within it."""
    LONG_NUMBER = "long_number"
    """A filler stands where the check digit of the number belongs: the number is longer than its field (D19)."""
    NUMBER_CHECK = "number_check"
    BIRTH_CHECK = "birth_check"
    EXPIRY_CHECK = "expiry_check"
    OPTIONAL_CHECK = "optional_check"
    COMPOSITE_CHECK = "composite_check"
    BIRTH_DATE = "birth_date"
    """No day of the calendar, or one that is not known in full."""
    EXPIRY_DATE = "expiry_date"
    SEX = "sex"
    """Not `F`, `M` or the filler."""


@dataclass(frozen=True)
class PassportZone:
    """A zone taken apart. What could not be read as it must be is empty or `None`, and its fault is named."""

    lines: Lines
    kind: str = ""
    """`P`, or two letters where the issuer tells kinds of passports apart."""
    issuer: str = ""
    """As printed, without fillers: `D`, `UTO`."""
    family: tuple[str, ...] = ()
    """The parts of the primary identifier; empty where there is none."""
    given: tuple[str, ...] = ()
    """The parts of the secondary identifier; empty where there is none."""
    truncated: bool = False
    """The name fills its field, so that it may have been cut off."""
    number: str = ""
    nationality: str = ""
    """As printed, without fillers."""
    born: date | None = None
    sex: str = ""
    """`F`, `M`, or empty where it is not stated."""
    expires: date | None = None
    optional: str = ""
    """What the issuer puts there, such as a personal number."""
    faults: tuple[ZoneFault, ...] = ()

    @property
    def specimen(self) -> bool:
        """Whether it is of Utopia, nobody's country: read as it should be, and no passport."""
        return SPECIMEN in (self.issuer, self.nationality)

    @property
    def sound(self) -> bool:
        """Whether it is a whole zone with nothing wrong in it; that does not make every character right."""
        return not self.faults

    @property
    def proven(self) -> frozenset[ZoneField]:
        """Fields in which the check digits would have shown any single misread character."""
        checked = {ZoneField.BIRTH_DATE: self.born, ZoneField.EXPIRES_ON: self.expires}
        if ZoneFault.COMPOSITE_CHECK in self.faults:
            return frozenset()
        spoilt = {ZoneFault.BIRTH_CHECK: ZoneField.BIRTH_DATE, ZoneFault.EXPIRY_CHECK: ZoneField.EXPIRES_ON}
        wrong = {spoilt[fault] for fault in self.faults if fault in spoilt}
        return frozenset(field for field, value in checked.items() if value is not None and field not in wrong)


def check_digit(field: str) -> str:
    """The check digit of a field: weights 7, 3, 1, modulo ten; 0-9 count as they are, A is 10, Z is 35, `<` is 0.

    Raises:
        ValueError: a character that no zone has.
    """
    if not _ALPHABET.issuperset(field):
        raise ValueError("not of the alphabet of a machine-readable zone")
    return str(sum(value_of(char) * _WEIGHTS[place % 3] for place, char in enumerate(field)) % 10)


def value_of(char: str) -> int:
    """What a character counts in a check digit."""
    return 0 if char == FILLER else int(char, 36)


def parse_zone(lines: Lines, today: date) -> PassportZone:
    """Take a zone apart, character by character as it was read, with everything that is wrong with it.

    `today` settles the two digits of a year: nobody is born in the future, and an expiry lies within fifty years.
    """
    upper, lower = lines
    if len(upper) != LENGTH or len(lower) != LENGTH:
        return PassportZone(lines, faults=(ZoneFault.LENGTH,))
    if not _ALPHABET.issuperset(upper + lower):
        return PassportZone(lines, faults=(ZoneFault.ALPHABET,))
    family, given, names_fault = _names(upper[NAMES_FROM:])
    born = _day(lower[13:19], lambda day: day <= today, today.year)
    expires = _day(lower[21:27], lambda day: day.year < today.year + _EXPIRY_WINDOW, today.year + _EXPIRY_WINDOW)
    faults = [
        *_codes(upper, lower),
        *([ZoneFault.NAMES] if names_fault else []),
        *_number(lower),
        *_digits(lower),
        *([ZoneFault.BIRTH_DATE] if born is None else []),
        *([ZoneFault.EXPIRY_DATE] if expires is None else []),
        *([ZoneFault.SEX] if lower[20] not in "FM<" else []),
    ]
    return PassportZone(
        lines=lines,
        kind=upper[:2].rstrip(FILLER),
        issuer=upper[2:5].rstrip(FILLER),
        family=family,
        given=given,
        truncated=upper[-1] != FILLER,
        number=lower[:9].rstrip(FILLER),
        nationality=lower[10:13].rstrip(FILLER),
        born=born,
        sex=lower[20] if lower[20] in "FM" else "",
        expires=expires,
        optional=lower[28:42].strip(FILLER),
        faults=tuple(faults),
    )


def _codes(upper: str, lower: str) -> list[ZoneFault]:
    faults = [] if re.fullmatch(r"P[A-Z<]", upper[:2]) else [ZoneFault.KIND]
    if not _listed(upper[2:5]):
        faults.append(ZoneFault.ISSUER)
    if not _listed(lower[10:13]):
        faults.append(ZoneFault.NATIONALITY)
    return faults


def _listed(code: str) -> bool:
    return code == SPECIMEN or (re.fullmatch(r"[A-Z]+<*", code) is not None and issuer_of(code) != "")


def _names(field: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Family and given names, and whether the field is not as a field of names is."""
    family, _, rest = field.partition(FILLER * 2)
    given = rest.rstrip(FILLER)
    parts = _parts(family), _parts(given)
    fault = any(char.isdigit() for char in field) or not any(parts) or FILLER * 2 in given
    # A filler before the first letter of either part is a letter that was not read.
    fault = fault or family.startswith(FILLER) or given.startswith(FILLER)
    return *parts, fault


def _parts(names: str) -> tuple[str, ...]:
    return tuple(part for part in names.split(FILLER) if part)


def _number(lower: str) -> list[ZoneFault]:
    number = lower[:9].rstrip(FILLER)
    if lower[9] == FILLER and number:
        return [ZoneFault.LONG_NUMBER]
    return [] if number and FILLER not in number else [ZoneFault.NUMBER]


def _digits(lower: str) -> list[ZoneFault]:
    """Every check digit that does not fit (D19); that of the optional part may be a filler where nothing is in it."""
    composite = lower[:10] + lower[13:20] + lower[21:43]
    optional = lower[28:42]
    holds = {
        ZoneFault.NUMBER_CHECK: lower[9] in (FILLER, check_digit(lower[:9])),  # the filler is a fault of its own
        ZoneFault.BIRTH_CHECK: lower[19] == check_digit(lower[13:19]),
        ZoneFault.EXPIRY_CHECK: lower[27] == check_digit(lower[21:27]),
        ZoneFault.OPTIONAL_CHECK: lower[42] == check_digit(optional)
        or (lower[42] == FILLER and not optional.strip(FILLER)),
        ZoneFault.COMPOSITE_CHECK: lower[43] == check_digit(composite),
    }
    return [fault for fault, good in holds.items() if not good]


def _day(field: str, may_be: Callable[[date], bool], latest: int) -> date | None:
    """A day by two digits of its year: of the latest century in which it may be."""
    if not field.isdigit():
        return None
    short, month, day = int(field[:2]), int(field[2:4]), int(field[4:])
    newest = latest - (latest - short) % 100
    for year in (newest, newest - 100):
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] and may_be(date(year, month, day)):
            return date(year, month, day)
    return None
