"""Is it what it says it is? The signs of its kind, and of whom it is, in the text that was read (D17, D20).

What plainly is another kind, or another person's, stops a document; where signs are missing a person looks. The signs
are data: `models/catalogue/documents.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.catalogue.signs import Signs
from models.comparing import bare
from models.errors import Plain
from models.findings import FindingDraft
from models.reading import DocumentReading, Line, PageRead, ReadOutcome, Source
from models.rules.found_facts import dates_in
from models.rules.passport_check import HolderTyped
from models.rules.passport_names import likeness, name_as_spoken, name_on_page, words_of
from models.rules.scripts import Spoken
from models.vocabulary import Severity

HEADING_LINES = 12
"""So far down the first page a line may say what the paper is."""
MORE_IN_A_HEADING = 30
"""Letters that a heading has besides the title in it."""
MORE_IN_ANOTHER = 12
"""The same where the title is of another kind than was asked for."""
PLAIN_TITLE = 5
"""Letters that a title needs so that a heading says plainly it is that kind."""
ANOTHER_NAME = 0.5
"""How unlike two names are at most that one may be a spelling of the other."""
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "8": "b"})
"""Characters that a recogniser of pictures takes for each other."""
_LABELLED = re.compile(r"[:：]\s*\S")
"""A line with a label and its value is no heading."""
_NAME = r"(?:full\s+|student(?:['’]s)?\s+)?name(?:\s+of\s+(?:the\s+)?(?:student|holder|insured))?|insured|student"
_NAMED = re.compile(rf"^\s*(?:{_NAME})\s*[:：]\s*(?P<name>[^:：]{{3,60}})$", re.IGNORECASE)
_NAMED_BY_CAPITALS = re.compile(r"^\s*(?:Full )?Name\s+(?P<name>[^\W\d_]+(?:[ '’-]+[^\W\d_]+){1,5})\s*$")
"""Where a table has no colon; what follows counts where its words begin with capitals."""
_NAMED_IN_CHINESE = re.compile(r"姓\s*名\s*[:：]?\s*(?P<name>[\u4e00-\u9fff·]{2,12})(?![\u4e00-\u9fff])")
_LABEL = re.compile(rf"^\s*(?:{_NAME})\s*[:：]?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class KindSigns:
    """What a document should be, and what every kind of document is known by."""

    kind: str
    signs: Mapping[str, Signs]
    """By kind; kinds that are not read have none."""
    issuers: tuple[str, ...] = ()
    """Words by which an issuer is known: university, office, insurer."""


def _unspoken(character: str) -> tuple[str, ...]:
    return ()


def check_signs(
    reading: DocumentReading, asked: KindSigns, holder: HolderTyped, spoken: Spoken = _unspoken
) -> tuple[FindingDraft, ...]:
    """Findings about what a document is and of whom; none where all its signs are there.

    `D17.kind` and `D17.holder` block where it plainly is of another kind or person, and ask a person where signs are
    missing; `D17.signs` asks where issuer or dates are; `D17.unread` where nothing could be read. `spoken` says how
    Chinese characters are spoken; without it nothing written in them is read.
    """
    own = asked.signs.get(asked.kind)
    if own is None:
        return ()
    if reading.outcome is not ReadOutcome.READ:
        return (_asking("D17.unread", "file", "finding.not_read"),)
    kind = [] if own.zone and reading.zones else _kind_findings(reading, asked, own)
    if any(finding.severity is Severity.BLOCKING for finding in kind):
        return tuple(kind)
    return (*kind, *_holder(reading, own, holder, spoken), *_missing(reading, asked, own))


def _kind_findings(reading: DocumentReading, asked: KindSigns, own: Signs) -> list[FindingDraft]:
    headings, whole = _headings(reading), _squeezed(" ".join(_texts(reading)))
    own_heading = _weight(own.titles, headings, MORE_IN_A_HEADING)
    own_mention = any(_squeezed(title) in whole for title in own.titles)
    if reading.zones and not own.zone and not own_mention:
        return [_wrong_kind("passport", asked)]
    other, weight = _other(asked, own, reading)
    if own_heading and own_heading >= weight:
        return []
    if other and not own_heading:
        return [_asking("D17.kind", "file", "finding.kind_unsure")] if own_mention else [_wrong_kind(other, asked)]
    if other or not own_mention:
        return [] if own.zone else [_asking("D17.kind", "file", "finding.kind_unsure")]
    return []


def _other(asked: KindSigns, own: Signs, reading: DocumentReading) -> tuple[str, int]:
    """Another kind that a heading names plainly, with the weight of its title; a passport is known by its zone."""
    lines = [line.text for line in _lines(reading.pages[:1])][:HEADING_LINES]
    headings = [_squeezed(text) for text in lines if not _LABELLED.search(text)]
    known = {_squeezed(title) for title in own.titles}
    weights = {
        kind: _weight(
            [t for t in signs.titles if _is_plain(t) and _squeezed(t) not in known], headings, MORE_IN_ANOTHER
        )
        for kind, signs in asked.signs.items()
        if kind != asked.kind and not signs.zone
    }
    kind = max(weights, key=lambda one: weights[one], default="")
    return (kind, weights[kind]) if kind and weights[kind] else ("", 0)


def _weight(titles: Iterable[str], headings: Sequence[str], more: int) -> int:
    """Of the longest title that a heading is made of, with at most so many letters more; 0 where none is."""
    squeezed = [letters for title in titles if (letters := _squeezed(title))]
    return max((_letters(t) for t in squeezed for h in headings if t in h and len(h) <= len(t) + more), default=0)


def _letters(title: str) -> int:
    """Letters of a title; a character of Chinese says as much as three of them."""
    return sum(1 if char.isascii() else 3 for char in title)


def _is_plain(title: str) -> bool:
    return _letters(_squeezed(title)) >= PLAIN_TITLE


def _headings(reading: DocumentReading) -> list[str]:
    """The first lines of the first page, and each two of them together: long titles are broken."""
    lines = [_squeezed(line.text) for line in _lines(reading.pages[:1])][:HEADING_LINES]
    return [*lines, *(one + other for one, other in pairwise(lines))]


def _holder(reading: DocumentReading, own: Signs, holder: HolderTyped, spoken: Spoken) -> list[FindingDraft]:
    if not own.holder or own.zone:
        return []
    misread = any(page.source is Source.SCAN for page in reading.pages)
    texts = list(_texts(reading))
    if name_on_page(holder.family_name, holder.given_name, holder.native_name, texts, misread=misread):
        return []
    named = [name.strip() for name in _names_told(reading)]
    typed = holder.family_name, holder.given_name, holder.native_name
    if any(name_as_spoken(*typed, name, spoken) for name in named):
        return []
    if named and all(_is_another(name, holder) for name in named):
        return [_blocking("D17.holder", "file", "finding.another_holder")]
    return [_asking("D17.holder", "file", "finding.holder_not_found")]


def _is_another(name: str, holder: HolderTyped) -> bool:
    """Whether a name that a paper gives as its holder's is another one beyond doubt; each script by itself."""
    if _NAMED_IN_CHINESE.fullmatch(f"姓名{name}"):
        native = holder.native_name.replace(" ", "")
        return _NAMED_IN_CHINESE.fullmatch(f"姓名{native}") is not None and native != name
    words = words_of(name)
    latin = all(word.isascii() for word in words) and len(words) > 1
    return latin and likeness(holder.family_name, holder.given_name, words[-1:], words[:-1]) < ANOTHER_NAME


def _names_told(reading: DocumentReading) -> Iterator[str]:
    """What stands behind the word for a name: in its line, or in the line to the right of it."""
    for page in reading.pages:
        for line in page.lines:
            if hit := _NAMED.match(line.text) or _NAMED_IN_CHINESE.search(line.text):
                yield hit["name"]
            elif hit := _NAMED_BY_CAPITALS.match(line.text):
                if all(word[:1].isupper() for word in hit["name"].split()):
                    yield hit["name"]
            elif _LABEL.match(line.text):
                middle = (line.box[1] + line.box[3]) / 2
                right = [o for o in page.lines if o.box[1] <= middle <= o.box[3] and o.box[0] >= line.box[2] - 0.01]
                if right:
                    yield min(right, key=lambda other: other.box[0]).text


def _missing(reading: DocumentReading, asked: KindSigns, own: Signs) -> list[FindingDraft]:
    text = " ".join(_texts(reading))
    squeezed = _squeezed(text)
    no_issuer = own.issuer and not any(_squeezed(word) in squeezed for word in asked.issuers)
    no_dates = own.dates and len(dates_in(text)) < own.dates
    lacking = tuple(name for name, lacks in (("issuer", no_issuer), ("dates", no_dates)) if lacks)
    if not lacking or own.zone:
        return []
    return [_asking("D17.signs", "file", "finding.signs_missing", missing_signs=lacking)]


def _texts(reading: DocumentReading) -> Iterator[str]:
    return (line.text for line in _lines(reading.pages))


def _lines(pages: Iterable[PageRead]) -> Iterator[Line]:
    return (line for page in pages for line in page.lines)


def _squeezed(text: str) -> str:
    """A text as titles are compared: letters and digits alone, and those that look alike are one."""
    return re.sub(r"[\W_]+", "", bare(text).replace("|", "l")).translate(_ALIKE)


def _wrong_kind(other: str, asked: KindSigns) -> FindingDraft:
    return _blocking("D17.kind", "file", "finding.wrong_kind", kind=other, kinds=(asked.kind,))


def _blocking(rule_id: str, field: str, message: str, **params: Plain) -> FindingDraft:
    return _finding(Severity.BLOCKING, rule_id, field, message, params)


def _asking(rule_id: str, field: str, message: str, **params: Plain) -> FindingDraft:
    return _finding(Severity.ASKING, rule_id, field, message, params)


def _finding(severity: Severity, rule_id: str, field: str, message: str, params: Mapping[str, Plain]) -> FindingDraft:
    return FindingDraft(rule_id=rule_id, severity=severity, field=field, message=message, params=dict(params))
