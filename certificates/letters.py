"""What each kind of letter says, written out from its facts in one language."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from certificates.letter_page import Head, LetterPage, Table
from models.catalogue.programme import Institution, Programme
from models.rules.letters import Block, LetterFacts, Session
from models.vocabulary import LANGUAGES, Content, LetterKind, Outcome
from texts import letters as said
from texts.certificate import OFFICE, TITLES
from texts.dates import block_words, stay_words, written
from texts.forms import CHOICES
from texts.i18n import in_language, translated
from texts.labels import ACTIVITIES, LEVELS, country
from texts.names import Names
from texts.punctuation import sentences

OTHER = dict(zip(LANGUAGES, reversed(LANGUAGES), strict=True))
"""In which language a letterhead names the university besides."""


def compose(
    kind: LetterKind,
    facts: LetterFacts,
    programme: Programme,
    language: str,
    *,
    number: str,
    version: int,
    issued_on: date,
) -> LetterPage:
    """A letter that lacks nothing (`models.rules.letters.lacks`), in one language."""
    wording = Wording(facts, Names(programme, language))
    issuer, say = facts.issuer(kind), wording.say
    around = translated(said.PAGE, language)
    before, _, rest = around.partition(said.PAGE_FIELDS[0])
    between, _, behind = rest.partition(said.PAGE_FIELDS[1])
    signer, role = _signer(programme, issuer)
    labels = {name: say(said.LABELS[name]) for name in ("number", "version", "issued")}
    page = LetterPage(
        language=language,
        head=_head(issuer, language),
        title=say(_title(kind, facts)),
        number=(labels["number"], number),
        version=(labels["version"], say(said.VERSION, version=version)) if version > 1 else None,
        dated=(labels["issued"], written(issued_on, "long date", language)),
        greeting="",
        signed=say(said.SIGNED, institution=wording.names.name(issuer)),
        signer=signer,
        signer_role=say(role),
        page=(before, between, behind),
        issued_on=issued_on,
    )
    return page.model_copy(update=_WRITTEN[kind](wording))


def _head(issuer: Institution, language: str) -> Head:
    found, mail = issuer.letterhead, issuer.office_email
    return Head(
        name=in_language(issuer, "name", language),
        other_language=OTHER[language],
        other_name=in_language(issuer, "name", OTHER[language]),
        office=in_language(found, "office", language) if found else translated(OFFICE, language),
        address=in_language(found, "address", language) if found else "",
        reached=tuple(one for one in (found.phone if found else "", mail, found.website if found else "") if one),
    )


def _signer(programme: Programme, issuer: Institution) -> tuple[str, str]:
    for role, title in TITLES.items():
        if found := programme.contacts(issuer.id, role):
            return found[0].name, title
    return "", OFFICE


def _title(kind: LetterKind, facts: LetterFacts) -> str:
    sheet = said.SHEETS.get(facts.visa_form) if kind is LetterKind.DATA_SHEET else None
    return sheet or said.LETTERS[kind]


class Wording:
    """The facts of one exchange in words of one language."""

    def __init__(self, facts: LetterFacts, names: Names) -> None:
        self.facts = facts
        self.names = names

    def say(self, message: str, **values: object) -> str:
        """A message of the catalogue of texts, with its values."""
        return translated(message, self.names.language).format(**values)

    def day(self, day: date | None) -> str:
        """A day written out; empty for none."""
        return written(day, "long date", self.names.language) if day else ""

    def stay(self, first: date, last: date) -> str:
        """Two days, both included."""
        return stay_words(first, last, self.names.language)

    def university(self, institution: Institution) -> str:
        """What a university is called."""
        return self.names.name(institution)

    @property
    def student(self) -> str:
        """The student in both scripts; Chinese letters name a Chinese student in Chinese first."""
        name, native = self.facts.name, self.facts.native_name
        return self.names.aside(name, native) if native and native != name else name

    def lines(self, *wanted: str) -> tuple[tuple[str, str], ...]:
        """The facts wanted, in this order, with their labels; those that are empty are left out."""
        known = self._known()
        return tuple((self.say(said.LABELS[name]), known[name]) for name in wanted if known[name])

    def _known(self) -> dict[str, str]:
        facts, names = self.facts, self.names
        return {
            "exchange": facts.exchange_id,
            "name": facts.name,
            "family": facts.family_name,
            "given": "" if facts.given_name == "-" else facts.given_name,
            "native": facts.native_name,
            "born": self.day(facts.born),
            "gender": names.label(CHOICES, facts.gender),
            "nationality": country(facts.nationality, names.language),
            "student_number": facts.student_number,
            "email": facts.email,
            "level": names.label(LEVELS, facts.level),
            "discipline": names.discipline(facts.discipline),
            "stay": self.stay(facts.start, facts.end),
            "days": self.say(said.DAYS, days=facts.days),
            "contents": names.listed(names.content(content) for content, _, _ in facts.contents),
            "wishes": names.listed(names.unit(unit) for unit in facts.wishes),
            "home": self.university(facts.sending),
            "host": self.university(facts.host),
            "housing": in_language(facts.host.housing, "terms", names.language),
            "bed": names.bed(facts.host.id, facts.bed.id) if facts.bed else "",
            "nights": self.stay(facts.bed.first, facts.bed.last) if facts.bed else "",
            "form": "DS-2019" if facts.visa_form == "DS2019" else facts.visa_form,
            "visa": facts.visa_class,
            "passport_until": self.day(facts.passport_until),
            "passport_number": self.say(said.FROM_PASSPORT),
            "contact": self._contact(),
            "first_day": self.day(facts.arrived_on),
            "last_day": self.day(facts.departed_on or facts.last_day),
            "planned_end": self.day(facts.end),
        }

    def _contact(self) -> str:
        found = self.facts.host.letterhead
        return self.names.listed((in_language(found, "office", self.names.language), found.phone)) if found else ""

    def fees(self) -> str:
        """What is waived and what the student pays (D6)."""
        programme = self.names.programme
        lines = getattr(programme, f"fees_{self.names.language}", None) or programme.fees
        return self.say(said.OWED, fees=sentences(lines, self.names.language))

    def heads(self, *wanted: str) -> tuple[str, ...]:
        """Headings of a table."""
        return tuple(self.say(said.HEADS[name]) for name in wanted)


def _nomination(w: Wording) -> dict[str, object]:
    sending, host = w.university(w.facts.sending), w.university(w.facts.host)
    return {
        "greeting": w.say(said.TO_OFFICE, university=host),
        "before": (w.say(said.NOMINATES, sending=sending, host=host, year=w.facts.year),),
        "facts": w.lines(
            *("exchange", "name", "native", "born", "gender", "nationality", "student_number", "email"),
            *("level", "discipline", "stay", "days", "contents", "wishes"),
        ),
        "after": (w.say(said.ENROLLED, sending=sending),),
    }


def _admission(w: Wording) -> dict[str, object]:
    admits = w.say(said.ADMITS, host=w.university(w.facts.host), approved=w.day(w.facts.approved_on))
    return {
        "greeting": w.say(said.TO_STUDENT, name=w.student),
        "before": (admits,),
        "facts": w.lines(
            *("exchange", "name", "native", "born", "nationality", "home", "level", "discipline", "stay", "days"),
            "contents",
        ),
        "after": (w.say(said.NO_DEGREE), w.fees()),
    }


def _invitation(w: Wording) -> dict[str, object]:
    facts = w.facts
    invites = w.say(
        said.INVITES,
        host=w.university(facts.host),
        sending=w.university(facts.sending),
        days=facts.days,
        first=w.day(facts.start),
        last=w.day(facts.end),
        accepted=w.day(facts.accepted_on),
    )
    clinical = any(content is Content.CLINICAL for content, _, _ in facts.contents)
    return {
        "greeting": w.say(said.TO_ANYBODY),
        "before": (invites, w.say(said.VISA)),
        "facts": w.lines(
            *("exchange", "name", "native", "born", "gender", "nationality", "passport_until", "home"),
            *("level", "discipline", "stay", "contents", "housing", "contact"),
        ),
        "after": (*((w.say(said.OBSERVES),) if clinical else ()), w.fees()),
    }


def _acceptance(w: Wording) -> dict[str, object]:
    sending, host = w.university(w.facts.sending), w.university(w.facts.host)
    clinical = any(block.content is Content.CLINICAL for block in w.facts.blocks)
    return {
        "greeting": w.say(said.TO_OFFICE, university=sending),
        "before": (w.say(said.ACCEPTS, host=host, student=w.student, sending=sending),),
        "facts": w.lines("exchange", "level", "discipline", "stay", "days"),
        "tables": (_places(w, w.facts.blocks),),
        "after": ((w.say(said.OBSERVES),) if clinical else ()),
    }


def _places(w: Wording, blocks: Sequence[Block]) -> Table:
    return Table(
        caption=w.say(said.PLACES),
        heads=w.heads("unit", "content", "dates", "supervisor"),
        rows=tuple(
            (
                _unit(w, block),
                w.names.label(ACTIVITIES, block.content),
                block_words(block.first, block.last, w.names.language),
                block.supervisor,
            )
            for block in blocks
        ),
        widths=(10, 8, 8, 6),
    )


def _unit(w: Wording, block: Block) -> str:
    return w.names.aside(w.names.in_language(block, "unit"), w.names.in_language(block, "status"))


def _housing(w: Wording) -> dict[str, object]:
    return {
        "greeting": w.say(said.TO_STUDENT, name=w.student),
        "before": (w.say(said.HOUSES, host=w.university(w.facts.host)),),
        "facts": w.lines("exchange", "name", "bed", "nights", "contact"),
        "after": (in_language(w.facts.host.housing, "terms", w.names.language),),
    }


def _data_sheet(w: Wording) -> dict[str, object]:
    return {
        "greeting": w.say(said.FILLED_FROM),
        "facts": w.lines(
            *("exchange", "form", "visa", "family", "given", "native", "born", "gender", "nationality"),
            *("passport_number", "passport_until", "email", "home", "student_number", "level", "host", "discipline"),
            *("stay", "days", "contents", "housing", "contact"),
        ),
    }


def _change(w: Wording) -> dict[str, object]:
    rows = tuple(
        (_what(w, one.what), _value(w, one.what, one.before), _value(w, one.what, one.after)) for one in w.facts.changes
    )
    table = Table(caption=w.say(said.CHANGES), heads=w.heads("what", "before", "after"), rows=rows, widths=(6, 9, 9))
    return {
        "greeting": w.say(said.TO_STUDENT, name=w.student),
        "before": (w.say(said.CHANGED, student=w.student),),
        "facts": w.lines("exchange", "home", "host", "stay", "days"),
        "tables": (table,),
    }


def _what(w: Wording, what: str) -> str:
    return w.say(said.WHAT[what]) if what in said.WHAT else w.names.content(what)


def _value(w: Wording, what: str, value: str) -> str:
    """An id or a day of a change, in words; a dash for none."""
    if not value:
        return "–"
    match what:
        case "start" | "end":
            return w.day(date.fromisoformat(value))
        case "discipline":
            return w.names.discipline(value)
        case "bed":
            return w.names.bed(w.facts.host.id, value)
        case _:
            return w.names.unit(value)


def _early_end(w: Wording) -> dict[str, object]:
    justified = w.facts.outcome is Outcome.ENDED_EARLY_JUSTIFIED
    ended = said.ENDED_JUSTIFIED if justified else said.ENDED_UNJUSTIFIED
    return {
        "greeting": w.say(said.TO_OFFICE, university=w.university(w.facts.sending)),
        "before": (w.say(ended, student=w.student),),
        "facts": w.lines("exchange", "name", "native", "born", "home", "host", "first_day", "last_day", "planned_end"),
    }


def _transcript(w: Wording) -> dict[str, object]:
    facts = w.facts
    assert facts.arrived_on is not None
    assert facts.departed_on is not None
    told = w.say(
        said.TRANSCRIBES,
        student=w.student,
        sending=w.university(facts.sending),
        host=w.university(facts.host),
        first=w.day(facts.arrived_on),
        last=w.day(facts.departed_on),
        days=(facts.departed_on - facts.arrived_on).days + 1,
    )
    clinical = any(block.content is Content.CLINICAL for block in facts.blocks)
    return {
        "greeting": w.say(said.TO_OFFICE, university=w.university(facts.sending)),
        "before": (told,),
        "facts": w.lines("exchange", "name", "native", "born", "student_number", "level", "discipline"),
        "tables": tuple(_hours(w)),
        "after": ((w.say(said.OBSERVES),) if clinical else ()),
    }


def _hours(w: Wording) -> Iterable[Table]:
    blocks, sessions = w.facts.blocks, w.facts.sessions
    if blocks:
        rows = tuple(
            (
                _unit(w, one),
                w.names.content(one.content),
                block_words(one.first, one.last, w.names.language),
                one.supervisor,
                *_share(one.planned, one.attended),
                _result(w, one),
            )
            for one in blocks
        )
        heads = w.heads("unit", "content", "dates", "supervisor", "planned", "attended", "share", "result")
        widths = (11, 7, 8, 7, 4, 5, 5, 7)
        yield Table(caption=w.say(said.BLOCKS), heads=heads, rows=rows, widths=widths, numbers=(4, 5, 6))
    if sessions:
        lines = [(w.names.content(one.content), *_share(one.planned, one.attended)) for one in sessions]
        whole: tuple[Block | Session, ...] = (*blocks, *sessions)
        planned, attended = sum(one.planned for one in whole), sum(one.attended for one in whole)
        lines.append((w.say(said.TOTAL), *_share(planned, attended)))
        heads = w.heads("content", "planned", "attended", "share")
        yield Table(
            caption=w.say(said.SESSIONS),
            heads=heads,
            rows=tuple(lines),
            widths=(18, 6, 6, 6),
            numbers=(1, 2, 3),
            total=True,
        )


def _share(planned: float, attended: float) -> tuple[str, str, str]:
    share = f"{attended / planned:.0%}" if planned else "–"
    return f"{planned:g}", f"{attended:g}", share


def _result(w: Wording, block: Block) -> str:
    result = w.say(said.RESULTS[block.passed])
    if not block.ratings:
        return result
    mean = sum(block.ratings.values()) / len(block.ratings)
    return w.say(said.MEAN, result=result, mean=f"{mean:.1f}")


_WRITTEN: dict[LetterKind, Callable[[Wording], dict[str, object]]] = {
    LetterKind.NOMINATION: _nomination,
    LetterKind.ADMISSION_NOTICE: _admission,
    LetterKind.INVITATION: _invitation,
    LetterKind.ACCEPTANCE: _acceptance,
    LetterKind.HOUSING: _housing,
    LetterKind.DATA_SHEET: _data_sheet,
    LetterKind.CHANGE: _change,
    LetterKind.EARLY_END: _early_end,
    LetterKind.TRANSCRIPT: _transcript,
}
"""What a kind of letter has besides head, title, number and signature."""
