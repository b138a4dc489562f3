"""The catalogue holds every option of the programme page, fits together, and says what is wrong when it does not."""

import ast
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from pydantic import TypeAdapter

from models.catalogue.faults import CatalogueError
from models.catalogue.loading import load_programme, packaged_catalogue, read_programme
from models.catalogue.policy import Policy
from models.catalogue.programme import Institution, Programme
from models.catalogue.sharing import SharedPolicy
from models.rules.deadlines import OfficeTime, due_moment, plan_step
from models.vocabulary import Content, Direction, EndAction, Level, Role, StepKind, Target
from texts.refusals import catalogue_reason

ROOT = Path(__file__).parents[2]
DISCIPLINES = {
    "state_key": "Clinical Laboratory Diagnostics|Pediatrics|Infectious Disease|Neurology",
    "esi": "Clinical Medicine (Infectious Diseases)|Pharmacology & Toxicology|Neuroscience & Behavior"
    "|Biology & Biochemistry|Immunology|Molecular Biology & Genetics",
    "phd": "Clinical Medicine|Basic Medicine|Biomedical Engineering|Nursing Science|Stomatology"
    "|Public Health and Preventive Medicine|Pharmacy|Traditional Chinese Medicine",
    "master": "Biology|Biomedical Engineering|Basic Medicine|Clinical Medicine|Stomatology"
    "|Public Health and Preventive Medicine|Traditional Chinese Medicine"
    "|Combined traditional Chinese medicine and Western medicine|Pharmacy|Nursing Science|Public Administration"
    "|Statistics|Medical Technology|Electronic Information|Translation|Applied Statistics|Applied Psychology",
}
SPECIALTIES = (
    "Geriatrics|Medical Imaging|Oncology|Obstetrical|Medical Laboratory|Specialized Nursing|Endocrinology|Neurosurgery"
    "|Thoracic Surgery|Anesthesiology|Intensive Care Unit|Cardiovascular Medicine|Ophthalmology|Neurology"
    "|Respiratory Medicine|General Surgery|Pediatric Intensive Care|Pediatric Respiratory Medicine|Neonatology"
    "|Pediatric Surgery|Pediatric Clinical Nursing"
)
LABORATORIES = [
    ("Ultrasonic Medicine", "National Engineering Research Center"),
    ("Children’s Health and Diseases", "National Clinical Research Center"),
    ("Ultrasonic Medicine", "State Key Laboratory"),
    ("Molecular Biology on Infectious Diseases", "State key laboratory of Ministry of Education"),
    ("Clinical Laboratory Diagnostics", "State key laboratory of Ministry of Education"),
    ("Child Development and Disease", "State key laboratory of Ministry of Education"),
    ("Maternal-fetal Medicine", "Overseas Expertise Introduction Center for Discipline Innovation (111 Center)"),
    ("Infection and Immunity", "Overseas Expertise Introduction Center for Discipline Innovation (111 Center)"),
    ("International Joint Research Lab of Reproduction and Development", "International Joint Research Lab"),
    ("Lab for Lipid Research", ""),
]
TERMS = "agreements[cqmu].terms"
TERM = "minimum = 5\nterms = [{{ first = {}, last = {}, closes = {} }}]"
OVERLAPPING = """minimum = 5
terms = [
  { first = 2027-02-01, last = 2027-06-30, closes = 2026-11-01 },
  { first = 2027-06-30, last = 2027-12-31, closes = 2027-03-01 },
]"""
RULES = "1 2 3 4 6 7 12 13 16 17 18 20 21 22 23 26 29 30 31 32 33 34 35 36 38 40 41 42"


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A catalogue of one's own, to be broken."""
    return Path(shutil.copytree(Path(str(packaged_catalogue())), tmp_path / "catalogue"))


def cqmu(programme: Programme) -> Institution:
    return programme.institutions["cqmu"]


@pytest.mark.parametrize("name", DISCIPLINES)
def test_every_discipline_of_the_page_is_there_in_order(programme: Programme, name: str) -> None:
    found = [d for d in programme.disciplines if d.list == name]
    assert [d.name for d in found] == DISCIPLINES[name].split("|")
    own = {"phd": (Level.PHD,), "master": (Level.MASTER,)}.get(name, (Level.MASTER, Level.PHD))
    assert {d.levels for d in found} == {own}


def test_every_laboratory_and_specialty_of_the_page_is_there(programme: Programme) -> None:
    units = cqmu(programme).units
    assert [(u.name, u.status) for u in units if u.content is Content.LABORATORY] == LABORATORIES
    assert [u.name for u in units if u.content is Content.CLINICAL] == SPECIALTIES.split("|")


def test_everything_a_person_reads_is_in_both_languages(programme: Programme) -> None:
    policy = programme.policy
    chinese = [d.name_zh for d in programme.disciplines]
    chinese += [title for step in policy.steps.values() for title in (step.title_zh,)]
    chinese += [document.title_zh for document in policy.documents]
    for institution in programme.institutions.values():
        chinese += [institution.name_zh, institution.housing.terms_zh, *(u.name_zh for u in institution.units)]
    chinese += programme.fees_zh
    chinese += programme.objectives_zh.values()
    assert [text for text in chinese if not any("\u4e00" <= c <= "\u9fff" for c in text)] == []
    assert len(programme.fees) == len(programme.fees_zh) == 3


def test_every_answer_that_a_workflow_looks_at_is_in_the_catalogue(programme: Programme) -> None:
    named = {word for path in (ROOT / "workflows").rglob("*.py") for word in _compared(ast.parse(path.read_text()))}
    assert {"returned", "approve", "none", "confirmed", "accept", "granted", "recorded"} <= named
    assert named <= {name for step in programme.policy.steps.values() for name in step.answers}


def _compared(tree: ast.AST) -> Iterator[str]:
    """The words that something's `outcome` is compared with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "outcome":
            words = (one.value for one in node.comparators if isinstance(one, ast.Constant))
            yield from (word for word in words if isinstance(word, str))


def test_all_rules_of_the_programme_are_there_with_source_and_day(programme: Programme) -> None:
    rules = programme.policy.rules
    assert {f"D{n}" for n in RULES.split()} <= set(rules)
    assert all(r.source and r.text and r.jurisdiction in {"programme", "CN", "US"} for r in rules.values())
    assert rules["D29"].values == {"registration_hours": 24, "rural_hours": 72}


def test_thresholds_are_the_values_of_their_rules(programme: Programme) -> None:
    policy = programme.policy
    passport, exam = policy.document("passport"), policy.document("physical_exam")
    assert passport is not None
    assert passport.valid_months_after_end == policy.rules["D18"].values["months_after_end"] == 6
    assert exam is not None
    assert exam.max_age_days_at_start == 183
    assert policy.step(StepKind.HOST_APPROVAL).due.offset == -8
    assert policy.step(StepKind.REGISTER_RESIDENCE).due.offset == 24
    assert policy.attendance_above == 0.8
    assert {d.max_bytes for d in policy.documents} == {4 * 1024 * 1024}


def test_offices_units_and_beds_suffice(programme: Programme) -> None:
    for institution in programme.institutions.values():
        for role in (Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.HOUSING_OFFICER, Role.OCCUPATIONAL_HEALTH):
            assert programme.contacts(institution.id, role)
        for unit in institution.units:
            assert len(programme.contacts(institution.id, Role.SUPERVISOR, unit.id)) == 1
        assert all(c.email.endswith(".example") for c in institution.contacts)
    assert [len(programme.institutions[i].beds) for i in ("cqmu", "dartmouth", "sample")] == [16, 8, 4]
    assert programme.contacts("dartmouth", Role.PROGRAMME_OFFICE)[0].id == "cqmu.programme_office"
    assert {c.language for c in cqmu(programme).contacts} == {"en", "zh"}


def test_the_clinic_at_dartmouth_is_closed_and_every_cohort_has_seats(programme: Programme) -> None:
    dartmouth, sample = programme.institutions["dartmouth"], programme.institutions["sample"]
    for one, other in ((cqmu(programme), dartmouth), (dartmouth, cqmu(programme))):
        agreement = one.agreement(other.id)
        assert agreement is not None
        assert (agreement.active, agreement.clinical_outgoing, agreement.minimum) == (True, False, 5)
        assert agreement.cap == dict.fromkeys(range(2026, 2032), 10)
    assert (sample.sample, dartmouth.sample) == (True, False)


def test_the_calendars_of_all_institutions_exist(programme: Programme) -> None:
    known = holidays.list_supported_countries()
    for institution in programme.institutions.values():
        assert institution.holidays_country in known
        assert institution.holidays_subdivision in (None, *known[institution.holidays_country])


def test_late_starts_leave_every_step_its_floor_and_ladders_run_in_order(programme: Programme) -> None:
    office = OfficeTime(ZoneInfo("Asia/Shanghai"), lambda day: day.weekday() < 5)
    opened, start = datetime(2027, 2, 10, 3, tzinfo=UTC), date(2027, 3, 1)
    for kind, step in programme.policy.steps.items():
        event = opened if step.due.unit == "hours" or step.due.anchor == "previous_step" else None
        due = due_moment(step.due, office, opened, start, event)
        assert (due - opened).days >= step.due.floor_days
        plan = plan_step("EX-2027-DAR-001.s.1", programme.policy.ladder_of(kind), office, due, opened)
        assert [r.at for r in plan.rungs] == sorted(r.at for r in plan.rungs)
        assert (plan.ends_at is not None) is (programme.policy.ladder_of(kind).end_action is not EndAction.HOLD)
    approval = programme.policy.step(StepKind.HOST_APPROVAL)
    assert (due_moment(approval.due, office, opened, start) - opened).days == 10


def test_the_decision_ladder_reaches_the_head_of_office_with_the_partner_in_copy(programme: Programme) -> None:
    rungs = programme.policy.ladder_of(StepKind.HOST_APPROVAL).rungs
    (head,) = (r for r in rungs if r.to == (Target.HEAD_OF_OFFICE,))
    assert (head.offset, head.unit, head.copy_to) == (5, "working_days", (Target.PARTNER_OFFICE,))
    ending = {n for n, ladder in programme.policy.ladders.items() if ladder.end_action is EndAction.EXPIRE}
    assert ending == {"offer", "correction", "quiet", "arrival", "evaluation", "change"}


def test_the_version_is_a_day_and_follows_what_running_exchanges_see(programme: Programme, copy: Path) -> None:
    again = read_programme(copy).policy.version
    assert again == programme.policy.version
    assert again.startswith("2026-11-25.")
    edit(copy, "rules.toml", "offer_days = 5", "offer_days = 6")
    assert read_programme(copy).policy.version != again
    assert load_programme() is programme


def test_a_partner_is_one_more_file_and_its_agreement_holds_for_both(tmp_path: Path, copy: Path) -> None:
    text = (copy / "institutions" / "sample.toml").read_text(encoding="utf-8")
    text = text.replace('"sample', '"tampere').replace('"SMP"', '"TMP"').replace("Sample Partner", "Tampere")
    extra = tmp_path / "partners"
    extra.mkdir()
    (extra / "tampere.toml").write_text(text, encoding="utf-8-sig", newline="\r\n")
    programme = load_programme(extra)
    assert set(programme.institutions) == {*load_programme().institutions, "tampere"}
    mirrored = cqmu(programme).agreement("tampere")
    assert mirrored is not None
    assert mirrored.cap[2027] == 10
    assert programme.direction("tampere") is Direction.OUTGOING


def test_a_file_of_the_same_id_replaces_the_packaged_institution(tmp_path: Path, copy: Path) -> None:
    text = (copy / "institutions" / "dartmouth.toml").read_text(encoding="utf-8")
    (tmp_path / "real.toml").write_text(text.replace("Margaret Hale", "Somebody Else"), encoding="utf-8")
    programme = load_programme(tmp_path)
    assert programme.contacts("dartmouth", Role.COORDINATOR)[0].name == "Somebody Else"


def edit(copy: Path, file: str, old: str, new: str) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


SAMPLE = "institutions/sample.toml"
WEEK = '{ first = 2027-03-08, last = 2027-03-14, reason = "inspection" }'


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "reason"),
    [
        ("rules.toml", "[D1]", "[D1", "", "is not TOML"),
        ("rules.toml", "max_months = 6", 'max_months = "six"', "D1.values.max_months", "whole number"),
        ("rules.toml", "effective_from = 2023-06-01", "effective_from = 2027-06-01", "D3.effective_from", "in force"),
        ("rules.toml", 'jurisdiction = "CN"\n', "", "D2.jurisdiction", "is missing"),
        ("rules.toml", "programme_fee = 0", "programme_fee = 100", "D6.values.programme_fee", "must be 0"),
        ("steps.toml", "[orientation]", "[oration]", "oration.kind", "must be one of"),
        ("steps.toml", "[orientation]", "[oration]", "orientation.stage", "is missing"),
        ("steps.toml", 'ladder = "quiet"', 'ladder = "loud"', "wait_for_seat.ladder", "no ladder loud"),
        ("steps.toml", 'ladder = "offer"', 'ladder = "standard"', "answer_seat_offer.answers", "by the clock"),
        ("steps.toml", 'default_rule = "D34"\n', "", "confirm_bed.default_rule", "is needed"),
        ("steps.toml", 'label_zh = "核实通过"\n', "", "verify_nomination.answers.verified.label_zh", "is missing"),
        ("steps.toml", 'outcome = "no_show"\n', "", "check_in.answers.no_show.outcome", "is needed"),
        (
            "steps.toml",
            "bulk = true",
            "bulk = true\ngrave = true",
            "verify_nomination.answers.verified.bulk",
            "one click",
        ),
        ("steps.toml", 'opens = ["orientation"]\n', "", "orientation.foreseen", "opens it"),
        ("steps.toml", '"validate_sevis"]', "]", "validate_sevis.foreseen", "opens it"),
        ("steps.toml", 'foreseen = "last_day"', 'foreseen = "always"', "depart.foreseen", "opens it"),
        ("steps.toml", 'foreseen = "last_day"', 'foreseen = "sometimes"', "depart.foreseen", "(found “sometimes”)"),
        ("steps.toml", 'needs = ["bed"]', 'needs = ["bad"]', "confirm_bed.answers.other_bed.needs[1]", "(found “bad”)"),
        ("steps.toml", 'needs = ["bed"]', 'need = ["bed"]', "confirm_bed.answers.other_bed.need", "not known here"),
        ("steps.toml", '"-D12.host_decision_weeks"', '"D12.weeks"', "host_approval.due.offset", "no value D12.weeks"),
        ("steps.toml", "floor_days = 10", "floor_days = -1", "host_approval.due.floor_days", "0 or more"),
        ("steps.toml", 'rule = "D29"', 'rule = "D99"', "register_residence.rule", "no rule D99"),
        ("steps.toml", 'role = "supervisor"', 'role = "student"', "accept_student.role", "side unit"),
        ("ladders.toml", '{ kind = "end", offset = 0, unit = "days" },', "", "offer.rungs", "0 end rungs"),
        ("ladders.toml", "offset = -7", "offset = -11", "standard.rungs", "in order"),
        ("ladders.toml", "offset = -12", "offset = 12", "legal_clock.rungs[1].offset", "below 0"),
        ("documents.toml", 'step = "obtain_visa"', 'step = "orientation"', "documents[visa].step", "not collect"),
        ("documents.toml", 'step = "obtain_visa"', 'step = "vacation"', "documents[visa].step", "found “vacation”"),
        ("documents.toml", 'kind = "photo"', 'kind = "passport"', "documents[passport]", "2 times"),
        (
            "documents.toml",
            "clinical_only = true",
            "clinic_only = true",
            "documents[liability_insurance].clinic_only",
            "not known here",
        ),
        ("documents.toml", 'purpose = "conduct"\n', "", "documents[non_criminal_record].purpose", "who may open it"),
        ("documents.toml", 'purpose = "study"', 'purpose = "work"', "documents[enrolment_proof].purpose", "“work”"),
        (
            "documents.toml",
            'purpose = "insurance"',
            'purpose = "health"',
            "documents[insurance].purpose",
            "health set to true",
        ),
        ("documents.toml", '["JW202"]', '["JW201"]', "documents[jw202_form].visa_forms", "JW201"),
        ("disciplines.toml", 'id = "esi-immunology"', 'id = "phd-pharmacy"', "disciplines[phd-pharmacy]", "2 times"),
        ("disciplines.toml", 'list = "esi"', 'list = "isi"', "disciplines[esi-infectious-diseases].list", "list isi"),
        ("programme.toml", 'home = "cqmu"', 'home = "cmu"', "home", "no institution cmu"),
        ("programme.toml", "fees_zh = [", "fees_cn = [", "fees_cn", "not known here"),
        ("programme.toml", 'translation = "了解', 'transl = "了解', "objectives_zh", "the same objectives"),
        ("programme.toml", "rare_cases = {", "rare = {", "served", "the same objectives"),
        (
            "programme.toml",
            "rare_cases = { contents",
            "rare_cases = { parts",
            "served.rare_cases.parts",
            "not known here",
        ),
        (
            "programme.toml",
            'hosts = ["cqmu"] }',
            'hosts = ["cmu"] }',
            "served.research_team.hosts",
            "no institution cmu",
        ),
        (
            SAMPLE,
            'id = "sample-cardiology"',
            'id = "sample-cardiology"\nobjectives = ["surgery"]',
            "units[sample-cardiology].objectives",
            "no objective surgery",
        ),
        (SAMPLE, 'zone = "Europe/Helsinki"', 'zone = "Europe/Espoo"', "zone", "Europe/Espoo"),
        (SAMPLE, "2027 = 10", "2027 = 11", "agreements[cqmu].cap.2027", "5 to 10"),
        (SAMPLE, "minimum = 5", TERM.format("2032-02-01", "2032-03-01", "2031-12-01"), f"{TERMS}[1].first", "no seats"),
        (
            SAMPLE,
            "minimum = 5",
            TERM.format("2027-03-02", "2027-03-01", "2026-12-01"),
            f"{TERMS}[1].last",
            "ends before",
        ),
        (
            SAMPLE,
            "minimum = 5",
            TERM.format("2027-02-01", "2027-03-01", "2027-03-01"),
            f"{TERMS}[1].closes",
            "close before",
        ),
        (SAMPLE, "minimum = 5", OVERLAPPING, f"{TERMS}[2].first", "share days"),
        ("rules.toml", 'after_closing = "queued"', 'after_closing = "asked"', "D4.values.after_closing", "queued"),
        (SAMPLE, 'partner = "cqmu"', 'partner = "oulu"', "agreements[oulu].partner", "no institution oulu"),
        (SAMPLE, 'partner = "cqmu"', 'partner = "dartmouth"', "agreements[dartmouth].partner", "between cqmu"),
        (SAMPLE, 'role = "housing_officer"', 'role = "coordinator"', "contacts", "housing_officer"),
        (SAMPLE, 'unit = "sample-cardiology"', 'unit = "sample-x"', "units[sample-cardiology]", "no contact"),
        (SAMPLE, 'id = "sample.coordinator"', 'id = "cqmu.coordinator"', "contacts[cqmu.coordinator]", "unique"),
        (SAMPLE, "coordinator@sample", "coordinator-sample", "contacts[sample.coordinator].email", "no e-mail address"),
        (SAMPLE, 'id = "sample-r1-b"', 'id = "sample-r1-a"', "beds[sample-r1-a]", "twice here"),
        (SAMPLE, 'id = "sample.coordinator"', 'id = "p-17"', "contacts[p-17]", "kept for students"),
        (SAMPLE, 'id = "sample.coordinator"', 'id = "clock"', "contacts[clock]", "the service itself"),
        (SAMPLE, 'id = "sample.coordinator"', 'id = "Sample-R1-A"', "contacts[Sample-R1-A]", "a bed too"),
        (SAMPLE, 'id = "sample.coordinator"', 'id = "dartmouth"', "contacts[dartmouth]", "of an institution"),
        (SAMPLE, 'id = "sample.coordinator"', 'id = "sample-cardiology"', "contacts[sample-cardiology]", "a unit"),
        (SAMPLE, 'id = "sample.coordinator"', 'id = "CQMU.operator"', "contacts[cqmu.operator]", "in "),
        *(
            (
                SAMPLE,
                f'role = "{role}"',
                f'role = "{role}"\ndeputies = ["{deputy}"]',
                f"contacts[sample.{role}].deputies[{deputy}]",
                reason,
            )
            for role, deputy, reason in (
                ("coordinator", "Aino", "nobody else"),
                ("coordinator", "dartmouth.coordinator", "nobody else"),
                ("head_of_office", "sample.head_of_office", "nobody else"),
                ("occupational_health", "sample.coordinator", "must be of occupational health"),
                ("occupational_health", "cqmu.occupational_health", "must be of occupational health"),
            )
        ),
        (SAMPLE, "capacity = 2", "capacity = 0", "units[sample-molecular-medicine].capacity", "1 or more"),
        (SAMPLE, "capacity = 2", "capacity = 100", "units[sample-molecular-medicine].capacity", "99 or less"),
        *(
            (SAMPLE, "capacity = 1", f"capacity = 1\n{line}", f"units[sample-cardiology].{key}", reason)
            for line, key, reason in (
                ('languages = ["fr"]', "languages", "one of"),
                ('disciplines = ["alchemy"]', "disciplines", "no discipline alchemy"),
                ("blocked = [{ first = 2027-03-09, last = 2027-03-14 }]", "blocked[1]", "whole weeks"),
                (f"blocked = [{WEEK}, {WEEK}]", "blocked", "a week twice"),
            )
        ),
        (
            SAMPLE,
            'unit = "sample-cardiology"',
            'unit = "sample-cardiology"\nstudents = 100',
            "units[sample-cardiology].supervisors",
            "99 or less",
        ),
        (SAMPLE, 'hosts = ["laboratory", ', "hosts = [", "units[sample-public-health].content", "hosts does not list"),
    ],
)
def test_a_fault_names_its_file_its_key_and_the_reason(
    copy: Path, file: str, old: str, new: str, key: str, reason: str
) -> None:
    edit(copy, file, old, new)
    with pytest.raises(CatalogueError) as caught:
        read_programme(copy)
    here = [f for f in caught.value.faults if (f.file, f.key) == (file, key)]
    assert any(reason in catalogue_reason(f, "en") for f in here), [catalogue_reason(f, "en") for f in here]
    assert f"{file}: {key}" in str(caught.value)


def test_faults_of_all_files_come_at_once_and_a_fault_brings_no_others(copy: Path) -> None:
    edit(copy, "steps.toml", 'ladder = "quiet"', 'ladder = "loud"')
    edit(copy, "ladders.toml", "[offer]\nend_action", "[offer]\nend_actions")
    edit(copy, SAMPLE, 'country = "FI"', 'country = "Finland"')
    (copy / "disciplines.toml").write_bytes(b"\xff\xfe")
    (copy / "institutions" / "empty.toml").write_text("", encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_programme(copy)
    found = [(f.file, f.key) for f in caught.value.faults if f.file != "institutions/empty.toml"]
    assert sorted(found) == [
        ("disciplines.toml", ""),
        (SAMPLE, "country"),
        ("ladders.toml", "offer.end_actions"),
        ("steps.toml", "wait_for_seat.ladder"),
    ]
    assert ("institutions/empty.toml", "name") in {(f.file, f.key) for f in caught.value.faults}


def test_files_and_directories_that_are_not_there_are_named(copy: Path, tmp_path: Path) -> None:
    (copy / "ladders.toml").unlink()
    with pytest.raises(CatalogueError) as caught:
        read_programme(copy, tmp_path / "nowhere")
    assert [f.file for f in caught.value.faults] == ["ladders.toml", f"{tmp_path / 'nowhere'}/"]


def test_equal_policies_of_many_exchanges_are_one_object(programme: Programme) -> None:
    policy = programme.policy.frozen(Direction.INCOMING)
    adapter: TypeAdapter[Policy] = TypeAdapter(SharedPolicy)
    first, second = (adapter.validate_json(policy.model_dump_json()) for _ in range(2))
    assert first is second
    assert first == policy
    assert adapter.validate_json(policy.model_copy(update={"student_evaluation_week": 4}).model_dump_json()) != policy
