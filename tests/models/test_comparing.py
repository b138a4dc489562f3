"""How texts are compared: the same in Python and in every database, because the form is made here and stored."""

from datetime import date
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.comparing import Identified, alike, fold, number_key, search_text
from models.rules.again import another_person
from models.rules.countries import nationality_of
from tests.activities.students import nomination
from texts.labels import country

SAME = [
    ("ÄRZ-12", "ärz-12", "A\u0308RZ-12", "\uff21\u0308rz-12"),
    ("É10131", "é10131", "e\u030110131"),
    ("STRASSE", "straße", "Straße", "STRAẞE"),
    ("İPEK", "ipek", "Ipek", "ıpek"),
    ("ΟΔΟΣ", "οδος", "οδοσ"),
    ("\uff26\uff11", "f1", "F\u200b1", "\ufefff1", "f\u00ad1"),
]


@pytest.mark.parametrize("spellings", SAME, ids=[one[0] for one in SAME])
def test_spellings_of_one_text_fold_to_one(spellings: tuple[str, ...]) -> None:
    assert len({fold(one) for one in spellings}) == 1
    assert (
        len({number_key(f" {one[0]} {one[1:]}") for one in spellings if one[1] not in "\u0308\u0301\u200b\u00ad"}) == 1
    )


def test_numbers_that_differ_stay_two() -> None:
    numbers = ("F1", "F01", "F-1", "F1A", "É1", "E1", "Ä1", "AE1")
    assert len({number_key(one) for one in numbers}) == len(numbers)


@given(st.text(max_size=40))
def test_folding_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text) in search_text(text, "", "", "")


def person(family: str, given_name: str, born: str = "2000-04-12", email: str = "", native: str = "") -> Identified:
    made: Any = SimpleNamespace(
        family_name=family,
        given_name=given_name,
        native_name=native,
        email=email or f"{family}.{given_name}@x.edu",
        birth_date=date.fromisoformat(born),
    )
    found: Identified = made
    return found


ONE = [
    (person("Müller", "Jörg"), person("Mueller", "Joerg")),
    (person("Müller", "Jörg"), person("MULLER", "JORG")),
    (person("O'Neill", "Sean"), person("ONeill", "Seán")),
    (person("Łukasz", "Anna Maria"), person("Lukasz", "Anna")),
    (person("Li", "Na", native="李娜"), person("Lee", "Nah", native="李 娜")),
    (person("", "Suharto"), person("Suharto", "")),
    (person("A", "B", email="One@X.edu"), person("C", "D", "1990-01-01", email="one@x.EDU")),
]
TWO = [
    (person("Lee", "Ana"), person("Lee", "Bea")),
    (person("Lee", "Ana"), person("Lee", "Ana", "2000-04-13", email="other@x.edu")),
    (person("Lee", "Ana Maria", email="a@x.edu"), person("Lee", "Ana Bea", email="b@x.edu")),
    (person("", "Sukarno"), person("", "Suharto")),
    (person("李", "A", native=""), person("王", "A", native="")),
]


@pytest.mark.parametrize("pair", ONE)
def test_one_person_in_two_spellings_looks_alike(pair: tuple[Identified, Identified]) -> None:
    assert alike(*pair)
    assert alike(*reversed(pair))


@pytest.mark.parametrize("pair", TWO)
def test_two_people_do_not(pair: tuple[Identified, Identified]) -> None:
    assert not alike(*pair)
    assert not alike(*reversed(pair))


NATIONALITIES = {"us": "US", "XXA": "XXA", "xxb": "XXB", "XXC": "XXC", "XXX": "XXX", "D<<": "DE", "D": "DE"}
NATIONALITIES |= {
    "GBD": "GBD",
    "GBN": "GBN",
    "UNO": "UNO",
    "RKS": "XK",
    "\uff38\uff38\uff21": "XXA",
    "ZZZ": "",
    "USA": "",
}


@pytest.mark.parametrize(("told", "kept"), NATIONALITIES.items())
def test_nationalities_of_travel_documents(told: str, kept: str) -> None:
    assert nationality_of(told) == kept


def test_every_nationality_has_a_name_of_its_own_in_both_languages() -> None:
    codes = sorted(code for code in set(NATIONALITIES.values()) if code)
    for language in ("en", "zh"):
        names = [country(code, language) for code in codes]
        assert all(name != code for name, code in zip(names, codes, strict=True))
        assert all(one != other for one, other in combinations(names, 2))


KNOWN = nomination(1, family_name="Whitfield", given_name="Clara Jane", birth_date="2000-04-12")
NAME = {"family_name": "Meyer", "given_name": "Anna"}
TURNED = {"family_name": "Clara Jane", "given_name": "Whitfield"}
DAY = {"birth_date": date(1999, 1, 2)}
ADDRESS = {"email": "anna@elsewhere.example"}


@pytest.mark.parametrize(
    ("cells", "another"),
    [(DAY | ADDRESS, False), (TURNED | DAY | ADDRESS, False), (NAME | ADDRESS, False), (NAME | DAY, False),
     (NAME | DAY | ADDRESS, True)],
)  # fmt: skip
def test_another_person_has_another_name_another_day_and_another_address(cells: dict[str, Any], another: bool) -> None:
    assert another_person(KNOWN, KNOWN.model_copy(update=cells)) is another
