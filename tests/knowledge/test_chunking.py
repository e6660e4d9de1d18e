"""Passages: one article each, a citation each, ids that survive edits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.chunking import MAX_CHARS, TARGET_CHARS, passages, split_text
from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.types import Kind


@pytest.fixture
def law(law_file):
    return load(law_file)


def test_law_passage_cites_title_and_article(law):
    found = passages(law, {})
    assert [passage.basis for passage in found] == [
        "《中华人民共和国样例法》第一条",
        "《中华人民共和国样例法》第二条",
        "《中华人民共和国样例法》第三条",
    ]
    assert found[1].article == "第二条"
    assert found[1].text.count("\n") == 2


def test_revision_history_and_preamble_answer_nothing(tmp_path, law_text):
    path = tmp_path / "样例法(2019-01-01).md"
    path.write_text(law_text.replace("## 第一章", "序言一段。\n\n## 第一章", 1), encoding="utf-8")
    found = passages(load(path), {})
    assert len(found) == 3
    assert not any("会议通过" in passage.text or "序言" in passage.text for passage in found)


def test_long_article_is_cut_at_paragraphs_and_keeps_its_label(tmp_path, law_text):
    long = "第二条 " + "\n\n".join(f"第{i}款内容" + "字" * 200 + "。" for i in range(1, 6))
    path = tmp_path / "样例法(2019-01-01).md"
    path.write_text(
        law_text.replace("第一条 为了说明样例，制定本法。", f"第一条 短。\n\n{long}").replace(
            "第二条 有下列", "第二条之一 有下列"
        ),
        encoding="utf-8",
    )
    pieces = [passage for passage in passages(load(path), {}) if passage.article == "第二条"]
    assert len(pieces) > 1
    assert len({passage.id for passage in pieces}) == len(pieces)
    assert {passage.basis for passage in pieces} == {"《中华人民共和国样例法》第二条"}


def test_id_survives_an_edit_and_version_does_not(law):
    before = passages(law, {})
    sections = tuple(replace(section, text=section.text + "补充。") for section in law.sections)
    after = passages(replace(law, sections=sections), {})
    assert [passage.id for passage in before] == [passage.id for passage in after]
    assert not {passage.version for passage in before} & {passage.version for passage in after}


def test_curated_passage_takes_its_citation_from_its_first_fact(folders, ledger):
    document = load(folders[0] / "guides" / "us-sample.md", root=folders[0])
    first = passages(document, ledger)[0]
    assert (first.basis, first.as_of, first.url, first.verified) == (
        "19 CFR § 210.13(a)",
        "2026",
        None,
        True,
    )
    assert first.similar == ("337答辩期限是多久", "我们被ITC告了多久要回")
    assert first.negative == ("UPC答辩要多久",)
    assert first.next_steps == ("把调查通知原件拍照存好",)
    assert first.heading == ("收到337立案通知，几天内要答辩",)


def test_unsettled_fact_marks_the_passage(folders, ledger):
    document = load(folders[0] / "guides" / "us-sample.md", root=folders[0])
    doubtful = {"itc-20": replace(ledger["itc-20"], open=True)}
    assert not passages(document, doubtful)[0].verified


def test_unknown_fact_is_refused_with_its_place(folders):
    document = load(folders[0] / "guides" / "us-sample.md", root=folders[0])
    with pytest.raises(SourceError, match=r"us-sample\.md.*itc-20"):
        passages(document, {})


def test_policy_item_cites_its_number(tmp_path):
    path = tmp_path / "广州样例局关于样例工作的实施意见(2020-05-14).txt"
    path.write_text(
        "前言。\n一、简政放权\n(一)扩大范围。甲。\n(八)强化援助。乙。", encoding="utf-8"
    )
    document = load(path)
    assert document.meta.kind is Kind.POLICY
    assert [passage.basis for passage in passages(document, {})] == [
        "《广州样例局关于样例工作的实施意见》第（一）项",
        "《广州样例局关于样例工作的实施意见》第（八）项",
    ]


def test_inner_titles_are_put_in_single_brackets(tmp_path, law_text):
    path = tmp_path / "解释(2020-01-01).md"
    path.write_text(
        law_text.replace("中华人民共和国样例法", "关于适用《样例法》的解释"), encoding="utf-8"
    )
    assert passages(load(path), {})[0].basis == "《关于适用〈样例法〉的解释》第一条"


def test_a_list_stays_with_its_introduction_up_to_the_limit():
    text = "有下列情形之一的：\n" + "\n".join(
        f"（{mark}）" + "字" * 80 + "；" for mark in "一二三四五六七八"
    )
    assert split_text("短句。\n" + text)[-1] == text


@given(
    st.lists(
        st.text(alphabet="字句款项。；：（一二）", min_size=1, max_size=700),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_cutting_loses_nothing_and_respects_the_limit(lines):
    text = "\n".join(lines)
    pieces = split_text(text)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= max(MAX_CHARS, TARGET_CHARS) for piece in pieces)
