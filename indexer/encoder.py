"""Texts to vectors: the shipped static encoder, or any sentence-transformers model.

The static encoder needs numpy alone: a vector is the sum of the rows of the words found in the text,
each row an int8 vector with its own scale, brought to unit length.  A transformer is loaded only
when a setting names one.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from mmap import MADV_DONTNEED
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.ngrams import Bags, WordList
from indexer.types import Encoder, Vectors
from knowledge.errors import EncoderError

_BATCH = 2048
_SEVERAL = 8  # from here on a sparse product is quicker than gathering rows text by text
_REMEMBERED = 512
_KNOWN = 1024  # texts of the shelf that stay encoded

# Models that were trained with an instruction before the query; others get none.
QUERY_PROMPTS = {
    "bge-": "为这个句子生成表示以用于检索相关文章：",
    "e5-": "query: ",
    "qwen3-embedding": "Instruct: Given a question, retrieve passages that answer it\nQuery: ",
}
PASSAGE_PROMPTS = {"e5-": "passage: "}
_WITHOUT_PROMPT = ("bge-m3",)


@dataclass(frozen=True)
class ModelLayout:
    """File names of the static encoder inside its folder."""

    config: str = "static_config.json"
    words: str = "words.txt"
    vectors: str = "vectors.npy"
    scales: str = "scales.npy"

    def is_valid(self, folder: Path) -> bool:
        """Whether every file of the model is there."""
        return all((folder / name).is_file() for name in asdict(self).values())


LAYOUT = ModelLayout()


class StaticEncoder:
    """A bag of trained word vectors, read with numpy."""

    def __init__(
        self,
        words: Sequence[str],
        vectors: NDArray[np.int8],
        scales: Vectors,
        *,
        name: str,
        power: float,
    ) -> None:
        """Hold a word list with its vectors.

        :param vectors: int8, a row a word.
        :param scales: float32, what a row is multiplied with.
        :param power: exponent of a word's count in the text.
        """
        if not len(words) == len(vectors) == len(scales):
            raise EncoderError(f"编码器 {name} 的词表与向量行数不一致，请重新训练或重新取得模型")
        self.name = name
        self.dimension = int(vectors.shape[1])
        self.words = WordList(words)
        self._vectors = vectors
        self._scales = scales
        self._power = power
        digest = hashlib.sha256("\n".join(words).encode())
        digest.update(np.ascontiguousarray(vectors).data)
        digest.update(np.ascontiguousarray(scales).data)
        digest.update(repr(power).encode())
        self.fingerprint = digest.hexdigest()[:16]

    @classmethod
    def load(cls, folder: Path) -> StaticEncoder:
        """Read a model folder.

        :raises EncoderError: when a file is missing or does not fit.
        """
        if not LAYOUT.is_valid(folder):
            raise EncoderError(
                f"编码器文件夹 {folder} 不完整：需要 {'、'.join(asdict(LAYOUT).values())}。"
                "请重新取得代码仓库，或运行 huhang train encoder"
            )
        config = json.loads((folder / LAYOUT.config).read_text(encoding="utf-8"))
        words = (folder / LAYOUT.words).read_text(encoding="utf-8").split("\n")
        # Mapped: a text needs a few rows, and all processes have the same ones.
        vectors = np.load(folder / LAYOUT.vectors, mmap_mode="r", allow_pickle=False)
        encoder = cls(
            words,
            vectors,
            np.load(folder / LAYOUT.scales, allow_pickle=False),
            name=str(config["name"]),
            power=float(config["power"]),
        )
        vectors.base.madvise(MADV_DONTNEED)  # all of it was read once, for the fingerprint
        return encoder

    def save(self, folder: Path) -> None:
        """Write the model's own files."""
        folder.mkdir(parents=True, exist_ok=True)
        config = {"name": self.name, "power": self._power, "dimension": self.dimension}
        (folder / LAYOUT.config).write_text(
            json.dumps(config, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        (folder / LAYOUT.words).write_text("\n".join(self.words.entries), encoding="utf-8")
        np.save(folder / LAYOUT.vectors, self._vectors)
        np.save(folder / LAYOUT.scales, self._scales)

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> Vectors:
        """Encode texts; a query and a passage are read alike."""
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            bags = self.words.count(texts[start : start + _BATCH])
            rows[start : start + len(bags)] = self.sum(bags)
        return unit_rows(rows)

    def sum(self, bags: Bags) -> Vectors:
        """The weighted sum of the vectors of each bag's words, not yet of unit length."""
        weights = bags.counts**self._power
        if len(bags) >= _SEVERAL:
            from scipy.sparse import csr_matrix

            # Of all words only those that occur: the whole table in single precision takes 80 MB.
            used, places = np.unique(bags.ids, return_inverse=True)
            table = self._vectors[used].astype(np.float32) * self._scales[used, None]
            matrix = csr_matrix((weights, places, bags.indptr), shape=(len(bags), len(used)))
            return np.asarray(matrix @ table, dtype=np.float32)
        rows = np.zeros((len(bags), self.dimension), dtype=np.float32)
        for row in range(len(bags)):
            span = slice(int(bags.indptr[row]), int(bags.indptr[row + 1]))
            ids = bags.ids[span]
            rows[row] = (weights[span] * self._scales[ids]) @ self._vectors[ids].astype(np.float32)
        return rows


def unit_rows(rows: Vectors) -> Vectors:
    """Rows brought to unit length; zero rows stay zero."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)


def quantise(table: Vectors) -> tuple[NDArray[np.int8], Vectors]:
    """Rows as int8 with one scale a row."""
    scales = np.abs(table).max(axis=1).astype(np.float32) / np.float32(127)
    safe = np.where(scales > 0, scales, np.float32(1))
    return np.rint(table / safe[:, None]).astype(np.int8), scales


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or folder."""

    def __init__(self, name_or_path: str) -> None:
        """Load the model.

        :raises EncoderError: when it cannot be loaded.
        """
        try:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(name_or_path, device="cpu")
        except ModuleNotFoundError as error:
            raise EncoderError(
                f"无法加载 HUHANG_ENCODER 的 {name_or_path}：它要的 {error.name} 没有装，请先运行 make encoders"
            ) from error
        except (ImportError, OSError, ValueError, RuntimeError) as error:
            raise EncoderError(
                f"无法加载编码器 {name_or_path}：请检查 HUHANG_ENCODER 是否为可用的模型名或文件夹，"
                "离线环境请先把模型放到本机文件夹"
            ) from error
        self.name = name_or_path
        self.dimension = int(self._model.get_sentence_embedding_dimension() or 0)
        self._query_prompt = prompt_for(name_or_path, QUERY_PROMPTS)
        self._passage_prompt = prompt_for(name_or_path, PASSAGE_PROMPTS)
        self.fingerprint = self._fingerprint()

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(Path(self.name).name.encode())
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(f"{key}{tuple(tensor.shape)}".encode())
            digest.update(np.ascontiguousarray(tensor.flatten()[:256].float().numpy()).tobytes())
        return digest.hexdigest()[:16]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode many passages, showing how far it got."""
        return self._encode(texts, is_query=False, show_progress=True)

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> Vectors:
        """Encode in batches; models that want an instruction before a query get it."""
        return self._encode(texts, is_query=is_query, show_progress=False)

    def _encode(self, texts: Sequence[str], *, is_query: bool, show_progress: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        prompts: dict[str, str] = self._model.prompts or {}
        kind = "query" if is_query else "document"
        prompt = prompts.get(kind) or (self._query_prompt if is_query else self._passage_prompt)
        rows = self._model.encode(
            list(texts),
            prompt=prompt or None,
            batch_size=32,
            normalize_embeddings=True,
            show_progress_bar=show_progress,
            convert_to_numpy=True,
        )
        return np.asarray(rows, dtype=np.float32)


def prompt_for(name: str, prompts: dict[str, str]) -> str:
    """The prompt that goes with a model's name, or nothing."""
    short = Path(name).name.lower()
    if short.startswith(_WITHOUT_PROMPT):
        return ""
    return next((prompt for key, prompt in prompts.items() if key in short), "")


_loaded: dict[str, Encoder] = {}
_load_lock = threading.Lock()


def load_encoder(name_or_path: str | Path) -> Encoder:
    """The encoder of that name or folder; loaded once in a process.

    :raises EncoderError: when it cannot be loaded.
    """
    key = str(name_or_path)
    with _load_lock:
        if key not in _loaded:
            folder = Path(key).expanduser()
            if (folder / LAYOUT.config).is_file():
                _loaded[key] = StaticEncoder.load(folder)
            else:
                _loaded[key] = SentenceTransformerEncoder(key)
        return _loaded[key]


_queries: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
_query_lock = threading.Lock()


def encode_query(encoder: Encoder, text: str) -> Vectors:
    """The unit vector of one question; a message is encoded once for all who ask.

    :return: shape (dimension,), read-only.
    """
    return encode_queries(encoder, (text,))[0]


def encode_queries(encoder: Encoder, texts: Sequence[str]) -> list[Vectors]:
    """The same of several questions, which takes hardly longer than of one."""
    keys = [(encoder.fingerprint, text) for text in texts]
    with _query_lock:
        found = {key: _queries[key] for key in keys if key in _queries}
        for key in found:
            _queries.move_to_end(key)
    missing = [key for key in dict.fromkeys(keys) if key not in found]
    if missing:
        vectors = encoder.encode([text for _, text in missing], is_query=True)
        for key, vector in zip(missing, vectors, strict=True):
            found[key] = vector.copy()
            found[key].setflags(write=False)
        with _query_lock:
            _queries.update((key, found[key]) for key in missing)
            while len(_queries) > _REMEMBERED:
                _queries.popitem(last=False)
    return [found[key] for key in keys]


def encode_alike(encoder: Encoder, texts: Sequence[str], *, is_query: bool = False) -> Vectors:
    """The vectors of texts, filled up to as many as are always read in the same way: none depends on the others."""
    last = len(texts) % _BATCH
    filled = [*texts, *[""] * (_SEVERAL - last if last < _SEVERAL and texts else 0)]
    return encoder.encode(filled, is_query=is_query)[: len(texts)]


_known: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
_known_lock = threading.Lock()


def encode_known(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The unit vectors of texts of the shelf, most of which were asked for before; they are read as one batch."""
    name = encoder.fingerprint
    with _known_lock:
        found = {text: _known[name, text] for text in texts if (name, text) in _known}
    missing = [text for text in dict.fromkeys(texts) if text not in found]
    if missing:
        fresh = encode_alike(encoder, missing)
        found.update((text, row.copy()) for text, row in zip(missing, fresh, strict=True))
    with _known_lock:
        for text in found:
            _known[name, text] = found[text]
            _known.move_to_end((name, text))
        while len(_known) > _KNOWN:
            _known.popitem(last=False)
    return np.stack([found[text] for text in texts])
