"""Names beside those of a passport: spellings, order, what is cut off or left out (ICAO 9303 part 3)."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.rules.passport_names import NameMatch, compare_names, likeness, name_on_page

SAME, ASK, DIFFERENT = NameMatch.SAME, NameMatch.ASK, NameMatch.DIFFERENT


def compared(family: str, given_name: str, zone: str) -> NameMatch:
    one, _, other = zone.partition("<<")
    parts = (tuple(p for p in half.split("<") if p) for half in (one, other))
    return compare_names(family, given_name, *parts, cut=len(zone) == 39)


@pytest.mark.parametrize(
    ("family", "given_name", "zone"),
    [
        ("Müller", "Jörg", "MUELLER<<JOERG"),
        ("Müller", "Jörg", "MULLER<<JORG"),
        ("Mu\u0308ller", "Jo\u0308rg", "MUELLER<<JORG"),
        ("Mueller", "Joerg", "MUELLER<<JOERG"),
        ("Groß", "Jan", "GROSS<<JAN"),
        ("Sørensen", "Bjørn", "SOERENSEN<<BJOERN"),
        ("Åkesson", "Åsa", "AAKESSON<<AASA"),
        ("Þórsdóttir", "Guðrún", "THORSDOTTIR<<GUDRUN"),
        ("Łukasiewicz", "Paweł", "LUKASIEWICZ<<PAWEL"),
        ("Yılmaz", "İpek", "YILMAZ<<IPEK"),
        ("Núñez", "José", "NUNEZ<<JOSE"),
        ("Núñez", "José", "NUNXXEZ<<JOSE"),
        ("O'Connor", "Enya Siobhan", "OCONNOR<<ENYA<SIOBHAN"),
        ("O’Connor", "Enya Siobhan", "O<CONNOR<<ENYA<SIOBHAN"),
        ("Smith-Jones", "Susie Margaret", "SMITH<JONES<<SUSIE<MARGARET"),
        ("SmithJones", "Susie-Margaret", "SMITH<JONES<<SUSIEMARGARET"),
        ("Nguyễn", "Thị Hồng", "NGUYEN<<THI<HONG"),
        ("Lü", "Xiaoping", "LYU<<XIAOPING"),
        ("Lü", "Xiao Ping", "LV<<XIAOPING"),
        ("Eleanor Rose", "Whitfield", "WHITFIELD<<ELEANOR<ROSE"),
        ("Whitfield", "Rose Eleanor", "WHITFIELD<<ELEANOR<ROSE"),
        ("Sukarno", "-", "SUKARNO"),
        ("-", "Sukarno", "SUKARNO"),
        ("-", "Sukarno", "FNU<<SUKARNO"),
        ("Sukarno", "-", "SUKARNO<<LNU"),
        ("Nilavadhanananda", "Chayapa Dejthamrong Krasuang", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),
        ("Bennelong Wooloomooloo Warrandyte Warnambool", "Dingo Potoroo", "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI"),
    ],
)  # fmt: skip
def test_one_name_in_two_spellings(family: str, given_name: str, zone: str) -> None:
    assert compared(family, given_name, zone) is SAME


@pytest.mark.parametrize(
    ("family", "given_name", "zone"),
    [
        ("Whitfield", "Eleanor", "WHITFIELD<<ELEANOR<ROSE"),
        ("Whitfield", "Eleanor Rose", "WHITFIELD<<ELEANOR"),
        ("Whitfield Brown", "Eleanor", "WHITFIELD<<ELEANOR"),
        ("李", "明", "LI<<MING"),
        ("Иванова", "Анна", "IVANOVA<<ANNA"),
        ("-", "-", "SUKARNO"),
        ("Sukarno", "-", ""),
    ],
)
def test_what_only_a_person_can_tell(family: str, given_name: str, zone: str) -> None:
    assert compared(family, given_name, zone) is ASK


@pytest.mark.parametrize(
    ("family", "given_name", "zone"),
    [
        ("Whitfield", "Eleanor", "WHITFELD<<ELEANOR"),
        ("Whitfield", "Eleanor", "WHITFIELD<<ELENA"),
        ("Whitfield", "Eleanor Rose", "RIVERA<<ANA"),
        ("Müller", "Jan", "MILLER<<JAN"),
        ("Li", "Ming", "LI<<MIN"),
        ("Sukarno", "-", "SUHARTO"),
        # a name that fits is not cut off, whatever stands in the last place
        ("Abcdefghijklmnopqrstuvwx", "Abcdefghijk", "ABCDEFGHIJKLMNOPQRSTUVWX<<ABCDEFGHIJKLM"),
        ("Nilavadhanananda", "Chayapa Dejthamrong Krasuang", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<P"),
    ],
)
def test_two_names(family: str, given_name: str, zone: str) -> None:
    assert compared(family, given_name, zone) is DIFFERENT


LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=12)


@given(family=st.lists(LETTERS, min_size=1, max_size=5), own=st.lists(LETTERS, min_size=1, max_size=3))
def test_every_plain_name_is_itself_whole_and_cut(family: list[str], own: list[str]) -> None:
    zone = f"{'<'.join(family)}<<{'<'.join(own)}"[:39]
    assume(zone[-1] != "<")  # who cuts a name off ends it with a letter
    assert compared(" ".join(family).title(), " ".join(own).title(), zone) is SAME


@given(family=LETTERS, own=LETTERS, other=LETTERS)
def test_another_family_name_is_never_the_same(family: str, own: str, other: str) -> None:
    if sorted(family + own) != sorted(other + own):
        assert compared(family, own, f"{other}<<{own}") is not SAME


@given(family=st.text(max_size=40), own=st.text(max_size=40), one=st.text(max_size=20), other=st.text(max_size=20))
def test_anything_can_be_compared(family: str, own: str, one: str, other: str) -> None:
    assert compare_names(family, own, (one,), (other,), cut=True) in NameMatch
    assert 0 <= likeness(family, own, (one,), (other,)) <= 1
    name_on_page(family, own, one, [other, own])


def test_a_misread_name_is_nearer_than_another() -> None:
    assert likeness("Whitfield", "Eleanor", ("WH1TFIEID",), ("ELEAN0R",)) > 0.75
    assert likeness("Whitfield", "Eleanor", ("RIVERA",), ("ANA",)) < 0.5


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["This is to confirm that Eleanor Rose Whitfield studies here"], True),
        (["Surname: WHITFIELD", "Given names: ELEANOR R."], True),
        (["WHITFIELD, Eleanor"], True),
        (["WHITFIELDELEANORROSE"], True),
        (["姓名：怀特 菲尔德"], True),
        (["Whitfield Street 4", "Boston"], False),
        (["Eleanor Rivera"], False),
        (["Wh1tfield Eleanor"], False),
        ([], False),
    ],
)
def test_a_name_is_looked_for_on_a_page(lines: list[str], found: bool) -> None:
    assert name_on_page("Whitfield", "Eleanor Rose", "怀特菲尔德", lines) is found


def test_a_recogniser_may_misread_a_letter_of_a_long_word() -> None:
    assert name_on_page("Whitfield", "Eleanor", "", ["Whitfieid E1eanor"], misread=True)
    assert not name_on_page("Li", "Min", "", ["L1 Mim"], misread=True)
    assert not name_on_page("Whitfield", "Eleanor", "", ["Wakefield Leonora"], misread=True)
