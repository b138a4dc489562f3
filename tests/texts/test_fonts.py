"""Which names certificates can print, with the service's fonts and with an operator's."""

from collections.abc import Iterator
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest

from certificates.page import render
from models.errors import BadInput, Broken
from tests.activities.test_certificate_page import PAGE
from texts import fonts
from texts.fonts import CertificateFonts


@pytest.mark.parametrize(
    "name", ["Rivera", "Ka\u02bbiulani", "Ad\u00e9b\u00e1y\u1ecd\u0300", "欧阳喆", "Иванова", "Αθηνά", "M\u00aa"]
)
def test_what_the_fonts_have_is_printed(name: str) -> None:
    assert not CertificateFonts().unprintable([name])


@pytest.mark.parametrize("name", ["김민수", "สมชาย", "さくら한", "ᠮᠣᠩᠭᠣᠯ", "李\U00030000"])
def test_what_no_font_has_is_told_and_only_that(name: str) -> None:
    assert CertificateFonts().unprintable(["王小明", name, "Rivera", "陈"]) == {name}


@pytest.fixture
def without_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The service as if Chinese were a script it does not know; answers the folder of a font for it."""
    folder = pylopdf_fonts_zh_cn.serif_path().parent
    nothing = tmp_path / "nothing" / "none.otf"
    nothing.parent.mkdir()
    fonts.fonts.cache_clear()
    monkeypatch.setattr(pylopdf_fonts_zh_cn, "serif_path", lambda: nothing)
    yield folder
    fonts.fonts.cache_clear()


def test_a_font_that_an_operator_gives_is_used(without_chinese: Path) -> None:
    assert CertificateFonts().unprintable(["王小明"]) == {"王小明"}
    assert not CertificateFonts(without_chinese).unprintable(["王小明"])
    assert "Noto Serif SC" in CertificateFonts(without_chinese).families()


def test_the_certificate_is_printed_with_it(without_chinese: Path) -> None:
    with pytest.raises(Broken, match=r"certificate\.font"):
        render(PAGE)
    assert render(PAGE, (without_chinese,)).startswith(b"%PDF")


def test_a_folder_without_fonts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("no font", encoding="utf-8")
    with pytest.raises(BadInput, match=r"fonts\.none"):
        CertificateFonts(tmp_path).families()
    with pytest.raises(BadInput, match=r"directory\.none"):
        CertificateFonts(tmp_path / "nowhere").families()
