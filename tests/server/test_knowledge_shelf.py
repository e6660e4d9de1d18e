"""What the console takes from the published knowledge: passages, citations, what the bot would say."""

from __future__ import annotations

from datetime import date

import pytest

from curation.publishing import build, publish
from desk.errors import InvalidRecordError
from indexer.live import LiveIndex
from server.knowledge_shelf import Shelf
from tests.sample_base import sample_settings

DAY = date(2026, 11, 23)
QUESTION = "收到美国337调查立案通知，几天内要答辩"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    settings = sample_settings(tmp_path_factory.mktemp("base"))
    build(settings, by="甲", note="")
    publish(settings, by="甲", golden=False)
    return Shelf(LiveIndex(settings))


def test_the_suggestion_is_what_the_bot_would_answer(shelf):
    suggestion = shelf.suggest(QUESTION, None, DAY)
    assert suggestion is not None
    assert suggestion.text.startswith("20天。")
    assert suggestion.passage.document == "us-337"
    assert suggestion.question == QUESTION


def test_nothing_is_suggested_where_the_bot_would_decline(shelf):
    assert shelf.suggest("格鲁吉亚的商标异议多久", None, DAY) is None
    assert shelf.suggest("今天晚上吃什么", None, DAY) is None


def test_the_country_of_the_dispute_limits_what_is_shown(shelf):
    (found,) = shelf.search("337几天内要答辩", "美国", DAY)
    assert found.passage.document == "us-337"
    assert shelf.search("几天内要答辩", "德国", DAY) == ()


def test_a_citation_is_made_here_and_only_of_what_is_published(shelf):
    (found,) = shelf.search(QUESTION, None, DAY)
    (cited,) = shelf.citations([found.passage.id, found.passage.id])
    assert (cited.document, cited.basis) == ("us-337", "19 CFR § 210.13(a)")
    with pytest.raises(InvalidRecordError, match="已不在当前知识库"):
        shelf.citations(["gone#1"])
