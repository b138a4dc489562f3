"""Answers as mail programs write them: what somebody wrote is kept, what they quote is not; whoever wrote, in time."""

import time

import pytest

from mail.conversation_letters import ABOVE
from mail.incoming import own_words, plain_of, read_mail
from models.vocabulary import LANGUAGES
from texts.i18n import translated

LINES = tuple(translated(ABOVE, language) for language in LANGUAGES)
ENGLISH, CHINESE = LINES
MAILS = {
    "gmail": f"Yes, from 2 March.\n\nOn Wed, 3 Dec 2026 at 13:37, Sojourn <a@b.c> wrote:\n\n> {ENGLISH}\n>\n> Q\n",
    "gmail, two lines": "Yes, from 2 March.\n\nOn Wed, 3 Dec 2026 at 13:37, Sojourn exchange office\n"
    f"<reply+17-abc@sojourn.example> wrote:\n\n> {ENGLISH}\n> Question\n",
    "gmail, in Chinese": f"Yes, from 2 March.\n\nS <a@b.c> 于2026年12月3日 13:37写道：\n\n> {CHINESE}\n> 问\n",
    "163": 'Yes, from 2 March.\n\n在 2026-12-03 13:37:00，"Sojourn" <a@b.c> 写道：\n> 问题\n',
    "qq": "Yes, from 2 March.\n\n\n------------------ 原始邮件 ------------------\n"
    '发件人: "Sojourn" <a@b.c>;\n发送时间: 2026年12月3日\n收件人: "A"\n主题: x\n\n问题',
    "apple, in Chinese": f"Yes, from 2 March.\n\n> 在 2026年12月3日，13:37，S <a@b.c> 写道：\n> \n> {CHINESE}\n> 问\n",
    "outlook": "Yes, from 2 March.\n\n________________________________\nFrom: Sojourn <a@b.c>\n"
    f"Sent: Wednesday\nTo: Ann\nSubject: x\n\n{ENGLISH}\n\nQuestion",
    "outlook, no line": "Yes, from 2 March.\n\nVon: Sojourn <a@b.c>\nGesendet: Mittwoch\nAn: Ann\nBetreff: x\n\nFrage",
    "german": "Yes, from 2 March.\n\nAm Mi., 3. Dez. 2026 um 13:37 Uhr schrieb Sojourn <a@b.c>:\n> Frage\n",
    "finnish": "Yes, from 2 March.\n\nke 3. jouluk. 2026 klo 13.37 Sojourn (a@b.c) kirjoitti:\n> Kysymys\n",
    "no gap": "Yes, from 2 March.\nOn Wed, 3 Dec 2026 at 13:37, S <a@b.c> wrote:\n> Q\n",
    "signature": "Yes, from 2 March.\n\n-- \nAnn Example\nDean of everything\n",
    "phone": f"Yes, from 2 March.\n\nSent from my iPhone\n\nOn 3 Dec 2026, S <a@b.c> wrote:\n\n> {ENGLISH}\n> Q",
    "marked lines": f"Yes, from 2 March.\r\n\r\n|{ENGLISH}|\r\nQuestion",
    "plain": "Yes, from 2 March.\n",
}


@pytest.mark.parametrize("name", MAILS)
def test_only_the_words_of_the_writer_are_kept(name: str) -> None:
    assert own_words(MAILS[name], LINES) == "Yes, from 2 March."


@pytest.mark.parametrize(
    "text",
    [
        "These are missing:\n- passport\n- photo\n\nThanks\nAnn",
        "> Do they need a form?\nYes, form A.\n> By when?\nFriday.",
        "We need by 4 December 2026:\nthe plan",
        "Please send it by 4 December 2026:",
        "From: the dean\nwe have no news.",
        "---\nA line above, and one below\n---\nis no mail.",
        "请补交：\n1. 护照\n2. 照片",
    ],
)
def test_nothing_that_somebody_wrote_is_lost(text: str) -> None:
    assert own_words(text, LINES) == text


@pytest.mark.parametrize("part", [" ", "\n", "On ", ">", "-", "_", "From: a\n", "在 ", "a@", "1:", "<div>", "<", "&"])
def test_hostile_mail_takes_no_time(part: str) -> None:
    began = time.monotonic()
    own_words(part * 60_000, LINES)
    plain_of(part * 20_000)
    assert time.monotonic() - began < 3


def test_html_becomes_lines_and_its_quotes_are_cut() -> None:
    html = "<html><head><style>p{}</style></head><body><div>Yes, <b>from</b> 2&nbsp;March.</div><div>Ann</div>"
    html += f"<div>On 3 Dec 2026, S &lt;a@b.c&gt; wrote:</div><blockquote><p>{ENGLISH}</p><p>Q</p></blockquote></body>"
    assert own_words(plain_of(html), LINES) == "Yes, from 2 March.\nAnn"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "List-Id: <a.b>",
        "Return-Path: <>",
        "X-Autoreply: yes",
        "Content-Type: multipart/report; boundary=x",
    ],
)
def test_what_a_program_wrote_is_told_apart(header: str) -> None:
    mail = read_mail(f"From: a@b.example\r\n{header}\r\n\r\nI am away.".encode(), LINES)
    assert mail is not None
    assert mail.automatic


@pytest.mark.parametrize("data", [b"", b"\xff\xfe" * 500, b"Content-Type: text/plain; charset=nowhere\r\n\r\n\xe4"])
def test_what_cannot_be_read_breaks_nothing(data: bytes) -> None:
    mail = read_mail(data, LINES)
    assert mail is None or (mail.sender == "" and not mail.addressed)
