"""An index with a change in it, made from an open one, answers as one that was built anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from curation import publishing
from indexer.amending import Amender
from indexer.build import build_index
from indexer.hybrid import HybridIndex
from indexer.persistence import LAYOUT
from indexer.reading_tables import Tables
from indexer.taking_over import FormerIndex
from tests.sample_base import ORDER, sample_settings, write_guide

TODAY = date(2026, 11, 23)
PRICE = """\
## 打一场337要多少钱
<!-- similar: 应诉337的费用 -->
费用由律师报价。
"""
QUESTIONS = (
    "337几天内答辩",
    "保护令怎么申请",
    "月球紫水晶侵权怎么应诉",
    "美国337调查",
    "怎么做红烧肉",
)


@pytest.fixture
def live(tmp_path):
    settings = sample_settings(tmp_path)
    write_guide(settings, "us-order", "美国337保护令", ORDER)
    write_guide(settings, "us-price", "美国337费用", PRICE)
    publishing.build_into(settings, tmp_path)
    return publishing.open_index(settings, tmp_path)


def shelf(index):
    return [index.passages[number] for number in range(len(index))]


def built(live, passages, folder):
    build_index(
        passages,
        live.encoder,
        aliases_path=live.folder.parent / publishing.ALIASES_FILE,
        words_path=live.folder.parent / publishing.WORDS_FILE,
        out_dir=folder,
    )
    return HybridIndex.load(folder, live.encoder)


def ranking(index, question):
    return [hit.passage.id for hit in index.search(question, today=TODAY)]


def changed(passages):
    first, *rest = passages
    other = replace(
        first,
        text="月球紫水晶的侵权调查，应当在17个月球日内应诉。",
        heading=("月球紫水晶侵权怎么应诉",),
        similar=(*first.similar, "紫水晶官司来了怎么办"),
        negative=("红烧肉要炖几天",),
    )
    part = replace(first, id=f"{first.id}~2", text="17个月球日从送达起算。", similar=())
    return [other, part, *rest]


def test_same_passages_give_the_same_answers(live, tmp_path):
    kept = (live.folder / name for name in (LAYOUT.aliases, LAYOUT.words, LAYOUT.glossary))
    former = FormerIndex(live.folder, live.encoder, Tables.read(*kept))
    former.amended(shelf(live), tmp_path / "again")
    again = HybridIndex.load(tmp_path / "again", live.encoder)
    for question in QUESTIONS:
        before, after = live.search(question, today=TODAY), again.search(question, today=TODAY)
        assert [(hit.passage, hit.score) for hit in before] == [
            (hit.passage, hit.score) for hit in after
        ]
        assert live.assess(question, before) == again.assess(question, after)


def test_an_index_in_which_nothing_differs_is_the_open_one(live):
    assert Amender(live).amended(shelf(live)) is live
    assert Amender(live).amended(shelf(live)[::-1]) is not live


def test_changed_and_split_passage_is_found_as_in_an_index_built_anew(live, tmp_path):
    wanted = changed(shelf(live))
    amender = Amender(live)
    assert amender.changed(wanted) == 2
    amended, anew = amender.amended(wanted), built(live, wanted, tmp_path / "anew")
    assert shelf(amended) == wanted
    for question in QUESTIONS:
        assert ranking(amended, question)[:1] == ranking(anew, question)[:1]
        assert set(ranking(amended, question)) == set(ranking(anew, question))
    assert ranking(amended, "紫水晶官司来了怎么办")[0] == wanted[0].id
    assert ranking(live, "紫水晶官司来了怎么办") != ranking(amended, "紫水晶官司来了怎么办")


def test_negative_wording_keeps_the_changed_passage_out(live):
    wanted = changed(shelf(live))
    amended = Amender(live).amended(wanted)
    assert wanted[0].id not in ranking(amended, "红烧肉要炖几天")


def test_removed_passages_are_gone_and_the_open_index_is_as_it_was(live):
    before = {question: ranking(live, question) for question in QUESTIONS}
    kept = shelf(live)[1:]
    amended = Amender(live).amended(kept)
    gone = shelf(live)[0].id
    assert all(gone not in ranking(amended, question) for question in QUESTIONS)
    assert {question: ranking(live, question) for question in QUESTIONS} == before


def test_empty_shelf_answers_nothing(live):
    assert ranking(Amender(live).amended([]), "337几天内答辩") == []
