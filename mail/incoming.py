"""A mail that came back, read: who answers to which address, in which words of their own. Pure; anybody may write.

What it quotes is cut by the line that every mail of a conversation begins with, or by how mail programs mark quotes;
signatures are cut by the line `-- `. Time and memory grow with the size of the mail, and no faster.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser

from models.messages.conversation import LARGEST_MAIL

MOST_WORDS = 200_000
"""Characters of a body that are looked at."""
ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "X-Rcpt-To")
AUTOMATIC = re.compile(r"bulk|list|junk|auto", re.IGNORECASE)
_HEADERS = "From|Sent|Date|To|Cc|Subject|发件人|发送时间|收件人|抄送|主题|日期|寄件者|Von|Gesendet|Datum|An|Betreff|"
_HEADERS += "De|Envoyé|À|Objet|Lähettäjä|Lähetetty|Vastaanottaja|Aihe|보낸 사람|받는 사람|제목|差出人|宛先|件名"
_HEADER = re.compile(rf"^[*_\s]{{0,4}}(?:{_HEADERS})[*_]{{0,2}}\s?[:：]", re.IGNORECASE)
_SEPARATOR = re.compile(r"^\s{0,8}(?:_{10,}|-{3,}[^-]{0,60}-{3,}|={10,})\s*$")
_SIGNATURE = re.compile(r"^-- ?$")
_SENT_FROM = re.compile(
    r"^(?:Sent from my |Get Outlook for |Sent from Outlook|发自我的|从我的.{1,20}发送|发送自|Von meinem )"
)
_ADDRESS = re.compile(r"<[^<>\s]{1,320}>|[^\s<>@]{1,64}@[^\s<>@]{1,255}")
_MOMENT = re.compile(r"\d{4}|\d{1,2}[:.]\d{2}")


@dataclass(frozen=True)
class IncomingMail:
    """What is used of a mail."""

    message_id: str
    """Its Message-ID; empty where it has none."""
    sender: str
    """The one address it is from; empty where it is from none or several."""
    addressed: tuple[str, ...]
    """Texts in which the address stands that it came to."""
    automatic: bool
    """Whether a program wrote it: an absence, a receipt, a report, a list."""
    text: str
    """The words of its writer."""


def read_mail(data: bytes, above: Sequence[str]) -> IncomingMail | None:
    """What a mail says; `None` where it cannot be read.

    `above` are the lines, in every language, above which an answer is written.
    """
    try:
        message = message_from_bytes(data[:LARGEST_MAIL], policy=default)
        assert isinstance(message, EmailMessage)
        return IncomingMail(
            message_id=str(message.get("Message-ID", "")).strip()[:500],
            sender=_sender(message),
            addressed=tuple(str(value) for name in ADDRESSED for value in message.get_all(name, ())),
            automatic=is_automatic(message),
            text=own_words(_body(message), above),
        )
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError):
        # Anybody can write: what the library cannot read is no answer.
        return None


def is_automatic(message: EmailMessage) -> bool:
    """Whether a program wrote a mail (RFC 3834): it is never answered, and answers nothing."""
    if str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower() != "no":
        return True
    if AUTOMATIC.search(str(message.get("Precedence", ""))) or message.get("List-Id"):
        return True
    path = message.get("Return-Path")
    if path is not None and str(path).strip() in ("", "<>"):
        return True
    if any(message.get(name) is not None for name in ("X-Autoreply", "X-Autorespond")):
        return True
    return message.get_content_type() == "multipart/report"


def _sender(message: EmailMessage) -> str:
    found = [address for _, address in getaddresses([str(one) for one in message.get_all("From", ())]) if address]
    return found[0] if len(found) == 1 else ""


def _body(message: EmailMessage) -> str:
    """The text of a mail: as plain text, or else made of its HTML; files that come along are left out."""
    part = message.get_body(("plain",)) or message.get_body(("html",))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    text = text[:MOST_WORDS]
    return plain_of(text) if part.get_content_type() == "text/html" else text


class _Plain(HTMLParser):
    """Words of HTML, line by line; what is quoted begins with `>`."""

    BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table", "hr"})
    SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [""]
        self._silent = self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT:
            self._silent += 1
        if tag in self.BREAKS:
            self._end_line()
        if tag == "blockquote":
            self._quoted += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag in self.BREAKS - {"br", "hr"}:
            self._end_line()

    def _end_line(self) -> None:
        if self.lines[-1]:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        words = " ".join(data.split())
        if not words:
            return
        before = self.lines[-1]
        begins = f"{'> ' if self._quoted else ''}{words}"
        self.lines[-1] = f"{before} {words}" if before else begins


def plain_of(html: str) -> str:
    """The words of HTML as plain text."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return "\n".join(parser.lines)


def own_words(text: str, above: Sequence[str]) -> str:
    """What somebody wrote themself: without the mail that they answer, quotes at its end, and their signature."""
    everything = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end, quoted = _end(everything, above)
    lines = everything[:end]
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith(">")):
        quoted |= bool(lines.pop().strip())
    if quoted:
        _drop_introduction(lines)
    while lines and (not lines[-1].strip() or _SENT_FROM.match(lines[-1].strip())):
        lines.pop()
    return "\n".join(_without_long_gaps(lines)).strip()


def _end(lines: Sequence[str], above: Sequence[str]) -> tuple[int, bool]:
    """Before which line the mail that is answered begins, or a signature; and whether it is such a mail."""
    for number, line in enumerate(lines):
        plain = line.strip().lstrip("> ").strip()
        if any(one in plain for one in above) or _begins_headers(lines, number):
            return number, True
        if _SIGNATURE.match(line):
            # What stands below a signature is quoted, and what introduces it stands below it too.
            return number, False
        if _SEPARATOR.match(line) and any(_HEADER.match(one) for one in lines[number + 1 : number + 6]):
            return number, True
    return len(lines), False


def _begins_headers(lines: Sequence[str], number: int) -> bool:
    """Whether the header of another mail begins here: three such lines within five."""
    if not _HEADER.match(lines[number]):
        return False
    return sum(bool(_HEADER.match(one)) for one in lines[number : number + 5]) >= 3


def _drop_introduction(lines: list[str]) -> None:
    """Leave out what stands before a quote in every language: up to three lines with a moment, the last with a colon.

    `On …, Ann <…> wrote:`, `在 …，Ann 写道：`; programs break it where it is long.
    """
    if not lines or not lines[-1].rstrip().endswith((":", "：")):
        return
    for begin in range(len(lines) - 1, max(-1, len(lines) - 4), -1):
        if not lines[begin].strip():
            return
        if _MOMENT.search(_ADDRESS.sub("", lines[begin][:1000])):
            del lines[begin:]
            return


def _without_long_gaps(lines: Sequence[str]) -> Iterator[str]:
    """At most one empty line in a row."""
    empty = False
    for line in lines:
        if line.strip() or not empty:
            yield line.rstrip()
        empty = not line.strip()
