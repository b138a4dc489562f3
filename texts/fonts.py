"""The fonts that certificates are printed with, and which names they can print.

The service's own cover Latin, Greek, Cyrillic and Chinese; an operator gives a folder of further ones.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from models.errors import BadInput

_PAGE = b'#set page(width: auto, height: auto)\n#set text(font: "Libertinus Serif")\n#sys.inputs.text'
_ALWAYS = 0x17F
"""Latin letters of Europe end here; every font has those before."""
_A_DAY = datetime(2020, 1, 1, tzinfo=UTC)


@cache
def fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    """The fonts of the service and of some folders, read from disk once.

    None of the machine's own, so that every machine prints the same.
    """
    return typst.Fonts(include_system_fonts=False, font_paths=[pylopdf_fonts_zh_cn.serif_path().parent, *folders])


class CertificateFonts:
    """What certificates can be printed with."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: further fonts, TrueType or OpenType."""
        self.folders = (folder,) if folder is not None else ()

    def families(self) -> list[str]:
        """The names of all fonts.

        Raises:
            BadInput: the operator's folder is none, or has no font in it.
        """
        for folder in self.folders:
            if not folder.is_dir():
                raise BadInput("directory.none", directory=str(folder))
            own = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
            if not own.families():
                raise BadInput("fonts.none", directory=str(folder))
        return sorted(fonts(self.folders).families())

    def unprintable(self, names: Iterable[str]) -> frozenset[str]:
        """The names with a character that no font has. Blocking, a few milliseconds for each of them."""
        return frozenset(self._unprintable(sorted({n for n in names if any(ord(c) > _ALWAYS for c in n)})))

    def _unprintable(self, names: list[str]) -> list[str]:
        if not names or self._prints("\n".join(names)):
            return []
        if len(names) == 1:
            return names
        half = len(names) // 2
        return self._unprintable(names[:half]) + self._unprintable(names[half:])

    def _prints(self, text: str) -> bool:
        """Whether the printer takes it: the one certificates are made by, which refuses what it has no glyph for."""
        try:
            typst.compile(
                _PAGE,
                font_paths=fonts(self.folders),
                ignore_system_fonts=True,
                sys_inputs={"text": text},
                pdf_standards=["a-2b"],
                timestamp=_A_DAY,
            )
        except typst.TypstError:
            return False
        return True
