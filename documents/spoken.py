"""How Chinese characters are spoken: every reading that a dictionary has of one."""

from functools import lru_cache
from importlib import import_module
from types import ModuleType


@lru_cache(maxsize=1)
def _dictionary() -> ModuleType | None:
    """Opened for the first name in Chinese: it takes 50 MB. Comes with what reads documents."""
    try:
        return import_module("pypinyin")
    except ImportError:
        return None


@lru_cache(maxsize=4096)
def spoken(character: str) -> tuple[str, ...]:
    """The syllables of a character in pinyin without tones, `ü` as `v`; itself where the dictionary has none."""
    if (dictionary := _dictionary()) is None:
        return ()
    [readings] = dictionary.pinyin(character, style=dictionary.Style.NORMAL, heteronym=True)
    return tuple(readings)
