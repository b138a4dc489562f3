"""Documents for each host as data of its own file: kinds more and kinds less, and values of rules; a third country."""

import shutil
from pathlib import Path

import pytest

from models.catalogue.faults import CatalogueError
from models.catalogue.jurisdiction import EntryRight
from models.catalogue.loading import load_programme, packaged_catalogue
from models.catalogue.programme import Programme
from models.messages.plan import Plan, PlannedContent
from models.rules.requirements import StayAsked, evaluate_by_kind, known_facts
from models.rules.stay import required_documents
from models.vocabulary import Content, Direction, Level, Purpose, StepKind
from tests.models.requirements.asked import END, START, TODAY
from tests.models.requirements.test_cover import liability

SCREENING = """
without_documents = ["photo", "tb_test"]

[rules.D28]
per_claim = 2000000

[[documents]]
kind = "mrsa_screening"
group = "host_specific"
step = "submit_health_records"
title = "MRSA screening"
title_zh = "MRSA筛查报告"
purpose = "health"
directions = ["outgoing"]
clinical_only = true
rule = "D27"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample partner in Finland, with what it asks for itself."""
    shutil.copy(Path(str(packaged_catalogue())) / "institutions" / "sample.toml", tmp_path / "sample.toml")
    return tmp_path


def with_own(folder: Path, text: str = SCREENING) -> Programme:
    path = folder / "sample.toml"
    first, rest = path.read_text(encoding="utf-8").split("[letterhead]", 1)
    top, _, tables = text.partition("\n[")
    path.write_text(f"{first}{top}\n[letterhead]{rest}\n[{tables}", encoding="utf-8")
    return load_programme(folder)


def plan(host: str, sending: str = "cqmu", direction: Direction = Direction.OUTGOING) -> Plan:
    clinic = PlannedContent(content=Content.CLINICAL, start=START, end=END)
    return Plan(
        direction=direction,
        sending=sending,
        host=host,
        level=Level.PHD,
        discipline="phd-neurology",
        year=2027,
        start=START,
        end=END,
        contents=(clinic,),
        entry=EntryRight.VISA,
        host_country="FI",
    )


def kinds(programme: Programme, asked: Plan, step: StepKind) -> set[str]:
    policy = programme.frozen(asked)
    found = {one.kind for one in required_documents(policy, asked, step)}
    # Pages that look at the catalogue itself see the same.
    assert found == {one.kind for one in required_documents(programme.policy, asked, step)}
    return found


def test_the_checklist_of_a_host_has_what_it_adds_and_not_what_it_does_without(folder: Path) -> None:
    before = load_programme()
    programme = with_own(folder)
    here = plan("sample")
    health = StepKind.SUBMIT_HEALTH_RECORDS
    assert kinds(programme, here, health) == kinds(before, here, health) - {"tb_test"} | {"mrsa_screening"}
    application = StepKind.SUBMIT_DOCUMENTS
    assert kinds(programme, here, application) == kinds(before, here, application) - {"photo"}


def test_other_hosts_ask_for_what_they_asked_for(folder: Path) -> None:
    before, programme = load_programme(), with_own(folder)
    for asked in (plan("dartmouth"), plan("cqmu", "sample", Direction.INCOMING)):
        for step in (StepKind.SUBMIT_DOCUMENTS, StepKind.SUBMIT_HEALTH_RECORDS):
            assert kinds(programme, asked, step) == kinds(before, asked, step)


def test_a_kind_of_one_host_has_its_title_and_purpose_everywhere(folder: Path) -> None:
    programme = with_own(folder)
    found = programme.policy.document("mrsa_screening")
    assert found is not None
    assert (found.title_zh, found.hosts) == ("MRSA筛查报告", ("sample",))
    assert programme.policy.purpose("mrsa_screening") is Purpose.HEALTH
    assert programme.frozen(plan("dartmouth")).document("mrsa_screening") is None


def test_a_host_sets_values_of_rules_for_its_own_students(folder: Path) -> None:
    programme = with_own(folder)
    enough = {"liability_insurance": (liability(END),)}
    for host, message in (("sample", "requirement.amount_too_low"), ("dartmouth", "requirement.met")):
        policy = programme.frozen(plan(host))
        stay = StayAsked.of(plan(host), policy, TODAY)
        found = evaluate_by_kind(policy.rules, known_facts(enough), stay)["liability_insurance"]
        assert message in {one.message for one in found if one.rule_id == "D28.per_claim"}


def test_the_version_of_the_rules_follows_what_hosts_set(folder: Path) -> None:
    one = with_own(folder).policy.version
    text = (folder / "sample.toml").read_text(encoding="utf-8")
    (folder / "sample.toml").write_text(text.replace("2000000", "2500000"), encoding="utf-8")
    assert load_programme(folder).policy.version != one != load_programme().policy.version


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"mrsa_screening"', '"passport"', "catalogue.kind_taken"),
        ('"photo", "tb_test"', '"horoscope"', "catalogue.no_kind"),
        ("per_claim = 2000000", 'per_claim = "much"', "catalogue.another_kind"),
        ("per_claim = 2000000", "per_year = 1", "catalogue.no_value"),
        ('step = "submit_health_records"', 'step = "check_in"', "catalogue.collects_nothing"),
        ('rule = "D27"', 'rule = "D99"', "catalogue.no_rule"),
    ],
)
def test_what_a_host_cannot_ask_is_told_with_its_file(folder: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        with_own(folder, SCREENING.replace(old, new))
    assert message in {fault.message for fault in refused.value.faults}
    assert all(fault.file.endswith("sample.toml") for fault in refused.value.faults)
