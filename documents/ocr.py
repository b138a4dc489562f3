"""The recognisers: one for text, and for zones a second one that knows nothing of the first. In a child only.

Models come inside the packages; nothing is downloaded. One thread each: the machine has other work.
"""

import sysconfig
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import tesserocr
from PIL import Image
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_rec import TextRecInput

Picture = npt.NDArray[np.uint8]
"""Rows, columns, and blue, green, red."""
Quad = npt.NDArray[np.float32]
"""Four corners, clockwise from the one at the beginning of the text's upper edge."""

FILLER = "<"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
USUAL, FINE = 960, 1600
"""Pixels of the longer side in which text is looked for, and in which small text is."""
_SIZES = ((40, False), (52, True), (64, False))
LOOKS = tuple((mode, height, even) for mode in ("shapes", "network") for height, even in _SIZES)
"""How the second reader looks at a line: by which of its recognisers, how many pixels high, in even light or not."""
_PARAMETERS = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Det.limit_side_len": USUAL,
    "Det.limit_type": "max",
    "Rec.rec_batch_num": 1,  # in a batch all lines are padded to the longest
}


class Recogniser:
    """Finds text in a picture and reads it: any text, or in the alphabet of a zone alone."""

    def __init__(self) -> None:
        self._engine: Any = RapidOCR(params=dict(_PARAMETERS))

    @cached_property
    def _detector(self) -> Any:
        return self._engine._load_det_model()

    @cached_property
    def _reader(self) -> Any:
        return self._engine._load_rec_model()

    @cached_property
    def _characters(self) -> list[str]:
        return list(self._reader.postprocess_op.character)

    def find(self, picture: Picture, side: int = USUAL) -> list[Quad]:
        """Where text is, in the detector's order."""
        self._detector.limit_side_len = side
        found = self._detector(picture).boxes
        return [] if found is None else [np.asarray(box, np.float32) for box in found]

    def read(self, lines: list[Picture]) -> list[tuple[str, float]]:
        """What stands on pictures of single lines, and how sure that is."""
        if not lines:
            return []
        said = self._reader(TextRecInput(img=lines))
        return list(zip(said.txts or (), map(float, said.scores), strict=False))

    def spell(self, line: Picture, alphabet: str) -> str:
        """What stands on the picture of a line in which only some characters may stand."""
        reader = self._reader
        height, width = line.shape[:2]
        ratio = max(width / height, reader.rec_image_shape[2] / reader.rec_image_shape[1])
        scores = reader.session(reader.resize_norm_img(line, ratio)[np.newaxis].astype(np.float32))[0]
        allowed = np.array([number == 0 or char in alphabet for number, char in enumerate(self._characters)])
        best = np.where(allowed[: scores.shape[1]], scores, -1.0).argmax(axis=1)
        kept = [int(one) for place, one in enumerate(best) if one and (place == 0 or one != best[place - 1])]
        return "".join(self._characters[one] for one in kept)


class SecondReader:
    """Reads lines of a zone by other means: Tesseract, by shapes and by its network, without any dictionary."""

    def __init__(self) -> None:
        folder = str(Path(sysconfig.get_path("data")) / "share" / "tessdata")
        engines = {"shapes": tesserocr.OEM.TESSERACT_ONLY, "network": tesserocr.OEM.LSTM_ONLY}
        self._looks = {name: _tesseract(folder, engine) for name, engine in engines.items()}

    def spell(self, line: Picture) -> list[str]:
        """What it saw each time it looked."""
        grey = cv2.cvtColor(line, cv2.COLOR_BGR2GRAY)
        said = []
        for mode, height, even in LOOKS:
            width = max(round(grey.shape[1] * height / grey.shape[0]), 1)
            sized = cv2.resize(_in_even_light(grey) if even else grey, (width, height), interpolation=cv2.INTER_CUBIC)
            api = self._looks[mode]
            api.SetImage(Image.fromarray(cv2.copyMakeBorder(sized, 12, 12, 16, 16, cv2.BORDER_REPLICATE)))
            said.append("".join(api.GetUTF8Text().split()))
            api.Clear()
        return said


def _in_even_light(grey: Any) -> Any:
    """A line without shadow and glare: each place compared with the paper around it."""
    paper = cv2.GaussianBlur(cv2.dilate(grey, np.ones((5, 5), np.uint8)), (0, 0), max(grey.shape[0] / 2, 1))
    even = cv2.divide(grey, paper, scale=255)
    return cv2.normalize(even, even, 0, 255, cv2.NORM_MINMAX)


def _tesseract(folder: str, engine: int) -> Any:
    api = tesserocr.PyTessBaseAPI(path=folder, lang="eng", psm=tesserocr.PSM.RAW_LINE, oem=engine)
    api.SetVariable("tessedit_char_whitelist", LETTERS + DIGITS + FILLER)
    for words in ("system", "freq", "punc", "number", "unambig", "bigram"):
        api.SetVariable(f"load_{words}_dawg", "0")
    api.SetVariable("classify_enable_learning", "0")  # one document must not change how the next is read
    return api


def cut(picture: Picture, quad: Quad) -> Picture:
    """The part of a picture between four corners, upright."""
    width = round(max(_length(quad[0], quad[1]), _length(quad[3], quad[2]), 1))
    height = round(max(_length(quad[0], quad[3]), _length(quad[1], quad[2]), 1))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    placed = cv2.getPerspectiveTransform(quad, target)
    return cv2.warpPerspective(picture, placed, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def _length(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(np.linalg.norm(one - other))
