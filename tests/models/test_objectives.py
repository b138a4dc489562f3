"""Which objectives a stay serves, and which its student is asked for."""

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.policy import Policy
from models.catalogue.served import Serving
from models.rules.objectives import StayPart, asked_for, asked_of, served_by
from models.vocabulary import Content, Direction, StepKind

LAB, CLINIC = StayPart(Content.LABORATORY, "lab"), StayPart(Content.CLINICAL, "ward")
LECTURES, CULTURE = StayPart(Content.ACADEMIC_LECTURES), StayPart(Content.CULTURAL_ACTIVITIES)
CHINESE = {
    "research_team",
    "medical_education",
    "public_health",
    "healthcare_system",
    "regional_morbidity",
    "society_and_culture",
}


@pytest.fixture
def policy() -> Policy:
    return load_programme().policy


def test_who_was_at_dartmouth_rates_no_objective_of_chongqing(policy: Policy) -> None:
    everything = [LAB, CLINIC, LECTURES, CULTURE, StayPart(Content.CULTURAL_LECTURES)]
    assert not CHINESE & set(asked_for(policy, "dartmouth", everything))
    assert asked_for(policy, "cqmu", everything) == tuple(policy.objectives), "each line of the seed is served there"


@pytest.mark.parametrize(
    ("parts", "asked"),
    [
        ([LAB], ("research_team", "research_skills", "translation", "public_health")),
        ([CULTURE], ("society_and_culture",)),
        ([LAB, CULTURE], ("research_team", "research_skills", "translation", "public_health", "society_and_culture")),
        ([LAB, LAB], ("research_team", "research_skills", "translation", "public_health")),
    ],
)
def test_a_stay_is_asked_for_what_its_parts_serve(
    policy: Policy, parts: list[StayPart], asked: tuple[str, ...]
) -> None:
    assert asked_for(policy, "cqmu", parts) == asked


def test_a_stay_that_serves_none_is_asked_for_those_of_every_host(policy: Policy) -> None:
    assert served_by(policy, "dartmouth", [CULTURE]) == ()
    assert asked_for(policy, "dartmouth", [CULTURE]) == ("research_skills", "translation", "rare_cases")


def test_a_unit_serves_what_it_names_itself(policy: Policy) -> None:
    own = policy.serving.model_copy(update={"of_units": {"lab": ("rare_cases",), "ward": ()}})
    own_policy = policy.model_copy(update={"serving": own})
    assert served_by(own_policy, "cqmu", [LAB, CLINIC]) == ("rare_cases",)
    assert "research_team" in served_by(own_policy, "cqmu", [LAB, StayPart(Content.LABORATORY, "other")])


def test_a_session_adds_what_it_names(policy: Policy) -> None:
    assert served_by(policy, "dartmouth", [LAB], named=["rare_cases", "unknown"]) == (
        "research_skills",
        "translation",
        "rare_cases",
    )


def test_an_earlier_policy_asks_for_all(policy: Policy) -> None:
    earlier = policy.model_copy(update={"serving": Serving()})
    assert asked_for(earlier, "dartmouth", [LAB]) == tuple(policy.objectives)
    assert asked_of(policy.objectives, "") == tuple(policy.objectives)
    assert asked_of(policy.objectives, "translation,rare_cases") == ("translation", "rare_cases")


def test_an_exchange_carries_what_serves_its_objectives(policy: Policy) -> None:
    assert policy.frozen(Direction.OUTGOING).serving == policy.serving
    assert not policy.only(StepKind.EVALUATE_STUDENT).serving
