"""Working a batch off: archives opened, files read one after the other, those chosen taken into the draft.

A process killed in between leaves states that say so; the next start goes on with them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from curation import trainers_work
from curation.batch_answers import apply_choices, apply_meta, keep_found
from curation.batch_types import Batch, State, UploadedFile
from curation.batches import Batches
from curation.importing import Incoming, carry_edits, incoming, judge_of, parser, report
from curation.proposals import proposed
from desk.leases import Fence
from knowledge.chunking import passages
from knowledge.draft import PARSER_VERSION, DraftStore, Load, Outcome
from knowledge.dry_run import DryRun, counts
from knowledge.errors import SourceError
from knowledge.exchange import is_work
from knowledge.files import write_atomic
from knowledge.loaders.registry import content_hash, read_bytes
from knowledge.persistence import document_from_json, document_to_json
from knowledge.types import Document
from knowledge.unpack import is_zip
from knowledge.worker import ParserWorker
from settings import Settings

logger = logging.getLogger(__name__)
Tell = Callable[[str], None]


def work(settings: Settings, identifier: str, tell: Tell) -> str:
    """Read the files that wait and take in those that were chosen, also those that come meanwhile.

    :param tell: is told what is about to be done to which file; what it raises ends the work.
    :return: a sentence about the result.
    """
    batches = Batches(settings)
    with parser(settings) as worker:
        while batches.get(identifier).is_busy:
            _open_archives(batches, identifier, worker)
            batch = batches.get(identifier)
            if batch.read < len(batch.files):
                _parse(settings, batches, batch, worker, tell)
            if batches.get(identifier).count(State.CHOSEN):
                _take(settings, batches, identifier, worker, tell)
            if not all(item.is_applied for item in batches.get(identifier).files):
                tell("正在写入出处和取舍")
                _apply(settings, batches, identifier)
    batch = batches.get(identifier)
    return "，".join(f"{state.value} {batch.count(state)}" for state in State if batch.count(state))


def work_on(
    settings: Settings, identifier: str, fence: Fence, report: Callable[[str], None]
) -> str:
    """Work on a batch; for :func:`curation.background.run_aside`.

    :param fence: asked before each file: work that was taken over stops there.
    :raises LeaseLostError: another copy of the server took over.
    """

    def tell(step: str) -> None:
        fence.check()
        report(step)

    return work(settings, identifier, tell)


def _open_archives(batches: Batches, identifier: str, worker: ParserWorker) -> None:
    """Put the members of archives in their place."""
    folder = batches.path(identifier)
    for item in batches.get(identifier).files:
        if item.state is not State.WAITING or not is_zip(Path(item.path)):
            continue
        members = []
        for number, member in enumerate(
            incoming([folder / item.path], worker, folder / "files", names=[item.name]), start=1
        ):
            kept = _kept(member, folder, f"{item.number}-{number}")
            state = State.WAITING if kept else State.FAILED
            members.append(UploadedFile(0, member.name, kept, state, member.reason))
        with batches.locked(identifier):
            batch = batches.get(identifier)
            batches.write(_replaced(batch, item, members))


def _replaced(batch: Batch, archive: UploadedFile, members: Sequence[UploadedFile]) -> Batch:
    """A batch with the members in the place of their archive."""
    numbered = [replace(item, number=n) for n, item in enumerate(members, batch.next_number)]
    files: list[UploadedFile] = []
    for item in batch.files:
        files.extend(numbered if item.number == archive.number else [item])
    return replace(batch, files=tuple(files))


def _kept(member: Incoming, folder: Path, name: str) -> str:
    if member.path is None:
        return ""
    kept = folder / "files" / name
    if is_work(member.path):
        kept = kept / member.path.parent.name
    kept.mkdir(parents=True, exist_ok=True)
    return str(member.path.rename(kept / member.path.name).relative_to(folder))


def _parse(
    settings: Settings, batches: Batches, batch: Batch, worker: ParserWorker, tell: Tell
) -> None:
    worker.begin()
    judge = judge_of(settings)
    for place, item in enumerate(batch.files, start=1):
        if item.state not in (State.WAITING, State.PARSING) or is_zip(Path(item.path)):
            continue
        tell(f"正在解析第 {place} 个，共 {len(batch.files)} 个：{item.name}")
        batches.set(batch.id, item.number, state=State.PARSING)
        path = batches.path(batch.id) / item.path
        if is_work(path):
            _look_at_work(batches, batch.id, item, path)
            continue
        load = _loading(batches, batch.id, item.number, worker)
        found = report(Incoming(item.name, path), load, judge)
        if found.document is None:
            batches.set(batch.id, item.number, state=State.FAILED, reason=found.reason)
            continue
        rows = json.dumps([asdict(row) for row in found.rows], ensure_ascii=False)
        write_atomic(path_of_rows(batches, batch.id, item.number), rows.encode("utf-8"))
        _describe(batches, batch.id, item.number, found.document, judge)
        batches.set(
            batch.id,
            item.number,
            state=State.READY,
            document=found.document.meta.id,
            title=found.document.meta.title,
            counts={key.value: number for key, number in counts(found.rows).items()},
            warnings=found.document.warnings,
        )


def _loading(batches: Batches, identifier: str, number: int, worker: ParserWorker) -> Load:
    """How a file of a batch is read: once, to be judged and to be taken in."""
    kept = batches.path(identifier) / f"read-{number}.json"

    def load(path: Path) -> Document:
        document = _read_before(kept)
        if document is not None and document.sha256 == content_hash(read_bytes(path)):
            return document
        document = worker.load(path)
        value = {"parser": PARSER_VERSION, "document": document_to_json(document)}
        write_atomic(kept, json.dumps(value, ensure_ascii=False).encode("utf-8"))
        return document

    return load


def _read_before(kept: Path) -> Document | None:
    """What the present loaders read of a file before; None where there is nothing that can be used."""
    try:
        value = json.loads(kept.read_text(encoding="utf-8"))
        return document_from_json(value["document"]) if value["parser"] == PARSER_VERSION else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        logger.warning("%s cannot be used, the file is read again: %s", kept.name, error)
        return None


def path_of_rows(batches: Batches, identifier: str, number: int) -> Path:
    """Where the verdicts on the rows of a file are kept."""
    return batches.path(identifier) / f"rows-{number}.json"


def _describe(
    batches: Batches, identifier: str, number: int, document: Document, judge: DryRun
) -> None:
    """Keep what the file says of itself and what is proposed beside it."""
    try:
        cut = passages(document, judge.ledger)
    except SourceError:  # it has no passages; the verdict on its rows says so
        cut = []
    keep_found(
        batches.path(identifier), number, document.meta, proposed(document, cut, judge.nearest)
    )


def _look_at_work(batches: Batches, identifier: str, item: UploadedFile, path: Path) -> None:
    try:
        title = trainers_work.told(path)
    except SourceError as error:
        batches.set(identifier, item.number, state=State.FAILED, reason=str(error))
    else:
        batches.set(identifier, item.number, state=State.READY, title=title)


def _take(
    settings: Settings, batches: Batches, identifier: str, worker: ParserWorker, tell: Tell
) -> None:
    folder, batch = batches.path(identifier), batches.get(identifier)
    store = DraftStore(settings.knowledge.draft_dir)
    limit = settings.knowledge.max_file_bytes
    chosen = [item for item in batch.files if item.state is State.CHOSEN]
    for place, item in enumerate(chosen, start=1):
        tell(f"正在导入第 {place} 个，共 {len(chosen)} 个：{item.name}")
        path = folder / item.path
        changes: dict[str, str] = {}
        if is_work(path):
            verdict = trainers_work.take(settings, path, by=batch.by)
            said = verdict.message
        else:
            load = _loading(batches, identifier, item.number, worker)
            verdict = store.add(path, load, by=batch.by, max_bytes=limit)
            said = verdict.outcome.value
            if verdict.document is not None:
                changes = {"document": verdict.document.meta.id}
        failed = verdict.outcome is Outcome.FAILED
        batches.set(
            identifier,
            item.number,
            state=State.FAILED if failed else State.TAKEN,
            reason=verdict.message if failed else said,
            is_applied=failed,
            **changes,
        )


def _apply(settings: Settings, batches: Batches, identifier: str) -> None:
    """Lay what was said over the files that were taken in; begun again it does what is left.

    :raises EditConflictError: a colleague changed the same at this moment; the files wait for the next time.
    """
    batch = batches.get(identifier)
    fresh = [item for item in batch.files if not item.is_applied]
    carry_edits(settings, [item.document for item in fresh if item.is_described], by=batch.by)
    try:
        apply_meta(settings, batches, identifier, [item.number for item in fresh], by=batch.by)
    finally:
        apply_choices(settings, batches, identifier, by=batch.by)
    for item in fresh:
        batches.set(identifier, item.number, is_applied=True)
