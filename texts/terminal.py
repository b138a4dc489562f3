"""What a terminal is spoken to in: the language of its locale, English where that is another one."""

import os

from texts.i18n import of_locale, translated


def language() -> str:
    """The language that commands answer in."""
    return of_locale(os.environ)


def phrase(message: str, **values: object) -> str:
    """A message of the catalogue of texts in that language, with its values in braces filled in."""
    return translated(message, language()).format(**values)
