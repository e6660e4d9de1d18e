"""Snapshots: one pointer, verified content, and the old one serving whatever happens to a publisher."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from knowledge.errors import SnapshotError
from knowledge.persistence import write_passages
from knowledge.snapshots import LAYOUT, SnapshotStore
from knowledge.types import Kind, Passage

ROOT = Path(__file__).resolve().parents[2]


def passage(text):
    return Passage(
        id=f"d#{text}", version="1", document="d", title="文档", heading=(), text=text,
        kind=Kind.GUIDE, jurisdiction=("CN",),
    )  # fmt: skip


def builder(*texts):
    def build(folder):
        write_passages(folder / LAYOUT.passages, [passage(text) for text in texts])
        (folder / "index").mkdir()
        (folder / "index" / "vectors.bin").write_bytes(b"0" * 1000)
        return {"documents": 1, "build": {"encoder": "测试"}}

    return build


@pytest.fixture
def store(tmp_path):
    return SnapshotStore(tmp_path / "snapshots", keep=3, wait_s=0.2)


def published(store, *texts):
    store.stage(builder(*texts), by="甲")
    return store.publish(by="甲")


def served(store):
    return [found.text for found in store.passages()]


def test_nothing_is_current_before_the_first_publication(store):
    assert store.current_id() is None
    assert store.list() == []
    with pytest.raises(SnapshotError, match="kb build"):
        store.current_path()


def test_staged_snapshot_serves_nobody_until_it_is_published(store):
    first = published(store, "旧")
    staged = store.stage(builder("新"), by="乙", note="换内容")
    assert store.current_id() == first
    assert store.staged_id() == staged
    assert store.publish(by="乙") == staged
    assert served(store) == ["新"]
    assert store.staged_id() is None


def test_publishing_twice_says_that_nothing_is_staged(store):
    published(store, "甲")
    with pytest.raises(SnapshotError, match=r"没有待发布.*kb build"):
        store.publish(by="甲")


def test_list_tells_who_when_and_how_much(store):
    first = published(store, "一", "二")
    store.stage(builder("三"), by="乙", note="改了一处")
    newest, oldest = sorted(store.list(), key=lambda info: info.state, reverse=True)
    assert (newest.state, newest.created_by, newest.note, newest.passages) == (
        "staged",
        "乙",
        "改了一处",
        1,
    )
    assert (oldest.id, oldest.state, oldest.passages, oldest.published_by) == (
        first,
        "current",
        2,
        "甲",
    )
    assert oldest.published_at


def test_rollback_goes_back_one_publication_at_a_time(store):
    ids = [published(store, text) for text in ("一", "二", "三")]
    assert store.rollback(by="甲") == ids[1]
    assert store.rollback(by="甲") == ids[0]
    with pytest.raises(SnapshotError, match="没有更早"):
        store.rollback(by="甲")
    assert store.rollback(ids[2], by="甲") == ids[2]
    assert served(store) == ["三"]


def test_rollback_after_a_rollback_and_a_new_publication_skips_what_was_taken_back(store):
    _, good, _ = (published(store, text) for text in ("一", "二", "坏"))
    store.rollback(by="甲")
    published(store, "四")
    assert store.rollback(by="甲") == good


def test_what_was_never_published_cannot_be_rolled_back_to(store):
    first = published(store, "一")
    superseded, staged = (store.stage(builder(text), by="乙") for text in ("二", "三"))
    assert {info.id: info.state for info in store.list()} == {
        first: "current", superseded: "unpublished", staged: "staged",
    }  # fmt: skip
    for never in (superseded, staged):
        with pytest.raises(SnapshotError, match="从未发布过"):
            store.rollback(never, by="乙")
    assert store.current_id() == first
    second = published(store, "四")
    assert {info.id: info.state for info in store.list()}[first] == "published"
    assert store.rollback(first, by="乙") == first
    assert store.rollback(second, by="乙") == second


def test_what_was_current_when_its_entry_was_cut_off_counts_as_published(store):
    first = published(store, "一")
    (store.folder / LAYOUT.history).unlink()
    published(store, "二")
    assert store.rollback(first, by="甲") == first


def test_unknown_snapshot_is_refused_and_the_good_ones_listed(store):
    first = published(store, "一")
    with pytest.raises(SnapshotError, match=first):
        store.rollback("20200101-000000-00000000", by="甲")
    with pytest.raises(SnapshotError, match="没有快照"):
        store.rollback("../../etc", by="甲")


def test_old_snapshots_are_removed_but_never_the_current_or_the_one_before(store):
    ids = [published(store, str(number)) for number in range(6)]
    kept = {info.id for info in store.list()}
    assert len(kept) == 3
    assert {ids[-1], ids[-2]} <= kept


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda folder: (folder / "index" / "vectors.bin").write_bytes(b"1" * 1000),
            "vectors.bin.*损坏",
        ),
        (lambda folder: (folder / "index" / "vectors.bin").unlink(), "缺少 index/vectors.bin"),
        (lambda folder: (folder / "stray").write_bytes(b""), "多出 stray"),
        (lambda folder: (folder / LAYOUT.manifest).write_text("{"), "manifest.json.*损坏"),
        (lambda folder: (folder / LAYOUT.manifest).unlink(), "manifest.json.*缺失"),
        (lambda folder: (folder / LAYOUT.passages).write_text("坏\n"), "passages.jsonl.*损坏"),
    ],
    ids=["changed", "missing", "extra", "manifest damaged", "manifest missing", "passages"],
)
def test_damaged_snapshot_is_never_published_and_the_message_says_what_to_do(
    store, damage, message
):
    first = published(store, "好")
    staged = store.stage(builder("新"), by="甲")
    damage(store.folder / staged)
    with pytest.raises(SnapshotError, match=message) as caught:
        store.publish(by="甲")
    assert "huhang kb" in str(caught.value)
    assert store.current_id() == first


def test_wrong_passage_count_is_refused(store):
    staged = store.stage(builder("一", "二"), by="甲")
    path = store.folder / staged / LAYOUT.manifest
    value = json.loads(path.read_text(encoding="utf-8")) | {"passages": 3}
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"2 段.*3 段"):
        store.publish(by="甲")


def test_manifest_of_another_format_is_refused(store):
    staged = store.stage(builder("一"), by="甲")
    path = store.folder / staged / LAYOUT.manifest
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"format": 99}), encoding="utf-8"
    )
    with pytest.raises(SnapshotError, match="格式版本"):
        store.verify(staged)


def test_failed_check_leaves_the_old_snapshot_and_keeps_the_new_one_staged(store):
    first = published(store, "旧")
    staged = store.stage(builder("新"), by="甲")

    def refuse(folder):
        raise SnapshotError(f"问题没有通过：{folder.name}")

    with pytest.raises(SnapshotError, match="没有通过"):
        store.publish(by="甲", check=refuse)
    assert (store.current_id(), store.staged_id()) == (first, staged)


def test_failed_build_leaves_nothing_behind(store):
    first = published(store, "旧")

    def fail(folder):
        (folder / "half").write_text("半")
        raise ValueError("编码失败")

    with pytest.raises(ValueError, match="编码失败"):
        store.stage(fail, by="甲")
    with pytest.raises(SnapshotError, match="空的"):
        store.stage(builder(), by="甲")
    assert store.current_id() == first
    assert not [entry for entry in store.folder.iterdir() if entry.name.startswith(".staging")]


def test_pointer_to_a_vanished_snapshot_says_what_to_do_and_can_be_rolled_back(store):
    first, second = published(store, "一"), published(store, "二")
    for path in sorted((store.folder / second).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (store.folder / second).rmdir()
    with pytest.raises(SnapshotError, match="rollback"):
        store.current_id()
    assert store.rollback(by="甲") == first


def test_damaged_pointer_says_what_to_do_and_can_be_rolled_back(store):
    published(store, "一")
    second = published(store, "二")
    store.pointer.write_text("乱码")
    with pytest.raises(SnapshotError, match="rollback"):
        store.current_id()
    assert store.rollback(by="甲") == second


def test_second_writer_is_told_to_wait(store):
    inside, leave = threading.Event(), threading.Event()

    def slow(folder):
        inside.set()
        leave.wait(10)
        return builder("慢")(folder)

    thread = threading.Thread(target=lambda: store.stage(slow, by="甲"))
    thread.start()
    inside.wait(10)
    try:
        with pytest.raises(SnapshotError, match="另一个进程"):
            SnapshotStore(store.folder, wait_s=0.1).stage(builder("快"), by="乙")
    finally:
        leave.set()
        thread.join()
    assert store.publish(by="甲")
    assert served(store) == ["慢"]


def test_two_publishers_never_interleave(tmp_path):
    """Each of many concurrent stage-and-publish rounds leaves a whole snapshot current."""
    folder = tmp_path / "snapshots"
    failures = []

    def work(name):
        own = SnapshotStore(folder, keep=3, wait_s=30)
        for number in range(5):
            try:
                identifier = own.stage(builder(f"{name}{number}"), by=name)
                own.publish(identifier, by=name)
            except SnapshotError as error:
                if "没有快照" not in str(error):  # pruned by the other before its turn
                    failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "甲乙丙"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        try:
            current = SnapshotStore(folder).current_id()
        except SnapshotError as error:
            failures.append(error)
            break
        if current is not None:
            assert (folder / current / LAYOUT.manifest).is_file() or SnapshotStore(
                folder
            ).current_id() != current
    for thread in threads:
        thread.join()
    assert failures == []
    SnapshotStore(folder).verify(SnapshotStore(folder).current_id())


def test_a_pointer_that_moved_while_it_was_read_is_read_again(tmp_path, monkeypatch):
    """A reader held up between pointer and folder meets later publications, not an error."""
    store = SnapshotStore(tmp_path / "snapshots", keep=2)
    for name in "甲乙丙丁":
        store.publish(store.stage(builder(name), by=name), by=name)
    newest, pointed = store.current_id(), iter(["a-pruned-one"])
    read = store._pointed
    monkeypatch.setattr(store, "_pointed", lambda name: next(pointed, None) or read(name))
    assert store.current_id() == newest


def test_a_snapshot_pruned_while_the_folder_is_listed_is_passed_over(store, monkeypatch):
    identifier = store.stage(builder("甲"), by="甲")
    listed = Path.iterdir

    def one_more(path: Path) -> list[Path]:
        return [*listed(path), path / "20260101-000000-00000000"]

    monkeypatch.setattr(Path, "iterdir", one_more)
    assert [info.id for info in store.list()] == [identifier]


# -- killed at any moment --------------------------------------------------------------------------

KILLED = textwrap.dedent("""
    import builtins, os, pathlib, shutil, signal, sys
    sys.path.insert(0, {root!r})
    from knowledge.persistence import write_passages
    from knowledge.snapshots import LAYOUT, SnapshotStore
    from knowledge.types import Kind, Passage

    left = [int(sys.argv[2])]

    def counted(function):
        def call(*args, **kwargs):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)
        return call

    def build(folder):
        passage = Passage(id="d#new", version="1", document="d", title="文档", heading=(), text="新",
                          kind=Kind.GUIDE, jurisdiction=("CN",))
        write_passages(folder / LAYOUT.passages, [passage])
        (folder / "index.bin").write_bytes(b"1" * 5000)
        return {{"documents": 1}}

    store = SnapshotStore(pathlib.Path(sys.argv[1]), keep=2)
    for module, name in [(os, "replace"), (os, "rename"), (os, "fsync"), (os, "open"), (os, "unlink"),
                         (os, "close"), (shutil, "rmtree"), (builtins, "open")]:
        setattr(module, name, counted(getattr(module, name)))
    pathlib.Path.write_bytes = counted(pathlib.Path.write_bytes)
    pathlib.Path.open = counted(pathlib.Path.open)
    pathlib.Path.mkdir = counted(pathlib.Path.mkdir)
    store.stage(build, by="乙")
    store.publish(by="乙")
    os._exit(0)
""")


@pytest.mark.slow
def test_publisher_killed_at_any_moment_leaves_a_whole_snapshot_serving(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED.format(root=str(ROOT)), encoding="utf-8")
    outcomes = set()
    for moment in range(1, 200):
        folder = tmp_path / f"snapshots-{moment}"
        store = SnapshotStore(folder, keep=2)
        old = published(store, "旧")
        done = subprocess.run(
            [sys.executable, str(script), str(folder), str(moment)],
            check=False,
            capture_output=True,
        )
        current = store.current_id()
        store.verify(current)
        text = served(store)
        assert text == (["旧"] if current == old else ["新"])
        outcomes.add((done.returncode, text[0]))
        # The next writer needs no repair and leaves no rubbish.
        store.stage(builder("后"), by="丙")
        store.publish(by="丙")
        assert served(store) == ["后"]
        assert store.rollback(by="丙") in {old, current}
        assert not [entry.name for entry in folder.iterdir() if entry.name.endswith(".tmp")]
        assert not [entry.name for entry in folder.iterdir() if entry.name.startswith(".staging")]
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    else:
        pytest.fail("the publisher never finished")
    assert (-signal.SIGKILL, "旧") in outcomes
    assert (0, "新") in outcomes
    assert moment > 20


def test_reader_keeps_the_snapshot_it_opened_while_others_are_published(store):
    first = published(store, "一")
    path = store.current_path()
    handle = os.open(path / LAYOUT.passages, os.O_RDONLY)
    for number in range(5):
        published(store, str(number))
    assert not (store.folder / first).exists()
    assert "一".encode() in os.read(handle, 10_000)
    os.close(handle)


def test_only_passages_that_differ_are_read_of_two_snapshots(store):
    first, second = published(store, "甲", "乙", "丙"), published(store, "甲", "丁", "丙")
    before, after = store.different(first, second)
    assert [found.text for found in before] == ["乙"]
    assert [found.text for found in after] == ["丁"]
    assert store.different(first, first) == ([], [])
    (store.path(second) / LAYOUT.passages).unlink()
    with pytest.raises(SnapshotError, match="缺少"):
        store.different(first, second)
