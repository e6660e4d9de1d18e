"""The shipped encoder as a sentence-transformers module, so that any such program can load it.

``SentenceTransformer("indexer/model")`` finds this class through the folder's ``modules.json``.
Serving never imports this module.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from indexer.encoder import StaticEncoder, unit_rows
from indexer.ngrams import Bags


class StaticSentenceModule(nn.Module):  # type: ignore[misc]
    """Texts to unit vectors by the static encoder."""

    def __init__(self, encoder: StaticEncoder) -> None:
        """Wrap a loaded encoder."""
        super().__init__()
        self.encoder = encoder
        self.max_seq_length = None

    def preprocess(self, inputs: list[Any], **_: Any) -> dict[str, Tensor]:
        """Count words: entry numbers of all texts, their counts, and where each text begins."""
        bags = self.encoder.words.count([str(text) for text in inputs])
        return {
            "input_ids": torch.from_numpy(bags.ids.astype("int64")),
            "counts": torch.from_numpy(bags.counts),
            "offsets": torch.from_numpy(bags.indptr),
        }

    def tokenize(self, texts: list[Any], **_: Any) -> dict[str, Tensor]:
        """The older name of :meth:`preprocess`."""
        return self.preprocess(texts)

    def forward(self, features: dict[str, Tensor], **_: Any) -> dict[str, Tensor]:
        """Sum the words' vectors and bring the sums to unit length."""
        bags = Bags(
            indptr=features["offsets"].cpu().numpy(),
            ids=features["input_ids"].cpu().numpy().astype("int32"),
            counts=features["counts"].cpu().numpy(),
        )
        rows = unit_rows(self.encoder.sum(bags))
        return {**features, "sentence_embedding": torch.from_numpy(rows)}

    def get_sentence_embedding_dimension(self) -> int:
        """Length of a vector."""
        return self.encoder.dimension

    def get_embedding_dimension(self) -> int:
        """Length of a vector, by the newer name."""
        return self.encoder.dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the encoder's files."""
        self.encoder.save(Path(output_path))

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> StaticSentenceModule:
        """Read the encoder's files."""
        return cls(StaticEncoder.load(Path(model_name_or_path)))
