"""The demo's nomination files: made-up students, dated from the Monday on which the stays begin."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from models.rules.nomination_cells import BAR
from models.rules.nomination_columns import COLUMNS


@dataclass(frozen=True)
class Nominee:
    """One row of a nomination file, and the part its student plays in the demo's script."""

    number: str
    family: str
    given: str
    native: str
    gender: str
    level: str
    discipline: str
    laboratory: str
    specialty: str = ""
    part: str = "completes"
    nationality: str = "US"
    language: str = "en"
    sending: str = "dartmouth"
    host: str = "cqmu"


def _from_cqmu(
    number: str,
    family: str,
    given: str,
    native: str,
    laboratory: str,
    part: str = "completes",
    host: str = "dartmouth",
) -> Nominee:
    return Nominee(
        number,
        family,
        given,
        native,
        "female",
        "phd",
        "esi-immunology",
        laboratory,
        part=part,
        nationality="CN",
        language="zh",
        sending="cqmu",
        host=host,
    )


DARTMOUTH = (
    Nominee("D01", "Rivera", "Ana Lucia", "", "female", "phd", "esi-immunology", "cqmu-111-infection", "cqmu-oncology"),
    Nominee("D02", "Chen", "Grace", "陈恩慈", "female", "phd", "phd-basic-medicine", "cqmu-lipid"),
    Nominee(
        "D03",
        "Okafor",
        "Daniel",
        "",
        "male",
        "master",
        "master-biology",
        "cqmu-nerc-ultrasonic",
        "cqmu-imaging",
        part="short_insurance",
    ),
    Nominee(
        *("D04", "Novak", "Petra", "", "female", "phd", "state-pediatrics", "cqmu-moe-child", "cqmu-neonatology"),
        part="late_clearance",
    ),
    Nominee("D05", "Haddad", "Samir", "", "male", "phd", "state-neurology", "cqmu-skl-ultrasonic", part="bad_passport"),
    Nominee(
        "D06", "Lindqvist", "Elsa", "", "female", "master", "master-nursing-science", "cqmu-lipid", part="returned"
    ),
    Nominee(
        "D07", "Park", "Jisoo", "朴智秀", "female", "phd", "esi-neuroscience", "cqmu-moe-infectious", part="silent_host"
    ),
    Nominee(
        "D08", "Moreau", "Luc", "", "male", "master", "master-statistics", "cqmu-moe-diagnostics", part="offer_expires"
    ),
    Nominee("D09", "Walker", "Tom", "", "male", "phd", "phd-clinical-medicine", "cqmu-ncrc-child", part="no_show"),
    Nominee("D10", "Ito", "Haruka", "伊藤遥", "female", "phd", "phd-pharmacy", "cqmu-reproduction", part="withdraws"),
    Nominee("D11", "Silva", "Beatriz", "", "female", "master", "master-pharmacy", "cqmu-lipid", part="promoted"),
    Nominee("D12", "Adeyemi", "Tunde", "", "male", "phd", "esi-biochemistry", "cqmu-moe-child", part="declines_seat"),
)
SAMPLE = (
    Nominee(
        *("S01", "Keller", "Jonas", "", "male", "phd", "phd-public-health", "cqmu-skl-ultrasonic"),
        part="deferred",
        sending="sample",
    ),
    Nominee(
        *("S02", "Meyer", "Lena", "", "female", "phd", "phd-stomatology", "cqmu-111-maternal-fetal", "cqmu-geriatrics"),
        part="force_majeure",
        sending="sample",
    ),
)
SEVERAL = (
    Nominee(
        *("S03", "Laine", "Aino", "", "female", "phd", "phd-basic-medicine"),
        *("cqmu-reproduction | cqmu-moe-diagnostics", "cqmu-obstetrical | cqmu-endocrinology"),
        part="several_blocks",
        nationality="FI",
        sending="sample",
    ),
)
"""With two laboratories and two specialties."""
CHANGED = (
    Nominee("S04", "Koskinen", "Hanna", "", "female", "phd", "phd-pharmacy", "cqmu-ncrc-child", part="extends",
            nationality="FI", sending="sample"),
    Nominee("S05", "Berger", "Felix", "", "male", "master", "master-biology", "cqmu-ncrc-child", part="swaps_units",
            nationality="DE", sending="sample"),
    Nominee("S06", "Virtanen", "Mikko", "", "male", "phd", "phd-basic-medicine", "cqmu-lipid", "cqmu-oncology",
            part="clinic_lapses", nationality="FI", sending="sample"),
)  # fmt: skip
"""Whose stay is changed after it was verified."""
CQMU = (
    _from_cqmu("C01", "Li", "Na", "李娜", "dartmouth-immunology", part="suspended"),
    _from_cqmu("C02", "Wang", "Xiaoyu", "王晓雨", "dartmouth-neuroscience", part="misses_too_much"),
    _from_cqmu("C03", "Zhang", "Min", "张敏", "dartmouth-epidemiology", part="host_rejects"),
    _from_cqmu("C04", "Zhao", "Ying", "赵颖", "sample-public-health", part="third_country", host="sample"),
)
STUDENTS = {s.number: s for s in (*DARTMOUTH, *SAMPLE, *SEVERAL, *CHANGED, *CQMU)}
WEEKS_BEFORE_START = 11
WEEKS_OF_STAY = 15


def first_monday(today: date) -> date:
    """The day the stays begin: a Monday eleven weeks ahead, so that no deadline starts out late (D12)."""
    ahead = today + timedelta(weeks=WEEKS_BEFORE_START)
    return ahead + timedelta(days=-ahead.weekday() % 7)


def row(student: Nominee, start: date, rank: int) -> dict[str, str]:
    """A student's row; with a specialty the laboratory takes the first eight weeks and the clinic the rest.

    Two of each take a quarter of the stay each.
    """
    end = start + timedelta(weeks=WEEKS_OF_STAY, days=-3)
    half = start + timedelta(weeks=8, days=-3)
    clinic = half + timedelta(days=3)
    cells = {
        "sending": student.sending,
        "host": student.host,
        "student_number": student.number,
        "family_name": student.family,
        "given_name": student.given,
        "native_name": student.native,
        "email": f"{student.number.lower()}@students.{student.sending}.example",
        "birth_date": f"{start.year - 26}-05-{rank:02d}",
        "gender": student.gender,
        "nationality": student.nationality,
        "level": student.level,
        "discipline": student.discipline,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "intake_year": str(start.year),
        "laboratory_start": start.isoformat(),
        "laboratory_end": (half if student.specialty else end).isoformat(),
        "clinical_start": clinic.isoformat() if student.specialty else "",
        "clinical_end": end.isoformat() if student.specialty else "",
        "academic_lectures": "yes",
        "cultural_lectures": "yes",
        "cultural_activities": "yes" if student.host == "cqmu" else "no",
        "laboratories": student.laboratory,
        "specialties": student.specialty,
        "rank": str(rank),
        "language": student.language,
        "programme_fee": "0",
    }
    return cells | _shares(student)


def _shares(student: Nominee) -> dict[str, str]:
    """Of a student with two laboratories and two specialties: a quarter of the stay for each, and no dates."""
    if BAR not in student.laboratory:
        return {}
    dates = {f"{content}_{of}": "" for content in ("laboratory", "clinical") for of in ("start", "end")}
    return dates | {f"{content}_share": f"25 {BAR} 25" for content in ("laboratory", "clinical")}


def faulty_row(start: date) -> dict[str, str]:
    """A nomination with several faults at once: a fee, a level of another list, dates too long, no such unit."""
    cells = row(DARTMOUTH[0], start, 13)
    return cells | {
        "student_number": "D13",
        "family_name": "Faulty",
        "given_name": "Row",
        "email": "not-an-address",
        "level": "master",
        "discipline": "phd-pharmacy",
        "end": (start + timedelta(days=250)).isoformat(),
        "laboratories": "cqmu-no-such-laboratory",
        "programme_fee": "500",
    }


def write_files(folder: Path, today: date) -> list[Path]:
    """Write the three nomination files and say where they are."""
    start = first_monday(today)
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "nominations-dartmouth.csv": [row(s, start, n) for n, s in enumerate(DARTMOUTH, start=1)] + [faulty_row(start)],
        "nominations-sample.csv": [row(s, start, n) for n, s in enumerate((*SAMPLE, *SEVERAL, *CHANGED), start=1)],
        "nominations-cqmu.csv": [row(s, start, n) for n, s in enumerate(CQMU, start=1)],
    }
    for name, rows in files.items():
        with (folder / name).open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, [c.name for c in COLUMNS])
            writer.writeheader()
            writer.writerows(rows)
    return [folder / name for name in files]
