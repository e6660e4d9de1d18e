"""What the components share with retrieval: the encoder, the words and the name tables.

Rasa builds components itself, so these are looked up here.  A model is trained with the shipped words
and names, and its words stay those; what a message names is read with the names that are published,
so that a name given or taken away by a trainer counts at once.
"""

from __future__ import annotations

from functools import lru_cache

from indexer.aliases import read_aliases
from indexer.encoder import load_encoder
from indexer.glossary import read_glossary
from indexer.live import LiveIndex, live_index
from indexer.query import QueryUnderstanding
from indexer.tokenizer import Tokenizer, read_words
from indexer.types import Encoder
from knowledge.errors import SnapshotError
from knowledge.glossary_table import FILE_NAME as GLOSSARY_FILE
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
    """The project's tokenizer with the shipped words."""
    return Tokenizer(read_words(load_settings().knowledge.tables_dir / WORDS_FILE))


@lru_cache(maxsize=1)
def shipped_names() -> QueryUnderstanding:
    """The names of the shipped alias table."""
    tables = load_settings().knowledge.tables_dir
    rows, glossary = read_aliases(tables / ALIASES_FILE), read_glossary(tables / GLOSSARY_FILE)
    return QueryUnderstanding(rows, tokenizer(), glossary)


def published_names() -> QueryUnderstanding:
    """The names that hold for the message under way: those of the index that it is answered from.

    Under Rasa's own server there is no turn, so the published snapshot is followed; before anything
    is published the shipped names hold.
    """
    try:
        return _live_index().current().understanding
    except SnapshotError:
        return shipped_names()


@lru_cache(maxsize=1)
def _live_index() -> LiveIndex:
    return live_index(load_settings())


@lru_cache(maxsize=1)
def regions() -> RegionTable:
    """The places in China."""
    return load_region_table(load_settings().knowledge.tables_dir)
