"""A programme small enough to see whole, for tests of rules that need one."""

from models.catalogue.policy import Policy
from models.catalogue.programme import Agreement, Discipline, HousingOffer, Institution, Programme, ProgrammeUnit
from models.vocabulary import Content, Level

BOTH = (Level.MASTER, Level.PHD)


def laboratory(id: str, name: str, name_zh: str) -> ProgrammeUnit:
    """A laboratory with room for three."""
    return ProgrammeUnit(id=id, name=name, name_zh=name_zh, content=Content.LABORATORY, capacity=3)


def department(id: str, name: str, name_zh: str) -> ProgrammeUnit:
    """A hospital department with room for two."""
    return ProgrammeUnit(id=id, name=name, name_zh=name_zh, content=Content.CLINICAL, capacity=2)


def _agreement(partner: str) -> Agreement:
    return Agreement(partner=partner, active=True, clinical_outgoing=True, cap={2027: 10, 2028: 10})


def small_programme() -> Programme:
    """CQMU, Dartmouth, a handful of disciplines and units; two laboratories share a name, as in the seed."""
    cqmu = Institution(
        id="cqmu",
        code="CQMU",
        name="Chongqing Medical University",
        name_zh="重庆医科大学",
        country="CN",
        zone="Asia/Shanghai",
        holidays_country="CN",
        hosts=tuple(Content),
        housing=HousingOffer(kind="free", terms="Free accommodation.", terms_zh="免费住宿。"),
        contacts=(),
        units=(
            laboratory("cqmu-nerc-ultrasonic", "Ultrasonic Medicine", "超声医学"),
            laboratory("cqmu-skl-ultrasonic", "Ultrasonic Medicine", "超声医学"),
            laboratory("cqmu-lipid", "Lab for Lipid Research", "脂质研究实验室"),
            laboratory("cqmu-child", "Children\u2019s Health and Diseases", "儿童健康与疾病"),
            department("cqmu-neurology", "Neurology", "神经内科"),
            department("cqmu-oncology", "Oncology", "肿瘤科"),
        ),
        agreements=(_agreement("dartmouth"),),
    )
    dartmouth = Institution(
        id="dartmouth",
        code="DAR",
        name="Dartmouth College",
        name_zh="达特茅斯学院",
        country="US",
        zone="America/New_York",
        holidays_country="US",
        holidays_subdivision="NH",
        hosts=(Content.LABORATORY, *tuple(Content)[2:]),
        housing=HousingOffer(kind="free_or_supported", terms="Free or supported.", terms_zh="免费或补贴。"),
        contacts=(),
        units=(laboratory("dartmouth-immunology", "Immunology Laboratory", "免疫学实验室"),),
        agreements=(_agreement("cqmu"),),
    )
    disciplines = (
        Discipline(id="state-neurology", list="state_key", name="Neurology", name_zh="神经病学", levels=BOTH),
        Discipline(
            id="esi-pharmacology",
            list="esi",
            name="Pharmacology & Toxicology",
            name_zh="药理学与毒理学",
            levels=BOTH,
        ),
        Discipline(id="phd-pharmacy", list="phd", name="Pharmacy", name_zh="药学", levels=(Level.PHD,)),
        Discipline(id="master-pharmacy", list="master", name="Pharmacy", name_zh="药学", levels=(Level.MASTER,)),
        Discipline(id="master-translation", list="master", name="Translation", name_zh="翻译", levels=(Level.MASTER,)),
    )
    return Programme(
        home="cqmu",
        institutions={"cqmu": cqmu, "dartmouth": dartmouth},
        disciplines=disciplines,
        policy=Policy(version="test", steps={}, ladders={}, documents=(), rules={}, objectives={}),
        fees=(),
    )


GOOD_ROW = {
    "sending": "dartmouth",
    "host": "cqmu",
    "student_number": "F00123A",
    "family_name": "Rivera",
    "given_name": "Ana Lucia",
    "native_name": "",
    "email": "ana.rivera@example.edu",
    "birth_date": "2001-05-17",
    "gender": "female",
    "nationality": "US",
    "level": "phd",
    "discipline": "Neurology",
    "start": "2027-03-01",
    "end": "2027-05-28",
    "intake_year": "",
    "laboratory_start": "2027-03-01",
    "laboratory_end": "2027-04-16",
    "clinical_start": "2027-04-19",
    "clinical_end": "2027-05-28",
    "academic_lectures": "yes",
    "cultural_lectures": "yes",
    "cultural_activities": "no",
    "laboratories": "Lab for Lipid Research; cqmu-child",
    "specialties": "Neurology; Oncology",
    "rank": "1",
    "language": "en",
}
"""A row without a fault."""
