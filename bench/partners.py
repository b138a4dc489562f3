"""Any number of students: sending universities made up for the benchmark, and stays that need no waiting.

The stays lie in the past, so that every day an exchange waits for has come. Deadlines count from the opening of a step
and lie ahead, as in an exchange that goes well: nothing is late, and one timer runs alongside.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from string import Template, ascii_uppercase

from demo.cohort import DARTMOUTH, WEEKS_OF_STAY
from models.catalogue.policy import DueRule, Policy
from models.rules.nomination import Nomination
from models.vocabulary import Anchor, Level, Unit

SEATS = 10
"""Of a cohort (D4)."""
PARTNERS = 4
YEARS = 5
BESIDE = 8
"""Students who stay at the same time: the host has beds for so many of one gender."""
STUDENT = DARTMOUTH[0]
"""Laboratory and clinic: the golden happy path."""
PASSPORT_EXPIRES = date(2060, 3, 31)

_PARTNER = Template(
    """
id = "$id"
code = "$code"
name = "Benchmark University $code"
name_zh = "基准测试大学"
country = "US"
zone = "America/New_York"
holidays_country = "US"
sample = true
hosts = ["academic_lectures"]

[housing]
kind = "free"
terms = "Free."
terms_zh = "免费"

[[agreements]]
partner = "cqmu"
active = true
minimum = 5
cap = { $caps }
"""
)
_CONTACT = Template(
    """
[[contacts]]
id = "$id.$role"
role = "$role"
name = "Bench Office"
email = "$role@$id.example"
"""
)
_ROLES = ("coordinator", "head_of_office", "partner_office", "housing_officer", "occupational_health")


def write_partners(folder: Path, today: date) -> None:
    """Write the sending universities into a directory for the catalogue."""
    folder.mkdir(parents=True)
    caps = ", ".join(f"{today.year + 1 + n} = {SEATS}" for n in range(YEARS))
    for number in range(PARTNERS):
        words = {"id": _partner(number), "code": f"B{_letters(number)}", "caps": caps}
        contacts = [_CONTACT.substitute(id=words["id"], role=role) for role in _ROLES]
        text = "".join([_PARTNER.substitute(words), *contacts])
        (folder / f"{words['id']}.toml").write_text(text, encoding="utf-8")


def _partner(number: int) -> str:
    return f"bench{number:02d}"


def _letters(number: int) -> str:
    return "".join(ascii_uppercase[n] for n in divmod(number, 26))


@dataclass(frozen=True)
class Intake:
    """Hands out students, ten to a cohort, as in a full intake."""

    today: date

    def student(self, number: int) -> Nomination:
        """The `number`-th student."""
        cohort, rank = divmod(number, SEATS)
        year, partner = divmod(cohort, PARTNERS)
        if year >= YEARS:
            raise ValueError(f"The benchmark has seats for {SEATS * PARTNERS * YEARS} students only.")
        end = self._last_friday() - (number // BESIDE) * timedelta(weeks=WEEKS_OF_STAY + 1)
        start = end - timedelta(weeks=WEEKS_OF_STAY, days=-3)
        half = start + timedelta(weeks=8, days=-3)
        return Nomination(
            sending=_partner(partner),
            host="cqmu",
            level=Level.PHD,
            discipline=STUDENT.discipline,
            start=start,
            end=end,
            intake_year=self.today.year + 1 + year,
            laboratory_start=start,
            laboratory_end=half,
            clinical_start=half + timedelta(days=3),
            clinical_end=end,
            academic_lectures=True,
            cultural_lectures=True,
            cultural_activities=True,
            laboratories=(STUDENT.laboratory,),
            specialties=(STUDENT.specialty,),
            rank=rank + 1,
            student_number=f"B{number:05d}",
            family_name=STUDENT.family,
            given_name=f"{STUDENT.given} {lettered(number)}",
            email=f"b{number}@students.bench.example",
            birth_date=date(start.year - 26, 5, 1) - timedelta(days=number % 3000),
            gender="female",
            nationality="US",
            late_reason="Played on the clock, after the stay.",
        )

    def _last_friday(self) -> date:
        day = self.today - timedelta(days=2)
        return day - timedelta(days=(day.weekday() - 4) % 7)


def lettered(number: int) -> str:
    """A name for a number: no two students look like one person."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def unhurried(policy: Policy) -> Policy:
    """The policy with every deadline that the stay's dates would set moved to a month after its step opens."""
    month = DueRule(anchor=Anchor.OPENED, offset=30, unit=Unit.DAYS, floor_days=30)
    steps = {
        kind: step if step.due.anchor is Anchor.OPENED else step.model_copy(update={"due": month})
        for kind, step in policy.steps.items()
    }
    return policy.model_copy(update={"steps": steps})
