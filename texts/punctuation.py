"""What stands between words, names and sentences, as a language sets it; the catalogue of texts has each."""

from collections.abc import Iterable

from texts.i18n import _p, translated

COLON = _p("punctuation", "{first}: {second}")
COMMA = _p("punctuation", "{first}, {second}")
IN_A_LIST = _p("list", "{first}, {second}")
"""Chinese sets another comma between things than between parts of a sentence."""
OF_PHRASES = _p("list of phrases", "{first}; {second}")
"""Between things that may hold commas."""
SENTENCES = _p("sentences", "{first} {second}")
ASIDE = _p("punctuation", "{first} ({second})")
STOP = _p("punctuation", "{first}.")


def colon(language: str) -> str:
    """What stands between a name and its value."""
    return _between(COLON, language)


def comma(language: str) -> str:
    """What stands between parts of a sentence."""
    return _between(COMMA, language)


def stop(language: str) -> str:
    """What ends a sentence."""
    return translated(STOP, language).format(first="")


def in_a_row(things: Iterable[str], language: str) -> str:
    """Several things in a row."""
    return _between(IN_A_LIST, language).join(things)


def phrases_in_a_row(things: Iterable[str], language: str) -> str:
    """Several things in a row that may hold commas."""
    return _between(OF_PHRASES, language).join(things)


def sentences(told: Iterable[str], language: str) -> str:
    """Sentences, one after the other; empty ones are left out."""
    return _between(SENTENCES, language).join(one for one in told if one)


def aside(words: str, more: str, language: str) -> str:
    """Words with more of them in brackets; the words alone where there is no more."""
    return translated(ASIDE, language).format(first=words, second=more) if more else words


def _between(frame: str, language: str) -> str:
    return translated(frame, language).format(first="", second="")
