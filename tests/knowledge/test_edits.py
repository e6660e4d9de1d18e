"""Trainers' edits: kept beside the sources, laid over them, never lost and never overwritten unseen."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from knowledge.chunking import passages, text_version
from knowledge.edit_types import Action, edit_of
from knowledge.edits import EditStore
from knowledge.errors import EditConflictError, SourceError
from knowledge.loaders import load
from knowledge.overlay import State, drafted, with_meta


@pytest.fixture
def law(law_file):
    return load(law_file)


@pytest.fixture
def store(tmp_path):
    return EditStore(tmp_path / "draft")


def save(store, document, identifiers, action=Action.EDIT, by="甲", **changes):
    """Save an edit as an editor would who sees the source as it is now."""
    known = {passage.id: passage for passage in passages(document, {})}
    chosen = [known[identifier] for identifier in identifiers]
    tokens = [store.of(document.meta.id).token(passage) for passage in chosen]
    edit = edit_of(chosen, by=by, action=action, **changes)
    store.save(edit, chosen, tokens)
    return edit


def rows(store, document):
    return drafted(document, {}, store.of(document.meta.id))


def indexed(store, document):
    return [passage for row in rows(store, document) for passage in row.results]


def newer(law, before, after):
    """The document with a passage of its text changed, as a newer file would bring it."""
    sections = tuple(
        replace(section, text=section.text.replace(before, after)) for section in law.sections
    )
    assert sections != law.sections
    return replace(law, sections=sections)


ONE, TWO, THREE = (f"law-yang-li-fa-2019-01-01#art-{number}" for number in (1, 2, 3))


def test_edited_text_keeps_its_id_its_article_and_its_citation(store, law):
    save(store, law, [ONE], texts=["第一条 为了说明样例和示范，制定本法。"], similar=["为什么立法"])
    first = indexed(store, law)[0]
    assert (first.id, first.article, first.basis) == (
        ONE,
        "第一条",
        "《中华人民共和国样例法》第一条",
    )
    assert first.text == "第一条 为了说明样例和示范，制定本法。"
    assert first.version == text_version(first.text)
    assert first.similar == ("为什么立法",)
    assert [row.state for row in rows(store, law)] == [State.EDITED, State.PLAIN, State.PLAIN]


def test_split_passage_becomes_two_and_only_the_first_answers_its_questions(store, law):
    save(store, law, [TWO], Action.SPLIT, texts=["第二条 情形之一：第一种。", "情形之二：第二种。"],
         similar=["适用于什么"])  # fmt: skip
    _, first, second, _ = indexed(store, law)
    assert (first.id, second.id) == (TWO, f"{TWO}~2")
    assert (first.similar, second.similar) == (("适用于什么",), ())
    assert second.article == "第二条"


def test_merged_passages_become_one(store, law):
    save(store, law, [ONE, TWO], Action.MERGE)
    assert [passage.id for passage in indexed(store, law)] == [ONE, THREE]
    assert "制定本法" in indexed(store, law)[0].text
    assert "第二种" in indexed(store, law)[0].text
    assert rows(store, law)[1].state is State.ABSORBED


def test_merged_passages_are_edited_as_one_and_still_one_after_it(store, law):
    save(store, law, [ONE], similar=["甲问", "乙问"])
    save(store, law, [ONE, TWO], Action.MERGE, similar=["甲问", "丙问"])
    save(
        store, law, [ONE, TWO], texts=["合并后改写的一段。"], heading=("新标题",), similar=["丙问"]
    )
    (first, last) = indexed(store, law)
    assert (first.id, first.text, first.heading) == (ONE, "合并后改写的一段。", ("新标题",))
    assert first.similar == ("丙问",)
    assert last.id == THREE
    assert [row.state for row in rows(store, law)] == [State.MERGED, State.ABSORBED, State.PLAIN]
    assert [event.action for event in store.history(law.meta.id, ONE)] == [
        Action.EDIT, Action.MERGE, Action.EDIT,
    ]  # fmt: skip


def test_a_question_added_to_merged_passages_keeps_those_of_both(store, law):
    sections = tuple(
        replace(section, similar=(f"问第{number}条",))
        for number, section in enumerate(law.sections)
    )
    asked = replace(law, sections=sections)
    save(store, asked, [ONE, TWO], Action.MERGE)
    store.add_question(passages(asked, {})[0], "新问", by="乙")
    assert indexed(store, asked)[0].similar == ("问第1条", "问第2条", "新问")


@pytest.mark.parametrize("changed", ["为了说明样例", "情形之一"], ids=["first", "merged-in"])
def test_an_edit_of_merged_passages_is_shown_when_any_of_them_changes(store, law, changed):
    save(store, law, [ONE, TWO], texts=["合并后改写的一段。"])
    fresh = newer(law, changed, f"{changed}（修订）")
    row = rows(store, fresh)[0]
    assert (row.state, len(row.sources)) == (State.CONFLICT, 2)
    edit = row.edit
    store.rebase(edit, row.sources, by="乙")
    assert indexed(store, fresh)[0].text == "合并后改写的一段。"
    assert rows(store, fresh)[1].state is State.ABSORBED


def test_disabled_passage_is_not_indexed_and_comes_back(store, law):
    save(store, law, [TWO], Action.DISABLE, disabled=True)
    assert [passage.id for passage in indexed(store, law)] == [ONE, THREE]
    second = passages(law, {})[1]
    store.drop(second, store.of(law.meta.id).token(second), document=law.meta.id, by="甲")
    assert len(indexed(store, law)) == 3


def test_second_editor_is_told_and_nothing_is_overwritten(store, law):
    first = passages(law, {})[0]
    token = store.of(law.meta.id).token(first)
    store.save(
        edit_of([first], by="li", action=Action.EDIT, texts=["李的改法。"]), [first], [token]
    )
    with pytest.raises(EditConflictError, match=r"li 在 .*没有保存"):
        store.save(
            edit_of([first], by="wang", action=Action.EDIT, texts=["王的改法。"]), [first], [token]
        )
    assert indexed(store, law)[0].text == "李的改法。"


def test_editor_who_saw_a_withdrawn_edit_is_told_too(store, law):
    save(store, law, [ONE], texts=["甲的改法。"])
    first = passages(law, {})[0]
    token = store.of(law.meta.id).token(first)
    store.drop(first, token, document=law.meta.id, by="乙")
    with pytest.raises(EditConflictError):
        store.save(
            edit_of([first], by="丙", action=Action.EDIT, texts=["丙的改法。"]), [first], [token]
        )


def test_editor_of_a_source_that_was_imported_anew_is_told(store, law):
    first = passages(law, {})[0]
    token = store.of(law.meta.id).token(first)
    changed = passages(newer(law, "为了说明样例", "为了展示样例"), {})[0]
    with pytest.raises(EditConflictError):
        store.save(
            edit_of([changed], by="甲", action=Action.EDIT, texts=["改。"]), [changed], [token]
        )


def test_of_twenty_editors_at_once_exactly_one_wins(store, law):
    first = passages(law, {})[0]
    token = store.of(law.meta.id).token(first)
    outcomes = []

    def edit(name):
        try:
            store.save(
                edit_of([first], by=name, action=Action.EDIT, texts=[f"{name}的改法。"]),
                [first],
                [token],
            )
            outcomes.append(name)
        except EditConflictError:
            outcomes.append("")

    threads = [threading.Thread(target=edit, args=(f"第{n}人",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [name for name in outcomes if name]
    assert len(outcomes) == 20
    assert indexed(store, law)[0].text == f"{winner}的改法。"


def test_newer_version_that_leaves_a_passage_alone_keeps_its_edit(store, law):
    save(store, law, [ONE], texts=["改过的第一条。"])
    fresh = newer(law, "第二种", "第二种以及第三种")
    assert indexed(store, fresh)[0].text == "改过的第一条。"
    assert "第三种" in indexed(store, fresh)[1].text


def test_newer_version_that_changes_an_edited_passage_shows_a_conflict_and_loses_nothing(
    store, law
):
    edit = save(store, law, [ONE], texts=["改过的第一条。"])
    fresh = newer(law, "为了说明样例", "为了展示样例")
    row = rows(store, fresh)[0]
    assert row.state is State.CONFLICT
    assert "原文在新版本里变了" in row.reason
    assert row.edit == edit
    assert row.edit.bases[0].text == "第一条 为了说明样例，制定本法。"
    assert row.results[0].text == "第一条 为了展示样例，制定本法。"


def test_conflict_ends_by_keeping_the_edit_or_by_dropping_it(store, law):
    edit = save(store, law, [ONE], texts=["改过的第一条。"])
    fresh = newer(law, "为了说明样例", "为了展示样例")
    first = passages(fresh, {})[0]
    kept = store.rebase(edit, [first], by="乙")
    assert indexed(store, fresh)[0].text == "改过的第一条。"
    with pytest.raises(EditConflictError):
        store.rebase(edit, [first], by="丙")
    store.drop(first, store.of(law.meta.id).token(first), document=law.meta.id, by="乙")
    assert indexed(store, fresh)[0].text.startswith("第一条 为了展示")
    assert kept.action is Action.KEEP


def test_edit_follows_its_text_to_another_heading(store, law):
    sections = tuple(
        replace(section, heading=("第一编 新编", *section.heading), article=None)
        if section.article == "第二条"
        else section
        for section in law.sections
    )
    save(store, law, [TWO], similar=["适用于什么情形"])
    found = [passage for passage in indexed(store, replace(law, sections=sections))]
    assert [passage.similar for passage in found] == [(), ("适用于什么情形",), ()]


def test_edit_of_a_passage_that_is_gone_is_kept_as_a_conflict_and_can_be_moved(store, law):
    edit = save(store, law, [TWO], texts=["改过的第二条。"])
    sections = tuple(section for section in law.sections if section.article != "第二条")
    fresh = replace(law, sections=sections)
    row = rows(store, fresh)[-1]
    assert (row.state, row.source, row.edit) == (State.CONFLICT, None, edit)
    third = next(passage for passage in passages(fresh, {}) if passage.id == THREE)
    store.rebase(edit, [third], by="乙")
    assert [passage.text for passage in indexed(store, fresh)][-1] == "改过的第二条。"


def test_questions_of_editor_and_of_the_newer_source_come_together(store, tmp_path, guide_text):
    path = tmp_path / "us-sample.md"
    path.write_text(guide_text.replace("<!-- facts: itc-20 -->\n", ""), encoding="utf-8")
    guide = load(path)
    first = passages(guide, {})[0]
    asked = [question for question in first.similar if "ITC" not in question] + ["二十天从哪天算"]
    save(store, guide, [first.id], similar=asked)
    path.write_text(
        path.read_text("utf-8").replace("337答辩期限是多久 |", "337答辩期限是多久 | 几天要答辩 |"),
        "utf-8",
    )
    (changed, *_) = indexed(store, load(path))
    assert set(changed.similar) == {"337答辩期限是多久", "几天要答辩", "二十天从哪天算"}


def test_question_is_added_to_whatever_was_edited_before(store, law):
    save(store, law, [ONE], texts=["改过的第一条。"])
    store.add_question(passages(law, {})[0], " 为什么  要立法 ", by="乙")
    store.add_question(passages(law, {})[0], "立法目的", by="丙")
    first = indexed(store, law)[0]
    assert first.text == "改过的第一条。"
    assert first.similar == ("为什么 要立法", "立法目的")


def test_edits_go_over_to_the_newer_version_under_its_own_id(store, law):
    save(store, law, [ONE], texts=["改过的第一条。"])
    save(store, law, [TWO], texts=["改过的第二条。"])
    changed = newer(law, "为了说明样例", "为了展示样例")
    fresh = replace(changed, meta=replace(changed.meta, id="law-yang-li-fa-2026-01-01"))
    assert store.carry(law.meta.id, fresh.meta.id, by="乙") == 2
    assert store.carry(law.meta.id, fresh.meta.id, by="乙") == 0
    states = [row.state for row in rows(store, fresh)]
    assert states == [State.CONFLICT, State.EDITED, State.PLAIN]
    assert len(store.of(law.meta.id).edits) == 2


def test_metadata_edit_is_laid_over_and_clashes_only_where_the_source_changed_it(store, law):
    store.save_meta(
        law.meta.id, "0", {"issuer": "样例部", "procedures": ["court"]},
        {"issuer": law.meta.issuer, "procedures": []}, by="甲",
    )  # fmt: skip
    edit = store.of(law.meta.id).meta
    changed, conflict = with_meta(law, edit)
    assert (changed.meta.issuer, changed.meta.procedures, conflict) == ("样例部", ("court",), None)
    fresh = replace(law, meta=replace(law.meta, issuer="国务院"))
    changed, conflict = with_meta(fresh, edit)
    assert (changed.meta.issuer, changed.meta.procedures) == ("国务院", ("court",))
    assert conflict is not None
    assert "发布机关" in conflict.reason
    with pytest.raises(EditConflictError):
        store.save_meta(law.meta.id, "0", {}, {}, by="乙")


def test_history_tells_who_did_what_newest_first_and_survives_a_cut_line(store, law):
    save(store, law, [ONE], by="甲", texts=["一改。"], note="更通俗")
    save(store, law, [ONE], by="乙", texts=["二改。"])
    with (store.folder / "history.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('\n{"id": "half')
    found = store.history(law.meta.id, ONE)
    assert [(event.by, event.after) for event in found] == [("乙", "二改。"), ("甲", "一改。")]
    assert found[1].note == "更通俗"
    assert found[1].before.startswith("第一条")
    save(store, law, [TWO], by="丙", disabled=True)
    assert store.history()[0].by == "丙"


@pytest.mark.parametrize("text", ["", " \n ", "长" * 4001])
def test_text_that_cannot_be_used_is_refused(store, law, text):
    with pytest.raises(SourceError):
        save(store, law, [ONE], texts=[text])
    assert store.edits() == []


def test_damaged_file_is_named_and_a_strange_id_never_becomes_a_path(store, law):
    save(store, law, [ONE], texts=["改。"])
    (store.folder / f"{law.meta.id}.json").write_text(json.dumps({"edits": 3}))
    with pytest.raises(SourceError, match="已损坏"):
        store.of(law.meta.id)
    with pytest.raises(SourceError, match="没有文档"):
        store.of("../../etc/passwd")
