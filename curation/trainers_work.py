"""What trainers made besides documents, a file each in an export: out of one instance, into another.

Nothing that an instance has of its own is overwritten: judged questions and labels are joined, the
edits of words, the quiz and the examples in use are taken where there are none.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from bot.training import corrections_file, model_path
from curation.release import golden_file
from desk import misunderstood
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate
from indexer.golden import join_cases, read_golden
from knowledge.dictionary import Dictionary
from knowledge.draft import Outcome, Verdict
from knowledge.errors import SourceError
from knowledge.exchange import DICTIONARY, EXAMPLES, GOLDEN, LABELS, QUIZ, TRAINERS, WORK
from knowledge.files import write_atomic
from knowledge.front_matter import load_yaml
from knowledge.question_bank import judge, keep, own_bank, rows_of
from settings import Settings


def put(settings: Settings, folder: Path) -> list[str]:
    """Write what there is into a folder.

    :return: in words, how much of each.
    """
    found = {
        DICTIONARY: Dictionary(settings.data_dir).path,
        GOLDEN: golden_file(settings),
        QUIZ: own_bank(settings.data_dir),
        EXAMPLES: corrections_file(settings),
    }
    contents = {name: path.read_bytes() for name, path in found.items() if path.is_file()}
    with _desk(settings) as engine, reading(engine) as conn:
        labelled = [item.to_json() for item in reversed(misunderstood.labelled(conn))]
    if labelled:
        contents[LABELS] = _json_lines(labelled)
    folder.mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [told(folder / name) for name in WORK if name in contents]


def told(path: Path) -> str:
    """In words, how much of what a file holds.

    :raises SourceError: it is damaged.
    """
    with _sound():
        return _COUNTED[path.name](path)


def take(settings: Settings, path: Path, *, by: str) -> Verdict:
    """Bring what a file holds into this instance."""
    try:
        with _sound():
            outcome, message = _TAKERS[path.name](settings, path, by)
    except SourceError as error:
        outcome, message = Outcome.FAILED, f"{error}，没有导入"
    return Verdict(f"{TRAINERS}/{path.name}", outcome, message=message)


@contextmanager
def _sound() -> Iterator[None]:
    """:raises SourceError: what was read is not what it should be."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError("内容已损坏") from error


Taken = tuple[Outcome, str]


def _take_dictionary(settings: Settings, path: Path, by: str) -> Taken:
    own = Dictionary(settings.data_dir)
    with tempfile.TemporaryDirectory() as scratch:
        theirs = Dictionary(Path(scratch))
        theirs.path.parent.mkdir()
        theirs.path.write_bytes(path.read_bytes())
        edits = theirs.edits()
    mine = own.edits()
    if mine == edits:
        return Outcome.UNCHANGED, "词典修改与现有的相同"
    if mine:
        return Outcome.FAILED, "这里已有自己的词典修改，没有覆盖"
    own.restore(edits, by=by)
    return Outcome.IMPORTED, f"{len(edits)} 处词典修改"


def _take_golden(settings: Settings, path: Path, _by: str) -> Taken:
    cases, target = read_golden(path), golden_file(settings)
    added, other = join_cases(target, path)
    kept = f"，{other} 条与这里的判定不同，保留这里的" if other else ""
    if not added:
        return Outcome.UNCHANGED, f"{len(cases)} 条判定问题都已有{kept}"
    return Outcome.IMPORTED, f"{added} 条判定问题{kept}"


def _take_quiz(settings: Settings, path: Path, by: str) -> Taken:
    rows, target = rows_of(path), own_bank(settings.data_dir)
    bad = [row.problem for row in judge(list(enumerate(rows, 1)), ()).verdicts if row.problem]
    if bad:
        return Outcome.FAILED, f"题库有 {len(bad)} 题不能用（{bad[0]}），没有导入"
    if target.is_file():
        if rows_of(target) == rows:
            return Outcome.UNCHANGED, "题库与现有的相同"
        return Outcome.FAILED, "这里已有自己的题库，没有覆盖"
    keep(settings.data_dir, path.read_bytes(), by=by, at=_now())
    return Outcome.IMPORTED, f"题库 {len(rows)} 题，随下次发布生效"


def _take_examples(settings: Settings, path: Path, _by: str) -> Taken:
    count, target = _examples(path), corrections_file(settings)
    if target.is_file() and target.read_bytes() == path.read_bytes():
        return Outcome.UNCHANGED, "在用的对话例句与现有的相同"
    # Other examples belong to another model; one that talks already is only changed by switching.
    if target.is_file() or model_path(settings).is_file():
        return (
            Outcome.UNCHANGED,
            f"{count} 句对话例句没有直接启用，请在工作台“对话训练”里训练并切换",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, path.read_bytes())
    return Outcome.IMPORTED, f"{count} 句对话例句，接着请运行 huhang train bot"


def _take_labels(settings: Settings, path: Path, by: str) -> Taken:
    rows = [misunderstood.Labelled.from_json(row) for row in _rows(path)]
    with _desk(settings) as engine, writing(engine) as conn:
        added, other = misunderstood.restore(conn, rows, by=by)
    kept = f"，{other} 句在这里标注得不同，保留这里的" if other else ""
    if not added:
        return Outcome.UNCHANGED, f"{len(rows)} 句标注都已有{kept}"
    return Outcome.IMPORTED, f"{added} 句标注{kept}"


_TAKERS: dict[str, Callable[[Settings, Path, str], Taken]] = {
    DICTIONARY: _take_dictionary,
    GOLDEN: _take_golden,
    QUIZ: _take_quiz,
    EXAMPLES: _take_examples,
    LABELS: _take_labels,
}
_COUNTED: dict[str, Callable[[Path], str]] = {
    DICTIONARY: lambda path: f"词典修改 {len(json.loads(path.read_bytes()))} 处",
    GOLDEN: lambda path: f"判定问题 {len(read_golden(path))} 条",
    QUIZ: lambda path: f"题库 {len(rows_of(path))} 题",
    EXAMPLES: lambda path: f"在用的对话例句 {_examples(path)} 句",
    LABELS: lambda path: f"标注 {len(_rows(path))} 句",
}


@contextmanager
def _desk(settings: Settings) -> Iterator[Engine]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def _examples(path: Path) -> int:
    rows = (load_yaml(path.read_text("utf-8"), path.name) or {}).get("nlu") or ()
    return sum(len(str(row["examples"]).splitlines()) for row in rows)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def _json_lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")
