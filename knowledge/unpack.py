"""Zip archives of documents: unpacked under names of our own, with limits on what comes out.

Nothing in an archive decides where a file is written: members go to numbered folders, so a path such as
``../../x`` has no effect beyond being refused.
"""

from __future__ import annotations

import contextlib
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from knowledge.errors import SourceError
from knowledge.exchange import MANIFEST, TABLES, TRAINERS, is_work
from knowledge.loaders import supported_suffixes
from knowledge.loaders.registry import unsupported

SUFFIX = ".zip"
MAX_MEMBERS = 1000
MAX_EXPORTED = 20_000
MAX_TOTAL_BYTES = 300 * 1024 * 1024
MAX_RATIO = 200
_MAX_NAME_BYTES = 180
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_BAD = re.compile(r'[\x00-\x1f\x7f<>:"|?*/\\]')
_ARCHIVES = {".zip", ".rar", ".7z", ".tar", ".gz", ".bz2", ".xz", ".tgz"}


@dataclass(frozen=True)
class Member:
    """A file of an archive: where it was unpacked, or why it was not."""

    name: str
    path: Path | None
    reason: str = ""


def member_to_json(member: object) -> dict[str, Any]:
    """:return: a member as JSON values."""
    if not isinstance(member, Member):
        raise TypeError(type(member).__name__)
    return {
        "name": member.name,
        "path": str(member.path) if member.path else None,
        "reason": member.reason,
    }


def is_zip(path: Path) -> bool:
    """Whether a file is, by its name, an archive of documents."""
    return path.suffix.lower() == SUFFIX


def unpack(path: Path, into: Path, *, max_bytes: int) -> list[Member]:
    """Unpack the documents of an archive.

    Links, archives inside the archive, unsupported types and files over ``max_bytes`` are refused one by
    one; a file that grows beyond all measure, encryption or damage refuses the whole.

    :param into: an existing folder; everything is written below it.
    :return: one entry for every file in order; the system's own files are left out silently.
    :raises SourceError: the archive as a whole cannot be used.
    """
    if path.is_symlink() or not path.is_file():
        raise SourceError(f"{path.name}：不是普通文件，出于安全不读取")
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpack(archive, path.name, into, max_bytes)
    except SourceError:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        NotImplementedError,
        OSError,
        EOFError,
        ValueError,
        OverflowError,
        RuntimeError,
    ) as error:
        raise SourceError(
            f"{path.name}：压缩包已损坏或格式特殊，请重新压缩为 zip 再导入"
        ) from error


def _unpack(archive: zipfile.ZipFile, name: str, into: Path, max_bytes: int) -> list[Member]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    root = _export_root(entries)
    most = MAX_MEMBERS if root is None else MAX_EXPORTED
    if len(entries) > most:
        raise SourceError(
            f"{name}：压缩包内有 {len(entries)} 个文件，超过上限 {most} 个，请分批导入"
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise SourceError(f"{name}：压缩包已加密，请去掉密码后再导入")
    members, total = [], 0
    for number, entry in enumerate(entries, start=1):
        shown = _name(entry)
        if _is_clutter(shown) or (root is not None and _is_reference(shown, root)):
            continue
        is_part = root is not None and is_work(PurePosixPath(shown))
        reason = _objection(entry, shown, max_bytes, is_part=is_part)
        if reason:
            members.append(Member(shown, None, reason))
            continue
        folder = into / f"{number:04d}"
        if is_part:
            folder = folder / TRAINERS
        folder.mkdir(parents=True)
        target = folder / _file_name(shown)
        with archive.open(entry) as stream:
            size = _copy(stream, target, entry, name, max_bytes, MAX_TOTAL_BYTES - total)
        if size > max_bytes:
            members.append(Member(shown, None, _too_large(max_bytes)))
            continue
        total += size
        members.append(Member(shown, target))
    if not members:
        raise SourceError(f"{name}：压缩包里没有文件")
    return members


def _copy(
    stream: IO[bytes], target: Path, entry: zipfile.ZipInfo, name: str, max_bytes: int, left: int
) -> int:
    """Write a member piece by piece, trusting no size that the archive states.

    :return: the bytes read; a file over the limit is removed again.
    """
    size = 0
    with target.open("wb") as output:
        while chunk := stream.read(1 << 20):
            size += len(chunk)
            if size > left or (size > 1 << 20 and size > MAX_RATIO * max(entry.compress_size, 1)):
                raise SourceError(f"{name}：解压后体积异常（疑似压缩炸弹），已拒绝导入")
            if size > max_bytes:
                break
            output.write(chunk)
    if size > max_bytes:
        target.unlink()
    return size


def _export_root(entries: Sequence[zipfile.ZipInfo]) -> str | None:
    """:return: where in the archive an export of a knowledge base lies; None when it is none."""
    names = (entry.filename for entry in entries)
    return next(
        (n.removesuffix(MANIFEST) for n in names if PurePosixPath(n).name == MANIFEST), None
    )


def _is_reference(shown: str, root: str) -> bool:
    """Whether a member of an export is there for people to read, not to be taken in."""
    return shown == f"{root}{MANIFEST}" or shown.startswith(f"{root}{TABLES}/")


def _objection(entry: zipfile.ZipInfo, shown: str, max_bytes: int, *, is_part: bool) -> str:
    """:return: why a member is not unpacked; empty when it is."""
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "是链接或特殊文件，出于安全不导入"
    path = PurePosixPath(shown.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", shown):
        return "路径指向压缩包之外，出于安全不导入"
    suffix = path.suffix.lower()
    if suffix in _ARCHIVES:
        return "是压缩包里的压缩包，请解压后再导入"
    if suffix not in supported_suffixes() and not is_part:
        return unsupported(suffix)
    return _too_large(max_bytes) if entry.file_size > max_bytes else ""


def _too_large(max_bytes: int) -> str:
    return f"超过单个文件上限 {max_bytes / 2**20:.0f} MB"


def _name(entry: zipfile.ZipInfo) -> str:
    """:return: the member's name; Chinese Windows writes GB18030 without saying so."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    with contextlib.suppress(UnicodeEncodeError):
        raw = entry.filename.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            with contextlib.suppress(UnicodeDecodeError):
                return raw.decode(encoding)
    return entry.filename


def _is_clutter(name: str) -> bool:
    """Whether a member is what an operating system adds (``__MACOSX``, ``.DS_Store``, ``Thumbs.db``)."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and (
        "__MACOSX" in parts
        or (parts[-1].startswith((".", "~$")) and parts[-1] not in ("..", "."))
        or parts[-1].lower() in ("thumbs.db", "desktop.ini")
    )


def _file_name(name: str) -> str:
    """:return: the last part of a name, fit for any file system; its suffix is kept."""
    last = PurePosixPath(name.replace("\\", "/")).name
    path = PurePosixPath(_BAD.sub("_", last.encode("utf-8", "replace").decode("utf-8")))
    stem = path.stem.encode("utf-8")[:_MAX_NAME_BYTES].decode("utf-8", "ignore")
    return f"{stem or '文件'}{path.suffix}"
