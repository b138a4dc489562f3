"""How owners, stages and answers are put into words."""

from cli.lines import answers_line, owner_line, person_line, stage_line
from models.catalogue.loading import load_programme
from models.people.authorization import Owner
from models.views import Student
from models.vocabulary import Role, Side, Stage, StepKind
from tests.cli.services import programme

ANA = Student(id="p-1", name="RIVERA Ana Lucia", native_name="安娜")


def test_an_owner_is_named_where_somebody_answers_for_the_role() -> None:
    def line(side: Side, role: Role, institution: str = "", unit: str = "") -> str:
        return owner_line(Owner(side=side, role=role, institution=institution, unit=unit), programme(), ANA)

    assert line(Side.HOST, Role.COORDINATOR, "cqmu") == "cqmu.coordinator (coordinator at cqmu)"
    assert line(Side.HOST, Role.HOUSING_OFFICER, "cqmu") == "housing officer at cqmu"
    assert line(Side.PROGRAMME, Role.PROGRAMME_OFFICE) == "cqmu.programme_office (programme office at cqmu)"
    assert line(Side.UNIT, Role.SUPERVISOR, "cqmu", "cqmu-neurology") == "supervisor at cqmu, Neurology"
    assert line(Side.UNIT, Role.SUPERVISOR, "cqmu", "closed-long-ago") == "supervisor at cqmu, closed-long-ago"
    assert line(Side.STUDENT, Role.STUDENT, "dartmouth") == "RIVERA Ana Lucia 安娜"


def test_people_are_named_where_they_are_known() -> None:
    assert person_line("p-1", programme(), ANA) == "RIVERA Ana Lucia 安娜"
    assert person_line("cqmu.coordinator", programme(), ANA) == "cqmu.coordinator"
    assert person_line("left.long.ago", programme(), ANA) == "left.long.ago"


def test_the_stage_stands_out_among_all_stages() -> None:
    line = stage_line(Stage.ROTATIONS, None).plain
    assert "ROTATIONS" in line
    assert "closed" not in line.lower()
    assert line.count("›") == len(Stage) - 2
    assert stage_line(Stage.CLOSED, "no_show").plain.endswith("CLOSED: no show")


def test_answers_given_by_another_act_say_which() -> None:
    steps = load_programme().policy.steps
    assert answers_line(steps[StepKind.HOST_APPROVAL], ("approve", "reject")) == "approve | reject"
    assert answers_line(steps[StepKind.SUBMIT_DOCUMENTS], ("complete",)).startswith("hand in the documents")
    assert answers_line(steps[StepKind.WAIT_FOR_SEAT], ("seat_offered",)) == ""
    assert answers_line(steps[StepKind.CHECK_IN], ("arrived", "no_show")).splitlines() == [
        "no_show",
        "report the arrival with its time instead",
    ]
    assert answers_line(None, ("leave",)) == "leave"
