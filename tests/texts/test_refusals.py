"""Every refusal, fault and finding has a sentence in English and in Chinese, with the parameters that it is given."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from documents.opened import FAULTS
from gateway.sheets.cells import FORMULA
from mail import ledger
from models import addresses, errors, invalid
from models.catalogue.faults import CatalogueError, CatalogueFault, wrong
from models.catalogue.programme import Programme
from models.errors import BadInput, NotOpen, Said, SojournError
from models.messages.audit import FindingKind, Remedy
from models.rules.requirements import saying
from models.vocabulary import Role
from records import pdf_found
from records.store import causes
from texts.i18n import translations
from texts.refusals import BY_NAME, REFUSALS, refusal
from webhooks.inbound import UNDERWAY

ROOT = Path(__file__).parents[2]
ROOMS = (
    "activities", "certificates", "cli", "demo", "dev", "documents", "failures", "gateway", "mail", "models", "portal",
    "records", "texts", "webhooks", "workflows",
)  # fmt: skip
FIRST = {name: 0 for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SojournError)}
PLACE = FIRST | {
    "Forged": 0,
    "require": 1,
    "refuse": 1,
    "fault_of": 1,
    "_blocking": 2,
    "_asking": 2,
    "Said": 0,
    "_effect": 1,
}
PLACE |= {
    "_asking": 2,
    "Unreadable": 0,
    "UnclearEncoding": 0,
    "wrong": 1,
    "_note": 2,
    "Unfit": 0,
    "Invalid": 0,
    "NotAsciiBeforeAt": 0,
    "Misused": 0,
    "_names_nobody": 0,
} | dict.fromkeys(("it_blocks", "it_asks", "it_warns"), 2)
"""The callables that take a message id, and at which place."""
FIELDS = {"Fault": "message", "FindingDraft": "message", "CatalogueFault": "message", "Lack": "message"}
PASSED_ON = {
    "cli/nominating.py": "a refusal of the service becomes the fault of its row",
    "models/rules/same_files.py": "`_asking` makes what it is told",
    "documents/checks.py": "`_finding` makes what the checks name, and `check_readable` passes on what the file showed",
    "failures/wire.py": "what another process raised",
    "records/queries/second_hosts.py": "what the rules have against a second host",
    "gateway/changes.py": "what a plan's rules have against it, and what hinders a change",
    "workflows/acts/change_requests.py": "what the rules have against a change",
    "gateway/spreadsheets.py": "what the reading process refused",
    "gateway/nomination_files.py": "what the spreadsheet found in a cell",
    "gateway/unit_sheets.py": "what the spreadsheet found in a cell",
    "portal/fact_fields.py": "what a cell of a form cannot be read as",
    "mail/document_letters.py": "what is on record",
    "mail/ledger.py": "why a message was refused or all mail waits",
    "models/catalogue/checks.py": "`id_fault` says what else an id means",
    "models/catalogue/faults.py": "`Wrong` becomes the fault of its file",
    "models/catalogue/loading.py": "`_note` notes what it is told, and pydantic's faults come from `models/invalid.py`",
    "models/catalogue/unit_checks.py": "pydantic's faults come from `models/invalid.py`",
    "models/rules/unit_cells.py": "pydantic's faults come from `models/invalid.py`",
    "models/invalid.py": "what pydantic's types of error stand for",
    "models/people/authorization.py": "`require` raises what it is told",
    "models/rules/paper_signs.py": "`_finding` makes what it is told",
    "models/rules/passport_check.py": "`_finding` makes what it is told",
    "models/rules/impact.py": "`_effect` makes what it is told",
    "models/rules/nomination_cells.py": "`refuse` notes what it is told",
    "models/rules/nomination_timing.py": "a fault of a nomination is what the door refuses",
    "models/rules/stay.py": "`fault_of` makes what it is told",
    "portal/forms.py": "what pydantic says of a field",
    "models/rules/requirements/saying.py": "`it_blocks` and its like make what they are told",
    "records/clearances.py": "what the length of a stay has against it",
    "records/statements.py": "pydantic's faults come from `models/invalid.py`",
    "records/hazards.py": "what a PDF was found to do",
    "cli/identity.py": "`_names_nobody` says what it is told",
    "cli/misuse.py": "`Misused` says what it is told",
    "cli/audit.py": "what is to be done about a finding",
    "records/audit/auditing.py": "what an audit found",
    "records/corrections.py": "what is wrong with a cell",
    "records/store/causes.py": "what the driver's code stands for",
    "records/store/taking.py": "what its caller says is lost",
}
"""Where an id is passed on instead of written down, and why."""
TABLES = {
    *(*FAULTS, FORMULA, "cell.spreadsheet_error", "cell.number_too_long"),
    *("key.damaged", "settings.bounce_address", "settings.proxies"),  # settings are in no room
    *("cell.date", "cell.boolean", "cell.number_shown", "sheet.too_heavy"),
    *("finding.misleading_name", "failure.earlier", "bed.taken_meanwhile", "place.taken_meanwhile"),
    *pdf_found.FOUND,
    UNDERWAY,
    CatalogueError([]).message,
    *("catalogue.id_reserved", "catalogue.id_of_a_thing", addresses.NO_ADDRESS),
    *(message for message, _ in invalid._LIMITS.values()),
    *("change.not_verified", "change.stay_over", "change.earlier_rules"),  # why nothing is changed
    "value.invalid",
    *(saying.HOLDS, saying.MET, saying.RESULT),
    *invalid._KINDS.values(),
    *invalid._STEMS.values(),
    *(f"audit.{kind}" for kind in FindingKind),
    *(f"audit.do_{remedy}" for remedy in Remedy),
    *(causes.SQLITE | causes.POSTGRESQL | causes.CONNECTING).values(),
    *(ledger.REFUSED, ledger.UNWRITABLE, ledger.HOST_AWAY, ledger.SENDER_REFUSED, ledger.LOGIN_REFUSED),
}
"""Ids that reach those places."""


@dataclass(frozen=True)
class Site:
    """One place where something is refused or found."""

    file: str
    line: int
    message: str
    given: frozenset[str] | None
    """The parameters given; none where they come as a mapping."""


def _sites() -> Iterator[Site]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            file = path.relative_to(ROOT).as_posix()
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call):
                    yield from _of_call(file, call)


def _of_call(file: str, call: ast.Call) -> Iterator[Site]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in FIELDS:
        told = named.get(FIELDS[name])
        params = named.get("params")
        given = params.keys if isinstance(params, ast.Dict) else [] if params is None else None
        keys = None if given is None else frozenset(str(ast.literal_eval(key)) for key in given if key)
    elif name in PLACE and len(call.args) > PLACE[name]:
        told = call.args[PLACE[name]]
        keys = None if None in named else frozenset(str(key) for key in named)
        if name == "Unreadable" and keys is not None:
            keys |= {"file"}  # whoever had it read says which
        if name in ("Said", "Invalid"):
            params = call.args[1] if len(call.args) > 1 else None
            written_keys = params.keys if isinstance(params, ast.Dict) else []
            literal = bool(written_keys) and all(isinstance(key, ast.Constant) for key in written_keys)
            keys = frozenset(str(ast.literal_eval(k)) for k in written_keys if k) if literal else None
    else:
        return
    written = told.value if isinstance(told, ast.Constant) else ""
    assert written or file in PASSED_ON, f"{file}:{call.lineno}: write the message id down"
    if isinstance(written, str) and written:
        yield Site(file, call.lineno, written, keys)


@pytest.fixture(scope="module")
def sites() -> list[Site]:
    return list(_sites())


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_everything_that_is_raised_has_a_sentence(sites: list[Site]) -> None:
    unknown = {site.message: f"{site.file}:{site.line}" for site in sites if site.message not in REFUSALS}
    assert not unknown
    assert set(REFUSALS) >= TABLES


def test_no_sentence_is_left_that_nobody_says(sites: list[Site]) -> None:
    assert not set(REFUSALS) - TABLES - {site.message for site in sites}


def test_every_sentence_gets_the_parameters_it_names(sites: list[Site]) -> None:
    for site in sites:
        if site.given is not None:
            for language in ("en", "zh"):
                sentence = translations(language).gettext(REFUSALS[site.message])
                assert _placeholders(sentence) <= site.given, (site, language)


def test_what_is_more_than_one_sentence_ends_as_one() -> None:
    """A cell's fault is a phrase; of several sentences the last one ends too. A log's line is its own."""
    several = {text for text in REFUSALS.values() if ". " in text and not text.endswith("{line}")}
    assert len(several) > 50
    assert not {text for text in several if text[-1] not in ".?)"}
    chinese = {translations("zh").gettext(text) for text in several}
    assert not {text for text in chinese if "。" in text and text[-1] not in "。？）"}


def test_every_sentence_has_chinese_that_reads_as_chinese() -> None:
    chinese = translations("zh")
    missing = [message for message, sentence in REFUSALS.items() if chinese.gettext(sentence) == sentence]
    assert not missing
    for message, sentence in REFUSALS.items():
        text = re.sub(r"\{\w+\}|`[^`]*`|https?://|\d\d:\d\d", "x", chinese.gettext(sentence))
        assert re.search(r"[\u4e00-\u9fff]", text), message
        # A colon in a time, a comma in a number: those would be allowed, and none is there.
        assert not re.search(r"[,;:!?]|[\u4e00-\u9fff]\.(?![a-z])", text.replace("“CSV UTF-8”", "")), (message, text)
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", text), (message, text)


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (
            NotOpen(
                "step.already_answered",
                step="EX-2027-DAR-007.verify_nomination.1",
                outcome="verified",
                by="cqmu.coordinator",
                moment=datetime(2027, 3, 1, 6, 30, tzinfo=UTC),
            ),
            r"Step “.+” was already answered: verified by [A-Z].+ at Mon 1 Mar 2027, 14:30 China time\.",
            r"事项“.+”已由.+于2027年3月1日（周一）14:30（北京时间）答复：.+。",
        ),
        (
            BadInput("answer.extension_too_long", "valid_through", day=date(2027, 3, 1)),
            r"Extensions reach Mon 1 Mar 2027 at the latest, the first stay once more \(D31\)\.",
            r"延期最晚至2027年3月1日（周一），累计不超过首次许可的停留期（D31）。",
        ),
        (
            BadInput("answer.not_offered", answer="maybe", answers=("approve", "reject"), step_kind="host_approval"),
            r"maybe is not an answer to this step; choose one of approve \(Approve\), reject \(Reject\)\.",
            r"“maybe”不是该事项的答复，请选择：[^A-Za-z]+、[^A-Za-z]+。",
        ),
        (
            BadInput("answer.given_otherwise", act="arrival"),
            r"This answer is given by another act: report the arrival with its time instead\.",
            r"该答复须通过其他操作作出：[^A-Za-z]+。",
        ),
        (
            NotOpen("document.not_awaited", "kind", kind="visa", kinds=("passport", "photo")),
            r"The exchange does not wait for .*[Vv]isa.*; it waits for .*[Pp]assport.*, .+\.",
            r"该交流目前不需要“.*签证.*”，需要的是：.*护照.*、.+。",
        ),
        (
            BadInput("reassign.not_to", "role", roles={"coordinator", "head_of_office"}),
            r"This step goes to one of Coordinator, Head of office\.",
            r"该事项只能转交给：[^A-Za-z]+、[^A-Za-z]+。",
        ),
        (
            BadInput("nominations.columns_wrong", file="a.csv", missing=["host"], unknown=[], twice=()),
            r"a\.csv: the column names do not match\. Missing: host; unknown: –; twice: –\.",
            r"a\.csv：列名不符。缺少：host；无法识别：–；重复：–。",
        ),
        (
            Said("certificate.not_earned", {"unmet": ("D42.attendance.laboratory", "D42.result.EX-1.laboratory.1")}),
            r"The certificate is not earned yet: .*Laboratory.*, A rotation was not passed\.",
            r"尚未满足颁发证书的条件：出勤：[^A-Za-z]+、有轮转未合格。",
        ),
        (
            Said("unit.not_of_host", {"unit": "nowhere", "host": "cqmu"}),
            r"“nowhere” is not one of those of Chongqing Medical University",
            r"“nowhere”不属于重庆医科大学",
        ),
    ],
    ids=lambda value: value.message if hasattr(value, "message") else "",
)
def test_parameters_are_put_into_words(error: errors.Message, english: str, chinese: str, programme: Programme) -> None:
    assert re.fullmatch(english, refusal(error, "en", programme)), refusal(error, "en", programme)
    assert re.fullmatch(chinese, refusal(error, "zh", programme)), refusal(error, "zh", programme)


def test_faults_of_a_catalogue_are_told_one_by_one_in_the_readers_language() -> None:
    faults = [
        wrong("D1.values.max_months", "value.not_whole").in_file("rules.toml"),
        wrong("contacts", "catalogue.nobody_as", id=Role.HOUSING_OFFICER).in_file("a.toml"),
        CatalogueFault(file="a.toml", key="", message="value.not_one_of", params={"choices": ("x", "y")}, found="z"),
    ]
    assert refusal(CatalogueError(faults), "en").splitlines()[1:] == [
        "  rules.toml: D1.values.max_months: must be a whole number",
        "  a.toml: contacts: nobody is named as housing_officer",
        "  a.toml: must be one of x, y (found “z”)",
    ]
    assert refusal(CatalogueError(faults), "zh").splitlines()[1:] == [
        "  rules.toml：D1.values.max_months：须为整数",
        "  a.toml：contacts：没有人担任“housing_officer”",
        "  a.toml：须为以下之一：x、y（现为“z”）",
    ]


def test_without_the_programme_ids_stay_ids() -> None:
    assert refusal(BadInput("agreement.none", host="cqmu", sending="dartmouth"), "en") == (
        "cqmu and dartmouth have no agreement in force"
    )
    assert refusal(BadInput("exchange.unknown", exchange="EX-1"), "zh") == "没有编号为EX-1的交流，或您无权查看。"


def test_what_earlier_versions_wrote_is_shown_as_it_was() -> None:
    assert refusal(NotOpen("failure.earlier", text="This exchange is closed."), "en") == "This exchange is closed."


def test_a_message_of_a_newer_version_is_shown_by_its_id() -> None:
    assert refusal(BadInput("moon.full"), "zh") == "moon.full"


def test_every_word_for_a_parameter_is_of_use(sites: list[Site]) -> None:
    assert set(BY_NAME) <= set().union(*(_placeholders(sentence) for sentence in REFUSALS.values()))


def test_a_parameter_that_an_earlier_version_did_not_record_is_a_dash() -> None:
    assert "–" in refusal(BadInput("answer.extension_too_long", "valid_through"), "en")
