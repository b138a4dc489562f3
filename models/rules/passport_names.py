"""Names as they are typed beside names as documents carry them: spelt out, transliterated, in another order, cut off.

Machine-readable zones write national characters by ICAO 9303 part 3 (section 6): `Ä` as `AE` or `A`, `Ø` as `OE`,
`ß` as `SS`; hyphens are fillers, apostrophes are left out. What a paper has in another script is consistent with a
name if one of its readings is it (`models/rules/scripts.py`); a native script is never made of Latin letters.
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from models.comparing import fold
from models.rules.scripts import Spoken, is_chinese, spoken_as, written_on

NO_NAME = "-"
"""Typed where a passport has no family name or no given name."""
_NAMES_FIELD = 39
_PLACEHOLDERS = frozenset(("FNU", "LNU", "XXX", "NFN", "NLN"))
"""Printed by some issuers where there is no such name."""
_SPELT = {
    "Ä": ("AE", "A"),
    "Å": ("AA", "A"),
    "Æ": ("AE",),
    "Ð": ("D", "DH"),
    "Ñ": ("N", "NXX"),
    "Ö": ("OE", "O"),
    "Ø": ("OE", "O"),
    "Ü": ("UE", "U", "UXX"),
    "Þ": ("TH",),
    "Đ": ("D", "DJ"),
    "Ħ": ("H",),
    "Ĳ": ("IJ",),
    "Ł": ("L",),
    "Ŋ": ("N",),
    "Œ": ("OE",),
    "Ŧ": ("T",),
    "Ə": ("E", "A"),
    "ẞ": ("SS",),
    "ß": ("SS",),
    "ı": ("I",),
}
"""Letters that are written by others, each way that is in use (ICAO 9303 part 3, section 6)."""
_PINYIN_U = ("YU", "V")
"""Besides, in Chinese passports, for the `Ü` after `L` or `N`: `LYU`, earlier `LV`."""
_LIKE_LETTERS = re.compile(r"['’ʼʻ‘`´.·]")
_MISREAD_AT_LEAST = 5
"""Letters a word needs so that one misread letter leaves it recognisable."""


class NameMatch(StrEnum):
    """How what was typed stands to what was read."""

    SAME = "same"
    ASK = "ask"
    """It may be the same; only a person can tell."""
    DIFFERENT = "different"


def words_of(name: str) -> tuple[str, ...]:
    """The words of a typed name, composed and in capitals; none for `-`."""
    composed = unicodedata.normalize("NFC", _LIKE_LETTERS.sub("", unicodedata.normalize("NFKC", name)))
    return tuple("".join(_capital(char) for char in word) for word in re.split(r"[^\w]+|_|\d", composed) if word)


def compare_names(
    family: str, given: str, zone_family: Sequence[str], zone_given: Sequence[str], *, cut: bool = False
) -> NameMatch:
    """How a typed name stands to that of a zone; `cut` where the zone's field of names is full.

    The same in any spelling and order. For a person: a name that one of both leaves out, and one that isn't typed in
    Latin letters. A cut name must be the beginning of what was typed, part by part.
    """
    typed_family, typed_given = words_of(family), words_of(given)
    typed = (*typed_family, *typed_given)
    read = tuple(word for word in (*zone_family, *zone_given) if typed and not _stands_for_nothing(word, family, given))
    if not typed or not read or not all(_latin(word) for word in typed):
        return NameMatch.ASK
    if _whole(typed_family, typed_given, zone_family, zone_given) or _same_words(typed, read):
        return NameMatch.SAME
    if cut and _begins(typed_family, typed_given, zone_family, zone_given):
        return NameMatch.SAME
    few, many = (typed, read) if len(typed) < len(read) else (read, typed)
    if len(few) > 1 and len(few) < len(many) and _left_out(typed, read):
        return NameMatch.ASK
    return NameMatch.DIFFERENT


def zone_spelling(name: str) -> str:
    """A typed name as a zone has it, in the spelling that ICAO recommends; empty for `-`."""
    return "<".join(_first_spelling(word) for word in words_of(name))


def likeness(family: str, given: str, zone_family: Sequence[str], zone_given: Sequence[str]) -> float:
    """How alike a typed name and that of a zone are, from 0 to 1: misread letters leave a name near to itself."""
    read = "".join((*zone_family, *zone_given))
    typed = tuple("".join(_first_spelling(word) for word in words_of(name)) for name in (family, given))
    return max(SequenceMatcher(None, "".join(order), read, autojunk=False).ratio() for order in (typed, typed[::-1]))


def name_on_page(family: str, given: str, native: str, lines: Sequence[str], *, misread: bool = False) -> bool:
    """Whether a person's name stands in lines of text: in Latin letters in any order, or in the native script.

    All of the family name and the first of the given names, or either where there is no other. `misread` lets one
    letter in five be wrong in longer words, as recognisers of scans do. Cyrillic, Greek and Arabic letters are read.
    """
    text = fold(" ".join(lines)).replace(" ", "")
    script = fold(native).replace(" ", "")
    if len(script) > 1 and not _latin(script.upper()) and script in text:
        return True
    typed_family, typed_given = words_of(family), words_of(given)
    needed = (*typed_family, *typed_given[:1])
    if not needed or not all(_latin(word) for word in needed):
        return False
    present = {word for line in lines for word in words_of(line)}
    if all(any(_is_word(word, other, misread=misread) for other in present) for word in needed):
        return True
    joined = ["".join(words_of(line)) for line in lines]
    orders = [(*typed_family, *typed_given), (*typed_given, *typed_family)]
    if typed_given and any(re.search("".join(map(_pattern, order)), line) for order in orders for line in joined):
        return True
    return any(written_on(lines, *spelt) for spelt in _plain_spellings(typed_family, typed_given))


def name_as_spoken(family: str, given: str, native: str, name: str, spoken: Spoken) -> bool:
    """Whether a name in Chinese characters, as a paper gives it, may be a typed one by how it is spoken.

    Where the record has the person's own characters, they alone count: others are spoken alike.
    """
    if not is_chinese(name) or is_chinese(native):
        return False
    return any(spoken_as(name, *spelt, spoken) for spelt in _plain_spellings(words_of(family), words_of(given)))


def _plain_spellings(family: Sequence[str], given: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """A typed name in the letters A to Z; nothing where it is not in Latin letters."""
    if not all(map(_latin, (*family, *given))):
        return []
    return [(list(map(spelt, family)), list(map(spelt, given))) for spelt in (_first_spelling, _longest_spelling)]


def _is_word(typed: str, read: str, *, misread: bool) -> bool:
    if re.fullmatch(_pattern(typed), read) or typed == read:
        return True
    if not misread or len(typed) < _MISREAD_AT_LEAST or len(read) < _MISREAD_AT_LEAST:
        return False
    return SequenceMatcher(None, _first_spelling(typed), read, autojunk=False).ratio() >= 0.8


def _whole(family: Sequence[str], given: Sequence[str], zone_family: Sequence[str], zone_given: Sequence[str]) -> bool:
    """Whether both are letter for letter the same, wherever the spaces are; either part first."""
    read = "".join((*zone_family, *zone_given))
    one, other = ("".join(_pattern(word) for word in part) for part in (family, given))
    return any(re.fullmatch(whole, read) is not None for whole in (one + other, other + one))


def _same_words(typed: Sequence[str], read: Sequence[str]) -> bool:
    return len(typed) == len(read) and not _unmatched(typed, list(read))


def _left_out(typed: Sequence[str], read: Sequence[str]) -> bool:
    """Whether every word of the shorter name is one of the longer's."""
    if len(typed) <= len(read):
        return not _unmatched(typed, list(read))
    return len(_unmatched(typed, list(read))) == len(typed) - len(read)


def _unmatched(typed: Sequence[str], left: list[str]) -> list[str]:
    """The typed words for which no word is left."""
    missing = []
    for word in typed:
        found = next((one for one in left if re.fullmatch(_pattern(word), one)), None)
        if found is None:
            missing.append(word)
        else:
            left.remove(found)
    return missing


def _begins(family: Sequence[str], given: Sequence[str], zone_family: Sequence[str], zone_given: Sequence[str]) -> bool:
    """Whether a cut name begins what was typed, part by part; only a name longer than the field is cut."""
    longest = "<<".join("<".join(_longest_spelling(word) for word in part) for part in (family, given))
    if len(longest) < _NAMES_FIELD:
        return False
    return any(
        _parts_begin(one, zone_family) and (not zone_given or _parts_begin(other, zone_given))
        for one, other in ((family, given), (given, family))
    )


def _parts_begin(typed: Sequence[str], read: Sequence[str]) -> bool:
    if not read:
        return not typed
    return len(read) <= len(typed) and all(
        re.match(_beginning(word), part + "|") is not None for word, part in zip(typed, read, strict=False)
    )


def _stands_for_nothing(word: str, family: str, given: str) -> bool:
    return word in _PLACEHOLDERS and NO_NAME in (family.strip(), given.strip())


def _capital(char: str) -> str:
    return char if char in _SPELT else capital if len(capital := char.upper()) == 1 else char


def _latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") or unicodedata.combining(char) for char in word)


def _spellings(char: str, before: str) -> tuple[str, ...]:
    """How a capital letter may be written in A to Z."""
    spelt = _SPELT.get(char)
    if spelt is None:
        plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
        return (plain.upper(),)
    return (*spelt, *_PINYIN_U) if char == "Ü" and before in "LN" and before else spelt


def _each(word: str) -> list[tuple[str, ...]]:
    return [_spellings(char, word[place - 1 : place]) for place, char in enumerate(word)]


@lru_cache(maxsize=4096)
def _pattern(word: str) -> str:
    """All spellings of a word, as a regular expression."""
    return "".join(f"(?:{'|'.join(map(re.escape, one))})" if len(one) > 1 else re.escape(one[0]) for one in _each(word))


def _beginning(word: str) -> str:
    """All beginnings of all spellings of a word, up to the mark `|` behind what was read."""
    pattern = r"\|"
    for one in reversed(_each(word)):
        pattern = rf"(?:\||(?:{'|'.join(map(re.escape, one))}){pattern})"
    return f"(?!\\|){pattern}"


def _first_spelling(word: str) -> str:
    return "".join(one[0] for one in _each(word))


def _longest_spelling(word: str) -> str:
    return "".join(max(one, key=len) for one in _each(word))
