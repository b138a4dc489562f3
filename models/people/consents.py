"""Whether a student's papers may go to a host in another jurisdiction, by what the student answered (D46).

Answers are entries of a ledger, oldest first: the last one about a purpose stands. Sensitive papers need both consents
(PIPL Art. 29 and 39).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

from models.people.authorization import Actor, Parties
from models.people.roles import COORDINATING
from models.vocabulary import Purpose, Role
from models.wire import Id, Moment, Wire


class ConsentTo(StrEnum):
    """What a student is asked, each apart."""

    TRANSFER = "transfer"
    """That papers go to the host at all."""
    SENSITIVE = "sensitive"
    """That sensitive ones do: passport and visa, criminal record, health."""


class ConsentAnswer(StrEnum):
    """What a student answered."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


SENSITIVE = frozenset({Purpose.IDENTITY, Purpose.CONDUCT, Purpose.HEALTH})
"""What papers are kept for that are sensitive personal information (PIPL Art. 28)."""


class ConsentEntry(Wire):
    """One answer about one purpose, as the ledger has it."""

    about: ConsentTo
    answer: ConsentAnswer
    notice: Id
    version: int
    language: str
    at: Moment
    by: Id
    role: Role
    paper_on: date | None = None
    """The day on which it was signed on paper; the reference is kept beside."""


def needed_for(purpose: Purpose) -> tuple[ConsentTo, ...]:
    """The consents without which papers of a purpose do not go to the host."""
    return (ConsentTo.TRANSFER, ConsentTo.SENSITIVE) if purpose in SENSITIVE else (ConsentTo.TRANSFER,)


def standing(entries: Iterable[ConsentEntry]) -> dict[ConsentTo, ConsentEntry]:
    """The answers that stand after these."""
    return {one.about: one for one in entries}


def lacking(entries: Iterable[ConsentEntry], purpose: Purpose) -> tuple[ConsentTo, ...]:
    """The consents for papers of a purpose that are not there now."""
    now = standing(entries)
    return tuple(one for one in needed_for(purpose) if not _is_given(now, one))


def is_refused(entries: Iterable[ConsentEntry], purpose: Purpose) -> bool:
    """Whether the student said that papers of a purpose do not go to the host; not asked yet is not refused."""
    now = standing(entries)
    return any(one in now and not _is_given(now, one) for one in needed_for(purpose))


def went_to_host(entries: tuple[ConsentEntry, ...], purpose: Purpose, filed_at: datetime) -> bool:
    """Whether a paper went to the host: with consent when it was filed, or by one that was given afterwards.

    What went stays with the host when a consent is withdrawn (PIPL Art. 15, GDPR Art. 7(3)).
    """
    ends = [n for n, entry in enumerate(entries) if entry.at >= filed_at]
    stood = (standing(entries[:n]) for n in (*ends, len(entries)))  # what held when it was filed, and ever since
    return any(all(_is_given(answers, one) for one in needed_for(purpose)) for answers in stood)


def _is_given(answers: Mapping[ConsentTo, ConsentEntry], about: ConsentTo) -> bool:
    return about in answers and answers[about].answer is ConsentAnswer.GIVEN


def is_asked(entries: Iterable[ConsentEntry], notice: str) -> bool:
    """Whether the student is to be asked: something was never answered, or agreed to under an earlier notice."""
    now = standing(entries)
    return any(
        one not in now or (now[one].answer is ConsentAnswer.GIVEN and now[one].notice != notice) for one in ConsentTo
    )


def answers_of(
    entries: Iterable[ConsentEntry], said: Mapping[ConsentTo, bool]
) -> dict[ConsentAnswer, tuple[ConsentTo, ...]]:
    """What an answer amounts to: a no to what was agreed to takes it back, and with the transfer the sensitive one."""
    now, found = standing(entries), dict[ConsentTo, ConsentAnswer]()
    for about, yes in said.items():
        taken_back = ConsentAnswer.WITHDRAWN if _is_given(now, about) else ConsentAnswer.REFUSED
        found[about] = ConsentAnswer.GIVEN if yes else taken_back
    if found.get(ConsentTo.TRANSFER) is ConsentAnswer.WITHDRAWN and _is_given(now, ConsentTo.SENSITIVE):
        found[ConsentTo.SENSITIVE] = ConsentAnswer.WITHDRAWN
    return {answer: some for answer in ConsentAnswer if (some := tuple(a for a in ConsentTo if found.get(a) is answer))}


def may_consent(actor: Actor, parties: Parties) -> bool:
    """Whether this person answers for themself: the student alone."""
    return actor.role is Role.STUDENT and actor.id == parties.student


def may_record_consent(actor: Actor, parties: Parties) -> bool:
    """Whether this person enters what the student signed on paper: who leads the sending side, the programme office."""
    if actor.role is Role.PROGRAMME_OFFICE:
        return True
    return actor.role in COORDINATING and actor.institution == parties.sending


def may_see_consents(actor: Actor, parties: Parties) -> bool:
    """Whether this person reads the ledger: the student, who leads either side, programme office and auditor."""
    if actor.role in (Role.PROGRAMME_OFFICE, Role.AUDITOR):
        return True
    if actor.role in COORDINATING:
        return actor.institution in (parties.sending, parties.host)
    return may_consent(actor, parties)


def is_of_host(actor: Actor, parties: Parties) -> bool:
    """Whether a paper that this person opens goes to the host by it."""
    return actor.role is not Role.STUDENT and actor.institution == parties.host
