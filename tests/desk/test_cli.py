"""The operator's commands: leads, backup, restore, doctor."""

from __future__ import annotations

import csv
import importlib.metadata
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.training import model_path
from channels.cli import archive, doctor, main
from desk import audit, lead_intake, leads, transcripts
from desk.engine import open_engine, reading, writing
from desk.leads import Lead, Stage
from desk.migrations import migrate
from settings import load_settings
from tests.exchange import record_exchange
from tests.fresh_database import fresh_database

Huhang = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a database, two leads, a draft and a secret."""
    folder = tmp_path / "var"
    monkeypatch.setenv("HUHANG_DATA_DIR", str(folder))
    for key in ("HUHANG_DATABASE_URL", "HUHANG_TRACKER_URL", "HUHANG_RASA_URL"):
        monkeypatch.delenv(key, raising=False)
    return folder


@pytest.fixture
def huhang(capsys: pytest.CaptureFixture[str]) -> Huhang:
    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(item) for item in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture
def filled(data_dir: Path, lead: Callable[..., Lead]) -> Path:
    engine = fresh_database(data_dir / "desk.sqlite")
    with writing(engine) as conn:
        lead_intake.upsert(conn, lead())
        second, _ = lead_intake.upsert(conn, lead(company="乙公司", phone="13900139000"))
        leads.move(conn, second, Stage.SCREENING, "staff:li")
        record_exchange(conn, "a", "web", "你好", [{"text": "您好"}])
    engine.dispose()
    (data_dir / "draft").mkdir()
    (data_dir / "draft" / "政策.json").write_text("{}", encoding="utf-8")
    (data_dir / "secret.key").write_text("k" * 40, encoding="ascii")
    (data_dir / "models").mkdir()
    (data_dir / "models" / "bot.tar.gz").write_bytes(os.urandom(2000))
    return data_dir


def _leads(url: str) -> list[str]:
    engine = open_engine(url)
    with reading(engine) as conn:
        found = [item.company for item in leads.listing(conn)]
    engine.dispose()
    return sorted(found)


# --- lead --------------------------------------------------------------------------------------


def test_lead_list_masks_contact_details(filled: Path, huhang: Huhang) -> None:
    code, out, _ = huhang("lead", "list")
    assert code == 0
    assert "138****8000" in out
    assert "13800138000" not in out
    assert "张三" not in out


def test_lead_list_as_json_by_stage(filled: Path, huhang: Huhang) -> None:
    code, out, _ = huhang("lead", "list", "--json", "--stage", "初审")
    (entry,) = json.loads(out)
    assert (code, entry["company"], entry["stage_label"]) == (0, "乙公司", "初审")
    assert "13900139000" not in out


def test_lead_list_of_unknown_stage_names_the_stages(filled: Path, huhang: Huhang) -> None:
    code, _, err = huhang("lead", "list", "--stage", "完成")
    assert code == 1
    assert "新线索" in err


def test_lead_list_on_a_fresh_installation_is_empty(data_dir: Path, huhang: Huhang) -> None:
    assert huhang("lead", "list")[:2] == (0, "没有线索\n")


def test_lead_export_is_private_masked_and_recorded(
    filled: Path, huhang: Huhang, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    code, out, _ = huhang("lead", "export", "--format", "csv", "--out", target)
    assert code == 0
    assert "已导出 2 条" in out
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    text = target.read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 3
    assert "13800138000" not in text
    engine = open_engine(load_settings().desk.database_url)
    with reading(engine) as conn:
        (entry,) = audit.search(conn, action="export")
    engine.dispose()
    assert entry.actor.startswith("cli:")
    assert entry.detail["revealed"] is False


def test_lead_export_reveals_only_with_a_reason(
    filled: Path, huhang: Huhang, tmp_path: Path
) -> None:
    target = tmp_path / "out.xlsx"
    arguments = ("lead", "export", "--format", "xlsx", "--out", target, "--reveal")
    code, _, err = huhang(*arguments)
    assert code == 1
    assert "--reason" in err
    assert not target.exists()
    assert huhang(*arguments, "--reason", "报送")[0] == 0
    values = [cell.value for row in load_workbook(target).active.iter_rows() for cell in row]
    assert "13800138000" in values


def test_lead_export_that_cannot_be_written_leaves_no_audit_entry(
    filled: Path, huhang: Huhang, tmp_path: Path
) -> None:
    code, _, err = huhang("lead", "export", "--format", "csv", "--out", tmp_path / "no" / "x.csv")
    assert code == 1
    assert "写不了" in err
    engine = open_engine(load_settings().desk.database_url)
    with reading(engine) as conn:
        assert audit.search(conn) == ()
    engine.dispose()


# --- backup and restore ------------------------------------------------------------------------


def test_backup_restores_everything_on_another_machine(
    filled: Path, huhang: Huhang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "b.tar.gz"
    model = (filled / "models" / "bot.tar.gz").read_bytes()
    assert huhang("backup", backup)[0] == 0
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    monkeypatch.setenv("HUHANG_DATA_DIR", str(tmp_path / "other"))
    code, out, err = huhang("restore", backup)
    assert (code, err) == (0, "")
    assert "已恢复 4 个文件" in out
    assert _leads(load_settings().desk.database_url) == ["乙公司", "广州测试灯具有限公司"]
    assert (tmp_path / "other" / "draft" / "政策.json").read_text(encoding="utf-8") == "{}"
    assert (tmp_path / "other" / "models" / "bot.tar.gz").read_bytes() == model
    assert not list((tmp_path / "other").glob(".restore-*"))


def test_backup_is_consistent_while_the_desk_is_written(
    filled: Path, huhang: Huhang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = load_settings().desk.database_url
    engine = open_engine(url)
    stop = threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            with writing(engine) as conn:
                record_exchange(conn, "busy", "web", "问", [{"text": "答"}])

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for number in range(3):
            assert huhang("backup", tmp_path / f"{number}.tar.gz")[0] == 0
    finally:
        stop.set()
        writer.join()
        engine.dispose()
    monkeypatch.setenv("HUHANG_DATA_DIR", str(tmp_path / "other"))
    assert huhang("restore", tmp_path / "2.tar.gz")[0] == 0
    engine = open_engine(load_settings().desk.database_url)
    with reading(engine) as conn:
        said = transcripts.history(conn, "busy", 10_000)
    engine.dispose()
    assert [message.seq for message in said] == list(range(1, len(said) + 1))
    assert len(said) % 2 == 0, "question and answer are committed together"


def test_databases_outside_the_data_folder_are_backed_up_and_put_back(
    data_dir: Path, huhang: Huhang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lead
) -> None:
    data_dir.mkdir()
    monkeypatch.setenv("HUHANG_DATABASE_URL", f"sqlite:///{tmp_path / 'db' / 'cases.db'}")
    engine = open_engine(load_settings().desk.database_url)
    migrate(engine)
    with writing(engine) as conn:
        lead_intake.upsert(conn, lead())
    engine.dispose()
    assert huhang("backup", tmp_path / "b.tar.gz")[0] == 0
    shutil.rmtree(tmp_path / "db")
    assert huhang("restore", tmp_path / "b.tar.gz")[0] == 0
    assert _leads(load_settings().desk.database_url) == ["广州测试灯具有限公司"]


def test_backup_into_the_data_folder_does_not_contain_itself(filled: Path, huhang: Huhang) -> None:
    assert huhang("backup", filled / "b.tar.gz")[0] == 0
    with tarfile.open(filled / "b.tar.gz") as tar:
        names = tar.getnames()
    assert sorted(names) == sorted(
        ["desk.sqlite", "draft/政策.json", "models/bot.tar.gz", "secret.key", archive.MANIFEST]
    )
    assert sorted(path.name for path in filled.iterdir() if path.name.startswith(".")) == []


def test_backup_does_not_overwrite_unless_forced(
    filled: Path, huhang: Huhang, tmp_path: Path
) -> None:
    target = tmp_path / "b.tar.gz"
    target.write_bytes(b"precious")
    code, _, err = huhang("backup", target)
    assert code == 1
    assert "--force" in err
    assert target.read_bytes() == b"precious"
    assert huhang("backup", target, "--force")[0] == 0


def test_backup_that_cannot_be_written_says_so(
    filled: Path, huhang: Huhang, tmp_path: Path
) -> None:
    code, _, err = huhang("backup", tmp_path / "no" / "b.tar.gz")
    assert code == 1
    assert "写不了" in err


def test_restore_refuses_over_data_unless_forced_and_keeps_the_old(
    filled: Path, huhang: Huhang, tmp_path: Path
) -> None:
    backup = tmp_path / "b.tar.gz"
    huhang("backup", backup)
    (filled / "later.txt").write_text("x", encoding="utf-8")
    code, _, err = huhang("restore", backup)
    assert code == 1
    assert "--force" in err
    assert (filled / "later.txt").exists()
    code, out, _ = huhang("restore", backup, "--force")
    assert code == 0
    assert not (filled / "later.txt").exists()
    (aside,) = filled.glob("before-restore-*")
    assert (aside / "later.txt").exists()
    assert str(aside) in out
    assert len(_leads(load_settings().desk.database_url)) == 2


def test_databases_of_one_name_outside_the_folder_are_all_set_aside(
    filled: Path, huhang: Huhang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "b.tar.gz"
    huhang("backup", backup)
    before = (filled / archive.DESK).read_bytes()
    present = {}
    for key, name in (("DATABASE", "desk"), ("TRACKER", "trackers")):
        path = tmp_path / name / archive.DESK
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as database:
            database.execute(f"CREATE TABLE {name} (x)")
        present[f"{name}.sqlite"] = path.read_bytes()
        monkeypatch.setenv(f"HUHANG_{key}_URL", f"sqlite:///{path}")
    assert huhang("restore", backup, "--force")[0] == 0
    (aside,) = filled.glob("before-restore-*")
    assert (aside / archive.DESK).read_bytes() == before
    kept = {path.name: path.read_bytes() for path in (aside / "before-restore-elsewhere").iterdir()}
    assert kept == present


def _content(*folders: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".starting"
    }


@pytest.mark.parametrize("fails_at", range(1, 12))
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_restore_that_fails_in_between_leaves_everything_as_it_was(
    filled: Path, huhang: Huhang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    fails_at: int, error: BaseException,
) -> None:  # fmt: skip
    backup = tmp_path / "b.tar.gz"
    huhang("backup", backup)
    elsewhere = tmp_path / "elsewhere" / archive.DESK
    elsewhere.parent.mkdir()
    shutil.copyfile(filled / archive.DESK, elsewhere)
    monkeypatch.setenv("HUHANG_DATABASE_URL", f"sqlite:///{elsewhere}")
    (filled / "later.txt").write_text("x", encoding="utf-8")
    before = _content(filled, elsewhere.parent)
    moved, move = [], shutil.move

    def failing(source: Path, target: Path) -> None:
        moved.append(source)
        if len(moved) == fails_at:
            if source.is_file():
                target.write_bytes(source.read_bytes()[:3])  # as far as the disk took it
            raise error
        move(source, target)

    monkeypatch.setattr(shutil, "move", failing)
    code, _, err = huhang("restore", backup, "--force")
    assert len(moved) >= fails_at
    assert code == (1 if isinstance(error, OSError) else 130)
    assert ("没有变" in err) is isinstance(error, OSError)
    assert _content(filled, elsewhere.parent) == before


def test_a_restore_that_cannot_be_undone_says_where_the_data_lie(
    filled: Path, huhang: Huhang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "b.tar.gz"
    huhang("backup", backup)
    moved, move = [], shutil.move

    def failing(source: Path, target: Path) -> None:
        moved.append(source)
        if len(moved) > 3:
            raise OSError(5, "Input/output error")
        move(source, target)

    monkeypatch.setattr(shutil, "move", failing)
    code, _, err = huhang("restore", backup, "--force")
    (aside,) = filled.glob("before-restore-*")
    assert code == 1
    assert str(aside) in err


def test_restore_refuses_while_the_server_holds_the_database(
    filled: Path, huhang: Huhang, tmp_path: Path
) -> None:
    backup = tmp_path / "b.tar.gz"
    huhang("backup", backup)
    engine = open_engine(load_settings().desk.database_url)
    with reading(engine) as conn:
        leads.listing(conn)
    code, _, err = huhang("restore", backup, "--force")
    engine.dispose()
    assert code == 1
    assert "停止 huhang serve" in err
    assert not list(filled.glob("before-restore-*"))
    assert huhang("restore", backup, "--force")[0] == 0


def _tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    "member",
    [
        _member("../evil"),
        _member("/etc/evil"),
        _member("a/../../evil"),
        _member("..\\evil"),
        _member("link", tarfile.SYMTYPE, "/etc/passwd"),
        _member("hard", tarfile.LNKTYPE, "secret.key"),
        _member("pipe", tarfile.FIFOTYPE),
        _member("folder", tarfile.DIRTYPE),
    ],
    ids=lambda member: repr(member.name),
)
def test_archive_with_a_dangerous_entry_is_refused_whole(
    filled: Path, huhang: Huhang, tmp_path: Path, member: tarfile.TarInfo
) -> None:
    before = sorted(path for path in tmp_path.rglob("*"))
    bad = tmp_path / "bad.tar.gz"
    _tar(bad, (_member("fine.txt"), b"x"), (member, b""))
    code, _, err = huhang("restore", bad, "--force")
    assert code == 1
    assert "不允许的条目" in err
    assert sorted(path for path in tmp_path.rglob("*") if path != bad) == before


def _damage(kind: str, good: Path, bad: Path) -> None:
    content = good.read_bytes()
    if kind == "truncated":
        bad.write_bytes(content[: len(content) * 2 // 3])
    elif kind == "flipped":
        middle = len(content) // 2
        bad.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    elif kind == "not-an-archive":
        bad.write_bytes(b"hello")
    elif kind == "empty":
        bad.write_bytes(b"")
    else:
        with tarfile.open(good) as source:
            members = [
                (info, source.extractfile(info).read())  # type: ignore[union-attr]
                for info in source.getmembers()
            ]
        if kind == "no-manifest":
            members = members[:-1]
        elif kind == "file-missing":
            members = members[1:]
        elif kind == "twice":
            members = [members[0], *members]
        elif kind == "changed":
            members = [(info, b"y" if info.name == "secret.key" else c) for info, c in members]
        elif kind == "other-format":
            info, manifest = members[-1]
            members[-1] = (info, manifest.replace(b'"format": 1', b'"format": 9'))
        _tar(bad, *members)


@pytest.mark.parametrize(
    "kind",
    ["truncated", "flipped", "not-an-archive", "empty", "no-manifest", "file-missing", "twice",
     "changed", "other-format"],
)  # fmt: skip
def test_damaged_archive_changes_nothing(
    filled: Path, huhang: Huhang, tmp_path: Path, kind: str
) -> None:
    good, bad = tmp_path / "good.tar.gz", tmp_path / "bad.tar.gz"
    huhang("backup", good)
    _damage(kind, good, bad)
    code, _, err = huhang("restore", bad, "--force")
    assert code == 1
    assert err.startswith("错误：")
    assert "Traceback" not in err
    assert not list(filled.glob("*restore-*"))
    assert len(_leads(load_settings().desk.database_url)) == 2


def test_restore_of_a_missing_file_says_so(data_dir: Path, huhang: Huhang, tmp_path: Path) -> None:
    code, _, err = huhang("restore", tmp_path / "none.tar.gz")
    assert code == 1
    assert "没有备份文件" in err
    assert not data_dir.exists()


# --- doctor ------------------------------------------------------------------------------------


def test_doctor_names_what_is_missing_and_fails(data_dir: Path, huhang: Huhang) -> None:
    code, out, _ = huhang("doctor")
    assert code == 1
    lines = {line.split("：")[0]: line for line in out.splitlines()}
    assert "✓ Python" in lines
    assert "✓ 编码器" in lines
    assert "huhang kb" in lines["✗ 知识库快照"]
    assert "huhang serve" in lines["✗ 办件数据库"]
    assert "huhang train bot" in lines["✗ 对话模型"]


def test_doctor_recognises_a_migrated_database_and_a_model(filled: Path, huhang: Huhang) -> None:
    model = model_path(load_settings({"HUHANG_DATA_DIR": str(filled)}))
    model.write_bytes(b"model")
    _, out, _ = huhang("doctor")
    assert "✓ 办件数据库：SQLite" in out
    assert f"✓ 对话模型：{model.name}" in out


def test_doctor_refuses_a_model_of_other_dialogue_data(filled: Path, huhang: Huhang) -> None:
    assert list((filled / "models").glob("*.tar.gz"))
    code, out, _ = huhang("doctor")
    assert code == 1
    assert "huhang train bot" in next(line for line in out.splitlines() if "对话模型" in line)


def test_doctor_reports_a_damaged_database(filled: Path, huhang: Huhang) -> None:
    database = filled / "desk.sqlite"
    with closing(sqlite3.connect(database)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.write_bytes(b"garbage" * 1000)
    code, out, _ = huhang("doctor")
    assert code == 1
    assert "✗ 办件数据库" in out


def test_doctor_does_not_change_an_old_database(data_dir: Path, huhang: Huhang) -> None:
    data_dir.mkdir()
    with closing(sqlite3.connect(data_dir / "desk.sqlite")) as file:
        file.execute("CREATE TABLE old (id INTEGER)")
    _, out, _ = huhang("doctor")
    assert "步升级未完成" in out
    with closing(sqlite3.connect(data_dir / "desk.sqlite")) as file:
        assert file.execute("SELECT name FROM sqlite_master").fetchall() == [("old",)]


def test_doctor_tries_the_object_store(
    data_dir: Path, huhang: Huhang, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        doctor, "_CHECKS", tuple(item for item in doctor._CHECKS if item[0] == "对象存储")
    )
    assert "HUHANG_STORE" in huhang("doctor")[1]
    monkeypatch.setenv("HUHANG_STORE", f"file://{tmp_path / 'store'}")
    code, out, _ = huhang("doctor")
    assert (code, "✓ 对象存储" in out) == (0, True)
    assert list((tmp_path / "store").iterdir()) == []
    (tmp_path / "no-folder").write_bytes(b"")
    monkeypatch.setenv("HUHANG_STORE", f"file://{tmp_path / 'no-folder'}")
    code, out, _ = huhang("doctor")
    assert (code, "✗ 对象存储" in out) == (1, True)


def test_doctor_succeeds_when_every_check_does(
    data_dir: Path, huhang: Huhang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_CHECKS", doctor._CHECKS[:1])
    assert huhang("doctor")[0] == 0


def test_doctor_survives_a_check_that_breaks(
    data_dir: Path, huhang: Huhang, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_settings: object) -> str:
        raise MemoryError("no")

    monkeypatch.setattr(doctor, "_CHECKS", (("坏检查", broken), *doctor._CHECKS[:1]))
    code, out, _ = huhang("doctor")
    assert code == 1
    assert "✗ 坏检查：检查时出错" in out
    assert "✓ Python" in out


def test_doctor_says_what_is_installed_for_what(
    data_dir: Path, huhang: Huhang, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = importlib.metadata.version

    def without_torch(name: str) -> str:
        if name == "torch":
            raise importlib.metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(importlib.metadata, "version", without_torch)
    _, out, _ = huhang("doctor")
    line = next(line for line in out.splitlines() if "依赖" in line)
    assert line.startswith("✓")
    assert "其他编码器所需的没有装（make encoders）" in line


def test_doctor_takes_a_build_without_cuda_for_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"torch": "2.12.1+cpu", "numpy": "1.23.5"}

    def version(name: str) -> str:
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    pinned = {"torch": "2.12.1", "numpy": "1.23.5", "triton": "3.0", "nvidia-cublas": "1"}
    assert doctor._differences(pinned) == []
    assert doctor._differences({**pinned, "pandas": "2"}) == ["缺少 pandas"]
