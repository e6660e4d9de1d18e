"""Round trips: what trainers made of the knowledge base can be taken out and put back without a difference."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from bot.retraining import examples_yaml
from bot.training import corrections_file
from curation import exporting, importing, publishing, release
from desk import misunderstood
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate
from indexer.golden import add_case
from knowledge import question_bank
from knowledge.chunking import passages
from knowledge.dictionary import Dictionary, EditKind, new_edit
from knowledge.draft import Outcome
from knowledge.edit_types import Action, edit_of
from knowledge.edits import EditStore
from knowledge.errors import SourceError
from knowledge.exchange import written
from knowledge.loaders import load
from knowledge.loaders.word_numbers import chinese_number
from knowledge.overlay import Drafted, State
from knowledge.types import Document, DocumentMeta, Kind, Section
from settings import load_settings

# Builds and imports whole instances.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2] / "knowledge"
SHIPPED = ("us-337-faq", "us-tro-faq", "germany-faq", "us-337-response", "us-customs-recordation")
ARTICLES = 60


def law(number=ARTICLES, *, changed=(), gone=()):
    lines = ["第一章 总则"]
    for n in range(1, number + 1):
        if n == 31:
            lines.append("第二章 分则")
        extra = "（修订）" if n in changed else ""
        if n not in gone:
            lines.append(
                f"第{chinese_number(n)}条 样例规则之{chinese_number(n)}{extra}，当事人应当按照规定办理。"
            )
    return "\n".join(lines)


def instance(tmp_path, name, sources=()):
    folder = tmp_path / name / "sources"
    folder.mkdir(parents=True)
    for source in sources:
        shutil.copy(source, folder)
    loaded = load_settings(
        {"HUHANG_DATA_DIR": str(tmp_path / name / "var"), "HUHANG_TODAY": "2026-11-23"}
    )
    return replace(loaded, knowledge=replace(loaded.knowledge, sources_dir=folder))


@pytest.fixture
def first(tmp_path):
    """An instance with shipped documents and an imported law and table."""
    files = [next(ROOT.joinpath("sources").rglob(f"{name}.md")) for name in SHIPPED]
    settings = instance(tmp_path, "first", files)
    law_file = tmp_path / "样例实施法(2024-01-01).txt"
    law_file.write_text(law(), encoding="utf-8")
    table = tmp_path / "展会问答.csv"
    table.write_text(
        "问题,答案,相似问法,国家或地区,依据\n"
        "展会被投诉怎么办,先看文件，再联系主办方。,参展被投诉 | 有竖线##展位被查,德国,展会规则\n"
        "展品被查怎么办,不要签字。,,,\n",
        encoding="utf-8",
    )
    lines = importing.import_files(settings, [law_file, table], by="甲")
    assert [line.verdict.outcome for line in lines] == [Outcome.IMPORTED] * 2
    return settings


def edit_fifty(settings):
    """Fifty edits of every sort, over laws, tables and curated documents."""
    store, library = EditStore(settings.knowledge.draft_dir), publishing.library_of(settings)
    sources = [
        entry.source
        for document in library.documents
        for entry in library.entries[document.meta.id]
    ]
    laws = [source for source in sources if source.kind is Kind.LAW]
    others = [source for source in sources if source.kind is not Kind.LAW]
    made = 0

    def save(chosen, action, **changes):
        nonlocal made
        tokens = [store.of(source.document).token(source) for source in chosen]
        store.save(edit_of(chosen, by="陈", action=action, **changes), chosen, tokens)
        made += 1

    for source in laws[:15]:
        save(
            [source],
            Action.EDIT,
            texts=[source.text + "（由陈老师校对）"],
            similar=["怎么办理", "a|b 怎么办"],
        )
    for source in laws[15:22]:
        save(
            [source],
            Action.SPLIT,
            texts=[source.text[:12], "# 不是标题\n\\反斜杠 " + source.text[12:]],
        )
    for place in range(22, 32, 2):
        save(laws[place : place + 2], Action.MERGE)
    for source in laws[32:35]:
        save([source], Action.DISABLE, disabled=True)
    for source in others[:10]:
        save(
            [source],
            Action.EDIT,
            similar=[*source.similar, f"又问{source.id}"],
            negative=["不是这个意思"],
        )
    for source in others[10:20]:
        save(
            [source],
            Action.EDIT,
            heading=(*source.heading[:-1], f"改过的标题 {source.heading[-1]}"),
        )
    assert made == 50


def answers(settings, questions):
    from indexer.live import LiveIndex

    index = LiveIndex(settings).current()
    return [
        [(hit.passage.id, round(hit.score, 5)) for hit in index.search(question, top_k=5)]
        for question in questions
    ]


def test_fifty_edits_survive_export_and_import_into_an_empty_instance(first, tmp_path):
    edit_fifty(first)
    folder = tmp_path / "out"
    done, _ = exporting.export_to(first, folder)
    second = instance(tmp_path, "second")
    lines = importing.import_files(second, [folder], by="乙")
    assert {line.verdict.outcome for line in lines} == {Outcome.IMPORTED}
    before = {passage.id: passage for passage in publishing.library_of(first).passages}
    after = {passage.id: passage for passage in publishing.library_of(second).passages}
    assert len(before) == done.passages == sum(line.passages for line in lines)
    assert after == before
    disabled = [
        entry.source.id
        for entries in publishing.library_of(second).entries.values()
        for entry in entries
        if entry.state is State.DISABLED
    ]
    assert len(disabled) == 3
    for settings in (first, second):
        publishing.build(settings, by="甲")
        publishing.publish(settings, by="甲", golden=False)
    questions = ["337几天内答辩", "店铺资金被TRO冻结怎么办", "展会被投诉怎么办", "又问", "怎么办理", "样例规则之四十",
                 "第三条规定了什么", "海关备案有什么用", "校对", "德国展会被查"]  # fmt: skip
    assert answers(second, questions) == answers(first, questions)


SENTENCES = [("几号之前要交", "deadline"), ("有人工吗", "handoff"), ("随便聊聊", "smalltalk")]


def work_as_trainers(settings):
    """Everything that trainers make besides documents."""
    tables = settings.knowledge.tables_dir
    dictionary = Dictionary(settings.data_dir)
    dictionary.add(new_edit(EditKind.WORD, "冻店", by="陈"), tables)
    dictionary.add(new_edit(EditKind.ALIAS, "山姆那边", by="陈", target="country-us"), tables)
    golden = release.golden_file(settings)
    add_case(golden, "店铺被冻结先做什么", by="陈", documents=["us-tro-faq"], country="US")
    add_case(golden, "怎么给猫洗澡", by="李", refuse=True)
    rows = question_bank.rows_of(tables / question_bank.FILE_NAME)
    rows[0]["question"] = "改过的题目？"
    question_bank.take_over(settings.data_dir, rows, by="陈", at="2026-11-20T08:00:00+00:00")
    with desk(settings) as engine, writing(engine) as conn:
        for text, intent in SENTENCES:
            misunderstood.add(conn, text, intent, by="陈", predicted="smalltalk", confidence=0.25)
    examples = corrections_file(settings)
    examples.parent.mkdir(parents=True)
    examples.write_text(examples_yaml(SENTENCES[:2]), encoding="utf-8")


@contextmanager
def desk(settings):
    engine = open_engine(settings.desk.database_url)
    migrate(engine)
    yield engine
    engine.dispose()


def trainers_work(settings):
    with desk(settings) as engine, reading(engine) as conn:
        labelled = misunderstood.labelled(conn)
    return {
        "words": Dictionary(settings.data_dir).edits(),
        "golden": release.golden_questions(settings),
        "golden file": release.golden_file(settings).read_bytes(),
        "quiz": question_bank.own_bank(settings.data_dir).read_bytes(),
        "examples": corrections_file(settings).read_bytes(),
        "labels": labelled,
    }


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_everything_trainers_made_is_in_the_export_and_the_same_after_import(
    first, tmp_path, packed
):
    work_as_trainers(first)
    out = tmp_path / "out"
    if packed:
        out = tmp_path / "知识库.zip"
        out.write_bytes(exporting.export_zip(first))
    else:
        exporting.export_to(first, out)
    second = instance(tmp_path, "second")
    lines = importing.import_files(second, [out], by="乙")
    assert {line.verdict.outcome for line in lines} == {Outcome.IMPORTED}
    assert len(trainers_work(first)["labels"]) == len(SENTENCES)
    assert trainers_work(second) == trainers_work(first)
    # Who brings it in had a part in what is published next.
    assert {by for by, _ in Dictionary(second.data_dir).hands()} == {"乙"}
    assert question_bank.last_change(second.data_dir)[0] == "乙"
    before, after = (publishing.library_of(one).passages for one in (first, second))
    assert sorted(after, key=repr) == sorted(before, key=repr)
    again = importing.import_files(second, [out], by="乙")
    assert {line.verdict.outcome for line in again} == {Outcome.UNCHANGED}
    assert trainers_work(second) == trainers_work(first)


def test_what_an_instance_has_of_its_own_is_never_overwritten(first, tmp_path):
    work_as_trainers(first)
    exporting.export_to(first, tmp_path / "out")
    second = instance(tmp_path, "second")
    own = Dictionary(second.data_dir).add(
        new_edit(EditKind.WORD, "自己的词", by="王"), second.knowledge.tables_dir
    )
    golden = release.golden_file(second)
    add_case(golden, "怎么给猫洗澡", by="王", documents=["us-337-faq"])
    question_bank.keep(second.data_dir, b"questions: []", by="王", at="2026")
    with desk(second) as engine, writing(engine) as conn:
        misunderstood.add(conn, "有人工吗", "center", by="王")
    found = {
        line.verdict.file: line.verdict
        for line in importing.import_files(second, [tmp_path / "out"], by="乙")
        if line.verdict.file.startswith("trainers/")
    }
    assert found["trainers/dictionary.json"].outcome is Outcome.FAILED
    assert "没有覆盖" in found["trainers/quiz.yaml"].message
    assert (
        found["trainers/golden.jsonl"].message == "1 条判定问题，1 条与这里的判定不同，保留这里的"
    )
    assert found["trainers/labels.jsonl"].message == "2 句标注，1 句在这里标注得不同，保留这里的"
    work = trainers_work(second)
    assert work["words"] == [own]
    assert [(case.question, case.refuse) for case in work["golden"]] == [
        ("怎么给猫洗澡", False),
        ("店铺被冻结先做什么", False),
    ]
    assert {item.text: item.label for item in work["labels"]} == {
        "有人工吗": "center",
        "几号之前要交": "deadline",
        "随便聊聊": "smalltalk",
    }


@pytest.mark.parametrize("name", ["dictionary.json", "golden.jsonl", "quiz.yaml", "labels.jsonl"])
def test_a_damaged_file_of_an_export_stops_none_of_the_others(first, tmp_path, name):
    work_as_trainers(first)
    exporting.export_to(first, tmp_path / "out")
    (tmp_path / "out" / "trainers" / name).write_text('[{"a": 1}]\n', encoding="utf-8")
    second = instance(tmp_path, "second")
    lines = importing.import_files(second, [tmp_path / "out"], by="乙")
    failed = [line.verdict.file for line in lines if line.verdict.outcome is Outcome.FAILED]
    assert failed == [f"trainers/{name}"]


def test_exporting_what_was_imported_gives_the_same_files_again(first, tmp_path):
    edit_fifty(first)
    exporting.export_to(first, tmp_path / "one")
    second = instance(tmp_path, "second")
    importing.import_files(second, [tmp_path / "one"], by="乙")
    exporting.export_to(second, tmp_path / "two")
    one = {
        path.name: path.read_text("utf-8") for path in (tmp_path / "one" / "documents").iterdir()
    }
    two = {
        path.name: path.read_text("utf-8") for path in (tmp_path / "two" / "documents").iterdir()
    }
    assert two == one


def test_newer_version_keeps_all_fifty_edits_or_shows_each_conflict(first, tmp_path):
    store = EditStore(first.knowledge.draft_dir)
    library = publishing.library_of(first)
    old = next(document.meta.id for document in library.documents if document.meta.kind is Kind.LAW)
    for entry in library.entries[old][:50]:
        source = entry.source
        token = store.of(old).token(source)
        store.save(
            edit_of([source], by="陈", action=Action.EDIT, texts=[source.text + "校对。"]),
            [source],
            [token],
        )
    newer = tmp_path / "样例实施法(2026-01-01).txt"
    newer.write_text(law(62, changed=range(5, 15), gone=(20, 21)), encoding="utf-8")
    importing.import_files(first, [newer], by="乙")
    after = publishing.library_of(first)
    new = next(item.meta.id for item in after.documents if item.meta.id.endswith("2026-01-01"))
    entries = after.entries[new]
    kept = [entry for entry in entries if entry.state is State.EDITED]
    clashing = [entry for entry in entries if entry.state is State.CONFLICT]
    assert (len(kept), len(clashing)) == (38, 12)
    assert sum(entry.source is None for entry in clashing) == 2
    assert all(entry.results[0].text.endswith("校对。") for entry in kept)
    assert {conflict.document for conflict in after.conflicts} == {new}
    with pytest.raises(SourceError, match="12 处修改"):
        exporting.export_to(first, tmp_path / "never")
    assert next(item for item in after.documents if item.meta.id == old).meta.superseded_by == new


def test_export_never_mixes_with_what_is_there(first, tmp_path):
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "a.txt").write_text("x")
    with pytest.raises(SourceError, match="不是空文件夹"):
        exporting.export_to(first, folder)
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


def test_heading_and_text_of_an_exported_file_can_be_changed_by_hand(first, tmp_path):
    exporting.export_to(first, tmp_path / "out")
    path = next((tmp_path / "out" / "documents").glob("law-*.md"))
    text = (
        path.read_text("utf-8")
        .replace("## 第一章 总则", "## 第一章 通则")
        .replace("样例规则之二，", "样例细则之二，")
    )
    path.write_text(text, encoding="utf-8")
    second = passages(load(path), {})[1]
    assert second.heading == ("第一章 通则",)
    assert "样例细则之二" in second.text
    assert second.id.endswith("#art-2")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"id": "law', '"id": "other-law', "应以"),
        ("<!-- passage: {", "<!-- passage: {{", "无法读取"),
        ("# 样例实施法", "# 样例实施法\n\n没有归属的一行", "不属于任何段落"),
    ],
)
def test_damaged_export_is_refused_with_its_line(first, tmp_path, old, new, said):
    exporting.export_to(first, tmp_path / "out")
    path = next((tmp_path / "out" / "documents").glob("law-*.md"))
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=rf"第\d+行.*{said}"):
        load(path)


TEXT = st.text(min_size=1, max_size=60).filter(lambda text: text.strip())
LINE = st.sampled_from(
    [
        "# 标题",
        "\\反",
        "<!-- facts: a -->",
        "<!-- passage: {} -->",
        "```",
        " 缩进",
        "尾空 ",
        "---",
        "普通。",
        "a | b",
    ]
)
QUESTION = st.text(alphabet="问怎么办|｜<>-— ab", min_size=1, max_size=20).filter(
    lambda text: text.strip()
)


@given(
    texts=st.lists(st.one_of(TEXT, st.lists(LINE, min_size=1, max_size=5).map("\n".join)), min_size=1, max_size=5),
    headings=st.lists(st.lists(st.sampled_from(["甲", "乙 丙", "`丁`", "**戊**", "#己"]), max_size=7), min_size=5, max_size=5),
    questions=st.lists(QUESTION, max_size=3),
)  # fmt: skip
@limits(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_passage_reads_back_as_it_was_written(tmp_path, texts, headings, questions):
    meta = DocumentMeta("x-doc", "样例", Kind.GUIDE, ("US",), as_of="2026")
    sections = tuple(
        Section(tuple(heading), text.replace("\r", ""), similar=tuple(dict.fromkeys(q.strip() for q in questions)),
                passage=f"x-doc#p{number}")
        for number, (heading, text) in enumerate(zip(headings, texts, strict=False))
        if text.replace("\r", "").strip()
    )  # fmt: skip
    document = Document(meta, sections, "x-doc.md", "")
    wanted = passages(document, {})
    if not wanted:
        return
    entries = [Drafted(State.PLAIN, passage, None, (passage,)) for passage in wanted]
    path = tmp_path / "x-doc.md"
    try:
        content = written(document, entries, {}).encode("utf-8")
    except UnicodeEncodeError:
        return
    path.write_bytes(content)
    assert passages(load(path), {}) == wanted
