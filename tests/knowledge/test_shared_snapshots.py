"""Two machines, each with a disk of its own, and an object store between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import SettingsError, SnapshotError, StorageError
from knowledge.objects import Objects
from knowledge.persistence import write_passages
from knowledge.shared_snapshots import SharedSnapshots
from knowledge.snapshot_types import LAYOUT
from knowledge.types import Kind, Passage
from tests.stores import object_store, store_url

__all__ = ["object_store", "store_url"]


def builder(text: str):
    def build(folder: Path):
        passage = Passage(
            id=f"d#{text}", version="1", document="d", title="文档", heading=(), text=text,
            kind=Kind.GUIDE, jurisdiction=("CN",),
        )  # fmt: skip
        write_passages(folder / LAYOUT.passages, [passage])
        (folder / "index").mkdir()
        (folder / "index" / "vectors.bin").write_bytes(text.encode() * 100)
        return {"documents": 1}

    return build


@pytest.fixture
def pair(store_url: str, tmp_path: Path) -> tuple[SharedSnapshots, SharedSnapshots]:
    here, there = (
        SharedSnapshots(tmp_path / name / "snapshots", Objects(store_url), keep=3)
        for name in ("here", "there")
    )
    return here, there


def published(store: SharedSnapshots, text: str) -> str:
    store.stage(builder(text), by="甲")
    return store.publish(by="甲")


def served(store: SharedSnapshots) -> list[str]:
    return [found.text for found in store.passages()]


def test_what_one_machine_publishes_the_other_serves_once_it_looks(pair):
    here, there = pair
    assert not there.follow()
    first = published(here, "甲")
    assert there.follow()
    assert (there.current_id(), served(there)) == (first, ["甲"])
    assert not there.follow()
    second = published(there, "乙")
    assert here.follow()
    assert here.current_id() == second
    assert [event["id"] for event in here.history()] == [first, second]


def test_what_one_machine_built_another_may_publish_and_take_back(pair):
    here, there = pair
    first = published(here, "甲")
    here.stage(builder("乙"), by="甲")
    second = there.publish(by="乙")
    here.follow()
    assert served(here) == ["乙"]
    assert there.rollback(by="乙") == first
    here.follow()
    assert served(here) == ["甲"]
    assert second in {info.id for info in here.list()}


def test_old_snapshots_go_from_the_store_and_from_every_disk_that_writes(pair):
    here, there = pair
    for text in "甲乙丙丁戊":
        published(here, text)
    published(there, "己")
    assert len(there.list()) == 3
    published(here, "庚")
    assert {info.id for info in here.list()} >= {there.current_id()}
    assert len(here.list()) == 3


def test_what_a_machine_had_before_it_got_a_store_is_the_beginning(pair, tmp_path):
    here, there = pair
    plain = super(SharedSnapshots, here)
    with plain._writing():  # without the store
        pass
    published(here, "甲")
    assert there.follow()
    assert served(there) == ["甲"]


def test_a_damaged_snapshot_in_the_store_replaces_nothing(pair, store_url):
    here, there = pair
    first = published(here, "甲")
    there.follow()
    second = published(here, "乙")
    Objects(store_url).write(f"snapshots/{second}/index/vectors.bin", b"something else")
    with pytest.raises(SnapshotError, match="vectors"):
        there.follow()
    assert there.current_id() == first
    assert [info.id for info in there.list()] == [first]


def test_a_manifest_that_names_files_elsewhere_is_refused(pair, store_url, tmp_path):
    here, there = pair
    first = published(here, "甲")
    Objects(store_url).write(f"snapshots/{first}/manifest.json", b'{"files": {"../../x": {}}}')
    with pytest.raises(SnapshotError, match="别处"):
        there.follow()
    assert not (tmp_path / "there" / "x").exists()


def test_without_the_store_nothing_is_published(pair, monkeypatch):
    here, there = pair
    published(here, "甲")

    def away(*_args: object) -> None:
        raise StorageError("对象存储现在用不了")

    monkeypatch.setattr(Objects, "put", away)
    with pytest.raises(StorageError):
        here.stage(builder("乙"), by="甲")
    monkeypatch.undo()
    # What could not be stored came to nothing: the next writer begins with what the store holds.
    published(here, "丙")
    there.follow()
    assert served(there) == ["丙"]


def test_a_publication_that_did_not_reach_the_store_is_told_of_nowhere(pair, monkeypatch):
    here, there = pair
    first = published(here, "甲")
    second, whole = here.stage(builder("乙"), by="甲"), Objects.write

    def away(self: Objects, name: str, data: bytes) -> None:
        if name.endswith(LAYOUT.pointer):
            raise StorageError("对象存储现在用不了")
        whole(self, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "write", away)
        with pytest.raises(StorageError):
            here.publish(by="甲")
    assert here.follow()
    for store in (here, there):
        store.follow()
        assert store.current_id() == first
        assert [event["id"] for event in store.history()] == [first]
    assert here.publish(by="甲") == second


def test_an_upload_that_was_cut_off_stops_no_machine_and_is_cleared_away(
    pair, monkeypatch, store_url
):
    here, there = pair
    first = published(here, "甲")
    whole, puts = Objects.put, []

    def cut_off(self: Objects, path: Path, name: str) -> None:
        puts.append(name)
        if len(puts) > 1:
            raise StorageError("对象存储现在用不了")
        whole(self, path, name)

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "put", cut_off)
        with pytest.raises(StorageError):
            here.stage(builder("乙"), by="甲")
    assert len(Objects(store_url).names("snapshots")) > 1
    third = published(there, "丙")
    here.follow()
    assert served(here) == ["丙"]
    assert here.rollback(by="甲") == first
    kept = {name for name in Objects(store_url).names("snapshots") if name[0].isdigit()}
    assert kept == {first, third}


def test_files_come_and_go(store_url, tmp_path):
    objects = Objects(store_url)
    assert objects.read("a/b") is None
    assert not objects.fetch("a/b", tmp_path / "x" / "b")
    (tmp_path / "file").write_bytes("内容".encode())
    objects.put(tmp_path / "file", "a/b")
    objects.write("a/c", b"")
    assert objects.names("a") == {"b", "c"}
    assert objects.fetch("a/b", tmp_path / "x" / "b")
    assert (tmp_path / "x" / "b").read_bytes() == "内容".encode()
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["b"]
    objects.remove("a/b")
    objects.remove("a/b")
    assert objects.names("a") == {"c"}
    objects.remove("a")
    assert objects.names("a") == set()


def test_an_address_that_no_library_knows_says_so():
    with pytest.raises(SettingsError, match="HUHANG_STORE"):
        Objects("nowhere://bucket").read("a")


@pytest.mark.s3
def test_a_store_that_does_not_answer_is_reported(object_store, monkeypatch):
    for key, value in object_store.environment.items():
        monkeypatch.setenv(key, value)
    with pytest.raises(StorageError, match="对象存储"):
        Objects("s3://no-such-bucket/x").write("a", b"1")
