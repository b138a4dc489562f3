"""Who `--as` names, and what is said when it names nobody."""

import pytest
import typer

from cli.identity import parse_actor
from models.vocabulary import Role
from tests.cli.services import programme

PROGRAMME = programme()


@pytest.mark.parametrize(
    ("text", "actor_id", "role", "institution", "unit"),
    [
        ("coordinator@cqmu", "cqmu.coordinator", Role.COORDINATOR, "cqmu", ""),
        (" Head-of-Office@CQMU ", "cqmu.head_of_office", Role.HEAD_OF_OFFICE, "cqmu", ""),
        ("coordinator@DAR", "dartmouth.coordinator", Role.COORDINATOR, "dartmouth", ""),
        ("programme_office", "cqmu.programme_office", Role.PROGRAMME_OFFICE, "cqmu", ""),
        (
            "supervisor@cqmu/cqmu-skl-ultrasonic",
            "cqmu.supervisor.cqmu-skl-ultrasonic",
            Role.SUPERVISOR,
            "cqmu",
            "cqmu-skl-ultrasonic",
        ),
        (
            "supervisor@dartmouth",
            "dartmouth.supervisor.dartmouth-immunology",
            Role.SUPERVISOR,
            "dartmouth",
            "dartmouth-immunology",
        ),
        ("student:P-17", "P-17", Role.STUDENT, "", ""),
    ],
)
def test_names_the_contact_of_the_catalogue(text: str, actor_id: str, role: Role, institution: str, unit: str) -> None:
    actor = parse_actor(text, PROGRAMME)
    assert (actor.id, actor.role, actor.institution, actor.unit) == (actor_id, role, institution, unit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "SOJOURN_AS"),
        ("  ", "SOJOURN_AS"),
        ("dean@cqmu", "“dean” is not a role; choose one of auditor, coordinator, head_of_office"),
        ("clock@cqmu", "is not a role"),
        ("student@dartmouth", "student:ID"),
        ("student:", "with the id as `sojourn show` prints it"),
        ("student:Ana Rivera", "with the id as `sojourn show` prints it"),
        ("coordinator", "needs an institution: cqmu, dartmouth"),
        ("coordinator@mit", "“mit” is not an institution; choose one of cqmu, dartmouth"),
        ("housing_officer@dartmouth", "dartmouth has no housing_officer in the catalogue; it has coordinator"),
        ("supervisor@cqmu", "add the unit, one of cqmu-nerc-ultrasonic, cqmu-skl-ultrasonic"),
        ("supervisor@cqmu/nowhere", "has no supervisor of unit “nowhere”"),
        ("programme_office@dartmouth", "write `programme_office@cqmu`"),
    ],
)
def test_says_whom_it_could_name(text: str | None, said: str) -> None:
    with pytest.raises(typer.BadParameter) as refusal:
        parse_actor(text, PROGRAMME)
    assert said in str(refusal.value)
