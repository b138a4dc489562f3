"""The law of a host's country as data: China and the United States as before, a third one from its file alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.catalogue.faults import CatalogueError
from models.catalogue.jurisdiction import EARLIER, EntryRight, earlier_law
from models.catalogue.loading import load_programme
from models.rules.forecast import story_of
from models.rules.stay import complete_plan, required_documents
from models.vocabulary import StepKind
from tests.models.test_stay import outgoing, plan

PROGRAMME = load_programme()
FINLAND = (Path(__file__).parents[2] / "models/catalogue/jurisdictions/fi.toml").read_text()


@pytest.mark.parametrize("country", ["CN", "US"])
def test_the_files_ask_what_was_asked_before_they_were_files(country: str) -> None:
    assert PROGRAMME.jurisdictions[country].frozen().model_copy(
        update={"effective_from": EARLIER[country].effective_from}
    ) == earlier_law(country)


def test_elsewhere_nothing_was_known_but_a_change_of_address() -> None:
    assert [duty.step for duty in earlier_law("BR").duties] == [StepKind.REPORT_ADDRESS]
    assert PROGRAMME.law_at("nowhere").duties == ()


@pytest.mark.parametrize(
    ("country", "nationality", "days", "entry"),
    [
        ("CN", "CN", 60, EntryRight.FREE),
        ("CN", "US", 60, EntryRight.VISA),
        ("CN", "", 60, EntryRight.VISA),
        ("US", "US", 60, EntryRight.FREE),
        ("US", "CN", 60, EntryRight.VISA),
        ("FI", "FI", 100, EntryRight.FREE),
        ("FI", "DE", 100, EntryRight.FREE),
        ("FI", "US", 90, EntryRight.VISA_FREE),
        ("FI", "US", 91, EntryRight.VISA),
        ("FI", "CN", 90, EntryRight.VISA),
    ],
)
def test_who_needs_a_visa_follows_nationality_and_days(
    country: str, nationality: str, days: int, entry: EntryRight
) -> None:
    assert PROGRAMME.jurisdictions[country].entry(nationality, days) is entry


def test_a_citizen_owes_no_papers_of_foreigners() -> None:
    stay = complete_plan(plan(), PROGRAMME, "CN")
    assert (stay.entry, stay.visa_class, stay.visa_form) == (EntryRight.FREE, "", "none")
    policy = PROGRAMME.frozen(stay)
    for step in StepKind:
        kinds = {document.kind for document in required_documents(policy, stay, step)}
        assert not kinds & {"visa", "dq_form", "jw202_form", "physical_exam"}
    foreign = {d.kind for d in required_documents(policy, plan(), StepKind.OBTAIN_VISA)}
    assert foreign == {"visa"}


def test_a_forecast_has_a_visa_for_who_needs_one() -> None:
    def foreseen(nationality: str) -> set[StepKind]:
        return {one.kind for one in story_of(complete_plan(plan(), PROGRAMME, nationality), PROGRAMME.policy)}

    assert foreseen("US") - foreseen("CN") >= {StepKind.OBTAIN_VISA, StepKind.REGISTER_RESIDENCE}
    assert foreseen("CN") < foreseen("US")
    assert StepKind.ISSUE_INVITATION in foreseen("CN"), "the admission notice is issued to everybody"
    undecided = {one.kind for one in story_of(plan().model_copy(update={"visa_form": "decide"}), PROGRAMME.policy)}
    assert {StepKind.DECIDE_FORM, StepKind.ISSUE_INVITATION, StepKind.OBTAIN_VISA} <= undecided


def test_visas_of_a_third_country_follow_its_file() -> None:
    stay = complete_plan(outgoing(host="sample"), PROGRAMME, "CN")
    assert (stay.host_country, stay.visa_class, stay.visa_form) == ("FI", "A" if stay.days > 90 else "C", "none")
    policy = PROGRAMME.frozen(stay)
    assert policy.law is not None
    assert policy.law.source == ""
    assert policy.steps[StepKind.WATCH_STAY].law.startswith("Aliens Act")
    assert PROGRAMME.frozen(plan()).steps[StepKind.WATCH_STAY].law.endswith("Art. 78")


FAULTS: tuple[tuple[str, Callable[[str], str], str, str], ...] = (
    ("no such country", lambda text: text.replace('"SK",', '"QQ",'), "exempt", "catalogue.no_country"),
    ("a class never used", lambda text: text.replace("max_days = 90\n", "", 1), "visas[1].max_days",
     "catalogue.visa_never"),
    ("a class of a permit", lambda text: 'permit_visas = ["Z"]\n' + text, "permit_visas", "catalogue.none_of"),
    ("a class of a duty", lambda text: text.replace("days = 7\n", 'days = 7\nvisas = ["Z"]\n', 1),
     "duties[fi.notification-of-move].visas", "catalogue.none_of"),
    ("no law", lambda text: text.replace('law = "Act 719', 'law = ""\n# law = "Act 719'),
     "duties[fi.studies-ended].law", "value.missing"),
    ("no days", lambda text: text.replace("days = 7\n", "", 1), "duties[fi.notification-of-move].days",
     "value.missing"),
    ("no cause", lambda text: text.replace('on = ["ended_early"]', "on = []"), "duties[fi.studies-ended].on",
     "catalogue.names_none"),
    ("no step of the law", lambda text: text.replace('step = "host_duty"', 'step = "orientation"'),
     "duties[fi.studies-ended].step", "catalogue.not_of_law"),
    ("no source", lambda text: text.replace("source = ", 'source = ""\n# '), "source", "value.missing"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "key", "message"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_faults_of_a_file_are_told_by_file_and_key(
    tmp_path: Path, change: Callable[[str], str], key: str, message: str
) -> None:
    changed = change(FINLAND)
    assert changed != FINLAND
    (tmp_path / "jurisdictions").mkdir()
    (tmp_path / "jurisdictions" / "fi.toml").write_text(changed)
    with pytest.raises(CatalogueError) as found:
        load_programme(tmp_path)
    told = [(fault.file, fault.key, fault.message) for fault in found.value.faults]
    assert (f"{tmp_path}/jurisdictions/fi.toml", key, message) in told


def test_a_file_beside_the_packaged_ones_adds_or_replaces_a_country(tmp_path: Path) -> None:
    (tmp_path / "jurisdictions").mkdir()
    (tmp_path / "jurisdictions" / "fi.toml").write_text(FINLAND.replace("days = 7", "days = 14"))
    programme = load_programme(tmp_path)
    assert [duty.days for duty in programme.jurisdictions["FI"].duties] == [14, 14]
    assert programme.policy.version != PROGRAMME.policy.version, "another law is another version of the policy"
    assert programme.jurisdictions["CN"] == PROGRAMME.jurisdictions["CN"]
