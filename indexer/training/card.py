"""The model card written beside a trained encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexer.training.recipe import Recipe, Scores

_EPOCHS = """The encoder alone on {held} held-out questions over all {articles} articles, after each epoch of the
second stage; the best is kept. Cross-validated figures of the whole engine are in `docs/retrieval.md`.

| epoch | recall@10 | recall@100 | MRR@10 |
|---|---|---|---|
{rows}"""
_NONE_HELD = """All judged questions were trained on, so none of them can judge this model. The same recipe is judged in
`docs/retrieval.md` by cross-validation, alone and with the second stage."""
FILE_NAME = "README.md"

_TEXT = """---
language: zh
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [sentence-transformers, feature-extraction, static-embedding, chinese, legal]
---

# huhang-static-zh

A static sentence encoder for Chinese legal questions. A vector is the sum of trained word vectors
(characters, bigrams and longer words of a fixed list of {words}), {dimension} dimensions, int8 with
one scale a word, brought to unit length. Serving reads it with numpy alone; this folder also loads
with `SentenceTransformer("indexer/model", trust_remote_code=True)` inside the project's environment.

## Training

Word vectors start from a singular value decomposition of the word–passage matrix. A softmax over the
passages of a batch and one hard negative a question, mined with the model itself, refines them in two
stages: question–passage pairs and clauses of articles ({base} epochs), then the judged questions with a
part of the same pairs ({refine} epochs). Dropout of words {dropout}, temperature {temperature}, batch
{batch}, seed {seed}; {minutes:.0f} minutes on two shared cores.

```
{command}
```

## Data and licences

| data | used | licence |
|---|---|---|
| LawRefBook/Laws, articles of Chinese law | {articles} | official texts, not under copyright (Copyright Law art. 5) |
| STARD train part (LeCoQA) | {judged} questions | MIT |
| lawyer-llama, DRCD, CMRC 2018, LeCoQA, the project's own sections | {pairs} pairs | Apache-2.0, CC BY-SA 3.0, CC BY-SA 4.0, MIT, this project |

Pairs that almost repeat a held-out question (Jaccard of character bigrams ≥ 0.6) were left out.

## The second stage beside it

`precedents.npz` holds the {answered} judged questions as vectors of this encoder, with hashes of the articles
that answer them; the nearest ones vote. `reranker.npz` holds the trees that order statutes, fitted by
`python benchmarks/crossvalidation.py --out DIR --save-reranker indexer/model` on candidates that encoders
found which had not seen the question. Both are used only with this encoder (its fingerprint is kept in them)
and touch nothing but articles of law.

## Scores

{scores}

## Limits

Trained on statutes and lay questions about them; Latin names outside the list have no vector and are
found by the lexical index alone. It knows words, not word order beyond short runs.
"""


def write_card(
    out: Path,
    recipe: Recipe,
    history: Sequence[Scores],
    *,
    seed: int,
    command: str,
    minutes: float,
    pairs: int,
    judged: int,
    held: int,
    articles: int,
) -> None:
    """Describe the model: data and licences, sizes, scores, command."""
    rows = "\n".join(
        f"| {number} | {s.recall_10:.3f} | {s.recall_100:.3f} | {s.mrr_10:.3f} |"
        for number, s in enumerate(history, start=1)
    )
    scores = _EPOCHS.format(held=held, articles=articles, rows=rows) if held else _NONE_HELD
    text = _TEXT.format(
        words=recipe.words, dimension=recipe.dimension, base=recipe.base.epochs,
        refine=recipe.refine.epochs, dropout=recipe.dropout, temperature=recipe.temperature,
        batch=recipe.batch, seed=seed, minutes=minutes, command=command, articles=articles,
        judged=judged, pairs=pairs, answered=judged + held, scores=scores,
    )  # fmt: skip
    (out / FILE_NAME).write_text(text, encoding="utf-8")
