"""A document as a whole: its numbers, its unreadable characters, what was lost; and what it is a version of."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.chunking import passages
from knowledge.draft import DraftStore
from knowledge.errors import SourceError
from knowledge.kinship import Kinship, kinship
from knowledge.loaders import load
from knowledge.loaders.whole import look_over
from knowledge.types import Section
from knowledge.versions import identity_notes, successions


@pytest.fixture
def write(tmp_path):
    def make(name, *lines):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return make


def law(*numbers):
    return [f"第{number}条　样例内容{number}，应当办理。" for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ("一二四五", "缺第 3 条"),
        ("一二三二四", "可能重号"),
        ("三四五", "从第 3 条开始"),
        ("一二三四", None),
    ],
)
def test_odd_numbers_are_told(write, numbers, word):
    told = "；".join(load(write("样例办法.txt", "样例办法", *law(*numbers))).warnings)
    assert word in told if word else told == ""


def test_articles_of_an_annex_are_counted_by_themselves(write):
    lines = ["样例办法", *law("一", "二", "三"), "附件1", *law("一", "二")]
    assert load(write("样例办法.txt", *lines)).warnings == ()


def sections(*texts):
    return [Section((), text, article=f"第{n}条") for n, text in enumerate(texts, start=1)]


def test_text_that_was_lost_is_told_and_text_put_together_otherwise_is_not():
    kept = sections("期限为十五日，自送达之日起计算。", "费用为三百元，由申请人承担。")
    assert (
        look_over("x", kept, "期限为十五日，自送达\n之日起计算。\n费用为三百元，由申请人承担。")
        == ()
    )
    (told,) = look_over(
        "x", kept, "期限为十五日，自送达之日起计算。\n逾期不申请的，不再受理，也不再通知。"
    )
    assert "逾期不申请的" in told
    assert (
        look_over("x", kept, "期期限限为为十十五五日日，，自自送送达达之之日日起起计计算算。。")
        == ()
    )


def test_unreadable_characters_are_told_and_too_many_refused():
    (told,) = look_over(
        "x", sections("期限为\ufffd\ufffd日，自送达之日起计算，逾期不受理。" * 3), None
    )
    assert "读不出来" in told
    with pytest.raises(SourceError, match="读不出来"):
        look_over("x", sections("(cid:12)(cid:7)(cid:9)日"), None)


def test_a_table_after_an_article_is_a_passage_of_its_own(write):
    rows = ["| 事项 | 期限 |", "|---|---|", "| 答辩 | 20天 |"]
    document = load(
        write(
            "样例办法.md",
            "# 样例办法",
            "",
            "第一条 期限如下：",
            "表一 期限表",
            *rows,
            "前款所称天为自然日。",
            "",
            "第二条 其他。",
        )
    )
    found = passages(document, {})
    assert [passage.article for passage in found] == ["第一条", None, "第二条"]
    assert found[0].text == "第一条 期限如下：\n前款所称天为自然日。"
    assert found[1].heading == ("附表 表一 期限表",)
    assert found[1].basis == "《样例办法》附表 表一 期限表"


OLD = (
    "第一条　为支持企业，制定本办法。",
    "第二条　每家企业最高十万元。",
    "第三条　本办法自2022年1月1日起施行。",
)
NEW = (
    "第一条　为支持企业，制定本办法。",
    "第二条　每家企业最高二十万元。",
    "第三条　本办法自2026年1月1日起施行。",
)
OTHER = ("第一条　城市道路的照明由路灯管理单位负责。", "第二条　损坏路灯的，照价赔偿。", "第三条　本办法自2026年2月1日起施行。")  # fmt: skip


def test_only_what_shares_articles_is_a_newer_version(write, today):
    old = load(write("旧/样例资助办法.txt", "样例资助办法", *OLD))
    new = load(write("新/样例资助办法.txt", "样例资助办法", *NEW))
    other = load(write("它/样例资助办法.txt", "样例资助办法", *OTHER))
    assert kinship(old, new) is Kinship.VERSIONS
    assert kinship(old, other) is Kinship.STRANGERS
    assert set(successions([old, new, other], today)) == {old.meta.id}
    (told,) = identity_notes(other, [new], today)
    assert "内容对不上" in told


def test_two_issuers_have_two_documents(write, today):
    old = load(write("旧/样例资助办法.txt", "样例资助办法", *OLD))
    new = load(write("新/样例资助办法.txt", "样例资助办法", *NEW))
    left, right = (
        replace(item, meta=replace(item.meta, issuer=issuer))
        for item, issuer in ((old, "样例甲市知识产权局"), (new, "样例乙市知识产权局"))
    )
    assert successions([left, right], today) == {}


def test_without_a_date_a_person_decides(write, today):
    old = load(write("旧/样例资助办法.txt", "样例资助办法", *OLD))
    new = load(
        write("新/样例资助办法.txt", "样例资助办法", *NEW[:2], "第三条　本办法自公布之日起施行。")
    )
    assert successions([old, new], today) == {}
    (told,) = identity_notes(new, [old], today)
    assert "分不出先后" in told


def test_a_law_published_in_parts_keeps_them_all(write, tmp_path, today):
    parts = ("一二三四", "五六七八", "九十")
    paths = [
        write(f"{part}/样例法典(2020-05-28).txt", "样例法典", *law(*numbers))
        for part, numbers in enumerate(parts)
    ]
    store = DraftStore(tmp_path / "draft")
    for path in paths:
        store.add(path, load, by="t", max_bytes=1 << 20)
    documents = store.documents()
    kept = [section.article for item in documents for section in item.sections if section.article]
    assert len(kept) == 10
    assert successions(documents, today) == {}
    assert "前后相接" in identity_notes(documents[1], documents[:1], today)[0]


def test_two_documents_of_one_title_and_day_are_both_kept(write, tmp_path):
    store = DraftStore(tmp_path / "draft")
    for folder, lines in (("甲", NEW), ("乙", (*OTHER[:2], NEW[2]))):
        path = write(f"{folder}/样例资助办法.txt", "样例资助办法", *lines)
        for _ in range(2):
            verdict = store.add(path, load, by="t", max_bytes=1 << 20)
    assert len(store.documents()) == 2
    assert any("按两份文件保存" in warning for warning in verdict.document.warnings)


def test_what_has_run_out_does_not_answer(write):
    lines = [*NEW[:2], "第三条　本办法自2023年1月1日起施行，有效期三年。"]
    document = load(write("样例资助办法.txt", "样例资助办法", *lines))
    assert document.meta.effective_to == date(2025, 12, 31)
    passage = passages(document, {})[0]
    assert passage.is_current(date(2025, 12, 31))
    assert not passage.is_current(date(2026, 1, 1))


def test_a_period_of_validity_in_the_rules_is_not_that_of_the_document(write):
    lines = ["第一条　注册商标的有效期为十年，自核准注册之日起计算。", "第二条　其他。"]
    assert load(write("样例办法.txt", "样例办法", *lines)).meta.effective_to is None
