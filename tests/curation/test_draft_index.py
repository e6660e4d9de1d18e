"""The index of the draft, built by several processes at once."""

from __future__ import annotations

import threading

import pytest

from curation import draft_index
from tests.sample_base import ORDER, published_sample, write_guide


@pytest.fixture
def settings(tmp_path):
    return published_sample(tmp_path)


def test_two_that_build_the_draft_index_at_once_build_it_once(settings, monkeypatch):
    write_guide(settings, "us-order", "保护令", ORDER)
    whole, built, start, said = draft_index.build_into, [], threading.Barrier(3), []

    def counted(*arguments):
        built.append(arguments[1])
        whole(*arguments)

    def build():
        start.wait()
        said.append(draft_index.build_draft_index(settings, lambda _step: None))

    monkeypatch.setattr(draft_index, "build_into", counted)
    threads = [threading.Thread(target=build) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert sorted(said) == ["草稿索引已是最新", "草稿索引已是最新", "草稿索引已更新"]
    folder = settings.data_dir / draft_index.FOLDER
    assert [path for path in folder.iterdir() if path.is_dir()] == [draft_index.folder_of(settings)]


def test_a_newer_draft_index_takes_the_place_of_the_older_and_of_what_was_left(settings):
    draft_index.build_draft_index(settings, lambda _step: None)
    older = draft_index.folder_of(settings)
    (older.parent / ".fresh-killed").mkdir()
    write_guide(settings, "us-order", "保护令", ORDER)
    draft_index.build_draft_index(settings, lambda _step: None)
    assert draft_index.opened(settings) is not None
    kept = [path for path in older.parent.iterdir() if path.is_dir()]
    assert kept == [draft_index.folder_of(settings)] != [older]
