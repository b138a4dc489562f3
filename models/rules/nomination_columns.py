"""The columns of a nomination file: the one list that the reader, the templates and the command line use."""

from typing import NamedTuple

_YES_NO = ("yes", "no")
_DATE = "Year-month-day."


class Column(NamedTuple):
    """One column: its name, whether a file must have it, what it means, and an example."""

    name: str
    needed: bool
    meaning: str
    example: str
    choices: tuple[str, ...] = ()

    @property
    def is_date(self) -> bool:
        """Whether it holds a day."""
        return self.meaning.endswith(_DATE)


COLUMNS = (
    Column("sending", True, "The university the student comes from: id, code or name.", "dartmouth"),
    Column("host", True, "The university the student goes to: id, code or name.", "cqmu"),
    Column("student_number", True, "The number the sending university knows the student by.", "F00123A"),
    Column("family_name", True, "As in the passport, in Latin letters; - if there is none.", "Rivera"),
    Column("given_name", True, "As in the passport, in Latin letters; - if there is none.", "Ana Lucia"),
    Column("native_name", False, "The name in its original script.", "安娜"),
    Column("email", True, "The student's own e-mail address.", "ana.rivera@example.edu"),
    Column("birth_date", True, _DATE, "2001-05-17"),
    Column("gender", True, "As in the passport; decides the rooms offered.", "female", ("female", "male", "other")),
    Column("nationality", True, "Country code of two letters (ISO 3166); XXA: stateless.", "US"),
    Column("level", True, "What the student studies now.", "phd", ("master", "phd")),
    Column("discipline", True, "From the programme's lists for this level: id, English or Chinese name.", "Neurology"),
    Column("start", True, f"First day of the stay. {_DATE}", "2027-03-01"),
    Column("end", True, f"Last day of the stay: 4 weeks to 6 months. {_DATE}", "2027-05-28"),
    Column("intake_year", False, "The year whose seats are used; empty: the year of the start.", "2027"),
    Column("laboratory_start", True, f"First day of laboratory training; empty: none. {_DATE}", "2027-03-01"),
    Column("laboratory_end", True, f"Last day of laboratory training. {_DATE}", "2027-04-16"),
    Column("clinical_start", True, f"First day of clinical observation; empty: none. {_DATE}", "2027-04-19"),
    Column("clinical_end", True, f"Last day of clinical observation. {_DATE}", "2027-05-28"),
    Column("academic_lectures", True, "Part of the stay?", "yes", _YES_NO),
    Column("cultural_lectures", True, "Part of the stay?", "yes", _YES_NO),
    Column("cultural_activities", True, "Part of the stay?", "no", _YES_NO),
    Column("laboratories", False, "Wanted laboratories, best first, between semicolons.", "Lab for Lipid Research"),
    Column("specialties", False, "Wanted hospital specialties, best first, between semicolons.", "Neurology"),
    Column("rank", False, "The university's ranking of its nominees, 1 is first; orders the waiting list.", "1"),
    Column("language", False, "Of mails and letters to the student; empty: en.", "en", ("en", "zh")),
    Column("programme_fee", False, "The fee is waived: 0 or empty.", "0"),
    Column("late_reason", False, "Only for a stay that has begun or is over: why it is recorded late.", ""),
)
NEEDED_COLUMNS = frozenset(c.name for c in COLUMNS if c.needed)
KNOWN_COLUMNS = frozenset(c.name for c in COLUMNS)
TEXT_COLUMNS = frozenset({"student_number", "family_name", "given_name", "native_name", "email", "nationality"})
"""Columns that want text: a date, a yes or no, or a number shown otherwise than it is kept is no text."""
WIDTH_MATTERS = frozenset(
    {"sending", "host", "native_name", "discipline", "laboratories", "specialties", "late_reason"}
)
"""Columns that may hold Chinese, whose punctuation is wide; in all others wide letters and digits are ordinary ones."""
OTHER_HEADINGS = {
    "surname": "family_name",
    "last_name": "family_name",
    "first_name": "given_name",
    "given_names": "given_name",
    "date_of_birth": "birth_date",
    "student_id": "student_number",
    "e_mail": "email",
    "start_date": "start",
    "end_date": "end",
    "学号": "student_number",
    "姓": "family_name",
    "名": "given_name",
    "邮箱": "email",
    "电子邮件": "email",
    "出生日期": "birth_date",
    "性别": "gender",
    "国籍": "nationality",
    "专业": "discipline",
    "开始日期": "start",
    "结束日期": "end",
}
"""What offices call columns in lists of their own, besides the names that the forms of this service have."""
