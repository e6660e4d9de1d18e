"""Save official documents by LibreOffice in other formats and compare what is read with the docx.

    python benchmarks/office_formats.py FOLDER [--documents 10]

Each document becomes a docx whose chapters and articles are numbered by Word (第%1章, 第%1条), then .doc,
.odt, .rtf and .pdf, and the first two back to .docx.  Prints articles and lost characters of each and
exits with 1 when an article is missing, added or says something else than in the docx.  Needs ``soffice``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from knowledge.draft import files_under
from knowledge.errors import SourceError
from knowledge.loaders import load
from knowledge.types import Document

FORMATS = ("doc", "odt", "rtf", "pdf")
BACK = ("doc", "odt")
_LABEL = re.compile(
    r"^第[零〇一二三四五六七八九十百千]+([章条])(之[一二三四五六七八九十]+)?[\s\u3000]*"
)
_BARE = re.compile(r"[\W_]+")


def numbered_docx(source: Document, path: Path) -> None:
    """Write a document as Word would: the title, and chapters and articles numbered by two lists."""
    document = docx.Document()
    root = document.part.numbering_part.element
    lists = [_list(root, number, kind) for number, kind in ((801, "章"), (802, "条"))]
    document.add_heading(source.meta.title, level=1)
    chapter: tuple[str, ...] = ()
    follows = 0
    for section in source.sections:
        if section.article is None:
            for line in section.text.split("\n"):
                document.add_paragraph(line)
            continue
        if section.heading != chapter and section.heading:
            chapter = section.heading
            name = _LABEL.match(chapter[-1])
            heading = document.add_paragraph(_LABEL.sub("", chapter[-1]) if name else chapter[-1])
            if name:
                _number(heading, lists[0])
        first, *rest = section.text.split("\n")
        label = _LABEL.match(first)
        follows += 1
        automatic = label is not None and label[2] is None and section.article == _written(follows)
        paragraph = document.add_paragraph(_LABEL.sub("", first) if automatic else first)
        if automatic:
            _number(paragraph, lists[1])
        elif label is not None and label[2]:
            follows -= 1  # 第五条之一 takes no number of the list
        for line in rest:
            document.add_paragraph(line)
    document.save(str(path))


def _list(root: object, number: int, kind: str) -> int:
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>'
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="space"/>'
        f'<w:lvlText w:val="第%1{kind}"/></w:lvl></w:abstractNum>'
    )
    use = parse_xml(
        f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
    )
    first = root.find(qn("w:num"))  # type: ignore[attr-defined]
    first.addprevious(abstract)
    root.append(use)  # type: ignore[attr-defined]
    return number


def _number(paragraph: object, number: int) -> None:
    properties = paragraph._p.get_or_add_pPr()  # type: ignore[attr-defined]
    holder = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", 0), ("w:numId", number)):
        child = OxmlElement(tag)
        child.set(qn("w:val"), str(value))
        holder.append(child)
    properties.append(holder)


def _written(number: int) -> str:
    digits, text = "零一二三四五六七八九", ""
    for unit, mark in ((100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += digits[digit] + mark
        elif text and number % unit and not text.endswith("零"):
            text += "零"
    return f"第{text.removeprefix('一') if text.startswith('一十') else text}条"


def converted(paths: list[Path], suffix: str, into: Path) -> list[Path]:
    """Convert files by LibreOffice, all in one run."""
    into.mkdir(exist_ok=True)
    profile = into.parent / "profile"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", suffix]  # fmt: skip
    subprocess.run([*command, "--outdir", str(into), *map(str, paths)], check=True, capture_output=True)  # fmt: skip
    return [into / f"{path.stem}.{suffix}" for path in paths]


def articles(document: Document) -> dict[str, str]:
    """:return: article → its bare characters."""
    return {s.article: _BARE.sub("", s.text) for s in document.sections if s.article}


def differences(path: Path, wanted: dict[str, str]) -> Iterator[str]:
    """What a file says otherwise than the docx it was made from."""
    try:
        found = articles(load(path))
    except SourceError as error:
        yield str(error)
        return
    if list(found) != list(wanted):
        missing, added = wanted.keys() - found.keys(), found.keys() - wanted.keys()
        yield f"{len(found)} articles for {len(wanted)}; missing {sorted(missing)[:5]}, added {sorted(added)[:5]}"
    for label in wanted:
        if found.get(label, wanted[label]) != wanted[label]:
            yield f"{label}: {found[label][:60]} / {wanted[label][:60]}"
            return


def main() -> int:
    """:return: 1 when a format says something else than the docx."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=10)
    options = parser.parse_args()
    if shutil.which("soffice") is None:
        print("soffice is not installed", file=sys.stderr)
        return 1
    paths = files_under([options.folder])
    step = max(1, len(paths) // options.documents)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "docx").mkdir()
        sources = []
        for path in paths[::step][: options.documents]:
            source = folder / "docx" / f"{path.stem}.docx"
            numbered_docx(load(path), source)
            sources.append(source)
        wanted = {path.stem: articles(load(path)) for path in sources}
        made = {suffix: converted(sources, suffix, folder / suffix) for suffix in FORMATS}
        for suffix in BACK:
            made[f"{suffix} → docx"] = converted(made[suffix], "docx", folder / f"{suffix}-back")
        for name, files in made.items():
            for path in files:
                told = list(differences(path, wanted[path.stem]))
                failed += bool(told)
                print(f"{name}\t{path.stem}\t{len(wanted[path.stem])}\t{'; '.join(told) or 'same'}")
    print(f"{failed} files differ")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
