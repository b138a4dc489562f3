"""The command line speaks the language of the terminal: what it says in Chinese has no English sentence in it."""

import re
from pathlib import Path

import pytest

from cli.session import Session
from models.errors import Kept, NotOpen, Unavailable
from models.messages.exchange import Acknowledged, Decided
from models.vocabulary import Outcome, Stage
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, STEP, Stand
from tests.cli.views import exchange_view
from texts.i18n import of_locale

TYPERS_OWN = re.compile(r"^(Usage: .*|Try '.*' for help\.|[╭╰].*)$", re.MULTILINE)
ENGLISH = re.compile(r"\b[a-z]{2,}[,;:]? [a-z]{2,}\b")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch, stand: Stand) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN:en")
    stand.reading.view = exchange_view()
    stand.gateway.answers["decide"] = Decided(
        step_id=STEP, outcome="approve", stage=Stage.ACCEPTANCE, open_steps=(f"{EXCHANGE}.accept_offer.1",)
    )


def chinese(told: str) -> list[str]:
    """What is left in English of what was told; what is to be typed stands in backticks, or begins with dashes."""
    told = TYPERS_OWN.sub("", re.sub(r"`[^`]*`", "x", told))
    return ENGLISH.findall(told) if CHINESE.search(told) else [told]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decide", "nonsense", "approve"), "“nonsense”不是事项编号"),
        (("decide", STEP, "approve", "--valid-through", "soon"), "--valid-through'：“soon”不是日期"),
        (("decide", STEP, "approve", "--id", "a b"), "编号只能由字母"),
        (("decide", STEP, "approve", "--as", "dean@cqmu"), "“dean”不是角色"),
        (("decide", STEP, "approve", "--as", "supervisor@cqmu"), "请加上实验室或科室"),
        (("extend", STEP, "soon"), "不是时间"),
        (("report", "evaluation", STEP, "--rating", "zeal=6"), "“zeal=6”不是评分"),
        (("sla", "--by", "moon"), "“moon”不在以下范围内：kind、institution、unit"),
        (("nominate",), "请写明文件"),
        (("correct-person", EXCHANGE, "email", "--reason", "x"), "请写作"),
        (("document", "add", EXCHANGE, "moon", "x.pdf"), "“moon”不是材料种类"),
    ],
)
def test_wrong_use_is_explained(run: Run, arguments: tuple[str, ...], said: str) -> None:
    told = run(*arguments)
    assert told.code == 2
    assert said in "".join(told.told.split()).replace("：", "：") or said in told.told
    assert not chinese(told.err)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SOJOURN_SMTP_PORT", "secret", "SOJOURN_SMTP_PORT：须为整数"),
        ("SOJOURN_BOUNCE_ADDRESS", "secret", "SOJOURN_BOUNCE_ADDRESS：须写作“name@host”"),
        ("SOJOURN_TRUSTED_PROXIES", "*", "SOJOURN_TRUSTED_PROXIES：包括了所有地址"),
        ("SOJOURN_SMTP_TLS", "secret", "须为以下之一：none、starttls、tls"),
    ],
)
def test_a_wrong_setting_is_explained_without_its_value(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    told = run("list", session=Session())
    assert told.code == 2
    assert said in told.told
    assert "secret" not in told.told


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotOpen("exchange.has_ended"), "未被接受（not_open）："),
        (Unavailable("worker.away"), "暂不可用："),
        (Kept("act.kept"), "已保留："),
        (RuntimeError("secret"), "发生了意外情况（RuntimeError）。请将此文件交给系统管理员："),
    ],
)
def test_a_failure_is_told(run: Run, stand: Stand, error: Exception, said: str) -> None:
    stand.gateway.failing = error
    told = run("decide", STEP, "approve")
    assert said in told.err
    assert not chinese(re.sub(r"var/log/\S+", "", told.err))


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide", STEP, "approve"),
        ("withdraw", EXCHANGE, "--note", "ill", "--yes"),
        ("withdraw", EXCHANGE, "--note", "ill"),
        ("snooze", STEP, "2027-03-01"),
        ("reassign", STEP, "head_of_office"),
        ("report", "departure", EXCHANGE, "--on", "2027-03-01"),
        ("quota", "2027-incoming-dartmouth-cqmu", "7"),
        ("document", "kinds"),
    ],
)
def test_what_was_done_is_told(run: Run, stand: Stand, arguments: tuple[str, ...]) -> None:
    stand.gateway.answers["set_quota"] = Acknowledged(exchange_id=EXCHANGE, stage=Stage.SEAT)
    told = run(*arguments)
    assert not chinese(told.out + told.err), told


@pytest.mark.parametrize("ended", [None, Outcome.WITHDRAWN])
def test_an_exchange_is_shown(run: Run, stand: Stand, ended: Outcome | None) -> None:
    view = exchange_view()
    stage = Stage.CLOSED if ended else view.stage
    stand.reading.view = view.model_copy(update={"stage": stage, "outcome": ended})
    told = run("show", EXCHANGE)
    assert told.code == 0
    headings = {line for line in told.out.splitlines() if line.startswith(("┃", "│"))}
    assert all(CHINESE.search(line) for line in headings if line.startswith("┃")), headings
    assert "检查结果" in told.out
    assert "D18" in told.out


def test_a_catalogue_with_faults_names_them(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mit.toml").write_text('id = "mit"\nzone = 3\ncountry = "USA"\n', encoding="utf-8")
    told = run("catalogue", "check", tmp_path, session=Session())
    assert told.code == 1
    assert "mit.toml：zone：须为文本（现为“3”）" in told.err
    assert "mit.toml：country：格式不符合要求（现为“USA”）" in told.err
    assert "mit.toml：name：缺失" in told.err
    assert not chinese(told.err)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        ({"LANGUAGE": "fi:zh_CN:en", "LANG": "en_US"}, "zh"),
        ({"LANG": "de_DE.UTF-8@euro"}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale(environment: dict[str, str], language: str) -> None:
    assert of_locale(environment) == language
