"""What the questions of passages ask for is kept with an index, and is the same where it is not."""

from __future__ import annotations

import numpy as np

from indexer import asked, asked_kinds
from indexer.amending import Amender
from indexer.build import build_index
from indexer.hybrid import HybridIndex
from tests.indexer.conftest import make_passage


def shelf():
    asked_twice = ("要多少钱", "几天之内答复")
    return [
        make_passage("fee#1", "由律师报价。", heading=("费用",), similar=asked_twice),
        make_passage("law#1", "第一条　为了保护权利。"),
        make_passage("day#1", "自收到之日起三十日。", heading=("期限几天",)),
    ]


def built(passages, encoder, folder):
    build_index(passages, encoder, out_dir=folder)
    return HybridIndex.load(folder, encoder)


def of(index, passages):
    return index.order._kinds_of(np.arange(len(passages)))


def test_what_is_kept_is_what_the_questions_say(fake_encoder, tmp_path):
    passages = shelf()
    index = built(passages, fake_encoder, tmp_path)
    kept = of(index, passages)
    money, period = (asked.NAMES.index(name) for name in ("money", "period"))
    assert kept[0, 0, money] == np.float32(2 / 3)
    assert kept[0, 1, money] == 1
    assert kept[2, 0, period] == 1
    assert not kept[1].any()
    (tmp_path / asked_kinds.FILE_NAME).unlink()
    before = HybridIndex.load(tmp_path, fake_encoder)
    assert before.order._kinds is None
    np.testing.assert_array_equal(of(before, passages), kept)


def test_an_amended_index_keeps_those_of_what_did_not_change(fake_encoder, tmp_path):
    passages = shelf()
    index = built(passages, fake_encoder, tmp_path / "base")
    new = make_passage("who#1", "找援助中心。", heading=("该找谁",))
    others = [passages[0], new, passages[2]]
    fresh = built(others, fake_encoder, tmp_path / "fresh")
    amended = Amender(index).amended(others)
    np.testing.assert_array_equal(of(amended, others), of(fresh, others))


def test_a_shelf_of_nothing_asks_for_nothing():
    assert asked_kinds.gathered([]).shape == (0, 2, len(asked.NAMES))
