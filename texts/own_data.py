"""What stands in the archive of a student's data, in the student's language, and what papers are kept for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.catalogue.programme import Programme
from models.vocabulary import Purpose
from texts.dates import moment_words
from texts.i18n import _, translated

PURPOSES: dict[str, str] = {
    Purpose.IDENTITY: _("Passport, visa and their forms"),
    Purpose.CONDUCT: _("Background checks"),
    Purpose.STUDY: _("Enrolment and transcript"),
    Purpose.APPLICATION: _("Curriculum vitae and study plan"),
    Purpose.INSURANCE: _("Insurance papers"),
    Purpose.TRAINING: _("Proof of training"),
    Purpose.HEALTH: _("Health papers"),
    "issued": _("Letters and certificates"),
    "conversation": _("What was written about the exchange"),
}
TITLE = _("Your data in exchange {exchange}")
BY_STUDENT = _("This archive was made on {moment}, when you asked for it.")
BY_OFFICE = _("This archive was made on {moment} by the programme office, on your behalf.")
INSIDE = _("What is in it")
FACTS = _(
    "data.json: who you are, as it was typed and corrected; the exchange with its plan, steps and decisions, when and "
    "by whom; what documents say and what was found about them; clearances, housing, hours, evaluations; what was sent "
    "to you, and the conversations that you read; how long papers are kept; and everything that happened, in its order."
)
PAPERS = _("documents, letters, certificates: {count} in all, as they were handed in or issued, earlier versions too.")
LIST = _("files.json: every file with its own name, its size in bytes and its SHA-256, by which you can check it.")
OUTSIDE = _("What is not in it")
OF_OTHERS = _(
    "Data of other people, beyond the names of those who acted for the universities; so your university's ranking of "
    "its nominees is left out."
)
WORDING = _("The wording of mails: it is not kept. data.json says what was sent to you, when and to which address.")
ELSEWHERE = _("What the universities keep in their own systems. Ask them for it.")
HEALTH = _(
    "Papers about health and what they say: an office may not open them. You get them by asking for the archive "
    "yourself, in the portal."
)
UNREAD = _("Files that are missing")
ERASED = _("{path}: it was erased, and nobody can read it any more.")
DAMAGED = _("{path}: it is damaged in the store. Tell the programme office.")


@dataclass(frozen=True)
class ArchiveTold:
    """What an archive says of itself."""

    exchange_id: str
    language: str
    at: datetime
    by_student: bool
    files: int
    unread: Sequence[tuple[str, bool]]
    """Files that are missing, by their place in the archive, and whether they were erased."""


def read_me(told: ArchiveTold, programme: Programme) -> str:
    """What the archive says of itself, as text."""
    zone = programme.zone_of(programme.home)
    moment = moment_words(told.at, zone, told.language)
    lines = [
        _say(told, TITLE, exchange=told.exchange_id),
        "",
        _say(told, BY_STUDENT if told.by_student else BY_OFFICE, moment=moment),
        "",
        _say(told, INSIDE),
        *(f"- {_say(told, one, count=told.files)}" for one in (FACTS, PAPERS, LIST)),
        "",
        _say(told, OUTSIDE),
        *(f"- {_say(told, one)}" for one in (OF_OTHERS, WORDING, ELSEWHERE)),
    ]
    if not told.by_student:
        lines.append(f"- {_say(told, HEALTH)}")
    if told.unread:
        lines += ["", _say(told, UNREAD)]
        lines += [f"- {_say(told, ERASED if erased else DAMAGED, path=path)}" for path, erased in told.unread]
    return "\n".join(lines) + "\n"


def _say(told: ArchiveTold, sentence: str, **values: object) -> str:
    return translated(sentence, told.language).format(**values)
