"""One word for one thing: the Chinese is what a Chinese office would write."""

import re
from pathlib import Path

import pytest

from tests.rules.source import ROOMS, ROOT

SPOKEN = {".py", ".html", ".txt", ".toml", ".typ", ".po"}
BANNED = {
    "岗位": "轮转安排、名额、床位",
    "协调员": "项目联系人、国际处老师",
    "导师": "带教老师、指导老师",
    "撤回": "办理退出、已退出",
    "录取(?!通知书）)": "接收通知、确认参加",
    "总览": "进度看板",
    "交流列表": "学生列表",
    "签证表格": "签证申请材料",
    "(?<!培养)层次": "培养层次",
    "计时": "期限暂停计算、期限恢复计算",
    "后果": "提交后",
    "无对应": "无法识别",
    "耗时": "中位用时",
    "抵达": "报到、入境",
    "(?<!境外人员)住宿登记": "境外人员住宿登记",
    "(?<!贵)单位": "实验室、科室",
}
"""What misleads or sounds translated, and what is written instead."""


def texts() -> dict[Path, str]:
    """Everything that is said to people."""
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in SPOKEN)
    return {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in files}


@pytest.mark.parametrize("word", BANNED)
def test_a_word_that_misleads_is_written_nowhere(word: str) -> None:
    found = [f"{path}: {hit[0]}" for path, text in texts().items() for hit in re.finditer(f".*{word}.*", text)]
    assert not found, f"Write {BANNED[word]} instead:\n" + "\n".join(found)


def test_the_texts_are_read() -> None:
    assert sum("项目联系人" in text for text in texts().values()) >= 1
