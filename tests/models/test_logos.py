"""Logos of universities: files within the folder of the catalogue that every program can draw, and no others."""

import os
import zlib
from pathlib import Path

import pytest

from models.catalogue.faults import CatalogueError, Wrong
from models.catalogue.loading import load_programme
from models.catalogue.logos import MOST_BYTES, SIGNATURE, Logo, read_logo
from tests.logos import part, png

INSTITUTIONS = Path("models/catalogue/institutions")


def told(folder: Path, named: str = "logo.png") -> str:
    """Which message refuses a file; empty where it is taken."""
    read = read_logo(folder, named)
    return read.message.removeprefix("catalogue.") if isinstance(read, Wrong) else ""


def refused(tmp_path: Path, content: bytes) -> str:
    (tmp_path / "logo.png").write_bytes(content)
    return told(tmp_path)


@pytest.mark.parametrize(("width", "height"), [(16, 16), (1024, 256), (256, 1024), (1024, 1024)])
@pytest.mark.parametrize(("colour", "depth"), [(0, 1), (0, 16), (2, 8), (3, 4), (4, 8), (6, 8)])
def test_every_kind_of_png_is_taken(tmp_path: Path, width: int, height: int, colour: int, depth: int) -> None:
    content = png(width, height, colour=colour, depth=depth)
    (tmp_path / "logo.png").write_bytes(content)
    assert read_logo(tmp_path, "logo.png") == Logo(png=content, width=width, height=height)


def test_what_is_not_drawn_is_left_out(tmp_path: Path) -> None:
    content = png(40, 20)
    end = content.index(b"IDAT") - 4
    (tmp_path / "logo.png").write_bytes(content[:end] + part(b"tEXt", b"Author\0Somebody") + content[end:] + b"<html>")
    read = read_logo(tmp_path, "logo.png")
    assert isinstance(read, Logo)
    assert read.png == content


@pytest.mark.parametrize("sides", [(15, 40), (40, 15), (1025, 400), (400, 1025), (65, 16), (16, 65), (0, 0)])
def test_sides_have_bounds(tmp_path: Path, sides: tuple[int, int]) -> None:
    assert refused(tmp_path, png(*sides)) == "logo_sides"


def test_what_no_program_could_draw_is_refused(tmp_path: Path) -> None:
    whole = png(40, 20)
    header, pixels = whole[16:29], bytes(20 * (1 + 4 * 40))
    for damaged in (
        b"",
        b"GIF89a" + whole[6:],
        whole[:-1],
        whole[:60],
        whole.replace(b"IHDR", b"IHDX"),
        whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
        SIGNATURE + part(b"IHDR", header[:12] + b"\1") + whole[33:],  # interlaced
        SIGNATURE + part(b"IHDR", header[:9] + b"\3" + header[10:]) + whole[33:],  # of a palette that is not there
        SIGNATURE + part(b"IHDR", header) + part(b"IDAT", zlib.compress(pixels + bytes(10**6))) + part(b"IEND", b""),
        SIGNATURE + part(b"IHDR", header) + part(b"IDAT", zlib.compress(pixels[1:])) + part(b"IEND", b""),
        SIGNATURE + part(b"IHDR", header) + part(b"IDAT", zlib.compress(b"\5" * len(pixels))) + part(b"IEND", b""),
        SIGNATURE + part(b"IHDR", header) + part(b"ABCD", b"") + whole[33:],
    ):
        assert refused(tmp_path, damaged) == "logo_damaged", damaged
    assert refused(tmp_path, whole + bytes(MOST_BYTES)) == "logo_large"


def test_no_file_outside_the_folder_is_read(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.png", tmp_path / "catalogue"
    (folder / "pictures").mkdir(parents=True)
    for place in (outside, folder / "pictures" / "logo.png"):
        place.write_bytes(png(40, 20))
    (folder / "leading-out.png").symlink_to(outside)
    (folder / "out").symlink_to(tmp_path)
    (folder / "within.png").symlink_to("pictures/logo.png")
    os.mkfifo(folder / "pipe.png")
    for named in (
        "../outside.png", "pictures/../../outside.png", str(outside), "leading-out.png", "out/outside.png", "pictures",
        "pipe.png", "none.png", ".", "..\\outside.png", "logo\0.png",
    ):  # fmt: skip
        assert told(folder, named) == "logo_path", named
    assert (told(folder, "pictures/logo.png"), told(folder, "within.png")) == ("", "")


def test_a_catalogue_has_the_logos_that_its_files_name(tmp_path: Path) -> None:
    looks = '[looks]\naccent = "#1d4e89"\naccent_dark = "#8fbef0"\nlogo = "pictures/sample.png"\n\n[letterhead]'
    file = (INSTITUTIONS / "sample.toml").read_text().replace("[letterhead]", looks, 1)
    (tmp_path / "sample.toml").write_text(file)
    with pytest.raises(CatalogueError, match=r"sample\.toml: looks\.logo: catalogue\.logo_path"):
        load_programme(tmp_path)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "sample.png").write_bytes(png(40, 20))
    programme = load_programme(tmp_path)
    assert {id: logo.width for id, logo in programme.logos.items()} == {"sample": 40}
    assert programme.policy.version == load_programme().policy.version, "looks are no part of what is agreed"
