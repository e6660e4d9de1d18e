"""A guide ends in option cards that say what a person must weigh."""

from pathlib import Path

import pytest

from knowledge.loaders import load
from knowledge.option_cards import check_cards, option_cards

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "knowledge" / "sources"
REASON = "no_options: 样例太短\n"
ABOUT = "## 这篇写给谁：被列名的企业\n我被诉：看下一节。我的权利被侵犯：另看一篇。\n"
CARDS = """
## 选项对比

### 应诉
<!-- facts: itc-20 -->
时间：20天内答辩
可能结果：保住市场
风险：投入大

### 不应诉
<!-- facts: itc-20 -->
时间：20天后进入缺席程序
费用量级：逐案询价
可能结果：被认定缺席
风险：产品进不了美国
"""


@pytest.fixture
def with_cards(guide_text):
    assert REASON in guide_text
    text = guide_text.replace(REASON, "") + CARDS
    return text.replace("## 收到337", f"{ABOUT}\n## 收到337", 1)


@pytest.fixture
def problems(tmp_path, with_cards):
    def run(*changes):
        text = with_cards
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "us-sample.md"
        path.write_text(text, encoding="utf-8")
        return [problem.message for problem in check_cards(load(path))]

    return run


def test_cards_are_read_with_their_lines(tmp_path, with_cards):
    path = tmp_path / "us-sample.md"
    path.write_text(with_cards, encoding="utf-8")
    first, second = option_cards(load(path))
    assert first.title == "应诉"
    assert first.lines == {
        "时间": "20天内答辩",
        "可能结果": "保住市场",
        "风险": "投入大",
    }
    assert second.lines["费用量级"] == "逐案询价"


def test_guide_with_cards_is_sound(problems):
    assert problems() == []


def test_guide_without_cards_is_refused_unless_it_says_why(problems):
    assert "选项对比" in problems((CARDS, ""))[0]
    assert problems((CARDS, ""), ("kind: guide\n", "kind: guide\nno_options: 只讲机构\n")) == []


def test_a_reason_beside_cards_is_stale(problems):
    assert "no_options" in problems(("kind: guide\n", "kind: guide\nno_options: 只讲机构\n"))[0]


@pytest.mark.parametrize("label", ["时间", "可能结果", "风险"])
def test_card_names_each_thing_to_weigh(problems, label):
    assert f"缺少 {label}" in "".join(problems((f"\n{label}：", f"\n另外{label}：")))


def test_card_rests_on_a_fact(problems):
    (message,) = problems(("### 应诉\n<!-- facts: itc-20 -->", "### 应诉"))
    assert "facts" in message


def test_cards_stand_last(problems):
    (message,) = problems((CARDS, CARDS + "\n## 还有一节\n说完。\n"))
    assert "最后" in message


def test_guide_begins_by_saying_for_whom_it_is(problems):
    (message,) = problems((ABOUT, ""))
    assert "这篇写给谁" in message


def test_every_guide_of_the_shelf_has_its_cards_or_its_reason():
    guides = sorted((SOURCES / "guides").rglob("*.md"))
    documents = [load(path, root=SOURCES) for path in guides]
    assert [p.message for d in documents for p in check_cards(d)] == []
    without = {document.meta.id for document in documents if document.meta.no_options}
    assert len(without) <= 5
    assert sum(len(option_cards(document)) for document in documents) > 2.5 * len(documents)
