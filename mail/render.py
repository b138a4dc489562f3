"""Rendering: a letter in values becomes subject, text and HTML. Pure: the same letter gives the same characters."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.notifications.notices import NoticeKind, Reader
from texts import punctuation
from texts.i18n import TAGS

TEMPLATES = Path(__file__).with_name("templates")
LONGEST_SUBJECT = 160
SIGNATURE = "-- "
"""The line by which mail programs know that what follows is no part of the message."""


@dataclass(frozen=True)
class Link:
    """Where the reader goes on from the mail."""

    words: str
    url: str


@dataclass(frozen=True)
class Para:
    """A paragraph."""

    text: str
    strong: bool = False
    shape: ClassVar[str] = "para"


@dataclass(frozen=True)
class Section:
    """What is listed, under a heading or without one."""

    heading: str
    items: tuple[str, ...]
    links: tuple[Link | None, ...] = ()
    """Where each of the first items is answered; empty where it is not from the mail."""
    shape: ClassVar[str] = "section"

    def lines(self) -> list[tuple[str, Link | None]]:
        """The items, each with where it is answered."""
        return [(item, self.links[n] if n < len(self.links) else None) for n, item in enumerate(self.items)]


@dataclass(frozen=True)
class Detail:
    """A label and what it says: a value, or several things."""

    label: str
    value: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Box:
    """What the mail is for, set apart; the first fact is the one that counts."""

    facts: tuple[Detail, ...]
    link: Link | None = None
    shape: ClassVar[str] = "box"


@dataclass(frozen=True)
class Quote:
    """What a person wrote."""

    label: str
    text: str
    shape: ClassVar[str] = "quote"


@dataclass(frozen=True)
class Body:
    """What one mail says, written once for text and HTML."""

    subject: str
    headline: str
    blocks: tuple[Para | Section | Box | Quote, ...]
    settled: bool = False
    """Whether what it asks for was done before the mail could leave."""


@dataclass(frozen=True)
class WritingUniversity:
    """Who writes, as it stands in the head of the HTML."""

    name: str
    accent: str = "#1f7a82"
    """On a light ground."""
    accent_dark: str = "#3fa0a8"


@dataclass(frozen=True)
class Letter:
    """One mail in the words of its reader's language."""

    kind: NoticeKind
    language: str
    reader: Reader
    name: str
    """Whom it greets."""
    greeting: str
    code: str
    body: Body
    rows: tuple[tuple[str, str], ...]
    """Label and value of what the mail is about."""
    because: str
    """Why this person gets it, and what to do if they should not."""
    link: Link | None = None
    above: str = ""
    """The line above which an answer to this mail is written; empty where none is taken."""
    by: WritingUniversity | None = None
    colon: str = field(init=False, repr=False)
    """Between a label and what it says, in the text."""

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return TAGS[self.language]

    def __post_init__(self) -> None:
        object.__setattr__(self, "colon", punctuation.colon(self.language))


@dataclass(frozen=True)
class Rendered:
    """A mail's subject, one line, and its two bodies."""

    subject: str
    text: str
    html: str


def _environment(autoescape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


_PLAIN = _environment(autoescape=False)
_HTML = _environment(autoescape=True)


def render(letter: Letter) -> Rendered:
    """The mail of a letter."""
    subject = one_line(letter.body.subject)
    text = _PLAIN.get_template("letter.txt").render(letter=letter)
    html = _HTML.get_template("letter.html").render(letter=letter, subject=subject)
    return Rendered(subject=_shortened(subject), text=_tidy(text), html=html.strip() + "\n")


def one_line(text: str) -> str:
    """Text without line breaks, control or direction characters: nothing a header could be broken with."""
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else c for c in text)
    return " ".join(plain.split())


def _shortened(subject: str) -> str:
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _tidy(text: str) -> str:
    """At most one empty line in a row, and one line break at the end."""
    lines = (line if line == SIGNATURE else line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
