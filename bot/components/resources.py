"""What the components share with retrieval: the encoder, the words and the name tables.

Rasa builds components itself, so these are looked up here by the process's settings, once.
"""

from __future__ import annotations

from functools import lru_cache

from indexer.encoder import load_encoder
from indexer.query import QueryUnderstanding, read_aliases
from indexer.tokenizer import Tokenizer, read_words
from indexer.types import Encoder
from knowledge.region_table import RegionTable, load_region_table
from settings import load_settings

WORDS_FILE = "jieba_words.txt"
ALIASES_FILE = "aliases.yaml"


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The encoder of the settings; retrieval's cache of question vectors is keyed by it."""
    return load_encoder(load_settings().indexer.encoder)


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """The project's tokenizer with the project's words."""
    return Tokenizer(read_words(load_settings().knowledge.tables_dir / WORDS_FILE))


@lru_cache(maxsize=1)
def names() -> QueryUnderstanding:
    """The names of the alias table."""
    rows = read_aliases(load_settings().knowledge.tables_dir / ALIASES_FILE)
    return QueryUnderstanding(rows, tokenizer())


@lru_cache(maxsize=1)
def regions() -> RegionTable:
    """The places in China."""
    return load_region_table(load_settings().knowledge.tables_dir)
