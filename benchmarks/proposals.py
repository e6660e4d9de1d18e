"""How often metadata proposed from neighbouring passages is right: each document held out of the shelf.

``python benchmarks/proposals.py`` prints, for each share that a code must have, precision and recall of
the codes proposed for documents whose own codes are known.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from curation import proposals
from curation.importing import NEIGHBOURS
from curation.publishing import library_of, today_of
from indexer.encoder import load_encoder
from knowledge.types import Passage
from settings import load_settings

SHARES = (0.3, 0.4, 0.5, 0.6)


def main() -> None:
    """Print a line for each share."""
    settings = load_settings({})
    library, today = library_of(settings), today_of(settings)
    live = [passage for passage in library.passages if passage.is_current(today)]
    encoder = load_encoder(settings.indexer.encoder)
    vectors = encoder.encode([passage.text for passage in live])
    owners = np.array([passage.document for passage in live])

    def without(own: str) -> Callable[[Sequence[str]], list[list[tuple[Passage, float]]]]:
        def nearest(texts: Sequence[str]) -> list[list[tuple[Passage, float]]]:
            scores = encoder.encode(list(texts)) @ vectors.T
            scores[:, owners == own] = -1
            best = np.argsort(-scores, axis=1)[:, :NEIGHBOURS]
            return [
                [(live[place], float(line[place])) for place in places]
                for line, places in zip(scores, best, strict=True)
            ]

        return nearest

    for share in SHARES:
        proposals.SHARE = share
        right, said, meant = ({field: 0 for field in proposals.PROPOSED} for _ in range(3))
        for document in library.documents:
            cut = [live[place] for place in np.flatnonzero(owners == document.meta.id)]
            bare = replace(document, meta=replace(document.meta, **dict.fromkeys(right, ())))  # type: ignore[arg-type]  # the three fields hold codes
            found = proposals.proposed(bare, cut, without(document.meta.id)) if cut else {}
            for field in proposals.PROPOSED:
                own = set(getattr(document.meta, field))
                if cut and own:
                    right[field] += len(own & set(found.get(field, ())))
                    said[field] += len(found.get(field, ()))
                    meant[field] += len(own)
        told = (
            f"{field} precision {right[field] / max(1, said[field]):.2f} recall {right[field] / max(1, meant[field]):.2f}"
            for field in proposals.PROPOSED
        )
        sys.stdout.write(f"{share}: {', '.join(told)}\n")


if __name__ == "__main__":
    main()
