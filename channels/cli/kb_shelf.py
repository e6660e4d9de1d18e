"""``huhang kb coverage`` and ``due``: what the shelf holds, what it leaves out, what is to be reviewed."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from actions.deadline_audit import warnings
from curation.publishing import library_of, today_of
from curation.todo import dates_due
from knowledge.coverage import Coverage, counts
from knowledge.coverage import coverage as coverage_of
from knowledge.deadline_table import FILE_NAME, load_deadline_table
from knowledge.errors import SourceError
from knowledge.library import Library
from knowledge.types import Kind
from settings import Settings

COUNTS = re.compile(r"<!-- counts -->\n(.*?)<!-- /counts -->", re.DOTALL)


def coverage(settings: Settings, args: argparse.Namespace) -> int:
    """Print the passages by country, procedure and kind, then the facts used and unused."""
    library, tables = library_of(settings), settings.knowledge.tables_dir
    if args.counts or args.write:
        lines = counts(library, tables)
        print("\n".join(lines))
        if args.write:
            write_counts(args.write, lines)
        return 0
    found = coverage_of(library, tables)
    if args.where is not None:
        return _where(found, args.where)
    _passages(library, today_of(settings))
    for pack, identifiers in found.packs.items():
        unused = found.unused(pack)
        tables_only = sum(
            all(place.endswith(".yaml") for place in found.used.get(identifier, ("",)))
            for identifier in identifiers
        )
        print(
            f"{pack}：{len(identifiers) - len(unused)}/{len(identifiers)} 条事实已写入"
            + (f"（其中 {tables_only} 条只在表格里）" if tables_only else "")
        )
        for identifier in unused:
            print(f"  未写 {identifier}：{found.excused.get(identifier, '没有写明原因')}")
    return 0


def write_counts(path: Path, lines: Sequence[str]) -> None:
    """Put the counts between the marks of a markdown file.

    :raises SourceError: the file has no marks.
    """
    text = path.read_text(encoding="utf-8")
    if not COUNTS.search(text):
        raise SourceError(f"{path.name}：没有 <!-- counts --> 和 <!-- /counts --> 标记")
    listed = "\n".join(f"- {line}" for line in lines)
    path.write_text(
        COUNTS.sub(f"<!-- counts -->\n{listed}\n<!-- /counts -->", text), encoding="utf-8"
    )


def _passages(library: Library, today: date) -> None:
    current = [passage for passage in library.passages if passage.is_current(today)]
    for title, codes in (
        ("法域", lambda passage: passage.jurisdiction),
        ("程序", lambda passage: passage.procedures or ("（未标）",)),
        ("类型", lambda passage: (passage.kind.value,)),
    ):
        tally = Counter(code for passage in current for code in codes(passage))
        print(f"{title}：" + "，".join(f"{code} {count}" for code, count in tally.most_common()))


def _where(found: Coverage, named: list[str]) -> int:
    known = [identifier for pack in found.packs for identifier in found.packs[pack]]
    unknown = sorted(set(named) - set(known))
    for identifier in unknown:
        print(f"{identifier}：不在事实台账里")
    for identifier in known:
        if named and identifier not in named:
            continue
        places = found.used.get(identifier)
        reason = found.excused.get(identifier, "没有写明原因")
        print(f"{identifier}：" + ("、".join(places) if places else f"未写，{reason}"))
    return 1 if unknown else 0


def export_slides(settings: Settings, folder: Path) -> int:
    """Write every course of the shelf as a handout of slides.

    :return: 1 when there is no course.
    """
    from knowledge.slides import export_course  # python-pptx takes half a second

    library = library_of(settings)
    courses = [d for d in library.documents if d.meta.kind is Kind.TRAINING]
    for document in courses:
        print(f"{document.meta.title}：{export_course(document, library.ledger, folder)}")
    print(f"共 {len(courses)} 份幻灯片" if courses else "知识库里还没有课程（kind: training）")
    return 0 if courses else 1


def due(settings: Settings, within: timedelta) -> int:
    """Print the documents that expire or are to be reviewed until then, and what deadlines rest on."""
    today = today_of(settings)
    found = dates_due(library_of(settings).documents, today, within)
    for item in found:
        print(f"{item.on} {item.title}{item.detail}")
    print(f"共 {len(found)} 份需要处理" if found else "没有到期或该复核的文档")
    tables = settings.knowledge.tables_dir
    if (tables / FILE_NAME).is_file():
        for warning in warnings(load_deadline_table(tables), today):
            print(f"期限日历：{warning}")
    return 0
