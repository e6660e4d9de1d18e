"""A release from draft to live: built and compared aside, approved, swapped in, taken back.

What takes long (building, asking the golden questions twice) runs in a process of its own
(:mod:`curation.background`).  The desk's row and the snapshot pointer are reconciled by :func:`settle`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import Connection, Engine

from curation import answers, publishing
from curation.alone import PUBLISHING
from curation.background import Report, silent
from desk import audit, leases, releases
from desk.engine import reading, writing
from desk.leases import Fence, Lease
from desk.releases import Release, ReleaseState
from indexer.comparison import Comparison, compare
from indexer.golden import GoldenQuestion, read_golden
from knowledge.dictionary import Dictionary
from knowledge.draft import DraftStore
from knowledge.edits import EditStore
from knowledge.errors import SnapshotError, SourceError, StorageError, SupersededError
from knowledge.persistence import different_passages
from knowledge.question_bank import last_change
from knowledge.snapshot_changes import SnapshotChanges, changes
from knowledge.snapshot_types import LAYOUT
from knowledge.snapshots import unguarded
from settings import ROOT, Settings

logger = logging.getLogger(__name__)

SHIPPED_GOLDEN = ROOT / "tests" / "golden" / "questions.jsonl"
OWN_GOLDEN = "golden.jsonl"
# How long somebody who publishes waits for another who does.
WAIT_S = 10.0
_INTERRUPTED = "上次发布时服务中断，线上没有变化，请重新批准"


@dataclass(frozen=True)
class Prepared:
    """A staged snapshot with its comparison against what was live."""

    snapshot: str
    base: str | None
    comparison: Comparison
    contributors: tuple[str, ...]


def golden_file(settings: Settings) -> Path:
    """Where the trainers' own golden questions are kept."""
    return settings.data_dir / OWN_GOLDEN


def shipped_golden(settings: Settings) -> Path | None:
    """The shipped questions; they judge the shipped knowledge, so there are none where other documents are used."""
    shipped = settings.knowledge.sources_dir == ROOT / "knowledge" / "sources"
    return SHIPPED_GOLDEN if shipped and SHIPPED_GOLDEN.is_file() else None


def golden_questions(settings: Settings) -> list[GoldenQuestion]:
    """The shipped questions and the trainers' own; an own one takes the place of an equal one."""
    found = {}
    for path in (shipped_golden(settings), golden_file(settings)):
        if path is not None and path.is_file():
            found.update({question.question: question for question in read_golden(path)})
    return list(found.values())


def build_and_compare(
    settings: Settings, by: str, note: str, fence: Fence | None = None, *, report: Report = silent
) -> Prepared:
    """Build a snapshot of everything edited, and ask it and the live one the golden questions.

    :param fence: asked before the snapshot is staged.
    :raises SnapshotError: it cannot be built.
    :raises LeaseLostError: another copy of the server took over.
    """
    report("读取文档")
    base = publishing.store_of(settings).current_id()
    guard = fence.check if fence is not None else unguarded
    built = publishing.build(
        settings,
        by=by,
        note=note,
        guard=guard,
        told=lambda number, whole: report(f"构建第 {number} 段，共 {whole} 段"),
    )
    return _prepared(settings, built.id, base, by, report)


def compare_staged(settings: Settings, by: str, *, report: Report = silent) -> Prepared:
    """Compare the snapshot that is staged already, say by the command line.

    :raises SnapshotError: nothing is staged.
    """
    store = publishing.store_of(settings)
    staged = store.staged_id()
    if staged is None:
        raise SnapshotError("没有待发布的快照，请先构建")
    return _prepared(settings, staged, store.current_id(), by, report)


def _prepared(
    settings: Settings, snapshot: str, base: str | None, by: str, report: Report
) -> Prepared:
    questions = golden_questions(settings)

    def told(name: str) -> Callable[[int], None]:
        return lambda number: report(f"问{name}的判定问题，第 {number} 题，共 {len(questions)} 题")

    before = None
    if base is not None:
        before = answers.of_snapshot(settings, base, questions, told("线上版本"))
    after = answers.of_snapshot(settings, snapshot, questions, told("草稿"), beside=base)
    return Prepared(
        snapshot, base, compare(before, after), contributors(settings, base, snapshot, by)
    )


def contributors(settings: Settings, base: str | None, snapshot: str, by: str) -> tuple[str, ...]:
    """Who had a part in what a snapshot says differently from the live one."""
    store = publishing.store_of(settings)
    after = store.manifest(snapshot)
    before = store.manifest(base) if base is not None else None
    people = {by, after.created_by}
    sources: dict[str, str] = dict(before.build.get("sources", {})) if before else {}
    changed = {
        document
        for document, sha256 in after.build.get("sources", {}).items()
        if sources.get(document) != sha256
    }
    drafts = DraftStore(settings.knowledge.draft_dir)
    people.update(item.imported_by for item in drafts.entries() if item.document in changed)
    # What was saved while the base was being built is not in it.
    since = before.build.get("read_at", before.created_at) if before else ""
    people.update(by for by, at in Dictionary(settings.data_dir).hands() if at >= since)
    people.update(removal.by for removal in drafts.removals() if removal.at >= since)
    edits = EditStore(settings.knowledge.draft_dir)
    people.update(event.by for event in edits.history() if event.at >= since)
    laid = set(after.build.get("edits", [])) - set(before.build.get("edits", []) if before else [])
    people.update(edit.by for edit in edits.edits() if edit.id in laid)
    bank = last_change(settings.data_dir)
    people.update([bank[0]] if bank is not None and bank[1] >= since else [])
    return tuple(sorted(people))


def record(
    engine: Engine, prepared: Prepared, *, by: str, note: str, lease: Lease | None = None
) -> Release:
    """Keep a prepared release in the desk.

    :raises LeaseLostError: the building was taken over by another copy of the server.
    """
    with writing(engine) as conn:
        if lease is not None:
            leases.insist(conn, lease)
        return releases.create(
            conn,
            prepared.snapshot,
            prepared.base,
            prepared.comparison.to_json(),
            by=by,
            note=note,
            contributors=prepared.contributors,
        )


def approve(settings: Settings, engine: Engine, identifier: int, *, by: str) -> Release:
    """Approve a submitted release and make it live.

    :raises FourEyesError: the approver had a part in it.
    :raises TransitionError: somebody was faster.
    :raises SupersededError: another snapshot became live since the comparison.
    :raises SnapshotError: it does not pass its last check; the live snapshot is untouched.
    """
    approved: list[Release] = []

    def first(conn: Connection) -> None:
        approved[:] = [releases.approve(conn, identifier, by=by)]

    with leases.alone(engine, PUBLISHING, by, first=first, wait_s=WAIT_S):
        return _swap(settings, engine, approved[0], by)


def _swap(settings: Settings, engine: Engine, release: Release, by: str) -> Release:
    detail = {
        "built_by": release.built_by,
        "submitted_by": release.submitted_by,
        "approved_by": by,
        "note": release.note,
        "reason": release.reason,
        "lost": release.lost,
    }
    store = publishing.store_of(settings)
    try:
        store.publish(
            release.snapshot,
            by=by,
            check=publishing.last_check(settings),
            onto=release.base,
            detail=detail,
        )
    except (SnapshotError, OSError) as error:
        with writing(engine) as conn:
            releases.conclude(conn, release.id, is_live=False, message=str(error))
            if isinstance(error, SupersededError):
                releases.supersede(conn, release.id, str(error))
        raise
    with writing(engine) as conn:
        return releases.conclude(conn, release.id, is_live=True)


def roll_back(
    settings: Settings, engine: Engine, identifier: str | None, *, seen: str | None, by: str
) -> str:
    """Make an older snapshot live again.

    :param identifier: the one published before when omitted.
    :param seen: the snapshot that was live when the person decided; another one by now stops it.
    :raises SnapshotError: there is none, or it cannot serve with the present settings.
    """
    with leases.alone(engine, PUBLISHING, by, wait_s=WAIT_S):
        chosen = publishing.rollback(settings, identifier, by=by, onto=seen)
    with writing(engine) as conn:
        audit.record(conn, by, "rollback", chosen, detail={"from": seen})
    return chosen


def settle(settings: Settings, engine: Engine) -> Sequence[Release]:
    """Bring the desk's rows to what the snapshots say, but for an approval that somebody is at.

    :return: the releases whose state changed; none while the store in common cannot say how an approval ended.
    """
    store = publishing.store_of(settings)
    with reading(engine) as conn:
        waiting = releases.in_state(
            conn, ReleaseState.DRAFT, ReleaseState.SUBMITTED, ReleaseState.PUBLISHING
        )
    if not waiting:
        return []
    if _is_left(engine, waiting):
        try:
            store.follow()  # the disk may be ahead of the store that all machines follow
        except (StorageError, SnapshotError) as error:
            logger.warning("how an approval ended cannot be seen yet: %s", error)
            return []
    published = {event["id"] for event in store.history() if event.get("action") == "publish"}
    published.add(store.current_id() or "")
    present = {info.id for info in store.list()}
    settled = []
    for release in waiting:
        with writing(engine) as conn:
            if release.state is ReleaseState.PUBLISHING:
                at_it = leases.standing(conn, PUBLISHING)
                if at_it is not None and at_it.is_held:
                    continue
                is_live = release.snapshot in published
                message = "" if is_live else _INTERRUPTED
                settled.append(
                    releases.conclude(conn, release.id, is_live=is_live, message=message)
                )
            elif release.snapshot in published:
                settled.append(
                    releases.conclude(conn, release.id, is_live=True, message="由命令行发布")
                )
            elif release.snapshot not in present:
                settled.append(releases.supersede(conn, release.id, "快照已不在，请重新构建"))
    return settled


def _is_left(engine: Engine, waiting: Sequence[Release]) -> bool:
    """Whether an approval was broken off: nobody is at it any more."""
    if all(release.state is not ReleaseState.PUBLISHING for release in waiting):
        return False
    with reading(engine) as conn:
        at_it = leases.standing(conn, PUBLISHING)
    return at_it is None or not at_it.is_held


def changes_of(settings: Settings, base: str | None, snapshot: str) -> SnapshotChanges:
    """What a snapshot says differently from another one.

    :raises SnapshotError: one of them is gone.
    """
    store = publishing.store_of(settings)
    try:
        if base is None:
            return changes([], store.passages(snapshot))
        return _changes(store.path(base), store.path(snapshot))
    except SourceError as error:
        raise SnapshotError(str(error)) from error


@lru_cache(maxsize=4)
def _changes(before: Path, after: Path) -> SnapshotChanges:
    """What one snapshot's folder says differently from another's; nobody changes either."""
    return changes(*different_passages(before / LAYOUT.passages, after / LAYOUT.passages))
