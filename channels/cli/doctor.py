"""``huhang doctor``: whether this installation can serve, one line a check."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import re
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from knowledge.errors import AssistantError, DeskError
from settings import ROOT, Settings

_LEAST_FREE_MB = 500
# Purpose -> the lock that lists what it needs, and how to install that.
_LOCKS = {
    "运行": ("requirements.lock", "make install"),
    "测试和开发": ("requirements-dev.lock", "make dev"),
    "对象存储": ("requirements-store.lock", "make store"),
    "其他编码器": ("requirements-encoders.lock", "make encoders"),
}
_CUDA = ("缺少 nvidia-", "缺少 cuda-", "缺少 triton")
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")


class Problem(Exception):
    """A check that failed, with the way out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are no options."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print every verdict.

    :return: 0 when all is well, 1 when something must be done.
    """
    failed = 0
    for name, check in _CHECKS:
        try:
            print(f"✓ {name}：{check(settings)}")
        except (Problem, AssistantError) as error:
            failed += 1
            print(f"✗ {name}：{error}")
        except Exception as error:
            failed += 1
            print(f"✗ {name}：检查时出错（{type(error).__name__}：{error}）")
    print("一切就绪" if not failed else f"有 {failed} 项需要处理")
    return 1 if failed else 0


def _python(settings: Settings) -> str:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] != (3, 10):
        raise Problem(f"当前是 {version}，需要 3.10；请运行 make install")
    return version


def _packages(settings: Settings) -> str:
    """Whether running can go on, and which extras are there."""
    lock = ROOT / _LOCKS["运行"][0]
    if not lock.is_file():
        raise Problem(f"没有找到 {lock.name}，无法核对依赖")
    pinned = dict(_pins(lock))
    wrong = _differences(pinned)
    if wrong:
        more = f"等 {len(wrong)} 处" if len(wrong) > 3 else ""
        raise Problem(f"{'；'.join(wrong[:3])}{more}；请运行 make install")
    return f"{len(pinned)} 个，版本与锁定文件一致；{_extras()}"


def _extras() -> str:
    told = []
    for name, (file, way) in _LOCKS.items():
        if name == "运行" or not (ROOT / file).is_file():
            continue
        absent = _differences(dict(_pins(ROOT / file)))
        told.append(f"{name}所需的{'没有装（' + way + '）' if absent else '也已装上'}")
    return "，".join(told)


def _differences(pinned: dict[str, str]) -> list[str]:
    """What is not installed as it is pinned; a build of a version (``+cpu``) is that version."""
    wrong = []
    for name, version in pinned.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"缺少 {name}")
            continue
        if installed.partition("+")[0] != version:
            wrong.append(f"{name} 是 {installed}，应为 {version}")
    if any(name == "torch" for name in pinned) and _is_without_cuda():
        wrong = [row for row in wrong if not row.startswith(_CUDA)]
    return wrong


def _is_without_cuda() -> bool:
    try:
        return importlib.metadata.version("torch").endswith("+cpu")
    except importlib.metadata.PackageNotFoundError:
        return False


def _pins(lock: Path) -> Iterator[tuple[str, str]]:
    for line in lock.read_text(encoding="utf-8").splitlines():
        found = _PINNED.match(line)
        if found is not None:
            yield found.group(1), found.group(2)


def _data(settings: Settings) -> str:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free // (1024 * 1024)
    except OSError as error:
        raise Problem(f"{folder} 不能写入，请检查权限或设置 HUHANG_DATA_DIR") from error
    if free < _LEAST_FREE_MB:
        raise Problem(f"{folder} 只剩 {free} MB，请清理磁盘")
    return f"{folder}，可写，剩余 {free} MB"


def _store(settings: Settings) -> str:
    from knowledge.objects import objects_at

    objects = objects_at(settings.store_url)
    if objects is None:
        return "没有设 HUHANG_STORE，快照、模型和附件只在数据文件夹里"
    probe = f"doctor-{os.getpid()}"
    objects.write(probe, b"")
    objects.remove(probe)
    return f"{objects.url}，能写能删"


def _encoder(settings: Settings) -> str:
    from indexer.encoder import load_encoder

    encoder = load_encoder(settings.indexer.encoder)
    vectors = encoder.encode(["收到337调查通知怎么办"], is_query=True)
    if vectors.shape != (1, encoder.dimension) or not float(abs(vectors).sum()):
        raise Problem(f"{encoder.name} 没有算出句向量，请运行 huhang train encoder")
    return f"{encoder.name}，{encoder.dimension} 维"


def _snapshot(settings: Settings) -> str:
    from indexer.live import LiveIndex
    from indexer.published import snapshots_of

    store = snapshots_of(settings)
    folder = store.current_path()
    manifest = store.verify(folder.name)
    LiveIndex(settings).current()  # refuses what other settings built
    return f"{manifest.id}，{manifest.documents} 份文件、{manifest.passages} 段，校验通过"


def _database(settings: Settings) -> str:
    from desk.engine import open_engine, sqlite_file
    from desk.migrations import MIGRATIONS, pending

    path = sqlite_file(settings.desk.database_url)
    if path is not None and not path.exists():
        raise Problem("还没有建立，首次运行 huhang serve 时会自动建立")
    engine = open_engine(settings.desk.database_url)
    try:
        missing = pending(engine)
    finally:
        engine.dispose()
    if missing:
        raise Problem(f"有 {len(missing)} 步升级未完成，运行 huhang serve 时会自动升级")
    if path is not None:
        _quick_check(path)
    return f"{'SQLite' if path is not None else 'PostgreSQL'}，{len(MIGRATIONS)} 步升级都已完成"


def _quick_check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=5)) as database:
            verdict = database.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise DeskError(f"{path} 读取失败（{error}）") from error
    if verdict != "ok":
        raise DeskError(f"{path} 已损坏，请用 huhang restore 从备份恢复")


def _model(settings: Settings) -> str:
    if settings.bot.rasa_url is not None:
        from bot import tracker_erasure

        with tracker_erasure.opened(settings.bot.tracker_url) as trackers:
            is_reached = trackers is not None
        unreached = (
            "；HUHANG_TRACKER_URL 里还没有它的对话，请确认填的是它的对话库，否则删除数据删不到那里"
        )
        return "使用远端 Rasa，本机不需要模型" + ("" if is_reached else unreached)
    from bot.training import newest_model

    return f"{newest_model(settings).name}，与现在的对话数据一致"


def _mail(settings: Settings) -> str:
    if settings.mail.host is None:
        return "没有设置，工作人员收不到提醒邮件（可以不设）"
    from server.mail import check

    check(settings.mail)
    return f"{settings.mail.host}，能连上"


_CHECKS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("Python", _python),
    ("依赖", _packages),
    ("数据文件夹", _data),
    ("对象存储", _store),
    ("编码器", _encoder),
    ("知识库快照", _snapshot),
    ("办件数据库", _database),
    ("对话模型", _model),
    ("提醒邮件", _mail),
)
