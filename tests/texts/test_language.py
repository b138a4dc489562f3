"""Nothing on a page is left in English for whoever reads Chinese: the catalogue holds every message."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from portal.render import environment
from tests.rules.source import ROOMS
from texts.i18n import LOCALE, accepted, translated, translations

ROOT = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS = {"_": None, "_p": ((1, "c"), 2), "gettext": None, "ngettext": (1, 2)}
VALUES = re.compile(r"%\(\w+\)[sd]|%\.?\d*[sdf]|%%|\{\w+\}")
Message = tuple[str | tuple[str, ...], str | None]
"""A message, in singular and plural where it counts, and its context."""


@pytest.fixture(scope="module")
def messages() -> set[Message]:
    """Every message of every room, of its code and its templates."""
    found = (
        message for room in ROOMS for message in extract_from_dir(ROOT / room, METHODS, OPTIONS, keywords=KEYWORDS)
    )
    return {(text, context) for _, _, text, _, context in found if "".join(text).strip()}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Chinese catalogue."""
    with (LOCALE / "zh" / "LC_MESSAGES" / "sojourn.po").open("rb") as file:
        return read_po(file, locale="zh")


def test_every_message_is_translated(messages: set[Message], catalogue: Catalog) -> None:
    missing = [
        (text, context)
        for text, context in messages
        if not (catalogue.get(text, context) and "".join(catalogue.get(text, context).string))
    ]
    assert len(messages) > 600
    assert not missing


def test_nothing_is_translated_that_nobody_says(messages: set[Message], catalogue: Catalog) -> None:
    assert not {(message.id, message.context) for message in catalogue if message.id} - messages


def test_translations_carry_the_same_values(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            asked, given = (sorted(VALUES.findall(_many(text))) for text in (message.id, message.string))
            by_name = [[value for value in values if value.startswith("{")] for values in (asked, given)]
            assert set(by_name[1]) <= set(by_name[0]), message.id  # a detail that has no Chinese may be left out
            assert [v for v in asked if v not in by_name[0]] == [v for v in given if v not in by_name[1]], message.id
            assert not message.fuzzy


def _many(text: str | Sequence[str]) -> str:
    """How a message is said of many things."""
    return text if isinstance(text, str) else text[-1]


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_one_is_not_said_as_many(count: int, said: str) -> None:
    text = (
        "{% trans count=count %}{{ count }} row is right{% pluralize count %}{{ count }} rows are right{% endtrans %}"
    )
    shown = {language: environment(language).from_string(text).render(count=count) for language in ("en", "zh")}
    assert shown["en"].startswith(f"{said} ")
    assert shown["zh"] == f"{count}行无误"


def test_what_counts_has_a_plural(messages: set[Message]) -> None:
    assert not [text for text, _ in messages if isinstance(text, str) and "%(count)s" in text]
    assert any("%(count)s" in text[-1] for text, _ in messages if not isinstance(text, str))


def test_nothing_is_said_as_nothing() -> None:
    assert [translated("", language) for language in ("en", "zh")] == ["", ""]


def test_the_catalogue_is_what_is_shown() -> None:
    assert translations("zh").gettext("Worklist") == "待办列表"
    assert translations("en").gettext("Worklist") == "Worklist"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB", "en"),
        ("fr,zh;q=0.1", "zh"),
        ("", "en"),
        ("zh;q=0", "en"),
        ("q=;;,", "en"),
    ],
)
def test_the_language_is_the_browsers(header: str, language: str) -> None:
    assert accepted(header) == language
