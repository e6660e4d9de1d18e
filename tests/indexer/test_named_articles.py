"""An article is found by its law's name, long or short; an amendment is not the law."""

from dataclasses import replace

import pytest

from indexer.named_articles import NamedArticles, is_about, named_law, names
from knowledge.types import Kind, Passage

BASE = Passage("d#art-3", "v", "d", "t", (), "第三条　期限为十五日。", Kind.LAW, ("CN",))


def shelf(*titles):
    return NamedArticles.of([replace(BASE, title=title, article="第三条") for title in titles])


@pytest.mark.parametrize(
    "question",
    ["样例市海外知识产权维权资助管理办法第三条", "海外知识产权维权资助管理办法 第三条", "请问海外维权资助管理办法第三条怎么规定", "《海外维权资助管理办法》第三条"],
)  # fmt: skip
def test_a_short_name_finds_the_article(question):
    titles = ("样例市海外知识产权维权资助管理办法（2026年修订）", "样例市专利奖励办法")
    assert shelf(*titles).find(question, ["第3条"]) == [0]


def test_a_short_name_of_two_documents_finds_none():
    found = shelf("甲海外知识产权维权资助办法", "乙海外知识产权维权资助办法")
    assert found.find("海外维权资助办法第三条", ["第3条"]) == []


def test_what_a_notice_issues_is_known_by_its_own_name():
    assert "样例市资助实施细则" in names("关于印发《样例市资助实施细则》的通知")
    assert "商标法" not in names("关于修改《商标法》的决定")


def test_an_amendment_or_another_law_does_not_answer_for_the_article():
    text = "三十、将第三十条修改为：“……”"
    amendment = replace(BASE, title="关于修改《中华人民共和国商标法》的决定", text=text)
    assert not is_about(amendment, "商标法第三十条是什么")
    assert is_about(amendment, "商标法第三十条改成什么了")
    law = replace(BASE, title="中华人民共和国专利法", text="第三十条　申请人……")
    assert not is_about(law, "商标法第三十条是什么")
    assert is_about(law, "专利法第三十条是什么")
    assert is_about(law, "第三十条是什么")


def test_the_law_named_before_an_article_is_read():
    assert named_law("请问中华人民共和国商标法第三十条") == "商标法"
    assert named_law("第三十条说什么") is None
