"""Dates, amounts and numbers are proposed with their place, in both readings where there are two."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.proposed import ProposedFact, ProposedKind
from models.reading import Box, DocumentReading, Line, PageRead, ReadOutcome, Source
from models.rules.found_facts import MOST, dates_in, proposed_facts


def reading(*lines: tuple[str, Box]) -> DocumentReading:
    told = tuple(Line(text=text, box=box) for text, box in lines)
    page = PageRead(number=1, source=Source.TEXT, lines=told)
    return DocumentReading(outcome=ReadOutcome.READ, pages=(page,))


def found(text: str) -> list[tuple[ProposedKind, str, str]]:
    facts = proposed_facts(reading((text, (0.1, 0.1, 0.9, 0.12))))
    return [(fact.kind, fact.value, fact.or_else) for fact in facts]


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-09",
        "2027/3/9",
        "2027.03.09",
        "2027年3月9日",
        "2027 年 03 月 09 日",
        "9 March 2027",
        "9th of Mar. 2027".replace(" of", ""),
        "09 MAR 2027",
        "09MAR2027",
        "March 9, 2027",
        "Mar 9th 2027",
    ],
)
def test_a_day_in_every_usual_form(text: str) -> None:
    assert found(f"until {text} at noon") == [(ProposedKind.DATE, "2027-03-09", "")]


def test_a_day_that_can_be_read_in_two_ways() -> None:
    assert found("03/04/2027") == [(ProposedKind.DATE, "2027-04-03", "2027-03-04")]
    assert found("31/01/2027") == [(ProposedKind.DATE, "2027-01-31", "")]
    assert found("01/31/2027") == [(ProposedKind.DATE, "2027-01-31", "")]
    assert found("04/04/2027") == [(ProposedKind.DATE, "2027-04-04", "")]


@pytest.mark.parametrize("text", ["31 February 2027", "2027-13-01", "12/2027", "123-2027-03-091", "17 pages"])
def test_what_is_no_day(text: str) -> None:
    assert dates_in(text) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("USD 100,000", "USD 100000.00"),
        ("US$ 25,000.50", "USD 25000.50"),
        ("$500", "USD 500.00"),
        ("€ 50 000", "EUR 50000.00"),
        ("100,000 USD", "USD 100000.00"),
        ("RMB 500,000", "CNY 500000.00"),
        ("人民币 50万元", "CNY 500000.00"),
        ("500000元", "CNY 500000.00"),
        ("$1 million per claim", "USD 1000000.00"),
    ],
)
def test_amounts_with_their_currency(text: str, value: str) -> None:
    assert found(text) == [(ProposedKind.AMOUNT, value, "")]


def test_numbers_by_what_stands_before_them() -> None:
    assert found("Policy No.: AB-123456/7") == [(ProposedKind.NUMBER, "AB-123456/7", "")]
    assert found("护照号码：E12345678") == [(ProposedKind.NUMBER, "E12345678", "")]
    assert found("Number: none") == []


def test_a_label_stands_before_the_value_or_left_of_it() -> None:
    facts = proposed_facts(
        reading(
            ("Valid until: 2027-08-31", (0.1, 0.1, 0.5, 0.12)),
            ("Date of birth", (0.1, 0.2, 0.3, 0.22)),
            ("14 May 2001", (0.4, 0.2, 0.6, 0.22)),
        )
    )
    assert [(fact.label, fact.value, fact.box) for fact in facts] == [
        ("Valid until", "2027-08-31", (0.1, 0.1, 0.5, 0.12)),
        ("Date of birth", "2001-05-14", (0.4, 0.2, 0.6, 0.22)),
    ]


@given(day=st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_written_plainly_is_found(day: date) -> None:
    assert dates_in(f"on {day.isoformat()}.") == (day,)
    assert dates_in(f"{day:%d %B %Y}") == (day,)
    assert dates_in(f"{day.year}年{day.month}月{day.day}日") == (day,)


@given(st.text(max_size=400))
def test_any_text_may_come(text: str) -> None:
    facts = proposed_facts(reading((text, (0, 0, 1, 1))))
    assert len(facts) <= MOST
    assert all(isinstance(fact, ProposedFact) for fact in facts)


def test_a_long_list_ends() -> None:
    assert len(found("2027-03-09 " * 500)) == MOST
