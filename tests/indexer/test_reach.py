"""What a change can touch is told from how far each search went, and nothing that it touches is missed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from curation import publishing, release
from indexer.build import build_index
from indexer.encoder import load_encoder
from indexer.golden import GoldenQuestion, Known, Outcome, outcomes, taken_over
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.lexical import BM25Retriever
from indexer.postings import term_hash
from indexer.reach import change_of, packed, unpacked
from knowledge.types import Kind
from settings import load_settings
from tests.indexer.conftest import make_passage

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 23)
EVERY = 8  # every eighth document and question of the shelf


@pytest.fixture(scope="module")
def settings():
    return load_settings({"HUHANG_TODAY": TODAY.isoformat()})


@pytest.fixture(scope="module")
def shelf(settings):
    library = publishing.library_of(settings)
    kept = {document.meta.id for document in library.documents[::EVERY]}
    return [passage for passage in library.passages if passage.document in kept]


@pytest.fixture(scope="module")
def questions(settings):
    return release.golden_questions(settings)[::EVERY]


@pytest.fixture(scope="module")
def built(settings, tmp_path_factory):
    """Builds an index of passages; what was read and encoded for one is used for the next."""
    folder = tmp_path_factory.mktemp("shelves")
    tables = settings.knowledge.tables_dir
    numbers = iter(range(100))
    first = folder / "0"

    def build(passages):
        out = folder / str(next(numbers))
        build_index(
            passages,
            load_encoder(MODEL_DIR),
            aliases_path=tables / publishing.ALIASES_FILE,
            glossary_path=tables / publishing.GLOSSARY_FILE,
            out_dir=out,
            previous=first if first != out else None,
            memo=folder / "readings.json",
        )
        return HybridIndex.load(out, load_encoder(MODEL_DIR))

    return build


@pytest.fixture(scope="module")
def before(built, shelf, questions):
    """The shelf as it was, asked."""
    return {item.question.id: item for item in outcomes(built(shelf), questions, TODAY)}


# --- random edits, as trainers make them ---


def append(passages, chance, questions):
    place = chance.randrange(len(passages))
    said = chance.choice(("以文书原件为准。", "请先核对送达日期和答辩期限，再联系律师。"))
    passages[place] = replace(passages[place], text=passages[place].text + said)


def rewrite(passages, chance, questions):
    place, other = chance.randrange(len(passages)), chance.choice(passages)
    passages[place] = replace(passages[place], text=other.text, heading=other.heading)


def drop(passages, chance, questions):
    del passages[chance.randrange(len(passages))]


def word(passages, chance, questions):
    place = chance.randrange(len(passages))
    asked = (*passages[place].similar, chance.choice(questions).question)
    passages[place] = replace(passages[place], similar=asked)


def forbid(passages, chance, questions):
    place = chance.randrange(len(passages))
    passages[place] = replace(passages[place], negative=(chance.choice(questions).question,))


def add(passages, chance, questions):
    place, other = chance.randrange(len(passages)), chance.choice(passages)
    fresh = replace(other, id=f"{other.document}#neu-{chance.random()}", text=f"新：{other.text}")
    passages.insert(place, fresh)


def move(passages, chance, questions):
    place, other = chance.randrange(len(passages)), chance.choice(passages)
    there = {"jurisdiction": other.jurisdiction, "procedures": other.procedures}
    passages[place] = replace(passages[place], **there)


EDITS = (append, rewrite, drop, word, forbid, add, move)


@pytest.mark.parametrize("seed", range(7))
def test_answers_taken_over_are_those_of_asking_everything(seed, shelf, questions, before, built):
    chance, passages = random.Random(seed), list(shelf)
    for edit in [EDITS[seed % len(EDITS)], *chance.choices(EDITS, k=seed % 4)]:
        edit(passages, chance, questions)
    index = built(passages)
    known = taken_over(index, before, change_of(shelf, passages), TODAY)
    assert len(known.touched) < len(questions)
    assert outcomes(index, questions, TODAY, known=known) == outcomes(index, questions, TODAY)


def test_what_is_taken_over_twice_is_as_good(shelf, questions, before, built):
    """The second change is judged by how far the first search went."""
    chance, passages, kept = random.Random(7), list(shelf), before
    for edit in (append, word, drop, add):
        old = list(passages)
        edit(passages, chance, questions)
        index = built(passages)
        known = taken_over(index, kept, change_of(old, passages), TODAY)
        found = outcomes(index, questions, TODAY, known=known)
        kept = {item.question.id: item for item in found}
    assert found == outcomes(index, questions, TODAY)


def regulation(shelf, words):
    """A statute of three articles as it is imported."""
    law = replace(
        shelf[0], document="law-new", title="出海企业驻场联络员管理办法", heading=(), similar=(),
        negative=(), facts=(), kind=Kind.LAW, jurisdiction=("CN",),
    )  # fmt: skip
    return [
        replace(law, id=f"law-new#{n}", article=f"第{n}条", text=f"第{n}条 {text}")
        for n, text in enumerate(words, 1)
    ]


def test_the_first_statutes_of_a_shelf_touch_only_what_they_may_answer(
    shelf, questions, before, built
):
    """Guides answer as before, though statutes are now looked for deeper and put in order."""
    words = (
        "驻场联络员由援助中心派出。",
        "收到337调查立案通知的，应当在20日内答辩。",
        "本办法自2026年施行。",
    )
    passages = [*shelf[:40], *regulation(shelf, words), *shelf[40:]]
    index = built(passages)
    assert index.second is not None
    known = taken_over(index, before, change_of(shelf, passages), TODAY)
    assert len(known.touched) < len(questions) / 2
    found = outcomes(index, questions, TODAY, known=known)
    assert found == outcomes(index, questions, TODAY)
    other = [
        *shelf[:40],
        *regulation(shelf, (words[0], questions[0].question, words[2])),
        *shelf[40:],
    ]
    again = built(other)
    kept = {item.question.id: item for item in found}
    known = taken_over(again, kept, change_of(passages, other), TODAY)
    assert outcomes(again, questions, TODAY, known=known) == outcomes(again, questions, TODAY)


def test_nothing_is_asked_again_where_nothing_changed(shelf, before, built):
    assert taken_over(built(shelf), before, change_of(shelf, shelf), TODAY).touched == frozenset()


def test_a_passage_that_now_answers_a_question_has_it_asked(shelf, questions, before, built):
    """It was weighed for none of them before."""
    weighed = Counter(name for item in before.values() for name in item.reach.passages)
    place = min(range(len(shelf)), key=lambda n: weighed[shelf[n].id])
    question = next(
        q for q in questions
        if not q.country and shelf[place].id not in before[q.id].reach.passages
    )  # fmt: skip
    passages = list(shelf)
    passages[place] = replace(shelf[place], similar=(question.question,), jurisdiction=("GENERAL",))
    known = taken_over(built(passages), before, change_of(shelf, passages), TODAY)
    assert question.id in known.touched


# --- each reason by itself ---


@pytest.fixture
def small(built_small):
    passages = [
        make_passage(f"g#{n}", f"第{n}件货物被海关扣留后怎么办，先联系报关行。") for n in range(150)
    ]
    return passages, built_small(passages)


@pytest.fixture
def built_small(fake_encoder, tmp_path):
    numbers = iter(range(9))

    def build(passages):
        out = tmp_path / str(next(numbers))
        build_index(passages, fake_encoder, out_dir=out)
        return HybridIndex.load(out, fake_encoder)

    return build


def kept_of(index, *texts):
    asked = [GoldenQuestion(text, text, refuse=True) for text in texts]
    return {item.question.id: item for item in outcomes(index, asked, TODAY)}


def test_a_word_that_became_common_has_its_questions_asked(small, built_small):
    passages, index = small
    kept = kept_of(index, "货物扣留", "紫水晶扣留")
    fresh = [make_passage("h#1", "紫水晶。", jurisdiction=("DE",))]
    changed = [*passages, *fresh]
    known = taken_over(built_small(changed), kept, change_of(passages, changed), TODAY)
    assert "紫水晶扣留" in known.touched


def test_a_question_whose_reach_is_not_known_is_asked(small):
    passages, index = small
    old = {"q": Outcome(GoldenQuestion("q", "货物扣留"), 1, False)}
    assert taken_over(index, old, change_of(passages, passages), TODAY).touched == {"q"}


def test_neighbours_of_a_changed_article_are_weighed_otherwise_too():
    law = [
        make_passage(
            f"law#{n}", f"第{n}条的内容。", kind=Kind.LAW, article=f"第{n}条", title="样例法"
        )
        for n in range(1, 6)
    ]
    other = [law[0], law[1], replace(law[2], text="改。"), law[3], law[4]]
    assert change_of(law, other).affected == {"law#2", "law#3", "law#4"}
    assert change_of(law, law[:4]).affected == {item.id for item in law}
    assert change_of(law, other).is_article


def test_a_question_that_was_judged_anew_is_asked_again():
    question = GoldenQuestion("q", "几天内要答辩")
    old = Outcome(question, 1, False)
    assert Known({"q": old}).outcome(question) is old
    assert Known({"q": old}).outcome(replace(question, refuse=True)) is None
    assert Known({"q": old}, frozenset({"q"})).outcome(question) is None


def test_how_far_a_search_went_is_kept_whole(before):
    reaches = [item.reach for item in before.values()]
    again = unpacked(packed(reaches))
    assert len(again) == len(reaches)
    for one, other in zip(reaches, again, strict=True):
        assert replace(one, vector=None, words=None) == replace(other, vector=None, words=None)
        assert np.array_equal(one.vector, other.vector)
        for name in ("hashes", "counts", "weights"):
            assert np.array_equal(getattr(one.words, name), getattr(other.words, name))
    assert unpacked(packed([])) == []


def test_rows_hold_what_their_columns_say():
    index = BM25Retriever.build([["甲", "乙"], ["乙", "丙", "丙"], ["丁"]])
    hashes, table = index.held(np.array([1, 2]))
    assert set(hashes.tolist()) == set(map(term_hash, "乙丙丁"))
    for term in "乙丙丁":
        (column,) = index.columns({term: 1.0})
        place = hashes.tolist().index(term_hash(term))
        assert table[place].tolist() == column.at(np.array([1, 2])).tolist()
    weights = index.weights(np.array([term_hash("乙"), term_hash("无")], dtype=np.uint64))
    assert weights.tolist() == pytest.approx([index.idf(2), index.idf(0)])
