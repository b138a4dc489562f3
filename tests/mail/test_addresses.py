"""Addresses as mail hosts know them."""

import pytest

from mail.message import deliverable


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert deliverable("ana@重庆.example") == "ana@xn--zwt745i.example"
    assert deliverable("ana@dartmouth.example") == "ana@dartmouth.example"


def test_a_local_part_in_another_script_has_no_such_form() -> None:
    with pytest.raises(UnicodeError):
        deliverable("mateo.ramírez@example.edu")
