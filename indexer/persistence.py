"""File names of a saved index, what it was made with, and passages read one at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.remembering import remembered
from indexer.tokenizer import VERSION as TOKENIZER_VERSION
from indexer.types import Encoder
from knowledge.errors import SnapshotError
from knowledge.persistence import passage_from_json, write_lines
from knowledge.types import Passage

# Raise when an index written before can no longer be read.
FORMAT = 4
_REBUILD = "请运行 huhang kb build 重新构建并 huhang kb publish 发布"


@dataclass(frozen=True)
class IndexLayout:
    """File names inside an index folder, shared by writing and reading."""

    meta: str = "index.json"
    passages: str = "index_passages.jsonl"
    offsets: str = "index_offsets.npy"
    rows: str = "index_rows.npy"
    vectors: str = "index_vectors.npy"
    keys: str = "index_keys.json"
    facets: str = "index_facets.json"
    facet_rows: str = "index_facet_rows.npy"
    negatives: str = "index_negatives.npy"
    negative_rows: str = "index_negative_rows.npy"
    documents: str = "index_documents.npy"
    titles: str = "index_titles.npy"
    title_vectors: str = "index_title_vectors.npy"
    lengths: str = "index_lengths.npy"
    articles: str = "index_articles.json"
    orienting: str = "index_orienting.npy"
    hashes: str = "index_hashes.npy"
    aliases: str = "index_aliases.json"
    words: str = "index_words.txt"
    glossary: str = "index_glossary.json"

    def is_valid(self, folder: Path) -> bool:
        """Whether every file is there."""
        return all((folder / name).is_file() for name in asdict(self).values())


LAYOUT = IndexLayout()
TITLES_FOLDER = "titles"  # the lexical index of the titles
TITLE_HASHES = (
    "index_title_hashes.npy"  # by what a later build tells whether it has a title already
)


@dataclass(frozen=True)
class IndexMeta:
    """Whatever would make the index wrong if it changed."""

    encoder: str
    encoder_fingerprint: str
    dimension: int
    tokenizer_version: int
    tokenizer_fingerprint: str
    passages: int
    rows: int
    store: str
    chunking: str = ""
    reading: str = ""  # how its texts were read (:func:`indexer.reading_memo.fingerprint`)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write the description; the last file of a build."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / LAYOUT.meta).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> IndexMeta:
        """Read the description.

        :raises SnapshotError: when the folder holds no complete index.
        """
        if not LAYOUT.is_valid(folder):
            missing = [name for name in asdict(LAYOUT).values() if not (folder / name).is_file()]
            raise SnapshotError(f"索引 {folder} 不完整，缺少 {'、'.join(missing)}；{_REBUILD}")
        try:
            values = json.loads((folder / LAYOUT.meta).read_text(encoding="utf-8"))
            known = {field.name for field in fields(cls)}
            return cls(**{key: value for key, value in values.items() if key in known})
        except (ValueError, TypeError) as error:
            raise SnapshotError(f"索引说明 {folder / LAYOUT.meta} 无法读取；{_REBUILD}") from error

    def check(self, folder: Path, encoder: Encoder, chunking: str | None = None) -> None:
        """Refuse an index that these settings would misread.

        :raises SnapshotError: saying what differs and what to do.
        """
        if self.format != FORMAT:
            raise SnapshotError(
                f"索引 {folder} 的格式是第 {self.format} 版，本程序使用第 {FORMAT} 版；{_REBUILD}"
            )
        if self.tokenizer_version != TOKENIZER_VERSION:
            raise SnapshotError(
                f"索引 {folder} 由第 {self.tokenizer_version} 版分词方法建立，"
                f"现为第 {TOKENIZER_VERSION} 版；{_REBUILD}"
            )
        if self.encoder_fingerprint != encoder.fingerprint or self.dimension != encoder.dimension:
            raise SnapshotError(
                f"索引 {folder} 由编码器 {self.encoder}（{self.encoder_fingerprint}）建立，"
                f"现用编码器是 {encoder.name}（{encoder.fingerprint}）；"
                f"{_REBUILD}，或把 HUHANG_ENCODER 改回原来的值"
            )
        if chunking is not None and self.chunking != chunking:
            raise SnapshotError(
                f"索引 {folder} 的分段方式（{self.chunking or '未注明'}）与现在的（{chunking}）不同；{_REBUILD}"
            )


_ID = b'{"id": "'
_AT_HAND = 1024  # passages that stay read; a turn looks at the same ones several times
_IDS_AT_HAND = 65_536
_HEAD = 300  # bytes of a line in which its id is looked for


class PassageFile:
    """Passages on disk, read one at a time through memory mapping."""

    def __init__(self, content: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        """Hold the mapped lines; line i is ``content[offsets[i]:offsets[i + 1]]``."""
        self._content = content
        self._offsets = offsets
        self._at_hand = remembered(self._read, _AT_HAND)
        self._ids_at_hand = remembered(self._read_identifier, _IDS_AT_HAND)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> Passage:
        return self._at_hand(number)

    def line(self, number: int) -> bytes:
        """A passage as it is kept."""
        return bytes(self._content[int(self._offsets[number]) : int(self._offsets[number + 1])])

    def _read(self, number: int) -> Passage:
        return passage_from_json(json.loads(self.line(number)))

    def identifier(self, number: int) -> str:
        """The id of a passage; the first field of its line, so the rest is not read."""
        return self._ids_at_hand(number)

    def _read_identifier(self, number: int) -> str:
        start = int(self._offsets[number])
        head = bytes(self._content[start : min(start + _HEAD, int(self._offsets[number + 1]))])
        if head.startswith(_ID):
            end = head.find(b'"', len(_ID))
            if end > 0 and b"\\" not in head[:end]:
                return head[len(_ID) : end].decode()
        return self[number].id

    @classmethod
    def write(cls, folder: Path, passages: Sequence[Passage]) -> None:
        """Write one passage a line, and where the lines begin."""
        offsets = write_lines(folder / LAYOUT.passages, passages)
        np.save(folder / LAYOUT.offsets, np.array(offsets, dtype=np.int64))

    @classmethod
    def write_as_kept(cls, folder: Path, lines: Sequence[bytes]) -> None:
        """The same of passages that are lines already."""
        (folder / LAYOUT.passages).write_bytes(b"".join(lines))
        offsets = np.cumsum([0, *map(len, lines)], dtype=np.int64)
        np.save(folder / LAYOUT.offsets, offsets)

    @classmethod
    def open(cls, folder: Path) -> PassageFile:
        """Map the file into memory."""
        offsets = np.load(folder / LAYOUT.offsets, allow_pickle=False)
        path = folder / LAYOUT.passages
        if path.stat().st_size != offsets[-1]:
            raise SnapshotError(f"索引文件 {path} 的长度与记录不符，可能已损坏；{_REBUILD}")
        if not offsets[-1]:
            return cls(np.zeros(0, dtype=np.uint8), offsets)
        return cls(np.memmap(path, dtype=np.uint8, mode="r").view(np.ndarray), offsets)


def mapped(path: Path) -> NDArray[Any]:
    """An array of a file, mapped into memory."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


def widened(rows: NDArray[np.float16]) -> NDArray[np.float32]:
    """Finite half-precision numbers in single precision; numpy itself converts them one after the other.

    Sign, exponent and fraction are moved to their places; what is left is that the exponents count from
    another zero.
    """
    bits = np.ascontiguousarray(rows).view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= _SIGN_EXPONENT_FRACTION
    single = bits.view(np.float32)
    single *= _OTHER_ZERO
    return single


def products(rows: NDArray[np.float16], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inner product of a vector with each row; so few that waking the threads of a matrix product costs more."""
    return np.asarray(np.einsum("ij,j->i", widened(rows), vector), dtype=np.float32)


_SIGN_EXPONENT_FRACTION = np.int32(-0x70000001)  # the sign had been drawn out over three bits more
_OTHER_ZERO = np.float32(2.0**112)
