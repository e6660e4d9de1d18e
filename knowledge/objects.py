"""Whole files in an object store: S3, or whatever else fsspec has a file system for.

What lies there is what copies of the server on several machines have in common; each works on files of its
own disk (indexes are mapped into memory) and takes from the store what it lacks.
"""

from __future__ import annotations

import os
import posixpath
import threading
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from knowledge.errors import SettingsError, StorageError

_Result = TypeVar("_Result")


class Objects:
    """The files below one address.  Safe for any number of threads."""

    def __init__(self, url: str) -> None:
        """Connect when it is first used.

        :param url: ``s3://bucket/prefix``; keys and the service's address come from the environment
            as the AWS tools read them (``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL`` …).
        """
        self.url = url
        self._opening = threading.Lock()

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none.

        :raises StorageError: the store does not answer.
        """

        def read(files: Any, path: str) -> bytes | None:
            try:
                return bytes(files.cat_file(path))
            except FileNotFoundError:
                return None

        return self._at(name, read)

    def write(self, name: str, data: bytes) -> None:
        """Replace a file as a whole.

        :raises StorageError: it was not stored.
        """
        self._at(name, lambda files, path: files.pipe_file(path, data))

    def put(self, path: Path, name: str) -> None:
        """Store a file of the disk.

        :raises StorageError: it was not stored.
        """
        self._at(name, lambda files, target: files.put_file(str(path), target))

    def fetch(self, name: str, path: Path) -> bool:
        """Bring a file to the disk; it stands there whole or not at all.

        :return: whether there is such a file.
        :raises StorageError: the store does not answer, or the disk does not take it.
        """
        part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")

        def fetch(files: Any, source: str) -> bool:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                files.get_file(source, str(part))
            except FileNotFoundError:
                return False
            os.chmod(part, 0o600)
            os.replace(part, path)
            return True

        try:
            return self._at(name, fetch)
        finally:
            part.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove a file, or all files of a folder; nothing happens where there is none.

        :raises StorageError: the store does not answer.
        """

        def remove(files: Any, path: str) -> None:
            try:
                files.rm(path, recursive=True)
            except FileNotFoundError:
                return

        self._at(name, remove)

    def names(self, folder: str) -> set[str]:
        """The names of files and folders right in a folder.

        :raises StorageError: the store does not answer.
        """

        def names(files: Any, path: str) -> set[str]:
            try:
                found = files.ls(path, detail=False, refresh=True)
            except TypeError:  # a file system that keeps no listings
                found = files.ls(path, detail=False)
            except FileNotFoundError:
                return set()
            return {posixpath.basename(str(item).rstrip("/")) for item in found}

        return self._at(folder, names)

    def _at(self, name: str, work: Callable[[Any, str], _Result]) -> _Result:
        files, root = self._opened()
        try:
            return work(files, posixpath.join(root, name))
        except Exception as error:  # each store's library has errors of its own
            raise StorageError(
                f"对象存储 {self.url} 现在用不了（{type(error).__name__}），请检查网络、密钥和权限"
            ) from error

    def _opened(self) -> tuple[Any, str]:
        with self._opening:
            return self._found

    @cached_property
    def _found(self) -> tuple[Any, str]:
        import fsspec

        made = {"auto_mkdir": True} if self.url.startswith("file:") else {}
        try:
            files, root = fsspec.core.url_to_fs(self.url, use_listings_cache=False, **made)
        except ImportError as error:
            raise SettingsError(
                f"HUHANG_STORE 设为 {self.url}，但没有安装它要的程序库；请运行 make store"
            ) from error
        except ValueError as error:
            raise SettingsError(f"HUHANG_STORE 的值 {self.url} 无效：{error}") from error
        return files, str(root)


@lru_cache(maxsize=4)
def objects_at(url: str | None) -> Objects | None:
    """The store of an address, one a process; None where everything lies on this machine's disk."""
    return None if url is None else Objects(url)
