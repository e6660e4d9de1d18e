"""Which version of a law is in force."""

from datetime import date

import pytest

from knowledge.loaders import load
from knowledge.loaders.official import version_key
from knowledge.versions import successions, with_successors


@pytest.fixture
def make(tmp_path, law_text):
    def write(name, text=None, start="2020-02-02"):
        year, month, day = (int(part) for part in start.split("-"))
        body = (text or law_text).replace("2020年2月2日", f"{year}年{month}月{day}日")
        path = tmp_path / name
        path.write_text(body, encoding="utf-8")
        return load(path)

    return write


def test_later_version_of_a_title_supersedes_the_earlier(make, law_text, today):
    old = make("样例法(2019-01-01).md")
    new = make("样例法(2023-03-03).md", law_text.replace("制定本法", "修订本法"))
    found = successions([new, old], today)
    assert list(found) == [old.meta.id]
    assert found[old.meta.id].successor == new.meta.id
    marked = {document.meta.id: document for document in with_successors([new, old], today)}
    assert marked[old.meta.id].meta.superseded_by == new.meta.id
    assert marked[new.meta.id].meta.superseded_by is None


def test_same_text_under_two_spellings_keeps_the_dated_file(make, law_text, today):
    dated = make(
        "样例局 样例院关于样例的规定(2020-01-15).md",
        law_text.replace("中华人民共和国样例法", "样例局 样例院关于样例的规定"),
    )
    twin = make(
        "样例局、样例院关于样例的规定.md",
        law_text.replace("中华人民共和国样例法", "样例局、样例院关于样例的规定"),
    )
    found = successions([dated, twin], today)
    assert list(found) == [twin.meta.id]
    assert found[twin.meta.id].reason == "内容相同"


def test_different_parts_of_one_series_do_not_supersede_each_other(make, law_text, today):
    documents = [
        make(
            f"解释（{part}）(20{year}-01-01).md",
            law_text.replace("样例法", f"样例法解释（{part}）"),
        )
        for part, year in (("一", 15), ("二", 20))
    ]
    assert successions(documents, today) == {}


def test_version_not_yet_in_force_ends_the_current_one_on_the_day_before(make, law_text, today):
    old = make("样例法(2019-01-01).md")
    new = make(
        "样例法(2026-10-01).md", law_text.replace("制定本法", "修订本法"), start="2027-01-01"
    )
    marked = {document.meta.id: document.meta for document in with_successors([old, new], today)}
    assert marked[old.meta.id].superseded_by is None
    assert marked[old.meta.id].effective_to == date(2026, 12, 31)
    after = {d.meta.id: d.meta for d in with_successors([old, new], date(2027, 1, 1))}
    assert after[old.meta.id].superseded_by == new.meta.id


def test_decision_supersedes_the_unamended_text_it_amends(make, law_text, today, tmp_path):
    old = make("样例规定(2015-01-29).md", law_text.replace("中华人民共和国样例法", "样例规定"))
    amended = make("别的规定(2020-12-29).md", law_text.replace("中华人民共和国样例法", "别的规定"))
    path = tmp_path / "关于修改《样例规定》等司法解释的决定.md"
    path.write_text(
        "# 关于修改《样例规定》等司法解释的决定\n\n2020年12月23日 会议通过\n\n2021年1月1日 施行\n\n<!-- INFO END -->\n\n"
        "一、修改《样例规定》\n\n1.将第一条修改为：\n\n“新文字。”\n\n2.删除第二条。\n\n二、修改《别的规定》\n\n1.将第一条删除。\n",
        encoding="utf-8",
    )
    decision = load(path)
    found = successions([old, amended, decision], today)
    assert list(found) == [old.meta.id]
    assert found[old.meta.id].successor == decision.meta.id


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("样例条例（2026年修订）", "样例条例"),
        ("样例条例(2026修正)", "样例条例"),
        ("样例条例（第二次修订）", "样例条例"),
        ("样例条例（修订版）", "样例条例"),
        ("样例条例（试行）", "样例条例试行"),
        ("样例条例（一）", "样例条例一"),
        ("中华人民共和国样例法", "样例法"),
    ],
)
def test_a_note_of_the_version_is_no_part_of_what_a_title_is_known_by(title, bare):
    assert version_key(title) == bare


def test_a_revision_named_in_its_file_name_supersedes_what_was_there(tmp_path):
    law = "样例商标条例\n（{year}年1月1日起施行）\n第一条 为了保护商标，制定本条例。\n第二条 续展期为{months}个月。\n"
    older = tmp_path / "样例商标条例(2020-01-01).txt"
    older.write_text(law.format(year=2020, months=6), "utf-8")
    newer = tmp_path / "样例商标条例（2026修订）.txt"
    newer.write_text(law.format(year=2026, months=12), "utf-8")
    documents = [load(older), load(newer)]
    assert documents[1].meta.effective_from == date(2026, 1, 1)
    (found,) = successions(documents, date(2026, 11, 23)).values()
    assert (found.document, found.successor) == tuple(item.meta.id for item in documents)
