"""Why a message is declined: a small linear classifier over its characters and its sentence vector.

It is asked only about what is declined anyway, so a mistake costs the right words and never an answer; of
what it is not sure of the general sentence is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

import numpy as np

from indexer.encoder import encode_query
from indexer.hybrid import MODEL_DIR
from indexer.linear import Floats, LinearModel, character_runs
from indexer.types import Encoder
from knowledge.text import normalise

FILE_NAME = "refusal.npz"
GENERAL = "utter_refusal"
NO_REASON = "general"
# What the vector, of unit length, is multiplied by, and what margins are before the softmax; both, as the
# regularisation in actions/refusal_training.py, by the likelihood of hands that were not learnt from.
SCALE, SHARPNESS = 2.0, 4.0


class Reason(str, Enum):
    """Why a message is declined."""

    OUTCOME = "outcome"  # what will come is foretold and promised by nobody
    CHOICE = "choice"  # it is for the person, and a lawyer who saw the papers, to decide
    DRAFTING = "drafting"  # papers to be handed in and opinions are a lawyer's to write
    PRICE = "price"  # no prices, rankings or recommendations of lawyers are kept
    EVASION = "evasion"  # a dishonest plan is not helped with
    RECORDS = "records"  # others' data, and what is known from hour to hour
    UNHELD = "unheld"  # a country, procedure or rule that the shelf does not hold
    OTHER_LAW = "other_law"  # another field of law or trade
    OFF_TOPIC = "off_topic"  # no business of this assistant's


# Beside these the assistant has something to offer where a matter is spoken of.
_OFFERS = frozenset((Reason.OUTCOME, Reason.CHOICE))


def response_of(reason: Reason | None, *, is_under_way: bool) -> str:
    """The name of the sentence that is said.

    :param is_under_way: whether something of the person's matter was answered before.
    """
    if reason is None:
        return GENERAL
    name = f"{GENERAL}_{reason.value}"
    return f"{name}_under_way" if is_under_way and reason in _OFFERS else name


@dataclass(frozen=True)
class Refusals:
    """The trained classifier; ``least`` holds for each class the chance from which on it is said.

    ``encoder`` is the fingerprint of the encoder whose vectors it read, ``learnt`` that of the messages.
    """

    model: LinearModel
    least: Floats
    encoder: str
    learnt: str

    def reason(self, text: str, encoder: Encoder) -> Reason | None:
        """Why a message is declined; None where that is not sure, or the vectors are another encoder's."""
        said = normalise(text)
        if not said or encoder.fingerprint != self.encoder:
            return None
        terms, vector = read(said, encode_query(encoder, said))
        likely = self.model.probabilities(terms, vector, SHARPNESS)
        best = int(np.argmax(likely))
        name = self.model.classes[best]
        return Reason(name) if name != NO_REASON and likely[best] >= self.least[best] else None

    def save(self, folder: Path) -> None:
        """Write it beside the encoder."""
        np.savez_compressed(
            folder / FILE_NAME,
            classes=np.array(self.model.classes),
            terms=np.array(list(self.model.terms)),
            weights=self.model.weights.astype(np.float16),
            least=self.least,
            encoder=np.array(self.encoder),
            learnt=np.array(self.learnt),
        )

    @classmethod
    def load(cls, folder: Path) -> Refusals:
        """What :meth:`save` wrote."""
        with np.load(folder / FILE_NAME, allow_pickle=False) as arrays:
            columns = {str(term): row for row, term in enumerate(arrays["terms"])}
            model = LinearModel(
                tuple(map(str, arrays["classes"])), columns, arrays["weights"].astype(np.float32)
            )
            return cls(model, arrays["least"], str(arrays["encoder"]), str(arrays["learnt"]))


def read(text: str, vector: Floats) -> tuple[set[str], Floats]:
    """What the classifier reads of a message in its normal form.

    :param vector: its unit vector, shape (dimension,).
    """
    return character_runs(text), np.asarray(vector * SCALE, dtype=np.float32)


@lru_cache(maxsize=1)
def trained() -> Refusals:
    """The classifier that is shipped."""
    return Refusals.load(MODEL_DIR)
