"""Ids that people type: what they name, and nothing where they name nothing."""

import pytest

from models.identifiers import kind_of, step_id


@pytest.mark.parametrize("scope", ["EX-2027-DAR-007", "EX-2027-DAR-007.laboratory.1", "SL-cqmu-lipid_20270301"])
def test_a_steps_id_names_its_kind(scope: str) -> None:
    assert kind_of(step_id(scope, "sending_approval", 12)) == "sending_approval"


@pytest.mark.parametrize("text", ["", "nonsense", "EX-2027-DAR-007", "a.b"])
def test_what_is_no_steps_id_names_none(text: str) -> None:
    assert kind_of(text) == ""
