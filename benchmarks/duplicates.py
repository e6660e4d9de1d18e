"""How alike must two passages be to say the same thing?  Measures the threshold of ``knowledge/contradictions.py``.

Positives are passages as another hand would retype them: a fifth of the words dropped, sentences in
another order, words replaced by their synonyms.  Negatives are a passage's nearest other passage of the
same jurisdiction: the curated knowledge base says nothing twice (``kb check`` sees to it).  Titles are
left out, for a copy arrives under another one.  Run: python benchmarks/duplicates.py
"""

from __future__ import annotations

import random
import re

import numpy as np

from curation.publishing import library_of
from indexer.encoder import load_encoder
from indexer.tokenizer import Tokenizer
from settings import load_settings

SEED = 7
SHORTEST = 30
SWAPS = {
    "应当": "要", "可以": "能", "企业": "公司", "期限": "时限", "内": "以内", "收到": "接到", "但": "不过",
    "立即": "马上", "提交": "递交", "联系": "找", "材料": "资料", "申请": "请求",
}  # fmt: skip
THRESHOLDS = np.arange(0.84, 0.99, 0.01)


def retyped(text: str, tokenizer: Tokenizer, rng: random.Random) -> dict[str, str]:
    """The same statement, written again."""
    sentences = [part for part in re.split(r"(?<=[。；])", text) if part]
    rng.shuffle(sentences)
    words = tokenizer.words_of(text)
    return {
        "words dropped": "".join(word for word in words if rng.random() > 0.2),
        "words replaced": "".join(SWAPS.get(word, word) for word in words),
        "sentences reordered": "".join(sentences),
    }


def main() -> None:
    """Print the share of pairs at or above each threshold."""
    settings = load_settings()
    found = library_of(settings)
    kept = [passage for passage in found.passages if len(passage.text) >= SHORTEST]
    encoder = load_encoder(settings.indexer.encoder)
    tokenizer, rng = Tokenizer([]), random.Random(SEED)
    vectors = encoder.encode([passage.text for passage in kept])
    scores = vectors @ vectors.T
    codes = sorted({code for passage in kept for code in passage.jurisdiction})
    marks = np.array([[code in passage.jurisdiction for code in codes] for passage in kept])
    scores[~(marks.astype(np.int32) @ marks.T.astype(np.int32) > 0)] = -1
    np.fill_diagonal(scores, -1)
    print(f"{len(kept)} passages" + " " * 22 + "  ".join(f"{t:.2f}" for t in THRESHOLDS))
    print(f"{'nearest other of its country':36}" + shares(scores.max(axis=1)))
    variants = [retyped(passage.text, tokenizer, rng) for passage in kept]
    for name in variants[0]:
        encoded = encoder.encode([variant[name] for variant in variants])
        print(f"{name:36}" + shares((encoded * vectors).sum(axis=1)))


def shares(values: np.ndarray) -> str:
    """The share of values at or above each threshold."""
    return "  ".join(f"{np.mean(values >= t):.2f}" for t in THRESHOLDS)


if __name__ == "__main__":
    main()
