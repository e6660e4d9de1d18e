"""The tables that texts are read with: words, aliases, glossary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from indexer.aliases import AliasRow, read_aliases, write_aliases
from indexer.glossary import Glossary, read_glossary, write_glossary
from indexer.persistence import LAYOUT
from indexer.query import NO_GLOSSARY, QueryUnderstanding
from indexer.tokenizer import Tokenizer
from knowledge.word_table import read_words


@dataclass(frozen=True)
class Tables:
    """What texts are read with besides the program; it is kept with the index."""

    words: Sequence[str]
    aliases: Sequence[AliasRow]
    glossary: Glossary
    tokenizer: Tokenizer
    understanding: QueryUnderstanding

    @classmethod
    def read(
        cls, aliases_path: Path | None, words_path: Path | None, glossary_path: Path | None
    ) -> Tables:
        """Read the tables there are."""
        words = read_words(words_path) if words_path else []
        tokenizer = Tokenizer(words)
        aliases = read_aliases(aliases_path) if aliases_path else []
        glossary = read_glossary(glossary_path) if glossary_path else NO_GLOSSARY
        understanding = QueryUnderstanding(aliases, tokenizer, glossary)
        return cls(words, aliases, glossary, tokenizer, understanding)

    @cached_property
    def text(self) -> str:
        """All of it as text, to tell it from other tables."""
        return f"{self.tokenizer.fingerprint}{self.aliases!r}{self.glossary.entries!r}"

    def write(self, out_dir: Path) -> None:
        """Keep the tables with an index."""
        write_aliases(out_dir / LAYOUT.aliases, self.aliases)
        write_glossary(out_dir / LAYOUT.glossary, self.glossary)
        (out_dir / LAYOUT.words).write_text("\n".join(self.words), encoding="utf-8")
