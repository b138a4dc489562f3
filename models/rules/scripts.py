"""Names in Cyrillic, Greek, Arabic and Chinese writing beside the Latin letters of a passport.

Several readings of a character are all candidates: ICAO 9303 part 3, section 6, and what passports print besides. That
one of them is the name makes both consistent; nothing is ever written over by a reading. Pure: how Chinese characters
are spoken is given by who calls.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

Spoken = Callable[[str], Iterable[str]]
"""The syllables by which a Chinese character may be spoken, in pinyin without tones, `ü` as `v`."""
MOST_LETTERS = 60
"""Letters of the longest name that is looked for."""
MOST_WORDS = 6
_CYRILLIC = (
    "А:A Б:B В:V|W Г:G|H Д:D Е:E|YE|JE|IE Ё:E|YO|IO|JO Ж:ZH|J|Z З:Z И:I|Y Й:I|Y|J| К:K Л:L М:M Н:N О:O П:P Р:R "
    "С:S|SS Т:T У:U Ф:F Х:KH|H|CH Ц:TS|C|TZ Ч:CH|C|TCH Ш:SH|S|SCH Щ:SHCH|SCH|SHT Ъ:IE||A Ы:Y|I Ь: Э:E Ю:IU|YU|JU|U "
    "Я:IA|YA|JA|A Ґ:G Є:IE|YE|E І:I Ї:I|YI Ў:U|W Ѓ:G|GJ Ђ:D|DJ Ѕ:DZ Ј:J|Y Љ:LJ Њ:NJ Ћ:C Ќ:K|KJ Џ:DZ|DJ Ә:A|AE "
    "Ғ:G|GH Қ:K|Q Ң:N|NG Ө:O|OE Ұ:U Ү:U Һ:H"
)
_GREEK = (
    "Α:A Β:V|B Γ:G|GH|Y Δ:D Ε:E Ζ:Z Η:I|E|H Θ:TH Ι:I|J Κ:K|C Λ:L Μ:M Ν:N Ξ:X|KS Ο:O Π:P Ρ:R|RH Σ:S Τ:T Υ:Y|I|U "
    "Φ:F|PH Χ:CH|H|X|KH Ψ:PS Ω:O ΟΥ:OU|U|OY ΑΥ:AV|AF|AU ΕΥ:EV|EF|EU ΜΠ:B|MP ΝΤ:NT|D|ND ΓΚ:GK|G ΓΓ:NG|GG ΤΖ:TZ|J "
    "ΤΣ:TS ΑΙ:AI|E ΕΙ:EI|I ΟΙ:OI|I"
)
_ARABIC = (
    "ا:A|E|I|O|U|| أ:A|E|O|U إ:I|E آ:A|AA ء: ؤ:O|U|W ئ:E|I|Y ب:B|BB ة:A|AH|AT|E|EH ت:T|TT ث:TH|S|T ج:J|G|DJ|JJ "
    "ح:H|HH|XH خ:KH|XH|CH د:D|DD ذ:DH|Z|TH|D ر:R|RR ز:Z|ZZ س:S|SS ش:SH|CH|XSH ص:S|SS ض:D|DH|Z ط:T|TT ظ:Z|DH "
    "ع:A|E|O|I| غ:GH|G ف:F|PH|FF ق:Q|K|G|QQ ك:K|C|KK ک:K|C ل:L|LL م:M|MM ن:N|NN ه:H|E| و:W|V|U|O|OU|OO|WW ى:A|E|I "
    "ي:Y|I|E|EE|IY|YY ی:Y|I|E|EE پ:P چ:CH گ:G ژ:ZH|J"
)
_SHORT_VOWELS = ("", "A", "E", "I", "O", "U", "OU", "AI", "EI")
"""What Arabic does not write between its consonants."""


def _table(told: str) -> dict[str, tuple[str, ...]]:
    return {letter: tuple(readings.split("|")) for letter, _, readings in (one.partition(":") for one in told.split())}


READINGS: Mapping[str, tuple[str, ...]] = _table(_CYRILLIC) | _table(_GREEK) | _table(_ARABIC)
"""Each letter, or two that are read together, with its spellings in the letters A to Z."""
_UNWRITTEN = re.compile("[\u0640\u064b-\u065f\u0670\u200c-\u200f]")
"""Signs of vowels and of joining, which names are written with and without."""


def is_chinese(name: str) -> bool:
    """Whether a name is in Chinese characters."""
    letters = [char for char in name if char.isalpha()]
    return bool(letters) and all("CJK UNIFIED" in unicodedata.name(char, "") for char in letters)


def spoken_as(name: str, family: Sequence[str], given: Sequence[str], spoken: Spoken) -> bool:
    """Whether a name in Chinese characters may be spoken as a typed one, either part first."""
    characters = [char for char in unicodedata.normalize("NFKC", name) if char.isalpha()]
    readings = [tuple(spelt for syllable in spoken(char) for spelt in _pinyin(syllable)) for char in characters]
    return bool(family and given) and any(_spells(readings, typed) for typed in _typed(family, given))


def written_on(lines: Iterable[str], family: Sequence[str], given: Sequence[str]) -> bool:
    """Whether a typed name stands in lines in Cyrillic, Greek or Arabic letters, in any order."""
    names = {typed for some in (given, given[:1]) for typed in _typed(family, some)} if family and given else set()
    return bool(names) and any(
        _spells(readings, typed) for line in lines for readings in _windows(line) for typed in names
    )


def _typed(family: Sequence[str], given: Sequence[str]) -> tuple[str, str]:
    one, other = "".join(family), "".join(given)
    return (one + other)[:MOST_LETTERS], (other + one)[:MOST_LETTERS]


def _windows(line: str) -> Iterable[list[tuple[str, ...]]]:
    """The readings of each few words of a line that follow each other."""
    words = [_readings(word) for word in re.findall(r"\w+", _plain(line))[:40]]
    for first in range(len(words)):
        for last in range(first + 2, min(first + MOST_WORDS, len(words)) + 1):
            some = words[first:last]
            if not all(some):
                break
            yield [letter for word in some for letter in word][: 4 * MOST_LETTERS]


def _plain(line: str) -> str:
    """A line in capitals, without accents but those that make another letter."""
    composed = unicodedata.normalize("NFC", _UNWRITTEN.sub("", unicodedata.normalize("NFKC", line))).upper()
    return "".join(
        char if char in READINGS else unicodedata.normalize("NFD", char)[0]
        for char in composed
        if not unicodedata.combining(char)
    )


def _readings(word: str) -> list[tuple[str, ...]]:
    """How each letter of a word may be spelt; nothing where a letter is of another script."""
    found: list[tuple[str, ...]] = []
    place = 0
    while place < len(word):
        token = word[place : place + 2] if word[place : place + 2] in READINGS else word[place]
        if token not in READINGS:
            return []
        apart = [READINGS[letter] for letter in token] if len(token) > 1 else []
        found.append((*READINGS[token], *map("".join, product(*apart))) if apart else READINGS[token])
        if "ARABIC" in unicodedata.name(token[0]):
            found.append(_SHORT_VOWELS)
        place += len(token)
    return found


def _pinyin(syllable: str) -> Iterable[str]:
    plain = syllable.upper().replace("Ü", "V")
    return {plain.replace("V", spelt) for spelt in ("V", "YU", "U", "UE")} if "V" in plain else {plain}


def _spells(readings: Sequence[tuple[str, ...]], typed: str) -> bool:
    """Whether readings, one of each letter in their order, make a name; in steps that no text can make many."""
    reached = {0}
    for one in readings:
        reached = {place + len(spelt) for place in reached for spelt in one if typed.startswith(spelt, place)}
        if not reached:
            return False
    return len(typed) in reached
