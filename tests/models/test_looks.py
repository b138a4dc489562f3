"""Colours of universities can be read on every ground of the pages, in both themes."""

import re
from pathlib import Path

import pytest

from mail.render import TEMPLATES
from models.catalogue.loading import load_programme
from models.catalogue.looks import THEMES, Looks, contrast, looks_faults
from portal.assets import STATIC


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("light", "dark", "wrong"), [
    ("#0b5394", "#7ab8f5", set()),
    ("#ffcc00", "#7ab8f5", {"looks.accent"}),
    ("#0b5394", "#0b5394", {"looks.accent_dark"}),
])  # fmt: skip
def test_what_cannot_be_read_is_refused(light: str, dark: str, wrong: set[str]) -> None:
    assert {fault.key for fault in looks_faults(Looks(accent=light, accent_dark=dark))} == wrong


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    css = (STATIC / "portal.css").read_text()
    for theme, tokens in zip(THEMES, re.split("prefers-color-scheme: dark", css, maxsplit=1), strict=True):
        grounds, ink, _ = THEMES[theme]
        said = dict(re.findall(r"--([a-z-]+): (#\w+);", tokens)[::-1])  # the first of each
        assert (said["bg"], said["sunken"], said["accent-ink"]) == (*grounds[:2], ink)


def test_the_grounds_are_those_of_mails() -> None:
    html = (TEMPLATES / "letter.html").read_text()
    dark, light = re.findall(r"(?:\.card \{|class=\"card).*?background: ?(#\w+)", html)
    assert light in THEMES["accent"][0]
    assert dark in THEMES["accent_dark"][0]


def test_a_catalogue_with_colours_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    added = (Path("models/catalogue/institutions") / "sample.toml").read_text()
    looks = '[looks]\naccent = "#ffcc00"\naccent_dark = "#7ab8f5"\n\n[letterhead]'
    (tmp_path / "sample.toml").write_text(added.replace("[letterhead]", looks, 1))
    with pytest.raises(Exception, match=r"looks\.accent: catalogue\.contrast"):
        load_programme(tmp_path)
