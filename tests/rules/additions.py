"""What the recipes of docs/development.md are followed with: an adviser, a step of theirs, its event, its mail."""

from dataclasses import dataclass
from pathlib import Path

INSTITUTIONS = ("cqmu", "dartmouth", "sample")


@dataclass(frozen=True)
class Edit:
    """What stands in one place of a file, and what stands there afterwards."""

    file: str
    old: str
    new: str

    def make(self, project: Path) -> None:
        """Edit a copy of the project."""
        path = project / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.file}: {self.old!r} stands there {text.count(self.old)} times"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def insertion(file: str, before: str, lines: str) -> Edit:
    """Something new, before something that stands there."""
    return Edit(file, before, lines + before)


def chinese(english: str, said: str) -> Edit:
    """The Chinese of a text."""
    entry = f'msgid "{english}"\nmsgstr "{said}"\n\n'
    return insertion("texts/locale/zh/LC_MESSAGES/sojourn.po", 'msgid "Worklist"\n', entry)


def contact(institution: str) -> Edit:
    """Somebody at a university who holds the role."""
    lines = f"""[[contacts]]
id = "{institution}.academic_adviser"
role = "academic_adviser"
name = "Robin Example"
email = "adviser@{institution}.example"

"""
    head = f'[[contacts]]\nid = "{institution}.coordinator"\n'
    return insertion(f"models/catalogue/institutions/{institution}.toml", head, lines)


ROLE = (
    insertion(
        "models/vocabulary.py",
        '    SUPERVISOR = "supervisor"\n',
        '    ACADEMIC_ADVISER = "academic_adviser"\n',
    ),
    insertion(
        "models/people/roles.py",
        "    Role.SUPERVISOR: Sees.OF_ITS_UNIT,\n",
        "    Role.ACADEMIC_ADVISER: Sees.HOSTED,\n",
    ),
    insertion("models/people/roles.py", "Role.OCCUPATIONAL_HEALTH}\nSTAFF", "Role.ACADEMIC_ADVISER, "),
    insertion(
        "models/people/roles.py",
        ')\n"""Every institution names',
        "    Role.ACADEMIC_ADVISER,\n",
    ),
    insertion("portal/policy.py", '    R.AUDITOR: "/events",\n', '    R.ACADEMIC_ADVISER: "/exchanges",\n'),
    insertion(
        "texts/labels.py", '    Role.SUPERVISOR: _("Super', '    Role.ACADEMIC_ADVISER: _("Academic adviser"),\n'
    ),
    insertion(
        "texts/labels.py",
        '    Role.SUPERVISOR: _("a super',
        '    Role.ACADEMIC_ADVISER: _("the academic adviser of {institution}"),\n',
    ),
    chinese("Academic adviser", "学业顾问"),
    chinese("the academic adviser of {institution}", "{institution}学业顾问"),
    *map(contact, INSTITUTIONS),
    insertion("tests/models/test_deputies.py", "    R.SUPERVISOR: 1,\n", "    R.ACADEMIC_ADVISER: 1,\n"),
)
EVENT = (
    insertion(
        "models/events/application.py",
        "class LeavingBegan(Fact):\n",
        '''class AdviserFound(Fact):
    """An academic adviser will see the student."""

    kind: Literal["adviser_found"] = "adviser_found"
    title = _("Adviser found")
    outward = ("from_day",)
    once = ("from_day",)
    from_day: date


''',
    ),
    insertion(
        "models/events/__init__.py",
        "from models.events.application import DocumentChecked",
        "from models.events.application import AdviserFound as AdviserFound\n",
    ),
    insertion("models/events/__init__.py", "    | BedAssigned\n", "    | AdviserFound\n"),
    insertion("records/projections/exchange.py", "    Arrived,\n    ChangeApplied,\n", "    AdviserFound,\n"),
    insertion("records/projections/exchange.py", "    DocumentChecked:", "    AdviserFound: in_the_log_alone,\n"),
    chinese("Adviser found", "已确定顾问"),
    insertion("tests/records/story.py", "    Arrived,\n    Attend", "    AdviserFound,\n"),
    insertion(
        "tests/records/story.py",
        "        (ANN, [Cleared(at=at(5), ",
        "        (ANN, [AdviserFound(at=at(5), from_day=PLAN.start)]),\n",
    ),
)
STEP = (
    Edit("models/catalogue/steps.toml", 'opens = ["accept_offer"]\nbulk', 'opens = ["find_adviser"]\nbulk'),
    insertion(
        "models/vocabulary.py",
        '    ACCEPT_OFFER = "accept_offer"\n',
        '    FIND_ADVISER = "find_adviser"\n',
    ),
    insertion(
        "models/catalogue/steps.toml",
        "[accept_offer]\n",
        """[find_adviser]
stage = "host_approval"
title = "Find an adviser for the student"
title_zh = "为学生确定顾问"
do = "Find an adviser who sees the student every week, then say so here."
do_zh = "请确定每周指导该生的顾问，然后答复“已确定”。"
why = "Nobody is offered a place without an adviser."
why_zh = "确定顾问后，方可向学生发出邀请。"
side = "host"
role = "academic_adviser"
due = { anchor = "opened", offset = 5, unit = "working_days" }
ladder = "standard"
extension_days = 14
rule = "D12"
foreseen = "always"

[find_adviser.answers.found]
label = "Adviser found"
label_zh = "已确定"
done = "adviser found"
done_zh = "已确定顾问"
opens = ["accept_offer"]

""",
    ),
    insertion(
        "workflows/stages/application.py",
        "\n\nasync def acceptance",
        """    if StepKind.FIND_ADVISER in case.policy.steps:
        found = await case.ask(StepKind.FIND_ADVISER)
        case.note(AdviserFound(at=workflow.now(), actor=found.actor, from_day=case.plan.start))
""",
    ),
    insertion("workflows/stages/application.py", "ExchangeOpened, ExchangeReopened\n", "AdviserFound, "),
    insertion("demo/people.py", '    StepKind.DECIDE_FORM: "DQ",\n', '    StepKind.FIND_ADVISER: "found",\n'),
)
MAIL = (
    insertion("models/notifications/notices.py", '    ARRIVED = "arrived"\n', '    ADVISER_FOUND = "adviser_found"\n'),
    insertion(
        "models/notifications/notices.py",
        "class ArrivalFacts(Wire):\n",
        '''class AdviserFacts(Wire):
    """From which day on an adviser sees the student."""

    from_day: date


''',
    ),
    insertion("models/notifications/notices.py", "    | ArrivalFacts\n", "    | AdviserFacts\n"),
    insertion(
        "models/notifications/notices.py",
        "    NoticeKind.ARRIVED: ",
        "    NoticeKind.ADVISER_FOUND: AdviserFacts,\n",
    ),
    insertion("models/notifications/recipients.py", "    BedAssigned,\n    Cert", "    AdviserFound,\n"),
    insertion("models/notifications/recipients.py", "    ArrivalFacts,\n", "    AdviserFacts,\n"),
    insertion(
        "models/notifications/recipients.py",
        "@_told.register\ndef _arrived(",
        '''@_told.register
def _adviser_found(event: AdviserFound, scene: _Scene) -> Iterable[Notice]:
    """The student."""
    return inform(NoticeKind.ADVISER_FOUND, AdviserFacts(from_day=event.from_day), student_of(scene.setting))


''',
    ),
    insertion("mail/letters.py", "    ArrivalFacts,\n", "    AdviserFacts,\n"),
    insertion(
        "mail/letters.py",
        "            case ArrivalFacts():\n",
        "            case AdviserFacts():\n                return adviser_found(reading, facts)\n",
    ),
    insertion(
        "mail/letters.py",
        "def waitlisted(",
        '''def adviser_found(reading: MailReading, facts: AdviserFacts) -> Body:
    """To the student: from when on an adviser sees them."""
    day = day_words(facts.from_day, reading.language)
    return Body(
        subject=reading.coded(_("an adviser was found")),
        headline=reading.say(_("You have an adviser")),
        blocks=(Para(reading.say(_("An adviser sees you every week from {day} on."), day=day)),),
    )


''',
    ),
    insertion("texts/labels.py", '    "arrived": _("Arrived"),\n', '    "adviser_found": _("Adviser found"),\n'),
    chinese("an adviser was found", "已确定顾问"),
    chinese("You have an adviser", "您已有顾问"),
    chinese("An adviser sees you every week from {day} on.", "自{day}起，顾问每周与您见面指导。"),
    insertion("tests/mail/letters.py", "    BedAssigned,\n    Cert", "    AdviserFound,\n"),
    insertion(
        "tests/mail/letters.py",
        "        Arrived(at=arrival",
        "        AdviserFound(at=LATE, from_day=PLAN.start),\n",
    ),
)
"""Its event, and its Chinese where that is the same, came before."""
