"""What letters say, from the records alone, and what a letter still lacks."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field

from models.catalogue.programme import Institution
from models.errors import Plain
from models.people.letters import LetterKind
from models.vocabulary import ROTATION_CONTENTS, Content, Level, NominationStatus, Outcome
from models.wire import Wire

FORMS = ("DQ", "JW202", "DS2019")
"""Forms of an authority that a data sheet is for (D3, D22)."""


class FilledIn(StrEnum):
    """Where what a letter lacks is filled in."""

    STEPS = "steps"
    """By answering what is open, on the page of the exchange."""
    DOCUMENTS = "documents"
    CATALOGUE = "catalogue"
    NOWHERE = "nowhere"
    """Nothing can be filled in: this letter does not fit this exchange, or not yet."""


class Lack(Wire):
    """One thing without which a letter is not made: the id of its sentence, and where it is filled in."""

    message: str
    where: FilledIn
    params: dict[str, Plain] = Field(default_factory=dict)


class Block(Wire):
    """One place in a unit as it was worked, or as it is planned. Days inclusive; hours as they were reported."""

    content: Content
    unit: str
    unit_zh: str
    status: str = ""
    status_zh: str = ""
    """National or ministry level of a laboratory (seed H)."""
    supervisor: str = ""
    first: date
    last: date
    planned: float = 0
    attended: float = 0
    passed: bool | None = None
    ratings: dict[str, int] = Field(default_factory=dict)
    """1 (poor) to 5 (excellent), by skill."""
    objectives: frozenset[str] = frozenset()
    """The learning objectives that it serves, by key."""


class SessionHours(Wire):
    """Hours of a content without a unit: lectures and the cultural programme."""

    content: Content
    planned: float
    attended: float
    objectives: frozenset[str] = frozenset()


class BedHeld(Wire):
    """The bed held, first and last night included."""

    id: str
    first: date
    last: date


class Lodging(Wire):
    """An address outside the host's beds, first and last night included."""

    address: str
    address_local: str = ""
    first: date
    last: date


class Change(Wire):
    """One fact that is no longer as it was first confirmed. Ids, or days in ISO 8601; empty: there was none."""

    what: str
    """`start`, `end`, `discipline`, `bed`, or a block whose place is another one, as plans name it."""
    before: str
    after: str


class LetterFacts(Wire):
    """Everything that letters about one exchange say. Personal data: never recorded in an event."""

    exchange_id: str
    nomination_version: int
    nomination: NominationStatus
    family_name: str
    given_name: str
    native_name: str = ""
    born: date
    gender: str
    nationality: str
    passport_number: str = ""
    student_number: str
    email: str
    year: int
    level: Level
    discipline: str
    sending: Institution
    host: Institution
    start: date
    end: date
    contents: tuple[tuple[Content, date, date], ...]
    wishes: tuple[str, ...] = ()
    """Unit ids, in order of preference."""
    visa_form: str = "none"
    visa_class: str = ""
    approved_on: date | None = None
    """When the host approved, by its calendar."""
    accepted_on: date | None = None
    """When the student accepted the offer."""
    passport_accepted: bool = False
    passport_until: date | None = None
    bed: BedHeld | None = None
    lodging: Lodging | None = None
    """Where the student lives without a bed of the host."""
    blocks: tuple[Block, ...] = ()
    sessions: tuple[SessionHours, ...] = ()
    changes: tuple[Change, ...] = ()
    arrived_on: date | None = None
    departed_on: date | None = None
    outcome: Outcome | None = None
    """How it ended, or is about to."""
    last_day: date | None = None
    """The last day of a stay that ended early."""

    @property
    def name(self) -> str:
        """As a letter names the student in Latin letters, the family name in capitals."""
        return " ".join(part for part in (self.given_name, self.family_name.upper()) if part and part != "-")

    @property
    def days(self) -> int:
        """Planned length of the stay in days, both ends included (D1)."""
        return (self.end - self.start).days + 1

    def issuer(self, kind: LetterKind) -> Institution:
        """Whose letter it is."""
        return self.sending if kind is LetterKind.NOMINATION else self.host


EARLY = frozenset({Outcome.ENDED_EARLY_JUSTIFIED, Outcome.ENDED_EARLY_UNJUSTIFIED})
OVER = frozenset(Outcome) - EARLY - {Outcome.COMPLETED}
"""Ends after which there is no stay to write letters about."""
Lacks = Iterable[Lack]


def lacks(kind: LetterKind, facts: LetterFacts) -> tuple[Lack, ...]:
    """Everything without which a letter of this kind is not made; empty where it can be."""
    return (*_letterhead(kind, facts), *_LACKS[kind](facts))


def _letterhead(kind: LetterKind, facts: LetterFacts) -> Lacks:
    issuer = facts.issuer(kind)
    # A transcript goes home by itself within its time (D43): what an operator has to fill in does not keep it back.
    if issuer.letterhead is None and kind is not LetterKind.TRANSCRIPT:
        yield Lack(message="letter.lacks_letterhead", where=FilledIn.CATALOGUE, params={"institution": issuer.id})


def _nomination(facts: LetterFacts) -> Lacks:
    yield from _goes_on(facts)


def _goes_on(facts: LetterFacts) -> Lacks:
    if facts.outcome in OVER:
        yield Lack(message="letter.lacks_stay", where=FilledIn.NOWHERE)


def _admitted(facts: LetterFacts) -> Lacks:
    yield from _goes_on(facts)
    if facts.nomination is not NominationStatus.VERIFIED:
        yield Lack(message="letter.lacks_verification", where=FilledIn.STEPS)
    if facts.approved_on is None:
        yield Lack(message="letter.lacks_approval", where=FilledIn.STEPS)


def _invited(facts: LetterFacts) -> Lacks:
    yield from _admitted(facts)
    if facts.accepted_on is None:
        yield Lack(message="letter.lacks_acceptance", where=FilledIn.STEPS)
    if not facts.passport_accepted:
        yield Lack(message="letter.lacks_passport", where=FilledIn.DOCUMENTS)


def _acceptance(facts: LetterFacts) -> Lacks:
    yield from _admitted(facts)
    for content in dict.fromkeys(content for content, _, _ in facts.contents if content in ROTATION_CONTENTS):
        planned = sum(one is content for one, _, _ in facts.contents)
        if sum(block.content is content for block in facts.blocks) < planned:
            yield Lack(message="letter.lacks_place", where=FilledIn.STEPS, params={"content": content.value})


def _housing(facts: LetterFacts) -> Lacks:
    yield from _goes_on(facts)
    if facts.bed is None and facts.lodging is None:
        yield Lack(message="letter.lacks_bed", where=FilledIn.STEPS)


def _data_sheet(facts: LetterFacts) -> Lacks:
    yield from _admitted(facts)
    if facts.visa_form == "decide":
        yield Lack(message="letter.lacks_form", where=FilledIn.STEPS)
    elif facts.visa_form not in FORMS:
        yield Lack(message="letter.needs_no_form", where=FilledIn.NOWHERE)
    if not facts.passport_accepted:
        yield Lack(message="letter.lacks_passport", where=FilledIn.DOCUMENTS)
    elif facts.passport_until is None:
        yield Lack(message="letter.lacks_passport_expiry", where=FilledIn.DOCUMENTS)


def _change(facts: LetterFacts) -> Lacks:
    yield from _admitted(facts)
    if not facts.changes:
        yield Lack(message="letter.lacks_change", where=FilledIn.NOWHERE)


def _early_end(facts: LetterFacts) -> Lacks:
    if facts.outcome not in EARLY:
        yield Lack(message="letter.lacks_early_end", where=FilledIn.NOWHERE)
    elif facts.last_day is None and facts.departed_on is None:
        yield Lack(message="letter.lacks_departure", where=FilledIn.STEPS)


def _transcript(facts: LetterFacts) -> Lacks:
    if facts.arrived_on is None:
        yield Lack(message="letter.lacks_arrival", where=FilledIn.STEPS)
    if facts.departed_on is None:
        yield Lack(message="letter.lacks_departure", where=FilledIn.STEPS)
    if not facts.blocks and not facts.sessions:
        yield Lack(message="letter.lacks_hours", where=FilledIn.STEPS)


_LACKS: dict[LetterKind, Callable[[LetterFacts], Lacks]] = {
    LetterKind.NOMINATION: _nomination,
    LetterKind.ADMISSION_NOTICE: _admitted,
    LetterKind.INVITATION: _invited,
    LetterKind.ACCEPTANCE: _acceptance,
    LetterKind.HOUSING: _housing,
    LetterKind.DATA_SHEET: _data_sheet,
    LetterKind.CHANGE: _change,
    LetterKind.EARLY_END: _early_end,
    LetterKind.TRANSCRIPT: _transcript,
}
