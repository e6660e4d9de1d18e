"""Imports: kept whole, idempotent, replaced without losing what was there."""

import os
import threading

import pytest

from knowledge.draft import DraftStore, Outcome, files_under
from knowledge.errors import SourceError
from knowledge.loaders import load

LIMIT = 1 << 20


@pytest.fixture
def drafts(tmp_path):
    return DraftStore(tmp_path / "draft", wait_s=5)


def add(drafts, path, loader=load):
    return drafts.add(path, loader, by="甲", max_bytes=LIMIT)


def test_import_keeps_the_document_and_the_original(drafts, law_file):
    verdict = add(drafts, law_file)
    assert verdict.outcome is Outcome.IMPORTED
    assert drafts.documents() == [load(law_file)]
    (entry,) = drafts.entries()
    folder = drafts.folder / "documents" / entry.sha256
    assert (folder / "original.md").read_bytes() == law_file.read_bytes()
    assert (entry.file_name, entry.imported_by) == (law_file.name, "甲")


def test_importing_again_changes_nothing_and_does_not_parse(drafts, law_file):
    add(drafts, law_file)

    def must_not_run(path):
        raise AssertionError(path)

    assert add(drafts, law_file, must_not_run).outcome is Outcome.UNCHANGED
    assert len(drafts.entries()) == 1


def test_same_content_under_another_name_is_a_duplicate(drafts, law_file, tmp_path):
    add(drafts, law_file)
    copy = tmp_path / "另一个名字.md"
    copy.write_bytes(law_file.read_bytes())
    verdict = add(drafts, copy)
    assert verdict.outcome is Outcome.DUPLICATE
    assert law_file.name in verdict.message
    assert len(drafts.entries()) == 1


def test_new_content_of_a_known_document_replaces_it_and_archives_the_old(drafts, law_file):
    add(drafts, law_file)
    law_file.write_text(
        law_file.read_text(encoding="utf-8").replace("第一种", "改后的第一种"), encoding="utf-8"
    )
    assert add(drafts, law_file).outcome is Outcome.REPLACED
    (document,) = drafts.documents()
    assert any("改后" in section.text for section in document.sections)
    assert len(list((drafts.folder / "archive").iterdir())) == 1


def test_going_back_to_earlier_content_works(drafts, law_file):
    first = law_file.read_bytes()
    add(drafts, law_file)
    law_file.write_bytes(first + "\n第四条 补。\n".encode())
    add(drafts, law_file)
    law_file.write_bytes(first)
    assert add(drafts, law_file).outcome is Outcome.REPLACED
    assert len(drafts.documents()[0].sections) == len(load(law_file).sections)


def test_bad_file_leaves_only_its_verdict(drafts, tmp_path, law_file):
    bad = tmp_path / "坏.pdf"
    bad.write_bytes(b"%PDF-1.4 nothing")
    verdict = add(drafts, bad)
    assert verdict.outcome is Outcome.FAILED
    assert "坏.pdf" in verdict.message
    assert drafts.entries() == []
    assert add(drafts, law_file).outcome is Outcome.IMPORTED


def test_leftovers_of_a_killed_import_are_swept_and_never_read(drafts, law_file):
    fresh = drafts.folder / ".fresh-99999"
    fresh.mkdir(parents=True)
    (fresh / "original.md").write_text("半")
    half = drafts.folder / "documents" / "abc"
    half.mkdir(parents=True)
    (half / "document.json").write_text("{")
    add(drafts, law_file)
    assert not fresh.exists()
    assert len(drafts.documents()) == 1


def test_damaged_draft_names_the_file_to_import_again(drafts, law_file):
    add(drafts, law_file)
    (entry,) = drafts.entries()
    (drafts.folder / "documents" / entry.sha256 / "document.json").write_text("{")
    with pytest.raises(SourceError, match="重新导入"):
        drafts.documents()


def test_removed_document_is_gone_but_archived(drafts, law_file):
    document = add(drafts, law_file).document
    assert document is not None
    drafts.remove(document.meta.id, by="li")
    assert drafts.documents() == []
    assert list((drafts.folder / "archive").iterdir())
    with pytest.raises(SourceError, match="没有文档"):
        drafts.remove(document.meta.id, by="zhao")
    assert [(item.document, item.by) for item in drafts.removals()] == [(document.meta.id, "li")]
    # The file may be imported again; who took it out stays known.
    assert add(drafts, law_file).outcome is Outcome.IMPORTED
    assert len(drafts.removals()) == 1


def test_parallel_imports_all_arrive(drafts, tmp_path, law_text):
    paths = []
    for number in range(12):
        path = tmp_path / f"样例{'甲乙丙丁戊己庚辛壬癸子丑'[number]}办法(2020-01-01).md"
        path.write_text(law_text.replace("中华人民共和国样例法", path.stem[:5]), encoding="utf-8")
        paths.append(path)
    threads = [
        threading.Thread(target=add, args=(DraftStore(drafts.folder), path)) for path in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drafts.documents()) == 12


def test_folders_are_searched_in_order_without_hidden_files_and_linked_folders(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b/2.txt", "a.md", ".hidden", ".git/config"):
        (tmp_path / name).write_text("x")
    os.symlink("/", tmp_path / "loop")
    assert [path.name for path in files_under([tmp_path])] == ["a.md", "2.txt"]
    with pytest.raises(SourceError, match="找不到"):
        files_under([tmp_path / "none"])
