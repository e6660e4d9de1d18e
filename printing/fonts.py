"""The Chinese typeface of this machine, for pictures and for print."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from knowledge.errors import AssistantError

# Where systems keep a typeface with all common characters: the bold one, then the regular one.
_FOLDERS = (
    Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts", Path.home() / ".local/share/fonts",
    Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path("C:/Windows/Fonts"),
)  # fmt: skip
_NAMES = (
    ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"),
    ("NotoSansCJKsc-Bold.otf", "NotoSansCJKsc-Regular.otf"),
    ("SourceHanSansSC-Bold.otf", "SourceHanSansSC-Regular.otf"),
    ("PingFang.ttc", "PingFang.ttc"),
    ("msyhbd.ttc", "msyh.ttc"),
    ("wqy-microhei.ttc", "wqy-microhei.ttc"),
)


class FontError(AssistantError):
    """No Chinese typeface is installed."""


@lru_cache(maxsize=1)
def _files() -> tuple[Path, Path]:
    there = {
        path.name: path
        for folder in _FOLDERS
        if folder.is_dir()
        for path in folder.rglob("*.[ot]t[cf]")
    }
    for bold, regular in _NAMES:
        if bold in there and regular in there:
            return there[bold], there[regular]
    raise FontError("这台机器没有中文字体，画不了成绩卡和海报，请安装 fonts-noto-cjk")


def file_of(*, bold: bool) -> tuple[Path, int]:
    """The file of the typeface and which of its faces has the mainland's forms.

    :raises FontError: none is installed.
    """
    path = _files()[0 if bold else 1]
    return path, _face(path)


@lru_cache(maxsize=4)
def _face(path: Path) -> int:
    from PIL import ImageFont

    if path.suffix != ".ttc":
        return 0
    for index in range(12):
        try:
            family = ImageFont.truetype(str(path), 12, index=index).getname()[0] or ""
        except OSError:  # no such face
            break
        if family.endswith("SC"):
            return index
    return 0


@lru_cache(maxsize=64)
def pillow(size: int, *, bold: bool = False) -> Any:
    """The typeface for pictures, in pixels."""
    from PIL import ImageFont

    path, face = file_of(bold=bold)
    return ImageFont.truetype(str(path), size, index=face)
