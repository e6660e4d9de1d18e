"""Parsing in a process of its own, with limits on time and memory.

A file that crashes, hangs or swells its parser costs that process and nothing else: the parent reports
the file and starts a fresh worker for the next one.
"""

from __future__ import annotations

import json
import resource
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from knowledge.child_process import ChildProcess, end_with_parent
from knowledge.errors import SourceError
from knowledge.loaders.scans import SeenPage, page_from_json, page_to_json
from knowledge.persistence import document_from_json, document_to_json
from knowledge.types import Document
from knowledge.unpack import Member, member_to_json

MAX_MEMORY_BYTES = 2 * 1024**3
MAX_OUTPUT_BYTES = 256 * 1024 * 1024
_WATCH_S = 1.0
_RECOGNISE = b'{"recognise"'

# Reads some pages of a PDF file, counted from 1.
RecogniseFile = Callable[[Path, Sequence[int]], Mapping[int, SeenPage]]


class ParserWorker(ChildProcess):
    """Loads files in a child process.

    :param timeout_s: wall-clock seconds that one file may take, recognition aside.
    :param max_bytes: size limit of one file.
    :param recognise: reads pages of a PDF that are pictures; without it they are left out.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 60.0,
        max_bytes: int = 50 * 1024 * 1024,
        max_memory: int = MAX_MEMORY_BYTES,
        recognise: RecogniseFile | None = None,
    ) -> None:
        super().__init__("knowledge.worker", str(max_memory), str(max_bytes))
        self._timeout = timeout_s
        self._recognise = recognise

    def load(self, path: Path) -> Document:
        """Load one file.

        :raises SourceError: the file cannot be used, took too long or needed too much memory.
        """
        question = {"path": str(path.absolute()), "recognise": "1" if self._recognise else ""}
        return document_from_json(self._ask(path, question)["document"])

    def unpack(self, path: Path, into: Path) -> list[Member]:
        """Unpack a zip archive into an empty folder, as :func:`knowledge.unpack.unpack` does.

        :raises SourceError: the archive cannot be used, took too long or needed too much memory.
        """
        request = {"unpack": str(path.absolute()), "into": str(into.absolute())}
        rows = self._ask(path, request)["members"]
        return [
            Member(row["name"], Path(row["path"]) if row["path"] else None, row["reason"])
            for row in rows
        ]

    def _ask(self, path: Path, question: dict[str, str]) -> dict[str, Any]:
        """:return: the child's answer about a file."""
        process = self._running()
        try:
            line = self._exchange(process, question)
            while self._recognise is not None and line.startswith(_RECOGNISE):
                line = self._exchange(process, self._seen(path, json.loads(line)["recognise"]))
        except BrokenPipeError:
            line = b""
        except TimeoutError as error:
            self.close()
            raise SourceError(
                f"{path.name}：解析超过 {self._timeout:g} 秒，已停止，请拆分文件或另存为更简单的格式"
            ) from error
        if not line:
            self.close()
            raise SourceError(
                f"{path.name}：解析时内存超限或程序异常退出，文件未导入，请拆分或另存后再试"
            )
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SourceError(answer["error"])
        return answer

    def _exchange(self, process: subprocess.Popen[bytes], question: object) -> bytes:
        assert process.stdin is not None  # noqa: S101 (opened with a pipe)
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        return self._answer(process)

    def _seen(self, path: Path, pages: list[int]) -> dict[str, Any]:
        """:return: what recognition says of some pages of a file, or why it says nothing."""
        assert self._recognise is not None  # noqa: S101 (only asked when there is one)
        try:
            seen = self._recognise(path, pages)
        except SourceError as error:
            return {"error": str(error)}
        return {"pages": {str(number): page_to_json(page) for number, page in seen.items()}}

    def _answer(self, process: subprocess.Popen[bytes]) -> bytes:
        """:return: one line of the child's output, empty when it ended."""
        assert process.stdout is not None  # noqa: S101 (opened with a pipe)
        deadline = time.monotonic() + self._timeout
        parts: list[bytes] = []
        size = 0
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(max(deadline - time.monotonic(), 0.0)):
                    raise TimeoutError
                chunk = process.stdout.read1(1 << 20)  # type: ignore[attr-defined]  # a BufferedReader
                size += len(chunk)
                if not chunk or size > MAX_OUTPUT_BYTES:
                    return b""
                parts.append(chunk)
                if chunk.endswith(b"\n"):
                    return b"".join(parts)


def _answer_to(question: dict[str, str], max_bytes: int) -> dict[str, object]:
    from knowledge.chunking import MAX_PASSAGES, pieces_in
    from knowledge.loaders import load
    from knowledge.unpack import unpack

    path = Path(question.get("path") or question["unpack"])
    try:
        if "into" in question:
            return {"members": unpack(path, Path(question["into"]), max_bytes=max_bytes)}
        recognise = _asked_for if question.get("recognise") else None
        document = load(path, max_bytes=max_bytes, recognise=recognise)
        if (pieces := pieces_in(document)) > MAX_PASSAGES:
            raise SourceError(
                f"{path.name}：有 {pieces} 个段落，超过一个文件的上限 {MAX_PASSAGES} 个，请按章节拆成几个文件再导入"
            )
        return {"document": document_to_json(document)}
    except SourceError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"{path.name}：解析需要的内存超过上限，文件未导入，请拆分后再试"}


def _asked_for(pages: Sequence[int]) -> dict[int, SeenPage]:
    """Have the parent read pages that are pictures.

    :raises SourceError: they cannot be read.
    """
    _say({"recognise": list(pages)})
    answer = json.loads(sys.stdin.buffer.readline())
    if "error" in answer:
        raise SourceError(answer["error"])
    return {int(number): page_from_json(page) for number, page in answer["pages"].items()}


def _say(answer: dict[str, object]) -> None:
    line = json.dumps(answer, ensure_ascii=True, default=member_to_json).encode() + b"\n"
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def main() -> int:
    """Answer one JSON line for each JSON line read, under a memory limit."""
    memory, max_bytes = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Writing beyond this ends the process; only unpacking writes at all.
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, max_bytes))
    end_with_parent(_WATCH_S)
    while line := sys.stdin.buffer.readline():
        _say(_answer_to(json.loads(line), max_bytes))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
