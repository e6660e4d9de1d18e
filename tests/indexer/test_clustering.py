"""Questions put together by meaning, and kept apart by country."""

import numpy as np

from indexer.clustering import central, clusters, nearest
from indexer.encoder import load_encoder
from indexer.hybrid import MODEL_DIR

SAME = ["德国展会上展品被查扣怎么办", "德国展会展品被扣了", "展品在德国展会被查扣"]
OTHER = ["收到337立案通知几天内答辩"]


def encoded(texts):
    return load_encoder(MODEL_DIR).encode(texts, is_query=True)


def test_the_same_question_in_other_words_is_one_cluster():
    assert clusters(encoded(OTHER + SAME), ["x"] * 4) == [[1, 2, 3], [0]]


def test_the_same_question_about_two_countries_stays_two():
    texts = [*SAME, "法国展会上展品被查扣怎么办"]
    assert clusters(encoded(texts), ["DE", "DE", "DE", "FR"]) == [[0, 1, 2], [3]]


def test_a_text_without_a_known_word_stays_alone_and_nothing_is_nothing():
    vectors = encoded([*SAME[:2], SAME[0]])
    vectors[2] = 0
    assert clusters(vectors, ["x"] * 3) == [[0, 1], [2]]
    assert clusters(vectors[:0], []) == []
    assert nearest(vectors[0], vectors[:0]) == (-1, 0.0)


def test_the_middle_of_a_cluster_names_it():
    vectors = np.eye(3, dtype=np.float32)[[0, 0, 1]]
    assert central(vectors, [0, 1, 2]) == 0
    assert nearest(vectors[2], vectors)[0] == 2
