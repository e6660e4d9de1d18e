"""``huhang kb`` from import to rollback, on a knowledge base of a few passages."""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from channels.cli import kb, search
from curation import publishing
from knowledge.edit_types import Action, edit_of
from knowledge.edits import EditStore
from knowledge.errors import SnapshotError, SourceError
from knowledge.wordings import folder_of
from settings import Settings, load_settings
from tests.sample_base import ASKED_TABLES, LEDGER, base_of

ROOT = Path(__file__).resolve().parents[3]
TABLES = ROOT / "knowledge" / "tables"

GUIDE = """\
---
id: us-sample
title: 美国337答辩
kind: guide
jurisdiction: [US]
procedures: [section-337]
as_of: '2026'
reviewed_on: 2020-01-01
facts: [itc-20]
no_options: 样例太短
---
## 收到337立案通知，几天内要答辩
<!-- facts: itc-20 -->
20天。美国337调查的被诉企业应在送达后20天内答辩。
"""
LAW = "第一条 为了保护样例权利，制定本法。\n第二条 涉外样例纠纷可以采取反制措施。\n第三条 本法自2020年1月1日起施行。\n"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return base_of(tmp_path, {"us-sample.md": GUIDE}, ASKED_TABLES)


@pytest.fixture
def huhang_kb(settings, capsys):
    """Run ``huhang kb …``; return the exit code and what it printed."""

    def run(*arguments):
        parser = argparse.ArgumentParser()
        kb.add_arguments(parser)
        code = kb.run(parser.parse_args([*map(str, arguments)]), settings)
        return code, capsys.readouterr().out

    return run


def searched(settings, question):
    from indexer.live import LiveIndex

    return [hit.passage.basis for hit in LiveIndex(settings).current().search(question, top_k=3)]


def test_build_and_publish_work_on_a_fresh_data_folder(huhang_kb, settings):
    code, out = huhang_kb("build", "--note", "首次")
    assert code == 0
    assert "1 份文档，1 段" in out
    code, out = huhang_kb("publish")
    assert code == 0
    assert "已发布" in out
    assert searched(settings, "337几天内答辩") == ["19 CFR § 210.13(a)"]


def test_publish_without_a_build_says_what_to_run(huhang_kb):
    with pytest.raises(SnapshotError, match="huhang kb build"):
        huhang_kb("publish")


@pytest.mark.slow  # reads and builds in processes of their own
def test_imported_law_answers_after_publication_and_not_after_rollback(
    huhang_kb, settings, tmp_path
):
    huhang_kb("build")
    huhang_kb("publish")
    law = tmp_path / "样例法(2019-01-01).txt"
    law.write_bytes(LAW.encode("gb18030"))
    code, out = huhang_kb("import", law)
    assert code == 0
    assert "样例法(2019-01-01).txt：已导入；3 条，3 段" in out
    huhang_kb("build")
    _, out = huhang_kb("publish")
    assert "《样例法》第二条" in searched(settings, "样例纠纷第几条讲反制措施")
    _, listed = huhang_kb("list", "--json")
    assert [
        info["state"] for info in sorted(json.loads(listed), key=lambda info: info["passages"])
    ] == ["published", "current"]
    huhang_kb("rollback")
    assert "《样例法》第二条" not in searched(settings, "样例纠纷第几条讲反制措施")


@pytest.mark.slow  # reads in processes of their own
def test_every_file_gets_a_verdict_and_failures_are_the_exit_code(huhang_kb, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a样例法(2019-01-01).txt").write_text(LAW, encoding="utf-8")
    (folder / "b空.txt").write_bytes(b"")
    (folder / "c坏.pdf").write_bytes(b"%PDF-1.4 x")
    (folder / "d.exe").write_bytes(b"MZ")
    (folder / "e样例法(2023-01-01).txt").write_text(LAW.replace("权利", "权益"), encoding="utf-8")
    (folder / "f缺条办法.txt").write_text(
        "第一条 甲。\n第二条 乙。\n第四条 丁。\n", encoding="utf-8"
    )
    code, out = huhang_kb("import", folder)
    lines = dict(line.split("：", 1) for line in out.splitlines()[:-1])
    assert code == 1
    assert len(lines) == 6
    assert lines["b空.txt"].startswith("失败：文件是空的")
    assert lines["c坏.pdf"].startswith("失败：")
    assert "不支持" in lines["d.exe"]
    assert "原文缺第 3 条" in lines["f缺条办法.txt"]
    assert out.splitlines()[-1].startswith("共 6 个文件：已导入 3，失败 3")
    code, out = huhang_kb("import", folder / "a样例法(2019-01-01).txt")
    assert code == 0
    assert "内容未变" in out


def test_older_version_is_reported_as_superseded(huhang_kb, tmp_path):
    (tmp_path / "样例法(2019-01-01).txt").write_text(LAW, encoding="utf-8")
    (tmp_path / "样例法(2023-01-01).txt").write_text(LAW.replace("权利", "权益"), encoding="utf-8")
    code, out = huhang_kb(
        "import", tmp_path / "样例法(2019-01-01).txt", tmp_path / "样例法(2023-01-01).txt"
    )
    assert code == 0
    older, newer = out.splitlines()[:2]
    assert "被《样例法》取代" in older
    assert "取代" not in newer
    assert "旧版《样例法》转为历史，不再用来回答" in newer


def test_missing_path_is_refused(huhang_kb, tmp_path):
    with pytest.raises(SourceError, match="找不到"):
        huhang_kb("import", tmp_path / "none")


def test_unreadable_source_stops_the_build_and_names_the_file(huhang_kb, settings):
    (settings.knowledge.sources_dir / "bad.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"bad\.md"):
        huhang_kb("build")


def test_failed_golden_question_stops_publication_unless_it_is_skipped(huhang_kb, settings):
    (settings.knowledge.tables_dir / "golden.yaml").write_text(
        "- {question: 天气, expects: 晴转多云}\n", encoding="utf-8"
    )
    huhang_kb("build")
    with pytest.raises(SnapshotError, match="天气"):
        huhang_kb("publish")
    code, _ = huhang_kb("publish", "--skip-golden")
    assert code == 0


def test_check_reports_errors_by_exit_code(huhang_kb, settings):
    assert huhang_kb("check")[0] == 0
    path = settings.knowledge.sources_dir / "us-sample.md"
    path.write_text(GUIDE.replace("20天。", "45天。"), encoding="utf-8")
    code, out = huhang_kb("check", "--json")
    assert code == 1
    assert any("45d" in problem["message"] for problem in json.loads(out))


def run_search(settings, *words):
    parser = argparse.ArgumentParser()
    search.add_arguments(parser)
    return search.run(parser.parse_args(words), settings)


def search_hits(settings, capsys, *words):
    capsys.readouterr()
    assert run_search(settings, *words) == 0
    return json.loads(capsys.readouterr().out)


def test_coverage_and_due_speak_of_the_documents(huhang_kb):
    code, out = huhang_kb("coverage")
    assert code == 0
    assert "法域：US 1" in out
    assert "us：1/1" in out
    code, out = huhang_kb("coverage", "--where", "itc-20", "nothing")
    assert code == 1
    assert "itc-20：us-sample" in out
    assert "nothing：不在事实台账里" in out
    code, out = huhang_kb("due")
    assert code == 0
    assert "上次复核 2020-01-01，已过复核日期" in out


@pytest.mark.slow  # reads every source
def test_due_says_what_computed_dates_rest_on(huhang_kb, settings):
    for name in ("deadlines.yaml", "forum_holidays.yaml", "facts.yaml"):
        shutil.copy(TABLES / name, settings.knowledge.tables_dir / name)
    code, out = huhang_kb("due")
    assert code == 0
    assert "期限日历：chinesecalendar 1.11.0 是 2025-11-04 发布的，已超过六个月" in out
    assert "中国工作日（含调休）只收录到2026年" in out


def test_unused_facts_are_named_with_their_reason(huhang_kb, settings):
    ledger = settings.knowledge.tables_dir / "facts.yaml"
    ledger.write_text(LEDGER + LEDGER.replace("itc-20:", "itc-21:"), encoding="utf-8")
    assert "未写 itc-21：没有写明原因" in huhang_kb("coverage")[1]
    code, out = huhang_kb("check")
    assert code == 1
    assert "itc-21" in out
    reasons = settings.knowledge.tables_dir / "unused_facts.yaml"
    reasons.write_text("itc-21: 来源已撤回\n", encoding="utf-8")
    assert "未写 itc-21：来源已撤回" in huhang_kb("coverage")[1]
    assert huhang_kb("check")[0] == 0


def test_counts_are_written_between_the_marks(huhang_kb, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("甲\n<!-- counts -->\n- 旧\n<!-- /counts -->\n乙\n", encoding="utf-8")
    assert huhang_kb("coverage", "--write", str(readme))[0] == 0
    text = readme.read_text(encoding="utf-8")
    assert "- 文档 1 份：指南 1\n" in text
    assert "旧" not in text
    assert text.endswith("<!-- /counts -->\n乙\n")
    readme.write_text("没有标记", encoding="utf-8")
    with pytest.raises(SourceError, match="标记"):
        huhang_kb("coverage", "--write", str(readme))


def test_a_superseded_document_stays_as_history(huhang_kb, settings, capsys):
    old = settings.knowledge.sources_dir / "us-sample.md"
    new = settings.knowledge.sources_dir / "us-newer.md"
    new.write_text(
        GUIDE.replace("us-sample", "us-newer").replace("20天。", "现在也是20天。"), encoding="utf-8"
    )
    old.write_text(
        GUIDE.replace("no_options", "superseded_by: us-newer\nno_options"), encoding="utf-8"
    )
    assert huhang_kb("build", "--publish")[0] == 0
    question = ["337几天内要答辩", "-k", "5", "--json"]
    assert {hit["document"] for hit in search_hits(settings, capsys, *question)} == {"us-newer"}
    found = search_hits(settings, capsys, *question, "--history")
    assert {hit["document"]: hit["current"] for hit in found} == {
        "us-newer": True,
        "us-sample": False,
    }
    run_search(settings, "337几天内要答辩", "--history")
    assert "【历史：已被 us-newer 取代】" in capsys.readouterr().out


def test_manifest_names_what_the_index_was_made_with(huhang_kb, settings):
    huhang_kb("build")
    (snapshot,) = settings.knowledge.snapshots_dir.glob("2*")
    manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["build"]["index"]["encoder_fingerprint"]
    assert manifest["build"]["index"]["tokenizer_fingerprint"]
    assert manifest["build"]["chunking"]
    assert set(manifest["build"]["sources"]) == {"us-sample"}
    assert "passages.jsonl" in manifest["files"]
    assert all(len(entry["sha256"]) == 64 for entry in manifest["files"].values())


@pytest.mark.slow  # starts a process
def test_commands_that_do_not_talk_import_neither_rasa_nor_torch():
    import subprocess
    import sys

    code = "import sys, channels.cli.kb; print([m for m in ('rasa', 'tensorflow', 'torch', 'faiss') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


PREPARED = ("build", "--if-stale", "--publish", "--without-drafts")


def edited(settings, text):
    """An edit of the one guide, saved."""
    store, library = EditStore(settings.knowledge.draft_dir), publishing.library_of(settings)
    source = library.entries["us-sample"][0].source
    edit = edit_of([source], by="li", action=Action.EDIT, texts=[f"20天。{text}"])
    store.save(edit, [source], [store.of("us-sample").token(source)])


def served(settings):
    return "".join(passage.text for passage in publishing.store_of(settings).passages())


@pytest.mark.slow  # builds four times
def test_a_restart_publishes_what_is_shipped_and_approved_and_no_draft(
    huhang_kb, settings, tmp_path
):
    law = tmp_path / "样例保护法.txt"
    law.write_text(LAW, encoding="utf-8")
    huhang_kb("import", law)
    assert huhang_kb(*PREPARED)[0] == 0  # the first start
    assert "反制措施" not in served(settings)
    assert "没有变化" in huhang_kb(*PREPARED)[1]
    edited(settings, "批准过的。")
    huhang_kb("build", "--publish")
    assert "批准过的" in served(settings)
    assert "反制措施" in served(settings)
    live = publishing.store_of(settings).current_id()
    second = tmp_path / "样例二法.txt"
    second.write_text(LAW.replace("反制", "另一种"), encoding="utf-8")
    huhang_kb("import", second)
    assert publishing.is_stale(settings)
    assert "没有变化" in huhang_kb(*PREPARED)[1]
    assert publishing.store_of(settings).current_id() == live
    guide = settings.knowledge.sources_dir / "us-other.md"
    guide.write_text(
        GUIDE.replace("us-sample", "us-other").replace("几天内", "升级后几天"), "utf-8"
    )
    assert "已发布" in huhang_kb(*PREPARED)[1]  # a new version of the program
    assert "批准过的" in served(settings)
    assert "反制措施" in served(settings)
    assert "另一种" not in served(settings)
    edited(settings, "没批准的。")
    guide.write_text(guide.read_text("utf-8").replace("升级后", "又升级后"), "utf-8")
    assert "请在工作台" in huhang_kb(*PREPARED)[1]
    assert "批准过的" in served(settings)


@pytest.mark.slow  # builds three times
def test_build_if_stale_builds_once_and_keeps_a_rollback(tmp_path, monkeypatch, capsys):
    sources = tmp_path / "sources"
    sources.mkdir()
    first = "---\nid: a-guide\ntitle: 指南\nkind: guide\njurisdiction: [US]\nas_of: '2026'\nsources: [{title: 规则}]\n---\n\n## 问\n\n答案在这里。\n"
    (sources / "a-guide.md").write_text(first, encoding="utf-8")
    settings = load_settings({"HUHANG_DATA_DIR": str(tmp_path / "var")})
    settings = replace(settings, knowledge=replace(settings.knowledge, sources_dir=sources))
    assert publishing.is_stale(settings)
    publishing.build(settings, by="t")
    publishing.publish(settings, by="t", golden=False)
    assert not publishing.is_stale(settings)
    (sources / "a-guide.md").write_text(first.replace("这里", "那里"), encoding="utf-8")
    assert publishing.is_stale(settings)
    publishing.build(settings, by="t")
    publishing.publish(settings, by="t", golden=False)
    publishing.rollback(settings, None, by="t")
    assert not publishing.is_stale(settings)
    monkeypatch.setattr("indexer.persistence.FORMAT", 99)
    assert publishing.is_stale(settings)


def test_a_changed_glossary_makes_what_was_built_stale(tmp_path):
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "glossary.yaml").write_text("fee: 费用\n", encoding="utf-8")
    settings = load_settings({"HUHANG_DATA_DIR": str(tmp_path / "var")})
    settings = replace(settings, knowledge=replace(settings.knowledge, tables_dir=tables))
    before = publishing.inputs_hash(settings)
    (tables / "glossary.yaml").write_text("fee: 官费\n", encoding="utf-8")
    assert publishing.inputs_hash(settings) != before


def test_publications_and_rollbacks_by_command_line_are_in_the_audit_log(huhang_kb, settings):
    from desk import audit
    from desk.engine import open_engine, reading

    huhang_kb("build")
    huhang_kb("--by", "ops", "publish")
    engine = open_engine(settings.desk.database_url)
    with reading(engine) as conn:
        entries = audit.search(conn, action="publish")
    engine.dispose()
    assert [(entry.actor, entry.detail) for entry in entries] == [
        ("cli:ops", {"approval": "command line"})
    ]


def test_a_changed_wording_is_published_by_the_next_build(huhang_kb, settings):
    huhang_kb("build", "--publish")
    folder = folder_of(settings.knowledge.sources_dir)
    folder.mkdir()
    wording = "老外的委员会来信了咋整"
    path = folder / "us-sample.yaml"
    path.write_text(f'"收到337立案通知，几天内要答辩":\n- {wording}\n', encoding="utf-8")
    _, out = huhang_kb("build", "--if-stale", "--publish")
    assert "已发布" in out
    assert searched(settings, wording) == ["19 CFR § 210.13(a)"]
    assert "没有变化" in huhang_kb("build", "--if-stale")[1]
    path.write_text(path.read_text("utf-8") + "- 委员会的信要回吗\n", encoding="utf-8")
    assert "已构建" in huhang_kb("build", "--if-stale")[1]


def test_a_malformed_file_of_wordings_stops_the_build_and_is_named(huhang_kb, settings):
    folder = folder_of(settings.knowledge.sources_dir)
    folder.mkdir()
    (folder / "us-sample.yaml").write_text("- 只有问法\n", encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"us-sample\.yaml"):
        huhang_kb("build")
    code, out = huhang_kb("check")
    assert code == 1
    assert "us-sample.yaml" in out
