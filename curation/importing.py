"""Bringing files in: the dry run and the import that the command line and the workbench share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation import trainers_work
from curation.exporting import is_export, parts_of
from curation.publishing import library_of, today_of
from knowledge.chunking import passages
from knowledge.draft import DraftStore, Load, Outcome, Verdict, files_under
from knowledge.dry_run import DryRun, Nearest, RowVerdict, counts
from knowledge.edits import EditStore
from knowledge.errors import SourceError
from knowledge.exchange import is_work
from knowledge.ledger import load_ledger
from knowledge.types import Document, Passage
from knowledge.unpack import is_zip
from knowledge.versions import Succession, identity_notes
from knowledge.worker import ParserWorker
from papers.worker import PaperWorker
from settings import Settings

NEIGHBOURS = 5
UNPACKED_PREFIX = ".unpacked-"


@dataclass(frozen=True)
class Incoming:
    """A file to be read: its name as people see it, and where it lies or why it is refused."""

    name: str
    path: Path | None
    reason: str = ""


@dataclass(frozen=True)
class ImportLine:
    """The report for one file: what became of it and how much text it brought.

    ``supersedes`` names the older versions that give way to it, each with its last day where that is to come.
    """

    verdict: Verdict
    passages: int = 0
    articles: int = 0
    succession: Succession | None = None
    supersedes: tuple[tuple[str, date | None], ...] = ()


@dataclass(frozen=True)
class FileReport:
    """The dry run of one file: why it cannot be read, or a verdict on each of its passages."""

    name: str
    document: Document | None
    rows: tuple[RowVerdict, ...] = ()
    reason: str = ""

    @property
    def summary(self) -> str:
        """The findings in one line."""
        if self.document is None:
            return f"失败：{self.reason}"
        found = counts(self.rows)
        return "，".join(f"{item.value} {number}" for item, number in found.items()) or "没有段落"


@contextmanager
def parser(settings: Settings) -> Iterator[ParserWorker]:
    """A parsing process with the limits of the settings, and one that reads scans once there are any."""
    knowledge = settings.knowledge
    with (
        PaperWorker() as scans,
        ParserWorker(
            timeout_s=knowledge.parse_timeout_s,
            max_bytes=knowledge.max_file_bytes,
            recognise=scans.recognise,
        ) as worker,
    ):
        yield worker


def incoming(
    paths: Sequence[Path], worker: ParserWorker, scratch: Path, *, names: Sequence[str] = ()
) -> Iterator[Incoming]:
    """Every file of the paths, archives opened one at a time.

    :param scratch: an existing folder below which archives are unpacked.
    :param names: how people call the paths; their file names when omitted.
    """
    for path, name in zip(paths, names or [path.name for path in paths], strict=True):
        if not is_zip(path):
            yield Incoming(name, path)
            continue
        into = Path(tempfile.mkdtemp(prefix=UNPACKED_PREFIX, dir=scratch))
        try:
            members = worker.unpack(path, into)
        except SourceError as error:
            yield Incoming(name, None, str(error))
        else:
            for member in members:
                yield Incoming(f"{name}/{member.name}", member.path, member.reason)
        finally:
            shutil.rmtree(into, ignore_errors=True)


@contextmanager
def scratch_folder(settings: Settings) -> Iterator[Path]:
    """A folder inside the data folder that is gone afterwards."""
    root = settings.knowledge.draft_dir
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=UNPACKED_PREFIX, dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def take_in(
    settings: Settings,
    paths: Sequence[Path],
    *,
    by: str,
    progress: Callable[[Verdict], None] | None = None,
) -> list[Verdict]:
    """Take files, folders and archives into the draft.

    :return: a verdict for every file in order; a bad one stops none of the others.
    :raises SourceError: a path does not exist.
    """
    store, limit = DraftStore(settings.knowledge.draft_dir), settings.knowledge.max_file_bytes
    verdicts = []
    with parser(settings) as worker, scratch_folder(settings) as scratch:
        for item in incoming(_files(paths), worker, scratch):
            if item.path is None:
                verdict = Verdict(item.name, Outcome.FAILED, message=item.reason)
            elif is_work(item.path):
                verdict = trainers_work.take(settings, item.path, by=by)
            else:
                found = store.add(item.path, worker.load, by=by, max_bytes=limit)
                verdict = Verdict(item.name, found.outcome, found.document, found.message)
            verdicts.append(verdict)
            if progress is not None:
                progress(verdict)
    return verdicts


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files of paths, of an export those to be taken in.

    :raises SourceError: a path does not exist.
    """
    parts = [part for path in paths for part in (parts_of(path) if is_export(path) else [path])]
    return files_under(parts)


def dry_run(
    settings: Settings,
    paths: Sequence[Path],
    *,
    progress: Callable[[str], None] | None = None,
) -> list[FileReport]:
    """Tell what importing would bring; nothing is taken into the draft.

    :return: a report for every file in order.
    :raises SourceError: a path does not exist.
    """
    judge = judge_of(settings)
    reports = []
    with parser(settings) as worker, scratch_folder(settings) as scratch:
        for item in incoming(_files(paths), worker, scratch):
            if item.path is not None and is_work(item.path):
                continue
            if progress is not None:
                progress(item.name)
            reports.append(report(item, worker.load, judge))
    return reports


def report(item: Incoming, load: Load, judge: DryRun) -> FileReport:
    """Read one file and judge it."""
    if item.path is None:
        return FileReport(item.name, None, reason=item.reason)
    try:
        document = load(item.path)
    except SourceError as error:
        reason = str(error).removeprefix(f"{item.path.name}：")
        return FileReport(item.name, None, reason=reason)
    try:
        rows = judge.judge(document)
    except SourceError as error:
        return FileReport(item.name, None, reason=str(error))
    notes = identity_notes(document, judge.library.documents, judge.today)
    document = replace(document, warnings=(*document.warnings, *notes))
    return FileReport(item.name, document, tuple(rows))


def judge_of(settings: Settings) -> DryRun:
    """What judges an import against the knowledge base as it stands now."""
    library, today = library_of(settings), today_of(settings)
    live = [passage for passage in library.passages if passage.is_current(today)]
    return DryRun(
        library,
        load_ledger(settings.knowledge.tables_dir),
        nearest_of(settings, live),
        lambda passage: passage.is_current(today),
        settings.knowledge.parse_timeout_s,
        today,
    )


def nearest_of(settings: Settings, live: Sequence[Passage]) -> Nearest:
    """Compare texts with the live passages by the encoder's vectors."""
    from indexer.encoder import load_encoder

    encoder = load_encoder(settings.indexer.encoder)
    vectors = encoder.encode([passage.text for passage in live]) if live else None

    def nearest(texts: Sequence[str]) -> list[list[tuple[Passage, float]]]:
        if vectors is None or not texts:
            return [[] for _ in texts]
        scores = encoder.encode(list(texts)) @ vectors.T
        return [[(live[place], score) for place, score in _best(line)] for line in scores]

    return nearest


def _best(scores: NDArray[np.float32]) -> list[tuple[int, float]]:
    """:return: the places of the highest scores with them, best first."""
    places = np.argpartition(-scores, min(NEIGHBOURS, len(scores)) - 1)[:NEIGHBOURS]
    ordered = places[np.argsort(-scores[places], kind="stable")]
    return [(int(place), float(scores[place])) for place in ordered]


def import_files(
    settings: Settings,
    paths: Sequence[Path],
    *,
    by: str,
    progress: Callable[[Verdict], None] | None = None,
) -> list[ImportLine]:
    """Take files and folders into the draft, each parsed in a limited process.

    :return: one line for every file, in order; a bad one stops none of the others.
    :raises SourceError: a path does not exist.
    """
    verdicts = take_in(settings, paths, by=by, progress=progress)
    taken = [line.document.meta.id for line in verdicts if line.document is not None]
    carry_edits(settings, taken, by=by)
    return _reported(settings, verdicts)


def carry_edits(settings: Settings, documents: Iterable[str], *, by: str) -> int:
    """Take the trainers' edits of a document over to the newer version that was just imported.

    A newer file of the same id keeps them by itself; here the newer version has an id of its own.

    :param documents: the ids of those that were imported.
    :return: how many edits were taken over; what was taken over before is none.
    """
    edits = EditStore(settings.knowledge.draft_dir)
    fresh = set(documents)
    edited = set(edits.all()) if fresh else set()
    if not edited - fresh:
        return 0
    found = library_of(settings).successions
    return sum(
        edits.carry(older, succession.successor, by=by)
        for older, succession in found.items()
        if older in edited and succession.successor in fresh
    )


def _reported(settings: Settings, verdicts: Sequence[Verdict]) -> list[ImportLine]:
    library = library_of(settings)
    ledger = load_ledger(settings.knowledge.tables_dir)
    titles = {document.meta.id: document.meta.title for document in library.documents}
    lines = []
    for verdict in verdicts:
        document = verdict.document
        if document is None:
            lines.append(ImportLine(verdict))
            continue
        try:
            count = len(passages(document, ledger))
        except SourceError as error:
            lines.append(ImportLine(Verdict(verdict.file, Outcome.FAILED, message=str(error))))
            continue
        others = [item for item in library.documents if not item.meta.superseded_by]
        notes = identity_notes(document, others, today_of(settings), retired=False)
        document = replace(document, warnings=(*document.warnings, *notes))
        verdict = replace(verdict, document=document)
        articles = sum(1 for section in document.sections if section.article)
        own = document.meta.id
        older = [
            found
            for found in library.successions.values()
            if own == found.successor != found.document
        ]
        lines.append(
            ImportLine(
                verdict,
                count,
                articles,
                library.successions.get(own),
                tuple((titles.get(found.document, found.document), found.until) for found in older),
            )
        )
    return lines
