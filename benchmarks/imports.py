"""What bringing one file in costs, stage by stage, as the file grows: time and memory.

Files of four shapes that once were slow or refused: headings with nothing under them, a Word file of
short paragraphs, one of headings, and a table of questions.  Stages: parsing (in its own process),
comparing with the knowledge base (the dry run), and the checks of the draft with the file in it.

    python benchmarks/imports.py [--sizes 5000 10000 20000] [--large 100000]
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from curation.importing import judge_of, parser
from curation.publishing import today_of
from knowledge.checks import check
from knowledge.errors import SourceError
from knowledge.library import Library
from knowledge.types import Document
from settings import Settings, load_settings


def headings(folder: Path, count: int) -> Path:
    """A text file with nothing but headings."""
    path = folder / f"标题{count}.md"
    path.write_text("# 清单\n" + "".join(f"# {n}\n" for n in range(count)), encoding="utf-8")
    return path


def _word(path: Path, texts: list[str], style: str | None) -> Path:
    import docx
    from docx.oxml import OxmlElement

    document = docx.Document()
    model = document.add_paragraph("", style=style)._p
    for text in texts:
        paragraph, run, word = OxmlElement("w:p"), OxmlElement("w:r"), OxmlElement("w:t")
        word.text = text
        run.append(word)
        if model.pPr is not None:
            paragraph.append(model.pPr.__copy__())
        paragraph.append(run)
        model.addprevious(paragraph)
    document.save(str(path))
    return path


def paragraphs(folder: Path, count: int) -> Path:
    """A Word file of short paragraphs without a heading."""
    texts = [f"第{n}段的内容文字" for n in range(count)]
    return _word(folder / f"段落{count}.docx", texts, None)


def word_headings(folder: Path, count: int) -> Path:
    """A Word file whose every paragraph is a heading."""
    texts = [f"事项{n}" for n in range(count)]
    return _word(folder / f"标题{count}.docx", texts, "Heading 2")


def questions(folder: Path, count: int) -> Path:
    """A table of questions with answers of one mould."""
    path = folder / f"问答{count}.csv"
    rows = (
        f"第{n}号商品能不能出口到海外市场,第{n}号商品以海关公布的目录为准，不在目录里的可以出口。"
        for n in range(count)
    )
    path.write_text("问题,答案\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def _with(library: Library, document: Document) -> Library:
    from dataclasses import replace

    from knowledge.chunking import passages

    return replace(
        library,
        documents=[*library.documents, document],
        passages=[*library.passages, *passages(document, library.ledger)],
    )


def line(settings: Settings, path: Path) -> str:
    """One line of the table."""
    judge = judge_of(settings)
    size = path.stat().st_size / 1000
    began = time.monotonic()
    with parser(settings) as worker:
        try:
            document = worker.load(path)
        except SourceError as error:
            return (
                f"| {path.name} | {size:.0f} | {time.monotonic() - began:.1f} | 拒绝：{error} |||"
            )
    parsed = time.monotonic() - began
    began = time.monotonic()
    rows = judge.judge(document)
    judged = time.monotonic() - began
    library = _with(judge.library, document)
    began = time.monotonic()
    check(
        library,
        sources_dir=settings.knowledge.sources_dir,
        tables_dir=settings.knowledge.tables_dir,
        today=today_of(settings),
    )
    checked = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"| {path.name} | {size:.0f} | {parsed:.1f} | {len(rows)} | {judged:.1f} | {checked:.1f} | {peak:.0f} |"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[5000, 10000, 20000])
    arguments.add_argument("--large", type=int, default=100_000)
    chosen = arguments.parse_args()
    settings = load_settings(os.environ)
    shapes: tuple[Callable[[Path, int], Path], ...] = (
        headings,
        paragraphs,
        word_headings,
        questions,
    )
    print("| file | kB | parse s | passages | compare s | checks s | peak MB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for make in shapes:
            for count in [*chosen.sizes, chosen.large]:
                print(line(settings, make(Path(folder), count)), flush=True)


if __name__ == "__main__":
    main()
