"""Archives: what is unpacked, what is refused, and that nothing is written anywhere else."""

from __future__ import annotations

import io
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.errors import SourceError
from knowledge.unpack import MAX_MEMBERS, MAX_RATIO, unpack
from knowledge.worker import ParserWorker

LIMIT = 1 << 20


def zipped(tmp_path, entries, name="包.zip", method=zipfile.ZIP_DEFLATED):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", method) as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
    return path


def read_or_refused(path, into):
    """:return: the members and no message, or none and the message of the refusal."""
    try:
        return unpack(path, into, max_bytes=LIMIT), ""
    except SourceError as error:
        return [], str(error)


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "outer" / "into"
    folder.mkdir(parents=True)
    return folder


def written(tmp_path, into):
    """Files that exist outside the folder for unpacking."""
    return sorted(
        path.name for path in tmp_path.rglob("*") if path.is_file() and into not in path.parents
    )


def test_documents_are_unpacked_in_order_whatever_their_folders_are_called(tmp_path, into):
    path = zipped(tmp_path, [("法律/商标法.md", "甲"), ("b.txt", "乙"), ("法律/商标法 2.md", "丙")])
    members = unpack(path, into, max_bytes=LIMIT)
    assert [member.name for member in members] == ["法律/商标法.md", "b.txt", "法律/商标法 2.md"]
    assert [member.path.read_text() for member in members] == ["甲", "乙", "丙"]
    assert members[0].path.name == "商标法.md"


def test_names_that_chinese_windows_wrote_are_readable(tmp_path, into):
    path = zipped(tmp_path, [("x.txt", "甲")])
    data = path.read_bytes().replace(b"x.txt", "法.txt".encode("gb18030")[:5].ljust(5, b"t"))
    raw = "法.txt".encode("gb18030")
    path = zipped(tmp_path, [("a" * len(raw), "甲")])
    data = path.read_bytes().replace(b"a" * len(raw), raw)
    path.write_bytes(data)
    (member,) = unpack(path, into, max_bytes=LIMIT)
    assert member.name == "法.txt"


@pytest.mark.parametrize(
    "name",
    ["../../x.txt", "/etc/x.txt", "a/../../x.txt", "..\\..\\x.txt", "C:\\x.txt", "\\\\host\\x.txt"],
)
def test_path_out_of_the_archive_is_refused_and_nothing_is_written(tmp_path, into, name):
    path = zipped(tmp_path, [(name, "坏"), ("好.txt", "好")])
    bad, good = unpack(path, into, max_bytes=LIMIT)
    assert bad.path is None
    assert "压缩包之外" in bad.reason
    assert good.path is not None
    assert written(tmp_path, into) == ["包.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_link_or_device_is_refused(tmp_path, into, kind):
    entry = zipfile.ZipInfo("连接.txt")
    entry.external_attr = (kind | 0o777) << 16
    (member,) = unpack(zipped(tmp_path, [(entry, "/etc/passwd")]), into, max_bytes=LIMIT)
    assert member.path is None
    assert "链接" in member.reason
    assert not any(path.is_symlink() for path in into.rglob("*"))


def test_unsupported_nested_and_large_members_are_refused_one_by_one(tmp_path, into):
    inner = io.BytesIO()
    zipfile.ZipFile(inner, "w").close()
    path = zipped(
        tmp_path,
        [
            ("a.exe", "x"),
            ("内.zip", inner.getvalue()),
            ("大.txt", bytes(range(256)) * 8192),
            ("好.md", "好"),
        ],
        method=zipfile.ZIP_STORED,
    )
    reasons = [member.reason for member in unpack(path, into, max_bytes=LIMIT)]
    assert [reason[:6] for reason in reasons] == ["不支持 .e", "是压缩包里的", "超过单个文件", ""]


def test_clutter_of_operating_systems_is_left_out_silently(tmp_path, into):
    path = zipped(
        tmp_path,
        [
            ("__MACOSX/._a.txt", "x"),
            (".DS_Store", "x"),
            ("Thumbs.db", "x"),
            ("~$a.docx", "x"),
            ("a.txt", "甲"),
        ],
    )
    assert [member.name for member in unpack(path, into, max_bytes=LIMIT)] == ["a.txt"]


def test_bomb_is_stopped_before_it_fills_the_disk(tmp_path, into):
    path = zipped(tmp_path, [("弹.txt", b"\0" * (64 << 20))])
    with pytest.raises(SourceError, match="炸弹"):
        unpack(path, into, max_bytes=100 << 20)
    grown = sum(file.stat().st_size for file in into.rglob("*") if file.is_file())
    assert grown <= MAX_RATIO * path.stat().st_size + (1 << 20)


def test_size_that_the_archive_lies_about_does_not_matter(tmp_path, into):
    path = zipped(tmp_path, [("a.txt", bytes(range(256)) * 8192)], method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    members, _ = read_or_refused(path, into)
    assert all(member.path is None or member.path.stat().st_size <= LIMIT for member in members)


def test_too_many_members_encryption_and_emptiness_refuse_the_whole(tmp_path, into):
    many = zipped(tmp_path, [(f"{n}.txt", "x") for n in range(MAX_MEMBERS + 1)], "多.zip")
    with pytest.raises(SourceError, match="上限"):
        unpack(many, into, max_bytes=LIMIT)
    with pytest.raises(SourceError, match="没有文件"):
        unpack(zipped(tmp_path, [], "空.zip"), into, max_bytes=LIMIT)
    locked = zipped(tmp_path, [("a.txt", "x")], "密.zip")
    data = bytearray(locked.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(bytes(data))
    with pytest.raises(SourceError, match="加密"):
        unpack(locked, into, max_bytes=LIMIT)


@given(data=st.data())
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_damaged_archive_is_refused_or_read_but_never_crashes_or_writes_elsewhere(tmp_path, data):
    name = data.draw(st.text(min_size=1, max_size=40).filter(lambda text: "\0" not in text))
    path = zipped(
        tmp_path, [(name.encode("utf-8", "replace").decode(), "第一条 甲"), ("b.md", "乙" * 50)]
    )
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(0, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))
    into = Path(tempfile.mkdtemp(dir=tmp_path))
    before = {item for item in tmp_path.iterdir()}
    members, refusal = read_or_refused(path, into)
    assert members or "包.zip" in refusal
    assert {item for item in tmp_path.iterdir()} == before
    for member in members:
        assert bool(member.reason) != (member.path is not None)
        assert member.path is None or into in member.path.resolve().parents


def test_worker_unpacks_under_its_limits_and_goes_on(tmp_path, into, law_file):
    with ParserWorker() as worker:
        (member,) = worker.unpack(zipped(tmp_path, [("法.md", law_file.read_bytes())]), into)
        assert worker.load(member.path).sections
        broken = tmp_path / "坏.zip"
        broken.write_bytes(b"PK\x03\x04 nothing")
        with pytest.raises(SourceError, match=r"坏\.zip"):
            worker.unpack(broken, into)
        assert worker.load(law_file).sections
