"""The dry run: a verdict for every row and passage before anything is taken in; then the import itself."""

from __future__ import annotations

import argparse
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from channels.cli import kb
from curation import importing, publishing
from knowledge.draft import DraftStore, Outcome
from knowledge.dry_run import Finding
from knowledge.edit_types import Action, edit_of
from knowledge.edits import EditStore
from settings import Settings
from tests.papers.papers import picture, scanned
from tests.sample_base import base_of

# Reads every file in a process of its own, as the import does.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FAQ = """\
---
id: us-faq
title: 美国常见问题
kind: faq
jurisdiction: [US]
as_of: '2026'
sources: [{title: 委员会规则, basis: 20天 30日}]
---
## 收到337立案通知，几天内要答辩
20天。美国337调查的被诉企业应在起诉书和调查通知送达后20天内提交书面答辩，依据是 19 CFR § 210.13(a)。

## 被诉之后还能继续发货吗
可以继续发货，但要先评估被排除和扣留的风险，并保留全部销售记录备查，同时与美国律师商量产品改动方案。
"""
LAW = "第一条 为了保护样例权利，制定本法。\n第二条 涉外样例纠纷可以采取反制措施。\n第三条 本法自2020年1月1日起施行。\n"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return base_of(tmp_path, {"us-faq.md": FAQ}, {"facts.yaml": "{}\n"})


@pytest.fixture
def judged(settings, tmp_path):
    """Write a file, run the dry run, return its rows."""

    def run(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (report,) = importing.dry_run(settings, [path])
        assert report.document is not None, report.reason
        return report.rows

    return run


def table(*rows):
    return "问题,答案,国家或地区,依据\n" + "".join(",".join(row) + "\n" for row in rows)


def test_new_unusable_and_repeated_rows_are_told_apart_with_their_places(judged):
    exact = "可以继续发货，但要先评估被排除和扣留的风险，并保留全部销售记录备查，同时与美国律师商量产品改动方案。"
    normalised = exact.replace("，", " , ").replace("可以", "可　以")
    alike = exact.replace("可以继续", "能继续").replace("全部", "所有")
    rows = judged(
        "新.csv",
        table(
            ("展会被投诉怎么办", "先看文件。", "德国", ""),
            ("", "没有问题", "", ""),
            ("甲问题怎么办", exact, "美国", ""),
            ("乙问题怎么办", f'"{normalised}"', "美国", ""),
            ("丙问题怎么办", alike, "美国", ""),
        ),
    )
    assert [(row.place, row.finding) for row in rows] == [
        ("第3行", Finding.ERROR),
        ("第2行", Finding.NEW),
        ("第4行", Finding.EXACT),
        ("第5行", Finding.NORMALISED),
        ("第6行", Finding.SIMILAR),
    ]
    assert rows[4].other.startswith("us-faq#")
    assert rows[4].score is not None
    assert rows[4].score >= 0.95


def test_same_rule_with_another_figure_is_a_conflict_in_the_same_country_only(judged):
    answer = "30天。美国337调查的被诉企业应在送达后30天内答辩。"
    (elsewhere,) = judged("期限.csv", table(("收到337立案通知，几天内要答辩", answer, "德国", "")))
    assert elsewhere.finding is Finding.NEW
    (asked, _) = judged(
        "期限二.csv",
        table(
            ("收到337立案通知，几天内要答辩", answer, "美国", ""),
            ("别的问题怎么问", "答。", "", ""),
        ),
    )
    assert asked.finding is Finding.CONFLICT
    assert "30日 / 20日" in asked.message


def test_blanked_figures_show_a_conflict_under_any_heading(judged):
    text = FAQ.split("几天内要答辩\n")[1].split("\n")[0].replace("20天", "25天")
    (row,) = judged("改数.csv", table(("这个期限是多久呢", f'"{text}"', "美国", "")))
    assert row.finding is Finding.CONFLICT
    assert "数字不同" in row.message


def test_older_law_is_told_to_be_history_and_a_newer_one_what_it_changes(
    judged, settings, tmp_path
):
    law = tmp_path / "样例法(2020-01-01).txt"
    law.write_text(LAW, encoding="utf-8")
    importing.import_files(settings, [law], by="甲")
    older = judged("样例法(2015-01-01).txt", LAW)
    assert {row.finding for row in older} == {Finding.SUPERSEDED}
    assert "2020-01-01 版" in older[0].message
    newer = judged("样例法(2026-01-01).txt", LAW.replace("可以采取", "应当采取"))
    assert [row.finding for row in newer] == [Finding.UNCHANGED, Finding.CHANGED, Finding.UNCHANGED]
    assert newer[1].place == "第二条"
    assert "可以采取" in newer[1].message


def test_passage_that_a_colleague_edited_is_named_before_the_newer_file_is_imported(
    judged, settings, tmp_path
):
    law = tmp_path / "样例法(2020-01-01).txt"
    law.write_text(LAW, encoding="utf-8")
    importing.import_files(settings, [law], by="甲")
    edits = EditStore(settings.knowledge.draft_dir)
    library = publishing.library_of(settings)
    document = next(
        document.meta.id for document in library.documents if document.meta.id != "us-faq"
    )
    second = library.entries[document][1].source
    edit = edit_of([second], by="陈", action=Action.EDIT, texts=["改。"])
    edits.save(edit, [second], [edits.of(document).token(second)])
    changed = LAW.replace("可以采取", "应当采取")
    rows = judged("样例法(2026-01-01).txt", changed)
    assert rows[1].finding is Finding.EDITED
    assert "陈" in rows[1].message
    fresh = tmp_path / "样例法(2026-01-01).txt"
    importing.import_files(settings, [fresh], by="甲")
    (conflict,) = publishing.library_of(settings).conflicts
    assert (conflict.by, "旧文" in conflict.reason) == ("甲", True)


def test_rows_of_one_file_are_compared_with_each_other(judged):
    same = (
        "先看清投诉文件上的权利号，再把样品和销售记录收好，当天联系主办方的知识产权办公室说明情况。"
    )
    first, second = judged(
        "两次.csv", table(("甲问题怎么办", same, "", ""), ("乙问题怎么办", same, "", ""))
    )
    assert (first.finding, second.finding) == (Finding.NEW, Finding.EXACT)
    assert second.message == "与本文件的第2行相同"


def test_dry_run_changes_nothing(judged, settings):
    judged("新.csv", table(("展会被投诉怎么办", "先看文件。", "德国", "")))
    assert DraftStore(settings.knowledge.draft_dir).entries() == []
    assert [path.name for path in settings.knowledge.draft_dir.iterdir()] == []


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "一批.zip"
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("法/样例法(2020-01-01).txt", LAW)
        opened.writestr("坏.pdf", b"%PDF-1.4 x")
        opened.writestr("../逃.txt", "第一条 逃")
        opened.writestr("问答.csv", table(("展会被投诉怎么办", "先看文件。", "德国", "")))
    return path


def test_bad_member_of_an_archive_does_not_stop_the_others(settings, archive):
    lines = importing.import_files(settings, [archive], by="甲")
    assert [(line.verdict.file, line.verdict.outcome) for line in lines] == [
        ("一批.zip/法/样例法(2020-01-01).txt", Outcome.IMPORTED),
        ("一批.zip/坏.pdf", Outcome.FAILED),
        ("一批.zip/../逃.txt", Outcome.FAILED),
        ("一批.zip/问答.csv", Outcome.IMPORTED),
    ]
    assert {entry.file_name for entry in DraftStore(settings.knowledge.draft_dir).entries()} == {
        "样例法(2020-01-01).txt",
        "问答.csv",
    }
    assert not list(settings.knowledge.draft_dir.glob(".unpacked-*"))


def test_command_prints_the_verdicts_and_fails_on_a_bad_file(settings, archive, capsys):
    parser = argparse.ArgumentParser()
    kb.add_arguments(parser)
    code = kb.run(parser.parse_args(["import", "--dry-run", str(archive)]), settings)
    said = capsys.readouterr().out
    assert code == 1
    assert "一批.zip/法/样例法(2020-01-01).txt：新增 3" in said
    assert "失败：路径指向压缩包之外" in said
    assert "草稿没有改动" in said
    kb.run(parser.parse_args(["import", "--dry-run", "--json", str(archive)]), settings)
    rows = json.loads(capsys.readouterr().out)
    assert [len(row["rows"]) for row in rows] == [3, 0, 0, 1]
    assert rows[0]["rows"][0]["finding"] == "new"
    shutil.rmtree(settings.data_dir, ignore_errors=True)


def test_comparing_a_file_stops_when_it_takes_longer_than_it_may(settings, tmp_path):
    path = tmp_path / "样例法(2020-01-01).txt"
    path.write_text(LAW, encoding="utf-8")
    judge = importing.judge_of(settings)
    judge.timeout_s = -1.0
    with importing.parser(settings) as worker:
        found = importing.report(importing.Incoming(path.name, path), worker.load, judge)
    assert found.document is None
    assert "已停止" in found.reason


def test_nearest_passages_come_best_first_however_few_there_are(settings):
    live = [passage for passage in publishing.library_of(settings).passages]
    (near,) = importing.nearest_of(settings, live)([live[0].text])
    assert [score for _, score in near] == sorted((score for _, score in near), reverse=True)
    assert near[0][0] == live[0]
    assert len(near) == min(importing.NEIGHBOURS, len(live))


def test_the_dry_run_and_the_import_say_what_is_retired_and_what_a_person_decides(
    settings, tmp_path, capsys
):
    newer = LAW.replace("2020年", "2026年").replace("反制措施", "反制措施和限制措施")
    other = "第一条 路灯由管理单位负责维护。\n第二条 损坏路灯的，照价赔偿。\n第三条 本法自2026年5月1日起施行。\n"
    files = {}
    for folder, text in (("旧", LAW), ("新", newer), ("它", other)):
        files[folder] = tmp_path / folder / "样例反制法.txt"
        files[folder].parent.mkdir()
        files[folder].write_text(text, encoding="utf-8")
    importing.import_files(settings, [files["旧"]], by="t")
    reports = importing.dry_run(settings, [files["新"], files["它"]])
    told = ["；".join(report.document.warnings) for report in reports]
    assert "2020-01-01）转为历史" in told[0]
    assert "内容对不上" in told[1]
    (line,) = importing.import_files(settings, [files["它"]], by="t")
    assert "内容对不上" in kb.describe(line)
    assert line.supersedes == ()
    (line,) = importing.import_files(settings, [files["新"]], by="t")
    assert [title for title, _ in line.supersedes] == ["样例反制法"]


def test_a_scan_is_read_with_a_warning_and_one_without_words_is_refused(settings, tmp_path):
    lines = (
        "Sample Office Rules",
        "Article 1 An opposition must be filed within three months.",
        "Article 2 A reply is due within 20 days.",
    )
    scan, blank = tmp_path / "规则.pdf", tmp_path / "空白.pdf"
    scan.write_bytes(scanned(picture(lines, tmp_path)))
    blank.write_bytes(scanned(picture((), tmp_path)))
    verdicts = importing.take_in(settings, [scan, blank], by="test")
    document = verdicts[0].document
    assert document is not None
    articles = {section.article: section.text for section in document.sections}
    assert articles["Article 2"] == lines[2]
    assert any("第 1 页是扫描图片" in text and "把握" in text for text in document.warnings)
    assert verdicts[1].outcome is Outcome.FAILED
    assert "识别不出正文" in verdicts[1].message
    (report,) = importing.dry_run(settings, [scan])
    assert any("扫描图片" in text for text in report.document.warnings)


def test_a_trainers_picture_is_read_and_its_lines_are_to_be_compared(settings, tmp_path):
    lines = (
        "Sample Office Rules",
        "Article 1 An opposition must be filed within three months.",
        "Article 2 A reply is due within 20 days.",
    )
    shown = picture(lines, tmp_path)
    files = [tmp_path / name for name in ("规则.png", "规则二.jpg", "空白.png")]
    shown.save(files[0])
    shown.convert("RGB").save(files[1], quality=90)
    picture((), tmp_path).save(files[2])
    verdicts = importing.take_in(settings, files, by="test")
    for verdict in verdicts[:1]:
        document = verdict.document
        assert document is not None, verdict.message
        articles = {section.article: section.text for section in document.sections}
        assert articles["Article 2"] == lines[2]
        assert any("文字是识别出来的" in text and "把握" in text for text in document.warnings)
    # The same page again, in another format, brings nothing new.
    assert verdicts[1].outcome is not Outcome.FAILED
    assert verdicts[2].outcome is Outcome.FAILED
    assert "识别不出正文" in verdicts[2].message


def test_a_file_with_half_a_character_stops_none_of_the_others(settings, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    law = "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in LAW)
    (folder / "a.rtf").write_text(r"{\rtf1\ansi\uc1 " + law.replace("\n", r"\u-10179?\par ") + "}")
    (folder / "b.txt").write_text(LAW, "utf-8")
    for report in importing.dry_run(settings, [folder]):
        assert report.document is not None, report.reason
    verdicts = importing.take_in(settings, [folder], by="li")
    assert [(item.file, item.outcome) for item in verdicts] == [
        ("a.rtf", Outcome.IMPORTED),
        ("b.txt", Outcome.IMPORTED),
    ]
