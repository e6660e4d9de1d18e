"""An index with some passages changed, made from an open one in a moment, to try a change before it is kept.

It answers as one that is built anew: see :mod:`indexer.taking_over`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from indexer.aliases import read_aliases
from indexer.build import build_index
from indexer.glossary import read_glossary
from indexer.hybrid import HybridIndex
from indexer.persistence import LAYOUT
from indexer.reading_tables import Tables
from indexer.taking_over import FormerIndex
from knowledge.types import Passage
from knowledge.word_table import read_words


class Amender:
    """Makes indexes that differ from an open one in some passages."""

    def __init__(self, base: HybridIndex) -> None:
        """Read what the open index holds."""
        self.base = base
        tables = Tables(
            read_words(base.folder / LAYOUT.words),
            read_aliases(base.folder / LAYOUT.aliases),
            read_glossary(base.folder / LAYOUT.glossary),
            base.tokenizer,
            base.understanding,
        )
        self._former = FormerIndex(base.folder, base.encoder, tables)

    def changed(self, passages: Sequence[Passage]) -> int:
        """How many passages an index of these has otherwise than the open one, or no more."""
        return self._former.changed(passages)

    def amended(self, passages: Sequence[Passage]) -> HybridIndex:
        """An index of these passages; blocks for the time that changed ones take to be read.

        :param passages: the whole shelf in order; those equal to the open index's are taken over.
        :return: the open one where nothing differs.
        """
        if self._former.holds(passages):
            return self.base
        folder = Path(tempfile.mkdtemp(prefix="huhang-amended-"))
        try:
            self._write(passages, folder)
            name = f"{self.base.snapshot_id}+"
            index = HybridIndex.load(folder, self.base.encoder, snapshot_id=name)
            index.open_vectors()
            return index
        finally:  # what is mapped stays readable
            shutil.rmtree(folder, ignore_errors=True)

    def _write(self, passages: Sequence[Passage], folder: Path) -> None:
        base = self.base.folder
        if FormerIndex.is_complete(base):
            self._former.amended(passages, folder)
            return
        # An index that was built before has not what others are made from.
        build_index(
            passages,
            self.base.encoder,
            aliases_path=base / LAYOUT.aliases,
            words_path=base / LAYOUT.words,
            glossary_path=base / LAYOUT.glossary,
            out_dir=folder,
            previous=base,
        )
