"""Rendering: a letter in values becomes subject, text and HTML. Pure: the same letter gives the same characters."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.notifications.notices import NoticeKind, Reader
from texts.labels import LABELS

TEMPLATES = Path(__file__).with_name("templates")
LONGEST_SUBJECT = 160
SIGNATURE = "-- "
"""The line by which mail programs know that what follows is no part of the message."""


@dataclass(frozen=True)
class StepPart:
    """A step in words."""

    title: str
    verb: str
    """The title as it goes on in a sentence, without what follows a colon."""
    do: str
    why: str
    due: str
    due_short: str
    owner: str
    """Who owes it."""
    items: tuple[str, ...] = ()
    """What it is about: documents, a place, a bed."""
    ends: str = ""
    note: str = ""
    law: str = ""
    """Which law asks for it."""


@dataclass(frozen=True)
class DocumentPart:
    """A document that was not accepted, in words."""

    title: str
    returned: bool
    findings: tuple[str, ...]
    due: str = ""
    due_short: str = ""
    note: str = ""


@dataclass(frozen=True)
class OutcomePart:
    """How an exchange ended, in words."""

    short: str
    sentence: str
    reason: str = ""


@dataclass(frozen=True)
class CertificatePart:
    """A certificate and where it is verified."""

    number: str
    version: int
    issued: str
    url: str


@dataclass(frozen=True)
class CohortPart:
    """A cohort that is short of students."""

    name: str
    taken: int
    minimum: int


@dataclass(frozen=True)
class Link:
    """Where the reader goes on from the mail."""

    words: str
    url: str


@dataclass(frozen=True)
class Section:
    """A heading and what is listed under it."""

    heading: str
    items: tuple[str, ...]
    links: tuple[str, ...] = ()
    """Where each of the first items is answered; empty where it is not from the mail."""

    def lines(self) -> list[tuple[str, str]]:
        """The items, each with where it is answered."""
        return [(item, self.links[n] if n < len(self.links) else "") for n, item in enumerate(self.items)]


@dataclass(frozen=True)
class OverviewPart:
    """A mail that lists many things instead of asking for one."""

    subject: str
    headline: str
    intro: str
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Letter:
    """All that one mail says, in the words of its language. Only the parts that its kind needs are set."""

    kind: NoticeKind
    language: str
    reader: Reader
    name: str
    """Whom it greets."""
    code: str
    rows: tuple[tuple[str, str], ...]
    """Label and value of what the mail is about."""
    because: str
    """Why this person gets it, and what to do if they should not."""
    student: str = ""
    """The student's name in both scripts."""
    to_student: bool = False
    """Whether the reader is that student."""
    step: StepPart | None = None
    settled: bool = False
    """Whether the step was closed before the mail could leave."""
    document: DocumentPart | None = None
    position: int | None = None
    arrived: str = ""
    certificate: CertificatePart | None = None
    outcome: OutcomePart | None = None
    cohort: CohortPart | None = None
    overview: OverviewPart | None = None
    link: Link | None = None
    expires: str = ""
    """Of a link to sign in: how long it is good."""
    labels: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", LABELS[self.language])


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
    """The mail of a letter.

    Raises:
        jinja2.UndefinedError: if the letter lacks a part that its kind needs.
    """
    folder = "overview" if letter.overview is not None else f"{letter.kind}/{letter.language}"
    subject = one_line(_PLAIN.get_template(f"{folder}/subject.txt").render(letter=letter))
    text = _PLAIN.get_template(f"{folder}/text.txt").render(letter=letter)
    html = _HTML.get_template(f"{folder}/html.html").render(letter=letter, subject=subject)
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
