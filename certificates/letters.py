"""What each kind of letter says, written out from its facts in one language."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from certificates.letter_page import Head, LetterPage, LetterTable
from certificates.letter_words import LetterWords
from models.catalogue.programme import Institution, Programme
from models.people.letters import LetterKind
from models.rules.letters import Block, LetterFacts, SessionHours
from models.vocabulary import LANGUAGES, Content, Outcome
from texts import letters as said
from texts.certificate import OFFICE, TITLES
from texts.dates import block_words, written
from texts.i18n import in_language, translated
from texts.labels import ACTIVITIES
from texts.names import Names

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
    wording = LetterWords(facts, Names(programme, language))
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


def _nomination(w: LetterWords) -> dict[str, object]:
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


def _admission(w: LetterWords) -> dict[str, object]:
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


def _invitation(w: LetterWords) -> dict[str, object]:
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


def _acceptance(w: LetterWords) -> dict[str, object]:
    sending, host = w.university(w.facts.sending), w.university(w.facts.host)
    clinical = any(block.content is Content.CLINICAL for block in w.facts.blocks)
    return {
        "greeting": w.say(said.TO_OFFICE, university=sending),
        "before": (w.say(said.ACCEPTS, host=host, student=w.student, sending=sending),),
        "facts": w.lines("exchange", "level", "discipline", "stay", "days"),
        "tables": (_places(w, w.facts.blocks),),
        "after": ((w.say(said.OBSERVES),) if clinical else ()),
    }


def _places(w: LetterWords, blocks: Sequence[Block]) -> LetterTable:
    return LetterTable(
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


def _unit(w: LetterWords, block: Block) -> str:
    return w.names.aside(w.names.in_language(block, "unit"), w.names.in_language(block, "status"))


def _housing(w: LetterWords) -> dict[str, object]:
    return {
        "greeting": w.say(said.TO_STUDENT, name=w.student),
        "before": (w.say(said.HOUSES if w.facts.bed else said.HOUSED_OUTSIDE, host=w.university(w.facts.host)),),
        "facts": w.lines("exchange", "name", "bed", "address", "nights", "contact"),
        "after": (in_language(w.facts.host.housing, "terms", w.names.language),),
    }


def _data_sheet(w: LetterWords) -> dict[str, object]:
    return {
        "greeting": w.say(said.FILLED_FROM),
        "facts": w.lines(
            *("exchange", "form", "visa", "family", "given", "native", "born", "gender", "nationality"),
            *("passport_number", "passport_until", "email", "home", "student_number", "level", "host", "discipline"),
            *("stay", "days", "contents", "housing", "address", "contact"),
        ),
    }


def _change(w: LetterWords) -> dict[str, object]:
    rows = tuple(
        (_what(w, one.what), _value(w, one.what, one.before), _value(w, one.what, one.after)) for one in w.facts.changes
    )
    table = LetterTable(
        caption=w.say(said.CHANGES), heads=w.heads("what", "before", "after"), rows=rows, widths=(6, 9, 9)
    )
    return {
        "greeting": w.say(said.TO_STUDENT, name=w.student),
        "before": (w.say(said.CHANGED, student=w.student),),
        "facts": w.lines("exchange", "home", "host", "stay", "days"),
        "tables": (table,),
    }


def _what(w: LetterWords, what: str) -> str:
    return w.say(said.WHAT[what]) if what in said.WHAT else w.names.content(what)


def _value(w: LetterWords, what: str, value: str) -> str:
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
            return w.unit(value)


def _early_end(w: LetterWords) -> dict[str, object]:
    justified = w.facts.outcome is Outcome.ENDED_EARLY_JUSTIFIED
    ended = said.ENDED_JUSTIFIED if justified else said.ENDED_UNJUSTIFIED
    return {
        "greeting": w.say(said.TO_OFFICE, university=w.university(w.facts.sending)),
        "before": (w.say(ended, student=w.student),),
        "facts": w.lines("exchange", "name", "native", "born", "home", "host", "first_day", "last_day", "planned_end"),
    }


def _transcript(w: LetterWords) -> dict[str, object]:
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
        "tables": (*_hours(w), *_objectives(w)),
        "after": ((w.say(said.OBSERVES),) if clinical else ()),
    }


def _hours(w: LetterWords) -> Iterable[LetterTable]:
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
        widths = (11, 6, 8, 7, 5, 5, 5, 7)
        yield LetterTable(caption=w.say(said.BLOCKS), heads=heads, rows=rows, widths=widths, numbers=(4, 5, 6))
    if sessions:
        lines = [(w.names.content(one.content), *_share(one.planned, one.attended)) for one in sessions]
        whole: tuple[Block | SessionHours, ...] = (*blocks, *sessions)
        planned, attended = sum(one.planned for one in whole), sum(one.attended for one in whole)
        lines.append((w.say(said.TOTAL), *_share(planned, attended)))
        heads = w.heads("content", "planned", "attended", "share")
        yield LetterTable(
            caption=w.say(said.SESSIONS),
            heads=heads,
            rows=tuple(lines),
            widths=(18, 6, 6, 6),
            numbers=(1, 2, 3),
            total=True,
        )


def _objectives(w: LetterWords) -> Iterable[LetterTable]:
    """Each objective that the stay served, with what served it, in the order of the programme."""
    parts: list[tuple[str, frozenset[str]]] = [
        *((w.names.in_language(block, "unit"), block.objectives) for block in w.facts.blocks),
        *((w.names.content(one.content), one.objectives) for one in w.facts.sessions),
    ]
    rows = [
        (words, w.names.listed(dict.fromkeys(name for name, served in parts if key in served)))
        for key, words in w.names.objectives().items()
        if any(key in served for _, served in parts)
    ]
    if rows:
        heads = w.heads("objective", "served_by")
        yield LetterTable(caption=w.say(said.OBJECTIVES), heads=heads, rows=tuple(rows), widths=(18, 12))


def _share(planned: float, attended: float) -> tuple[str, str, str]:
    share = f"{attended / planned:.0%}" if planned else "–"
    return f"{planned:g}", f"{attended:g}", share


def _result(w: LetterWords, block: Block) -> str:
    result = w.say(said.RESULTS[block.passed])
    if not block.ratings:
        return result
    mean = sum(block.ratings.values()) / len(block.ratings)
    return w.say(said.MEAN, result=result, mean=f"{mean:.1f}")


_WRITTEN: dict[LetterKind, Callable[[LetterWords], dict[str, object]]] = {
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
