"""Text in pictures: PP-OCRv6 models that find lines and read them, run by onnxruntime alone.

The models come in the wheel of ``rapidocr``; its own pipeline is not used.  A page's lines are read in
batches of like width, so that nothing is padded, and the probability of the weakest figure is kept.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.errors import SourceError

Pixels = npt.NDArray[np.uint8]
Quad = npt.NDArray[np.float32]  # 4 × 2: top left, top right, bottom right, bottom left

THREADS = 2
# The longer side of a page is brought to this many pixels for finding lines; reading uses all there are.
FIND_SIDE = 1280
_MULTIPLE = 32
_FOUND = 0.3
_BOX = 0.5
_GROW = 1.6
_SMALLEST = 3.0
_MOST_LINES = 1000
_HEIGHT = 48
_STEP = 8  # pixels of width that one step of the reader's output stands for
_BATCH_WIDTH = 1200
_LIKE = 1.25
_LONGEST = 3200
# The order of characters that the reader was trained with begins with the blank and ends with a space.
_BLANK = 0


@dataclass(frozen=True)
class Read:
    """What a line's picture says.

    ``confidence`` is the mean probability of its characters, ``figures`` that of its weakest digit (1.0
    where it has none).
    """

    text: str
    confidence: float
    figures: float


@lru_cache(maxsize=1)
def engine() -> Engine:
    """:return: the one engine of a process; loading takes half a second."""
    return Engine()


class Engine:
    """Finds lines in a page and reads them."""

    def __init__(self) -> None:
        folder = _models()
        self._find = _session(folder / "PP-OCRv6_det_small.onnx", THREADS)
        # Batches run side by side with a thread each, which leaves no thread waiting for another.
        self._read = _session(folder / "PP-OCRv6_rec_small.onnx", 1)
        names = self._read.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *names, " "]

    def find(self, page: Pixels) -> list[Quad]:
        """:param page: height × width × 3. :return: the corners of every line found, in pixels of the page."""
        import cv2

        height, width = page.shape[:2]
        scale = min(1.0, FIND_SIDE / max(height, width))
        target = tuple(
            max(_MULTIPLE, round(side * scale / _MULTIPLE) * _MULTIPLE) for side in (width, height)
        )
        small = cv2.resize(page, target, interpolation=cv2.INTER_AREA)
        blob = _blob(small)[None]
        heat = self._find.run(None, {"x": blob})[0][0, 0]
        stretch = np.array([width / target[0], height / target[1]], dtype=np.float32)
        return [quad * stretch for quad in _quads(heat)]

    def read(self, crops: Sequence[Pixels]) -> list[Read]:
        """:param crops: pictures of one line each. :return: what they say, in the same order."""
        found: list[Read] = [Read("", 0.0, 1.0)] * len(crops)

        def work(batch: list[int]) -> None:
            widest = max(_width(crops[index]) for index in batch)
            blob = np.zeros((len(batch), 3, _HEIGHT, widest), dtype=np.float32)
            for row, index in enumerate(batch):
                part = _line_blob(crops[index])
                blob[row, :, :, : part.shape[2]] = part
            for index, output in zip(batch, self._read.run(None, {"x": blob})[0], strict=True):
                found[index] = self._decoded(output)

        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(work, batch) for batch in _batches(crops)]:
                done.result()
        return found

    def _decoded(self, output: npt.NDArray[np.float32]) -> Read:
        best = output.argmax(axis=1)
        chance = output[np.arange(len(best)), best]
        kept = (best != _BLANK) & np.concatenate(([True], best[1:] != best[:-1]))
        chars = [self._characters[code] for code in best[kept]]
        chances = chance[kept]
        if not chars:
            return Read("", 0.0, 1.0)
        figures = [float(p) for char, p in zip(chars, chances, strict=True) if char.isdigit()]
        return Read("".join(chars).strip(), float(chances.mean()), min(figures, default=1.0))


def crop(page: Pixels, quad: Quad) -> Pixels:
    """:return: the picture of one line, upright; a line that is much taller than wide is turned."""
    import cv2

    width = int(max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2])))
    height = int(max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2])))
    width, height = max(width, 2), max(height, 2)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    found: Pixels = cv2.warpPerspective(
        page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
    )
    return found


def _models() -> Path:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise SourceError("文字识别没有装好，图片和扫描件读不了；请运行 make install")
    return Path(spec.origin).parent / "models"


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # an arena never gives a large page's memory back
    options.enable_mem_pattern = False  # patterns are kept for every size of page and line
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _blob(picture: Pixels) -> npt.NDArray[np.float32]:
    """:return: 3 × height × width in −1 … 1."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1), dtype=np.float32) / 127.5 - 1.0


def _line_blob(picture: Pixels) -> npt.NDArray[np.float32]:
    import cv2

    return _blob(cv2.resize(picture, (_width(picture), _HEIGHT), interpolation=cv2.INTER_LINEAR))


def _width(picture: Pixels) -> int:
    height, width = picture.shape[:2]
    scaled = math.ceil(_HEIGHT * width / height / _STEP) * _STEP
    return min(max(scaled, _HEIGHT), _LONGEST)


def _batches(crops: Sequence[Pixels]) -> Iterator[list[int]]:
    """Indexes of crops of like width, so many that a batch stays small in memory."""
    batch: list[int] = []
    for index in sorted(range(len(crops)), key=lambda item: _width(crops[item])):
        wide = _width(crops[index])
        first = _width(crops[batch[0]]) if batch else wide
        if batch and (wide > first * _LIKE or wide * (len(batch) + 1) > _BATCH_WIDTH):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _quads(heat: npt.NDArray[np.float32]) -> Iterator[Quad]:
    """The corners of every bright region of a page's heat map, grown to the height of its letters."""
    import cv2

    mask = (heat > _FOUND).astype(np.uint8)
    mask = cv2.dilate(mask, np.ones((2, 2), dtype=np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines[:_MOST_LINES]:
        (x, y), (width, height), angle = cv2.minAreaRect(outline)
        if min(width, height) < _SMALLEST or _brightness(heat, outline) < _BOX:
            continue
        grow = width * height * _GROW / (2 * (width + height))
        rectangle = ((x, y), (width + 2 * grow, height + 2 * grow), angle)
        yield _ordered(cv2.boxPoints(rectangle).astype(np.float32))


def _brightness(heat: npt.NDArray[np.float32], outline: Any) -> float:
    import cv2

    left, top, width, height = cv2.boundingRect(outline)
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(mask, [outline - np.array([left, top])], 1)
    return float(cv2.mean(heat[top : top + height, left : left + width], mask)[0])


def _ordered(points: Quad) -> Quad:
    """:return: corners from the top left clockwise."""
    by_x = points[np.argsort(points[:, 0])]
    left = by_x[:2][np.argsort(by_x[:2, 1])]
    right = by_x[2:][np.argsort(by_x[2:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], dtype=np.float32)
