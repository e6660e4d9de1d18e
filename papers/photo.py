"""Pictures made ready for reading: opened within limits, turned, shadows evened."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from knowledge.errors import SourceError
from papers.ocr import Pixels

MAX_PIXELS = 64_000_000
# The longer side that a photo is brought to; a page of small print is still legible.
MAX_SIDE = 2400
# The background that a shadow casts is seen at this size.
_SHADE_SIDE = 160
_RESOLUTION = 150.0


def pictures_of(data: bytes, name: str) -> Iterator[Pixels]:
    """Open a picture; a TIFF may hold several pages.

    :return: height × width × 3, upright by what the camera wrote, the longer side at most ``MAX_SIDE``.
    :raises SourceError: it is damaged, of too many pixels or of a kind that cannot be opened.
    """
    from PIL import Image, ImageOps

    with _open(data, name) as image:
        if image.width * image.height > MAX_PIXELS:
            raise SourceError(
                f"{name}：图片有 {image.width * image.height / 1e6:.0f} 百万像素，超过上限 "
                f"{MAX_PIXELS / 1e6:.0f} 百万，请在手机上选普通画质重拍，或缩小后再传"
            )
        for index in range(_frames(image)):
            try:
                image.seek(index)
                if image.format == "JPEG":
                    image.draft("RGB", (MAX_SIDE, MAX_SIDE))
                frame = ImageOps.exif_transpose(image)
                frame = frame.convert("RGBA" if "transparency" in frame.info else "RGB")
                frame.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
            except (OSError, ValueError, SyntaxError, EOFError) as error:
                raise SourceError(
                    f"{name}：图片不完整（可能没有传完），请重新发送或重拍"
                ) from error
            if frame.mode == "RGBA":
                white = Image.new("RGB", frame.size, "white")
                white.paste(frame, mask=frame.getchannel("A"))
                frame = white
            yield np.ascontiguousarray(np.asarray(frame)[:, :, ::-1])


def frames_of(data: bytes, name: str) -> int:
    """:return: how many pages a picture holds; at least one.

    :raises SourceError: it cannot be opened.
    """
    with _open(data, name) as image:
        return _frames(image)


def _frames(image: Any) -> int:
    if image.format == "MPO":  # a phone's photo with its preview or the map of its light
        return 1
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except (OSError, ValueError, SyntaxError, EOFError):  # what follows the first page is damaged
        return 1


def _open(data: bytes, name: str) -> Any:
    """:raises SourceError: it is damaged, or of far too many pixels."""
    from PIL import Image, UnidentifiedImageError

    if data[4:8] == b"ftyp":
        import pillow_heif

        pillow_heif.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = 4 * MAX_PIXELS
        try:
            return Image.open(io.BytesIO(data))
        except (
            UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
        ) as error:  # fmt: skip
            raise SourceError(f"{name}：图片打不开，可能已损坏；请重新拍照或截图") from error


def evened(photo: Pixels) -> Pixels:
    """:return: the picture with shadows and uneven light taken out; letters and stamps stay."""
    import cv2

    height, width = photo.shape[:2]
    scale = _SHADE_SIDE / max(height, width)
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ground = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), dtype=np.uint8)), 9)
    ground = cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
    found: Pixels = cv2.divide(photo, np.maximum(ground, 40), scale=245)
    return found


def is_uneven(photo: Pixels) -> bool:
    """Whether the light on a page differs so much that it should be evened."""
    import cv2

    small = cv2.resize(photo.max(axis=2), (12, 16), interpolation=cv2.INTER_AREA)
    return bool(np.percentile(small, 90) - np.percentile(small, 10) > 40 or small.max() < 200)


def colourless(photo: Pixels) -> Pixels:
    """:return: the picture without coloured ink, such as a red stamp over black letters."""
    import cv2

    light: Pixels = cv2.cvtColor(photo.max(axis=2), cv2.COLOR_GRAY2BGR)
    return light


def has_colour(photo: Pixels) -> bool:
    """Whether coloured ink lies on a line's picture."""
    spread = photo.max(axis=2).astype(np.int16) - photo.min(axis=2)
    return bool((spread > 60).mean() > 0.02)


def turned(photo: Pixels, quarters: int) -> Pixels:
    """:return: the picture turned counter-clockwise by so many quarters."""
    return np.ascontiguousarray(np.rot90(photo, quarters))


def size_in_points(photo: Pixels) -> tuple[float, float]:
    """:return: width and height of a picture, as a page of ``_RESOLUTION`` dots an inch."""
    height, width = photo.shape[:2]
    return width * 72 / _RESOLUTION, height * 72 / _RESOLUTION
