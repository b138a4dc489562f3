"""Machine-readable zones of passports: ICAO's specimens, what check digits find, and what they cannot (D19)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.mrz import Lines, PassportZone, ZoneFault, ZoneField, check_digit, parse_zone, value_of
from models.rules.travel_codes import issuer_of, same_nationality
from tests.models.zones import TODAY, Made, zones

SPECIMEN = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
EARLIER = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C<3UTO6908061F9406236ZE184226B<<<<<14")


def parsed(made: Made) -> PassportZone:
    return parse_zone(made.lines, TODAY)


def test_the_published_specimen() -> None:
    zone = parse_zone(SPECIMEN, TODAY)
    assert (zone.sound, zone.specimen) == (True, True)
    assert (zone.kind, zone.issuer, zone.nationality) == ("P", "UTO", "UTO")
    assert (zone.family, zone.given, zone.truncated) == (("ERIKSSON",), ("ANNA", "MARIA"), False)
    assert (zone.number, zone.born, zone.sex, zone.expires) == ("L898902C3", date(1974, 8, 12), "F", date(2012, 4, 15))
    assert zone.optional == "ZE184226B"
    assert zone.proven == {ZoneField.BIRTH_DATE, ZoneField.EXPIRES_ON}


def test_the_specimen_of_the_earlier_edition() -> None:
    zone = parse_zone(EARLIER, TODAY)
    assert (zone.sound, zone.number, zone.born) == (True, "L898902C", date(1969, 8, 6))
    assert zone.expires == date(1994, 6, 23)


@pytest.mark.parametrize(
    ("field", "digit"),
    [("520727", "3"), ("AB2134<<<", "5"), ("HA672242<", "6"), ("BNO257453", "2"), ("D23145890", "7"), ("<" * 14, "0")],
)
def test_check_digits_as_published(field: str, digit: str) -> None:
    assert check_digit(field) == digit


@pytest.mark.parametrize(
    ("names", "family", "given_names", "truncated"),
    [
        # Doc 9303 part 4: names as they stand in the zone.
        ("VAN<DER<MUELLEN<<CAMIEL", ("VAN", "DER", "MUELLEN"), ("CAMIEL",), False),
        ("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K", ("NILAVADHANANANDA",), ("CHAYAPA", "DEJTHAMRONG", "K"), True),
        ("BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI", ("BENNELONG", "WOOLOOMOOLOO", "WARRANDYTE", "W"), ("DI",), True),
        ("ARKFREITH", ("ARKFREITH",), (), False),
        ("<<SUKARNO", (), ("SUKARNO",), False),
        ("O", ("O",), (), False),
    ],
)
def test_names(names: str, family: tuple[str, ...], given_names: tuple[str, ...], truncated: bool) -> None:
    zone = parse_zone((f"P<UTO{names:<<39}", SPECIMEN[1]), TODAY)
    assert (zone.family, zone.given, zone.truncated, zone.sound) == (family, given_names, truncated, True)


@pytest.mark.parametrize(
    "names",
    ["ERIKSSON<<ANNA<<<<K", "ER1KSSON<<ANNA", "<ERIKSSON<<ANNA", "ERIKSSON<<<ANNA", "", "ERIKSSON<<ANNA<<MARIA"],
)
def test_names_that_no_zone_has(names: str) -> None:
    assert ZoneFault.NAMES in parse_zone((f"P<UTO{names:<<39}", SPECIMEN[1]), TODAY).faults


@pytest.mark.parametrize(
    ("printed", "kept"),
    [("D<<", "DE"), ("RKS", "XK"), ("UNO", "UNO"), ("XXX", "XXX"), ("XXA", "XXA"), ("XPO", "XPO"), ("TWN", "TW")],
)
def test_issuers_beyond_the_countries(printed: str, kept: str) -> None:
    assert issuer_of(printed) == kept
    assert parsed(Made(issuer=printed.rstrip("<"), nationality=printed.rstrip("<"))).sound


@pytest.mark.parametrize("printed", ["DEU", "XKX", "U5A", "QQQ", "<<D", "D<D", "<<<"])
def test_codes_that_no_zone_has(printed: str) -> None:
    upper, lower = Made().lines
    assert ZoneFault.ISSUER in parse_zone((upper[:2] + printed + upper[5:], lower), TODAY).faults
    assert ZoneFault.NATIONALITY in parse_zone((upper, lower[:10] + printed + lower[13:]), TODAY).faults


def test_nationalities_that_only_a_person_can_compare() -> None:
    assert same_nationality("D", "DE")
    assert same_nationality("XXA", "XXA")
    assert same_nationality("CHN", "US") is False
    assert same_nationality("XXB", "AF") is None
    assert same_nationality("GBN", "GB") is None


@pytest.mark.parametrize(
    ("born", "read"),
    [
        ("261127", date(2026, 11, 27)),  # born today
        ("261128", date(1926, 11, 28)),  # nobody is born tomorrow
        ("000229", date(2000, 2, 29)),
        ("010229", None),
        ("7408<<", None),
        ("000000", None),
    ],
)
def test_two_digits_of_a_year_of_birth(born: str, read: date | None) -> None:
    lower = SPECIMEN[1]
    assert parse_zone((SPECIMEN[0], lower[:13] + born + lower[19:]), TODAY).born == read


@pytest.mark.parametrize(
    ("expires", "read"),
    [("751231", date(2075, 12, 31)), ("760101", date(1976, 1, 1)), ("990101", date(1999, 1, 1)), ("280230", None)],
)
def test_two_digits_of_a_year_of_expiry(expires: str, read: date | None) -> None:
    lower = SPECIMEN[1]
    assert parse_zone((SPECIMEN[0], lower[:21] + expires + lower[27:]), TODAY).expires == read


def test_a_number_longer_than_its_field_is_for_a_person() -> None:
    upper, lower = Made().lines
    zone = parse_zone((upper, lower[:9] + "<" + lower[10:]), TODAY)
    assert ZoneFault.LONG_NUMBER in zone.faults
    assert ZoneFault.NUMBER_CHECK not in zone.faults


def test_the_check_of_an_empty_optional_part_may_be_a_filler() -> None:
    upper, lower = Made().lines
    assert lower[42] == "0"
    assert parse_zone((upper, lower[:42] + "<" + lower[43:]), TODAY).sound
    filled = Made(optional="1").lines
    faults = parse_zone((filled[0], filled[1][:42] + "<" + filled[1][43:]), TODAY).faults
    assert ZoneFault.OPTIONAL_CHECK in faults


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (("", ""), ZoneFault.LENGTH),
        ((SPECIMEN[0][:-1], SPECIMEN[1]), ZoneFault.LENGTH),
        ((SPECIMEN[0], SPECIMEN[1].lower()), ZoneFault.ALPHABET),
        ((SPECIMEN[0].replace("A", "А", 1), SPECIMEN[1]), ZoneFault.ALPHABET),
        ((SPECIMEN[0], SPECIMEN[1].replace("1", "١", 1)), ZoneFault.ALPHABET),
        (("V" + SPECIMEN[0][1:], SPECIMEN[1]), ZoneFault.KIND),
        ((SPECIMEN[0], SPECIMEN[1].replace("F", "X")), ZoneFault.SEX),
    ],
)
def test_what_is_no_zone(lines: Lines, fault: ZoneFault) -> None:
    zone = parse_zone(lines, TODAY)
    assert fault in zone.faults
    assert not zone.sound


@given(made=zones())
def test_every_valid_zone_is_read_as_it_was_made(made: Made) -> None:
    zone = parsed(made)
    assert zone.sound
    assert (zone.number, zone.born, zone.expires, zone.optional) == (
        made.number, made.born, made.expires, made.optional
    )  # fmt: skip
    assert (zone.issuer, zone.nationality) == (made.issuer, made.nationality)
    assert zone.sex == made.sex.strip("<")
    if not zone.truncated:
        assert (zone.family, zone.given) == (made.family, made.given)


COVERED = [*range(10), *range(13, 20), *range(21, 44)]
"""Places of the second line that check digits cover (D19)."""


@given(made=zones(), place=st.sampled_from(COVERED), char=st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"))
def test_one_misread_character_is_found_or_cannot_be_told(made: Made, place: int, char: str) -> None:
    upper, lower = made.lines
    broken = lower[:place] + char + lower[place + 1 :]
    zone = parse_zone((upper, broken), TODAY)
    assert zone.lines == (upper, broken)
    if char == lower[place]:
        assert zone.sound
    elif (value_of(char) - value_of(lower[place])) % 10:
        assert not zone.sound
    elif place not in (*range(9), *range(28, 42)):  # dates and check digits are digits, where no two have one value
        assert not zone.sound or (place == 42 and {char, lower[42]} == {"0", "<"})
    elif zone.sound:
        assert ZoneField.NUMBER not in zone.proven
        assert (zone.number, zone.optional) != (made.number, made.optional)


@pytest.mark.parametrize(("right", "read"), [("6", "G"), ("1", "L"), ("<", "K"), ("0", "U"), ("L", "B"), ("A", "0")])
def test_what_check_digits_cannot_tell_apart_is_not_called_proven(right: str, read: str) -> None:
    made = Made(number=f"X12{right.strip('<')}" if right == "<" else f"X12{right}4567")
    upper, lower = made.lines
    place = 3
    assert lower[place] == right
    zone = parse_zone((upper, lower[:place] + read + lower[place + 1 :]), TODAY)
    assert zone.number != made.number
    assert zone.sound, "the check digits hold, and the number is wrong"
    assert ZoneField.NUMBER not in zone.proven


@given(made=zones(), place=st.integers(5, 43), char=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ<"))
def test_names_are_taken_as_read(made: Made, place: int, char: str) -> None:
    upper, lower = made.lines
    zone = parse_zone((upper[:place] + char + upper[place + 1 :], lower), TODAY)
    assert ZoneField.NAME not in zone.proven
    assert "".join((*zone.family, *zone.given)) == zone.lines[0][5:].replace("<", "")


@given(upper=st.text(max_size=60), lower=st.text(max_size=60))
def test_anything_at_all_has_an_answer(upper: str, lower: str) -> None:
    assert not parse_zone((upper, lower), TODAY).sound
