"""Machine-readable zones made for tests, valid by construction."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from models.rules.mrz import FILLER, LENGTH, Lines, check_digit
from models.rules.travel_codes import BRITISH, ORGANISATIONS, STATELESS

TODAY = date(2026, 11, 27)
CODES = sorted({"USA", "CHN", "D", "RKS", "FIN", "GBR", "TWN", "KOR", *ORGANISATIONS, *STATELESS, *BRITISH})


@dataclass(frozen=True)
class Made:
    """What a zone is made from."""

    family: tuple[str, ...] = ("ERIKSSON",)
    given: tuple[str, ...] = ("ANNA", "MARIA")
    number: str = "L898902C3"
    issuer: str = "USA"
    nationality: str = "USA"
    born: date = date(1974, 8, 12)
    sex: str = "F"
    expires: date = date(2032, 4, 15)
    optional: str = ""
    kind: str = "P"

    @property
    def lines(self) -> Lines:
        names = f"{FILLER.join(self.family)}<<{FILLER.join(self.given)}"
        upper = f"{self.kind:<<2}{self.issuer:<<3}{names}"[:LENGTH].ljust(LENGTH, FILLER)
        return upper, lower_line(self)


def lower_line(made: Made) -> str:
    """The second line, with all check digits."""
    number, born, expires, optional = (
        field + check_digit(field)
        for field in (
            f"{made.number:<<9}",
            f"{made.born:%y%m%d}",
            f"{made.expires:%y%m%d}",
            f"{made.optional:<<14}",
        )
    )
    whole = number + born + expires + optional
    return f"{number}{made.nationality:<<3}{born}{made.sex}{expires}{optional}{check_digit(whole)}"


PARTS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=9)


@st.composite
def zones(draw: st.DrawFn) -> Made:
    """Valid zones: every issuer there is, one to three names on either side, numbers that fill their field or not."""
    family = draw(st.lists(PARTS, max_size=2))
    given = draw(st.lists(PARTS, min_size=0 if family else 1, max_size=2))
    return Made(
        family=tuple(family),
        given=tuple(given),
        number=draw(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=9)),
        issuer=draw(st.sampled_from(CODES)),
        nationality=draw(st.sampled_from(CODES)),
        born=draw(st.dates(date(1927, 1, 1), TODAY)),
        sex=draw(st.sampled_from("FM<")),
        expires=draw(st.dates(date(2000, 1, 1), date(2075, 12, 31))),
        optional=draw(st.text("ABCXYZ0123456789", max_size=14)),
        kind=draw(st.sampled_from(("P", "PD", "PO"))),
    )
