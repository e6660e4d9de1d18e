"""Fit the weights of actions/turn/scope.py on questions written without sight of the shelf, and print them.

The chances of the search are those of trees that have not seen the question; the classifier has seen none.
Run it after ``huhang train confidence`` and ``huhang train bot``:

    python scripts/fit_scope.py [--trials FOLDER]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from actions.turn.scope import combined, odds, strangeness
from bot.lean import load_rasa
from bot.training import out_of_scope, train
from channels.cli.train import GOLDEN, MODEL, UNSEEN, _passages, _tables
from curation.publishing import today_of
from indexer.build import build_index
from indexer.encoder import load_encoder
from indexer.hybrid import HybridIndex
from indexer.training import confidence as training
from settings import load_settings, quiet_libraries

LINES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


def chances(questions: Sequence[training.Question]) -> NDArray[np.float64]:
    """What trees that have not seen a question say of it."""
    settings = load_settings()
    today, tables = today_of(settings), training.Tables(**_tables(settings))
    passages, encoder = _passages(settings, today), load_encoder(MODEL)
    known = list(training._of_wordings(passages, encoder, today, tables))
    with tempfile.TemporaryDirectory() as folder:
        build_index(passages, encoder, out_dir=Path(folder), **_tables(settings))
        index = HybridIndex.load(Path(folder), encoder)
        others = [
            *training.judged_questions(GOLDEN),
            *training.out_of_scope_questions(out_of_scope()),
        ]
        known += list(training._of_questions(index, others, today))
        judging = [list(training._of_questions(index, [q], today)) for q in questions]
    found = [examples[0] for examples in judging if examples]
    said = iter(training.held_out(known, found)[0])
    return np.array([next(said) if examples else np.nan for examples in judging])


def takes_for_another(questions: Sequence[training.Question]) -> list[float]:
    """The classifier's chance that a message is out of scope."""
    quiet_libraries()
    load_rasa()
    from rasa.core.agent import Agent

    agent = Agent.load(str(train(load_settings())))

    async def each() -> list[float]:
        rows = []
        for question in questions:
            parsed = await agent.parse_message(question.text)
            ranking = {r["name"]: r["confidence"] for r in parsed["intent_ranking"]}
            rows.append(ranking.get("out_of_scope", 0.0))
        return rows

    return asyncio.run(each())


def main() -> None:
    """Print the weights and what each line keeps and lets pass."""
    from sklearn.linear_model import LogisticRegression

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=Path, help="only the even rows of its files are read")
    options = parser.parse_args()
    questions = [*training.unseen_questions(UNSEEN)]
    if options.trials:
        questions += training.unseen_questions(options.trials, step=2)
    shelf, scope = chances(questions), takes_for_another(questions)
    kept = np.flatnonzero(~np.isnan(shelf))
    table = np.array(
        [[odds(shelf[n]), strangeness(scope[n], len(questions[n].text))] for n in kept]
    )
    answerable = np.array([questions[n].is_answerable for n in kept])
    model = LogisticRegression().fit(table, answerable)
    print(f"{len(kept)} questions, {int((~answerable).sum())} to be declined")
    print("SHELF, SCOPE, BIAS =", *np.round([*model.coef_[0], model.intercept_[0]], 2))
    print(
        "line | answered: search alone, weighed now, new | passed: search alone, weighed now, new"
    )
    now = np.array([combined(shelf[n], scope[n], len(questions[n].text)) for n in kept])
    new = model.predict_proba(table)[:, 1]
    for line in LINES:
        shares = [
            [(c[a] >= line).mean() for c in (shelf[kept], now, new)]
            for a in (answerable, ~answerable)
        ]
        print(
            f"{line:.2f} |", *(" ".join(f"{share:.3f}" for share in row) + " |" for row in shares)
        )


if __name__ == "__main__":
    main()
