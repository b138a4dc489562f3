"""Made-up passport pages as people send them in: twelve holders, each page in one of many bad ways to photograph it.

Nothing is kept as a picture in the project; the same seed makes the same pages.
"""

import io
import random
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from examples.papers import Holder, machine_readable_zone

Picture = Image.Image
Array = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 1476, 1039
"""Pixels of a page of 125 by 88 mm at 300 dpi."""
PAGES = 48

HOLDERS = tuple(
    Holder(family, given, born, nationality, number)
    for family, given, born, nationality, number in (
        ("Whitfield", "Eleanor Rose", date(2001, 5, 14), "USA", "533401992"),
        ("Okonkwo", "Chidi Emmanuel", date(1999, 11, 30), "NGA", "A07642318"),
        ("Li", "Xiaoming", date(2000, 2, 29), "CHN", "EJ4817366"),
        ("Garcia Lopez", "Maria del Carmen", date(1998, 7, 3), "ESP", "PAC604127"),
        ("Nguyen", "Thi Thanh Huong", date(2002, 1, 9), "VNM", "C9046618"),
        ("van der Berg", "Johannes", date(1997, 12, 24), "NLD", "NPK39H1F7"),
        ("Eriksson", "Anna Maria", date(1999, 8, 12), "SWE", "90118843"),
        ("Kowalska Zielinska", "Agnieszka", date(2001, 3, 21), "POL", "EK8203361"),
        ("Tan", "Wei", date(2003, 10, 1), "SGP", "K1267390L"),
        ("Hernandez", "Jose Luis", date(1996, 6, 17), "MEX", "G31958840"),
        ("Schneider", "Lukas", date(2000, 9, 5), "D<<", "C01X00T47"),
        ("Al Rashid", "Fatima", date(1998, 4, 27), "ARE", "P4G20L618"),
    )
)


@dataclass(frozen=True)
class PassportPage:
    """One picture, and what its zone says."""

    name: str
    jpeg: bytes
    zone: tuple[str, str]
    holder: Holder


def passport_pages(seed: int = 1, pages: int = PAGES) -> Iterator[PassportPage]:
    """Pages one after another; each degradation meets several holders."""
    return (page_at(number, seed) for number in range(pages))


def page_at(number: int, seed: int = 1) -> PassportPage:
    """One of them, by its number from 0."""
    chance = random.Random(f"{seed} {number}")
    holder = HOLDERS[number % len(HOLDERS)]
    name = list(DEGRADATIONS)[number % len(DEGRADATIONS)]
    expires = date(2027 + chance.randrange(9), 1 + chance.randrange(12), 1 + chance.randrange(28))
    zone = machine_readable_zone(holder, expires)
    page = passport_page(holder, expires, zone, chance)
    return PassportPage(f"{number:02d} {name}", DEGRADATIONS[name](page, chance), zone, holder)


def passport_page(holder: Holder, expires: date, zone: tuple[str, str], chance: random.Random) -> Picture:
    """The data page itself, flat and sharp, on one of several grounds."""
    tint = tuple(chance.randrange(212, 247) for _ in range(3))
    page = Image.new("RGB", (WIDTH, HEIGHT), tint)
    draw = ImageDraw.Draw(page)
    _guilloche(draw, tint, chance)
    draw.rectangle((60, 210, 430, 690), fill=tuple(c - 60 for c in tint))
    draw.ellipse((140, 270, 350, 560), fill=(214, 180, 155))
    draw.pieslice((90, 540, 400, 900), 180, 360, fill=(60, 70, 100))
    _printed(draw, holder, expires, chance)
    size = next(size for size in range(30, 90) if _zone_font(size).getlength(zone[0]) > 0.87 * WIDTH)
    font = _zone_font(size)
    ink = tuple(chance.randrange(10, 60) for _ in range(3))
    left = (WIDTH - font.getlength(zone[0])) / 2
    for line, top in zip(zone, (830, 915), strict=True):
        draw.text((left, top), line, font=font, fill=ink)
    return page


def _printed(draw: ImageDraw.ImageDraw, holder: Holder, expires: date, chance: random.Random) -> None:
    label, value = ImageFont.truetype(_font("DejaVu Sans"), 20), ImageFont.truetype(_font("DejaVu Sans"), 32)
    draw.text(
        (60, 40),
        chance.choice(("PASSPORT  PASSEPORT", "REPUBLIC OF SPECIMEN", "PASSPORT")),
        font=value,
        fill=(50, 40, 80),
    )
    rows = (
        ("Surname / Nom", holder.family_name.upper()),
        ("Given names / Prénoms", holder.given_names.upper()),
        ("Nationality / Nationalité", holder.nationality),
        ("Date of birth / Date de naissance", f"{holder.born:%d %b %Y}".upper()),
        ("Passport No. / Passeport No.", holder.number),
        ("Date of expiry / Date d'expiration", f"{expires:%d %b %Y}".upper()),
    )
    for row, (name, text) in enumerate(rows):
        draw.text((480, 150 + row * 100), name, font=label, fill=(90, 90, 110))
        draw.text((480, 176 + row * 100), text, font=value, fill=(30, 30, 40))


def _guilloche(draw: ImageDraw.ImageDraw, tint: tuple[int, ...], chance: random.Random) -> None:
    faint = tuple(c - chance.randrange(14, 30) for c in tint)
    phase = chance.uniform(0, 6)
    xs = np.linspace(0, WIDTH, 240)
    for row in range(-40, HEIGHT + 40, 13):
        ys = row + 22 * np.sin(xs / 61 + phase + row / 90) + 9 * np.sin(xs / 23 + row / 40)
        draw.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=faint, width=1)


@cache
def _font(family: str) -> str:
    """The file of a font family, or of one that stands in for it; else a name that Pillow looks for itself."""
    plain = "DejaVuSansMono.ttf" if "Mono" in family else "DejaVuSans.ttf"
    try:
        said = subprocess.run(["fc-match", "-f", "%{file}", family], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return plain
    return said.stdout if said.stdout and Path(said.stdout).is_file() else plain


@cache
def _zone_font(size: int) -> ImageFont.FreeTypeFont:
    """OCR-B where it is installed (`fonts-ocr-b` of Debian), a monospace font elsewhere."""
    for family in ("OCRB", "OCR B", "OCR-B", "DejaVu Sans Mono"):
        file = _font(family)
        if "ocr" in file.lower() or family.startswith("DejaVu"):
            return ImageFont.truetype(file, size)
    raise LookupError("no monospace font is installed")


def _jpeg(picture: Picture, quality: int = 88) -> bytes:
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _wide(picture: Picture, width: int) -> Picture:
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def _turned(picture: Picture, degrees: float, ground: tuple[int, int, int] = (70, 60, 55)) -> Picture:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=ground)


def _on_table(picture: Picture, chance: random.Random, share: float = 0.2) -> Picture:
    """On a table, with something of it around."""
    width, height = (round(side * (1 + share)) for side in picture.size)
    ground = Image.new("RGB", (width, height), tuple(chance.randrange(40, 150) for _ in range(3)))
    noise = Image.effect_noise((width, height), 24).convert("RGB")
    ground = Image.blend(ground, noise, 0.15)
    ground.paste(
        picture, (round((width - picture.width) * chance.random()), round((height - picture.height) * chance.random()))
    )
    return ground


def _perspective(picture: Picture, chance: random.Random, share: float) -> Picture:
    width, height = picture.size
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    moved = [
        (x + chance.uniform(-share, share) * width, y + chance.uniform(-share, share) * height) for x, y in corners
    ]
    pad = share * 1.2
    source = np.array(corners, np.float32)
    target = np.array([(x + pad * width, y + pad * height) for x, y in moved], np.float32)
    size = (round(width * (1 + 2 * pad)), round(height * (1 + 2 * pad)))
    warped = cv2.warpPerspective(
        np.asarray(picture), cv2.getPerspectiveTransform(source, target), size, borderValue=(60, 70, 80)
    )
    return Image.fromarray(warped)


def _noisy(picture: Picture, amount: float, chance: random.Random) -> Picture:
    rng = np.random.default_rng(chance.randrange(2**32))
    data = np.asarray(picture).astype(np.float32) + rng.normal(0, amount, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(data, 0, 255).astype(np.uint8))


def _lit(picture: Picture, factor: float, chance: random.Random, *, shadow: float = 0.0) -> Picture:
    data = np.asarray(picture).astype(np.float32) * factor
    if shadow:
        slope = np.linspace(1.0, 1.0 - shadow, picture.width)
        data *= (slope if chance.random() < 0.5 else slope[::-1])[None, :, None]
    return Image.fromarray(np.clip(data, 0, 255).astype(np.uint8))


def _motion(picture: Picture, length: int) -> Picture:
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    return Image.fromarray(cv2.filter2D(np.asarray(picture), -1, kernel))


def _glare(picture: Picture, chance: random.Random) -> Picture:
    spot = Image.new("L", picture.size, 0)
    x, y = (chance.uniform(0.2, 0.8) * side for side in picture.size)
    radius = 0.16 * picture.width
    ImageDraw.Draw(spot).ellipse((x - radius, y - radius, x + radius, y + radius), fill=200)
    spot = spot.filter(ImageFilter.GaussianBlur(radius / 3))
    return Image.composite(Image.new("RGB", picture.size, (255, 255, 255)), picture, spot.point(lambda v: v * 0.75))


def _on_a4(picture: Picture, chance: random.Random) -> Picture:
    sheet = Image.new("RGB", (1654, 2339), (250, 250, 248))
    sheet.paste(_wide(picture, 1030), (chance.randrange(100, 500), chance.randrange(150, 1300)))
    return sheet


def _phone(picture: Picture, chance: random.Random) -> Picture:
    seen = _perspective(_on_table(_wide(picture, 2400), chance, 0.5), chance, 0.03)
    return _noisy(_lit(_turned(seen, chance.uniform(-5, 5)), 0.9, chance, shadow=0.35), 5, chance)


Degradation = Callable[[Picture, random.Random], bytes]
DEGRADATIONS: dict[str, Degradation] = {
    "as it is": lambda page, _: _jpeg(page),
    "640 pixels": lambda page, _: _jpeg(_wide(page, 640), 85),
    "800 pixels": lambda page, _: _jpeg(_wide(page, 800), 80),
    "4000 pixels": lambda page, _: _jpeg(_wide(page, 4000), 80),
    "jpeg 40": lambda page, _: _jpeg(_wide(page, 1200), 40),
    "quarter left": lambda page, _: _jpeg(page.transpose(Image.Transpose.ROTATE_90)),
    "quarter right": lambda page, _: _jpeg(page.transpose(Image.Transpose.ROTATE_270)),
    "upside down": lambda page, _: _jpeg(page.transpose(Image.Transpose.ROTATE_180)),
    "skew 3": lambda page, chance: _jpeg(_turned(page, chance.choice((-3, 3)))),
    "skew 8": lambda page, chance: _jpeg(_turned(page, chance.choice((-8, 8)))),
    "skew 15 upside down": lambda page, chance: _jpeg(_turned(page, 180 + chance.choice((-15, 15)))),
    "perspective": lambda page, chance: _jpeg(_perspective(page, chance, 0.03)),
    "strong perspective": lambda page, chance: _jpeg(_perspective(page, chance, 0.06)),
    "blur": lambda page, chance: _jpeg(page.filter(ImageFilter.GaussianBlur(chance.uniform(1.5, 2.4)))),
    "motion": lambda page, chance: _jpeg(_motion(page, chance.randrange(5, 10))),
    "noise": lambda page, chance: _jpeg(_noisy(_wide(page, 1100), chance.uniform(14, 24), chance)),
    "dark": lambda page, chance: _jpeg(_noisy(_lit(page, 0.3, chance), 4, chance)),
    "shadow": lambda page, chance: _jpeg(_lit(page, 1.0, chance, shadow=0.65)),
    "glare": lambda page, chance: _jpeg(_glare(page, chance)),
    "on a table": lambda page, chance: _jpeg(_turned(_on_table(page, chance, 0.6), chance.uniform(-4, 4))),
    "phone": lambda page, chance: _jpeg(_phone(page, chance), 75),
    "phone turned": lambda page, chance: _jpeg(_phone(page, chance).transpose(Image.Transpose.ROTATE_90), 75),
    "A4 scan": lambda page, chance: _jpeg(_on_a4(page, chance), 80),
    "A4 scan grey": lambda page, chance: _jpeg(_on_a4(page.convert("L").convert("RGB"), chance), 60),
}
"""Ways to photograph or scan a page badly, by what they are called."""
