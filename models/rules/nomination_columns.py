"""The columns of a nomination file: the one list that the reader, the templates and the command line use."""

from typing import NamedTuple

_YES_NO = ("yes", "no")


class Column(NamedTuple):
    """One column: its name, whether a file must have it, and an example; what it means is in `texts/forms.py`."""

    name: str
    needed: bool
    example: str
    choices: tuple[str, ...] = ()
    is_date: bool = False
    """Whether it holds a day."""


COLUMNS = (
    Column("sending", True, "dartmouth"),
    Column("host", True, "cqmu"),
    Column("student_number", True, "F00123A"),
    Column("family_name", True, "Rivera"),
    Column("given_name", True, "Ana Lucia"),
    Column("native_name", False, "安娜"),
    Column("email", True, "ana.rivera@example.edu"),
    Column("birth_date", True, "2001-05-17", is_date=True),
    Column("gender", True, "female", ("female", "male", "other")),
    Column("nationality", True, "US"),
    Column("passport_number", False, "L898902C3"),
    Column("level", True, "phd", ("master", "phd")),
    Column("discipline", True, "Neurology"),
    Column("start", True, "2027-03-01", is_date=True),
    Column("end", True, "2027-05-28", is_date=True),
    Column("intake_year", False, "2027"),
    Column("laboratory_start", True, "2027-03-01", is_date=True),
    Column("laboratory_end", True, "2027-04-16", is_date=True),
    Column("laboratory_share", False, ""),
    Column("laboratory_hours", False, "200"),
    Column("clinical_start", True, "2027-04-19", is_date=True),
    Column("clinical_end", True, "2027-05-28", is_date=True),
    Column("clinical_share", False, ""),
    Column("clinical_hours", False, "160"),
    Column("academic_lectures", True, "yes", _YES_NO),
    Column("academic_lectures_start", False, "2027-03-08", is_date=True),
    Column("academic_lectures_end", False, "2027-05-14", is_date=True),
    Column("cultural_lectures", True, "yes", _YES_NO),
    Column("cultural_lectures_start", False, "", is_date=True),
    Column("cultural_lectures_end", False, "", is_date=True),
    Column("cultural_activities", True, "no", _YES_NO),
    Column("cultural_activities_start", False, "", is_date=True),
    Column("cultural_activities_end", False, "", is_date=True),
    Column("laboratories", False, "Lab for Lipid Research"),
    Column("specialties", False, "Neurology"),
    Column("rank", False, "1"),
    Column("language", False, "en", ("en", "zh")),
    Column("programme_fee", False, "0"),
    Column("late_reason", False, ""),
)
BLOCK_COLUMNS = {
    "laboratory": ("laboratory_start", "laboratory_end", "laboratory_share", "laboratory_hours", "laboratories"),
    "clinical": ("clinical_start", "clinical_end", "clinical_share", "clinical_hours", "specialties"),
}
"""The columns of the blocks of a content. Each may say something of several blocks, with | between them."""
OF_BLOCKS = frozenset(column for columns in BLOCK_COLUMNS.values() for column in columns)
NEEDED_COLUMNS = frozenset(c.name for c in COLUMNS if c.needed)
KNOWN_COLUMNS = frozenset(c.name for c in COLUMNS)
TEXT_COLUMNS = frozenset(
    {"student_number", "family_name", "given_name", "native_name", "email", "nationality", "passport_number"}
)
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
    "护照号": "passport_number",
    "护照号码": "passport_number",
    "passport_no": "passport_number",
    "专业": "discipline",
    "开始日期": "start",
    "结束日期": "end",
}
"""What offices call columns in lists of their own, besides the names that the forms of this service have."""
