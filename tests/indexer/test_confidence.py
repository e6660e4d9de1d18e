"""Two chances: fitted on the signals that are computed, and what is refused before them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from indexer import confidence
from indexer.build import build_index
from indexer.confidence import FILE_NAME, SIGNALS, Chances, Terms, assess, choices, signals
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.order import FEATURES
from indexer.reranker import Reranker
from indexer.types import QueryInfo, ScoredPassage
from knowledge.errors import EncoderError
from tests.indexer.conftest import ALIASES, make_passage

QUESTION = QueryInfo(text="商标抢注怎么办", expanded="商标抢注怎么办")


class FixedTrees(Reranker):
    """Trees that give the same scores whatever they read; the last one for what comes after."""

    def __init__(self, scores):
        self.scores = scores

    def raw(self, table):
        padded = [*self.scores, *[self.scores[-1]] * len(table)]
        return np.array(padded[: len(table)], dtype=np.float32)


def chances(*each):
    """Chances that are, hit by hit, what they are told to be."""
    return Chances(FixedTrees([math.log(chance / (1 - chance)) for chance in each]))


def terms(words=(), weights=None, covered=()):
    return Terms(words, weights or {}, 5.0, covered)


def hit(name="a", heading="小节", verdict=0.0, **fields):
    passage = make_passage(f"{name}#1", "内容", heading=(heading,))
    return ScoredPassage(passage, fields.pop("score", 1.0), verdict=verdict, **fields)


@pytest.mark.parametrize(
    ("chance", "band"),
    [
        (confidence.ANSWER_FROM + 0.01, confidence.ANSWER),
        (confidence.ANSWER_FROM - 0.01, confidence.CHOICES),
        (confidence.CHOICES_FROM + 0.01, confidence.CHOICES),
        (confidence.CHOICES_FROM - 0.01, confidence.REFUSE),
    ],
)
def test_the_chance_of_an_answer_decides_the_band(chance, band):
    found = assess(QUESTION, terms(["商标"]), [hit()], chances(chance))
    assert found.band == band
    assert found.confidence == pytest.approx(chance, abs=1e-6)


def test_hits_that_may_each_be_it_are_together_likelier_than_the_first():
    found = assess(QUESTION, terms(["商标"]), [hit("a"), hit("b")], chances(0.5, 0.4))
    assert found.confidence == pytest.approx(0.7)
    assert found.right == pytest.approx(0.5)
    assert found.each == pytest.approx((0.5, 0.4))


def test_between_the_lines_the_different_headings_are_offered():
    hits = [hit("a"), hit("a"), hit("b"), hit("c"), hit("d")]
    between = (confidence.CHOICES_FROM + confidence.ANSWER_FROM) / 2
    offered = assess(QUESTION, terms(), hits, chances(between, 1e-6)).choices
    assert [one.passage.document for one in offered] == ["a", "b", "c"]
    assert offered == choices(hits)


def test_nothing_found_is_refused():
    assert assess(QUESTION, terms(["商标"]), [], chances(0.9)).band == confidence.REFUSE


def read(info, words, *hits):
    """The signals of each hit by name."""
    return [dict(zip(SIGNALS, line, strict=True)) for line in signals(info, words, hits)]


def test_signals_are_those_of_the_model_and_speak_of_each_hit():
    line = np.zeros(len(FEATURES), dtype=np.float32)
    line[FEATURES.index("asked")] = 0.75
    info = QueryInfo(text="美国商标", expanded="美国商标", countries=("US", "NO"))
    first, second = read(
        info,
        terms(["商标", "抢注", "无名"], {"商标": 2.0, "抢注": 3.0}, covered=("US",)),
        hit("a", verdict=2.0, matched=("商标",), dense_score=0.8, line=tuple(line)),
        hit("b", verdict=0.5, score=0.6, dense_score=0.4),
    )
    assert len(SIGNALS) == len(set(SIGNALS))
    assert (first["verdict_margin"], second["verdict_margin"]) == (1.5, -1.5)
    assert (first["asked"], first["unread"], second["unread"]) == (0.75, 0.0, 1.0)
    assert first["held"] == pytest.approx(0.2)
    assert first["known"] == pytest.approx(0.5)
    assert first["crowd"] == pytest.approx(0.6)
    assert (first["place"], second["place"]) == (0.0, 1.0)
    assert (first["countries"], first["uncovered"], first["platforms"]) == (2.0, 1.0, 0.0)


def test_a_telling_word_that_stands_nowhere_in_the_passage_is_missing():
    words = terms(["内容", "扣货", "商标"], {"内容": 1.0, "扣货": 4.0, "商标": 2.0})
    (found,) = read(QUESTION, words, hit(matched=("商标",)))  # its text is 内容
    assert found["missing"] == 4.0
    assert found["missing_share"] == pytest.approx(4 / 7)


def test_a_passage_of_another_procedure_or_country_is_told_from_the_one_asked():
    info = QueryInfo(text="美国海关", expanded="", countries=("US",), procedures=("customs",))
    passage = make_passage("a#1", "内容", jurisdiction=("DE",), procedures=("opposition",))
    (found,) = read(info, terms(), ScoredPassage(passage, 1.0))
    assert (found["other_procedure"], found["names_procedures"]) == (1.0, 1.0)
    assert found["other_country"] == 1.0


def test_the_model_comes_back_from_disk(tmp_path):
    shipped = Chances.load(MODEL_DIR)
    shipped.save(tmp_path)
    table = np.linspace(0, 1, 2 * len(SIGNALS), dtype=np.float32).reshape(2, -1)
    assert Chances.load(tmp_path).of(table) == pytest.approx(shipped.of(table))
    assert all(0 < chance < 1 for chance in shipped.of(table))


def test_a_model_fitted_on_other_signals_is_refused(tmp_path):
    shipped = Chances.load(MODEL_DIR)
    np.savez(
        tmp_path / FILE_NAME,
        signals=np.array(SIGNALS[::-1]),
        **shipped.trees.arrays(),
    )
    with pytest.raises(EncoderError, match="重新拟合"):
        Chances.load(tmp_path)


@pytest.fixture
def platforms(fake_encoder, tmp_path):
    """A shelf that knows Temu and what holds for any platform, in an index that trusts every hit."""
    aliases = tmp_path / "aliases.yaml"
    aliases.write_text(
        ALIASES
        + "- {id: p1, kind: platform, code: amazon, name: 亚马逊, aliases: [], expand: false}\n"
        + "- {id: p2, kind: platform, code: temu, name: Temu, aliases: [], expand: false}\n",
        encoding="utf-8",
    )
    shelf = [
        make_passage("temu#1", "Temu下架了怎么申诉：在后台提交证据。", title="Temu投诉"),
        make_passage("any#1", "先请权利人撤回投诉。", title="平台投诉"),
    ]
    build_index(shelf, fake_encoder, aliases_path=aliases, out_dir=tmp_path / "i")
    index = HybridIndex.load(tmp_path / "i", fake_encoder)
    index.chances = chances(0.95)
    return index


def test_a_question_about_another_platform_is_refused(platforms):
    temu, general = (
        [ScoredPassage(platforms.passages[n], 1.0)] for n in range(len(platforms.passages))
    )
    assert platforms.assess("亚马逊下架了怎么申诉", temu).band == confidence.REFUSE
    assert platforms.assess("Temu下架了怎么申诉", temu).band == confidence.ANSWER
    assert platforms.assess("店铺商品下架了怎么申诉", temu).band == confidence.ANSWER
    assert platforms.assess("亚马逊下架了怎么申诉", general).band == confidence.ANSWER


@pytest.mark.parametrize("name", ["格鲁吉亚", "格魯吉亞", "古巴"])
def test_a_country_that_nobody_covers_is_refused(index, name):
    index.chances = chances(0.95)
    hits = index.search("商标在境外被抢注", 3)
    assert index.assess(f"商标在{name}被抢注", hits).band == confidence.REFUSE
    assert index.assess("商标在境外被抢注了，想异议", hits).band == confidence.ANSWER
    assert index.assess(f"商标在{name}和美国被抢注", hits).band == confidence.ANSWER


@pytest.mark.parametrize(
    ("question", "band"),
    [
        ("第835号令几时公布", confidence.ANSWER),
        ("国务院令第835号讲什么", confidence.ANSWER),
        ("国务院令第999号讲什么", confidence.REFUSE),
    ],
)
def test_an_order_named_by_its_number_is_that_order_or_none(fake_encoder, tmp_path, question, band):
    shelf = [make_passage("order#1", "国务院令第835号于4月公布。", title="反制条例")]
    build_index(shelf, fake_encoder, out_dir=tmp_path / "i")
    index = HybridIndex.load(tmp_path / "i", fake_encoder)
    index.chances = chances(0.3 if band == confidence.ANSWER else 0.95)
    hits = [ScoredPassage(index.passages[0], 1.0)]
    assert index.assess(question, hits).band == band
