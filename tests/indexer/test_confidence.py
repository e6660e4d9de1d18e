"""Two chances: fitted on the signals that are computed, and what is refused before them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from indexer import confidence
from indexer.build import build_index
from indexer.confidence import FILE_NAME, SIGNALS, Chances, assess, choices, signals
from indexer.hybrid import MODEL_DIR, HybridIndex
from indexer.order import FEATURES
from indexer.reranker import Reranker
from indexer.types import QueryInfo, ScoredPassage
from knowledge.errors import EncoderError
from tests.indexer.conftest import ALIASES, make_passage

QUESTION = QueryInfo(text="商标抢注怎么办", expanded="商标抢注怎么办")


class FixedTrees(Reranker):
    """Trees that always give one score."""

    def __init__(self, score):
        self.score = score

    def raw(self, table):
        return np.full(len(table), self.score, dtype=np.float32)


def chances(chance, right=0.5):
    """Chances that are what they are told to be."""
    return Chances(
        FixedTrees(math.log(chance / (1 - chance))),
        math.log(right / (1 - right)),
        np.zeros(len(SIGNALS), dtype=np.float32),
    )


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
def test_the_chance_of_an_answer_decides_the_band_whatever_the_first_hit_is(chance, band):
    for right in (0.1, 0.9):
        found = assess(QUESTION, ["商标"], {"商标": 2.0}, 5.0, [hit()], chances(chance, right))
        assert found.band == band
        assert found.confidence == pytest.approx(chance, abs=1e-6)
        assert found.right == pytest.approx(right)


def test_between_the_lines_the_different_headings_are_offered():
    hits = [hit("a"), hit("a"), hit("b"), hit("c"), hit("d")]
    offered = assess(QUESTION, [], {}, 5.0, hits, chances(0.5)).choices
    assert [one.passage.document for one in offered] == ["a", "b", "c"]
    assert offered == choices(hits)


def test_nothing_found_is_refused():
    assert assess(QUESTION, ["商标"], {}, 5.0, [], chances(0.9)).band == confidence.REFUSE


def test_signals_are_those_of_the_model_and_speak_of_the_first_hit():
    line = np.zeros(len(FEATURES), dtype=np.float32)
    line[FEATURES.index("asked")] = 0.75
    hits = [
        hit("a", verdict=2.0, matched=("商标",), dense_score=0.8, line=tuple(line)),
        hit("b", verdict=0.5, score=0.6, dense_score=0.4),
    ]
    info = QueryInfo(text="美国商标", expanded="美国商标", countries=("US",))
    values = signals(info, ["商标", "抢注", "无名"], {"商标": 2.0, "抢注": 3.0}, 5.0, hits)
    assert set(values) == set(SIGNALS)
    assert values["verdict_margin"] == 1.5
    assert values["asked"] == 0.75
    assert values["coverage"] == pytest.approx(0.2)
    assert values["known"] == pytest.approx(0.5)
    assert values["crowd"] == pytest.approx(0.6)
    assert values["margin"] == pytest.approx(0.4)
    assert (values["country"], values["platform"]) == (1.0, 0.0)


def test_a_hit_that_the_order_did_not_read_speaks_neither_for_nor_against():
    values = signals(QUESTION, [], {}, 5.0, [hit()])
    assert values["asked"] == values["text"] == values["any"] == 0.0


def test_the_model_comes_back_from_disk(tmp_path):
    shipped = Chances.load(MODEL_DIR)
    shipped.save(tmp_path)
    line = np.linspace(0, 1, len(SIGNALS), dtype=np.float32)
    assert Chances.load(tmp_path).of(line) == pytest.approx(shipped.of(line))
    assert all(0 < chance < 1 for chance in shipped.of(line))


def test_a_model_fitted_on_other_signals_is_refused(tmp_path):
    shipped = Chances.load(MODEL_DIR)
    np.savez(
        tmp_path / FILE_NAME,
        signals=np.array(SIGNALS[::-1]),
        intercept=shipped.intercept,
        slope=shipped.slope,
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
