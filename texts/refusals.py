"""Refusals in Chinese: the workflows and the gateway speak English; what they say is translated by its pattern."""

import re

PATTERNS: tuple[tuple[str, str], ...] = (
    (r"There is no open step.*", "该事项已不在待办状态。"),
    (r".*does not wait for this.*", "该事项目前不需要此答复。"),
    (r".*has been decided.*|.*was decided.*|.*is closed.*already.*", "该事项已由他人处理。"),
    (r"This exchange is closed.*", "该交流已结束，请在时间轴中查看结果。"),
    (r"You may not .*", "您无权进行此操作，请联系项目联系人或项目办公室。"),
    (
        r"No answer in time.*|Temporal is away.*|The workflow service is away.*",
        "工作流服务暂时没有响应。数据不会丢失，请稍后重新提交。",
    ),
    (r"The database is away.*|The database went away.*", "数据库暂时没有响应。数据不会丢失，请稍后重试。"),
    (r"note: (fill this in|say why).*", "请填写原因。"),
    (r"documents: choose .*", "请选择需要更换的材料。"),
    (r"bed(_id)?: .*", "请选择床位。"),
    (r"unit(_id)?: .*", "请选择科室或实验室。"),
    (r"day: fill this in.*|valid_through: give .*", "请填写截止日期。"),
    (r"valid_through: must reach the last clinical day, (\S+) .*", "有效期须覆盖临床部分的最后一天（{0}）。"),
    (r"valid_through: is over already.*", "该日期已过，请核对签证或居留许可。"),
    (r".*: is no day.*", "日期格式不正确，例如 2027-03-01。"),
    (r".*: is no time.*", "时间格式不正确，例如 2027-03-01T14:30。"),
    (r"acknowledged: .*", "确认参加前，请确认全部条款。"),
    (r"ratings: .*", "请至少给出一项评分，1（差）至 5（优）。"),
    (r"passed: .*", "请选择轮转是否合格。"),
    (r"file: choose .*", "请选择要提交的文件。"),
    (r"step: pick at least .*", "请至少选择一项。"),
    (r"step: pick at most (\d+) .*", "一次最多选择{0}项。"),
    (r"This answer needs a look of its own.*", "该答复需要单独处理。"),
    (
        r"This form is out of date.*|This form came from another site.*",
        "表单已过期或并非来自本站，请重新打开页面后提交。",
    ),
    (r"sure: .*", "请勾选确认。"),
    (r"key: .*", "表单不完整，请重新打开页面。"),
    (r"Nobody else.*first.*|Another transaction was first.*", "其他人刚刚进行了修改，请重试。"),
    (r"There is no such .*|There is no .*", "没有此内容，或您无权查看。"),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in PATTERNS)


def refused(text: str, language: str) -> str:
    """A refusal in a language; what has no translation stays as it was said, which is better than saying nothing."""
    if language == "zh":
        for pattern, words in _COMPILED:
            found = pattern.fullmatch(text)
            if found:
                return words.format(*found.groups()) if "{0}" in words else words
    return text
