"""An index made for a training, of the shelf without what the training asks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexer.build import build_index
from indexer.hybrid import HybridIndex
from indexer.types import Encoder
from knowledge.types import Passage


def index_of(
    passages: Sequence[Passage], encoder: Encoder, tables_dir: Path, folder: Path
) -> HybridIndex:
    """Build an index of passages with the project's tables and open it.

    :param folder: where it lies as long as it is searched.
    """
    build_index(
        passages, encoder, aliases_path=tables_dir / "aliases.yaml",
        words_path=tables_dir / "jieba_words.txt", glossary_path=tables_dir / "glossary.yaml",
        out_dir=folder,
    )  # fmt: skip
    return HybridIndex.load(folder, encoder)
