"""A mark that somebody uploads: looked at as a picture, and drawn anew so that nothing else is in it."""

from __future__ import annotations

import io
import warnings

from desk.errors import InvalidRecordError

MOST_BYTES = 2 * 2**20
# Enough for ten centimetres in print; larger ones are made smaller.
MOST_SIDE = 1200
_LEAST_SIDE = 64
_MOST_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")


def checked(data: bytes) -> bytes:
    """The picture as a PNG of ours: upright, without what else lay in the file.

    :raises InvalidRecordError: saying what is wrong with it.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not data:
        raise InvalidRecordError("没有选择图片")
    if len(data) > MOST_BYTES:
        raise InvalidRecordError(f"图片超过 {MOST_BYTES // 2**20} MB，请压缩后再传")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise InvalidRecordError("图片太大，请缩小到每边 6000 像素以内再传")
                picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except UnidentifiedImageError as error:
        raise InvalidRecordError("不是 PNG、JPG 或 WebP 图片，请另存后再传") from error
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise InvalidRecordError("图片打不开，可能已损坏，请重新导出后再传") from error
    if min(picture.size) < _LEAST_SIDE:
        raise InvalidRecordError(f"图片太小，印出来会糊；短边至少 {_LEAST_SIDE} 像素")
    picture.thumbnail((MOST_SIDE, MOST_SIDE))
    # A new picture: no notes, places or other layers of the file come along.
    fresh = Image.frombytes("RGBA", picture.size, picture.tobytes())
    stream = io.BytesIO()
    fresh.save(stream, "PNG", optimize=True)
    return stream.getvalue()
