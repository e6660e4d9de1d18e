"""Metadata of an official document that brings no header: title, date, issuer, subject, stable id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import PurePath

from knowledge.loaders.places import foreign_place
from knowledge.sections import Block, Structure
from knowledge.text import normalise
from knowledge.types import DocumentMeta, Kind, Source

_DATE_IN_NAME = re.compile(r"[（(\[_ -]*(\d{4})[-.年](\d{1,2})[-.月](\d{1,2})日?[)）\]]*\s*$")
_IN_FORCE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日\s*(?:起\s*)?(?:施行|生效)")
_ANY_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_UNDER_TITLE = 6  # blocks
_ISSUERS = (
    ("最高人民法院、最高人民检察院", "最高人民法院、最高人民检察院"),
    ("最高人民法院 最高人民检察院", "最高人民法院、最高人民检察院"),
    ("最高人民法院", "最高人民法院"),
    ("国家知识产权局令", "国家知识产权局"),
    ("国务院", "国务院"),
    ("省", None),
    ("全国人民代表大会常务委员会", "全国人民代表大会常务委员会"),
)
_SUBJECTS = (
    ("patent", ("专利", "集成电路", "植物新品种", "技术进出口")),
    ("trademark", ("商标", "地理标志")),
    ("copyright", ("著作权", "版权", "软件", "信息网络传播")),
    ("trade-secret", ("商业秘密", "反不正当竞争")),
    ("design", ("外观设计",)),
)
_VERSION_NOTE = re.compile(
    r"[（(](?=[^（）()]+[)）]$)(?:\d{4}年?)?(?:第[一二三四五六七八九十\d]{1,2}次)?(?:修订|修正|修改)?(?:新版|版|文本)?[)）]$"
)
_LATIN = re.compile(r"[^a-z0-9]+")


def title_and_date(stem: str) -> tuple[str, date | None]:
    """Split a file name such as 商标法(2019-04-23) into title and date."""
    match = _DATE_IN_NAME.search(stem)
    if match is None:
        return stem.strip(), None
    return stem[: match.start()].strip() or stem.strip(), _date(match)


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def same_title_key(title: str) -> str:
    """:return: what two versions of one document have in common: the title's bare characters."""
    key = re.sub(r"[\W_]", "", normalise(title))
    return key.replace("中华人民共和国", "")


def version_key(title: str) -> str:
    """:return: :func:`same_title_key` without the note of the version: 条例（2026年修订） is 条例."""
    return same_title_key(_VERSION_NOTE.sub("", title.strip()))


def quoted(title: str) -> str:
    """:return: a title in 《》, titles inside it in 〈〉."""
    return "《" + title.replace("《", "〈").replace("》", "〉") + "》"


def document_id(title: str, as_of: date | None, *, prefix: str) -> str:
    """:return: a slug that is the same whenever the same title and date are imported."""
    from pypinyin import lazy_pinyin

    bare = same_title_key(title) or title
    words = _LATIN.sub("-", "-".join(lazy_pinyin(bare, errors="default")).lower()).strip("-")
    parts = words.split("-")
    if len(words) > 48:
        digest = hashlib.sha256(bare.encode("utf-8")).hexdigest()[:6]
        words = "".join(part[0] for part in parts if part)[:32] + "-" + digest
    slug = "-".join(filter(None, (prefix, words, as_of.isoformat() if as_of else "")))
    return slug[:96].strip("-")


def choose_title(found: str | None, stem_title: str, blocks: Sequence[Block]) -> str:
    """Prefer the document's own title, then a line that spells the file name out, then the file name."""
    if found and found.strip():
        return " ".join(found.split())
    wanted = same_title_key(stem_title)
    for block in blocks[:30]:
        if wanted and same_title_key(block.text) == wanted:
            return " ".join(block.text.split())
    if re.search(r"[\u4e00-\u9fff]{4}", stem_title):
        return stem_title
    first = blocks[0].text if blocks else ""
    return first if 4 <= len(first) <= 60 and not first.endswith("。") else stem_title


def derive_meta(
    path: PurePath,
    *,
    title: str | None,
    history: Sequence[str],
    blocks: Sequence[Block],
    structure: Structure,
    sha256: str,
) -> DocumentMeta:
    """Describe an official Chinese document from its name, revision history and text."""
    stem_title, named = title_and_date(path.stem)
    chosen = choose_title(title, stem_title, blocks)
    in_force = _in_force(history, blocks)
    dated = named or in_force or _latest(history)
    kind = Kind.LAW if structure is Structure.ARTICLES or "司法解释" in chosen else Kind.POLICY
    identifier = document_id(chosen, dated, prefix="law" if kind is Kind.LAW else "doc")
    if dated is None:
        # Without a date only the content tells two documents of one title apart.
        identifier = f"{identifier[:87]}-{sha256[:8]}"
    return DocumentMeta(
        id=identifier,
        title=chosen,
        kind=kind,
        jurisdiction=(foreign_place(chosen) or "CN",),
        ip_types=tuple(code for code, words in _SUBJECTS if any(word in chosen for word in words)),
        issuer=_issuer(chosen, history),
        effective_from=in_force,
        as_of=dated.isoformat() if dated else None,
        sources=(Source(title=chosen, url=None, basis=quoted(chosen)),),
    )


def _in_force(history: Sequence[str], blocks: Sequence[Block]) -> date | None:
    # The line under the title is in brackets: （自2026年3月1日起施行）.
    under_title = (block.text for block in blocks[:_UNDER_TITLE] if block.text[:1] in "（(")
    last = (block.text for block in reversed(blocks[-6:]))
    for text in (*reversed(history), *last, *under_title):
        found = None
        for match in _IN_FORCE.finditer(text):
            found = _date(match)
            break
        if found:
            return found
    return None


def _latest(history: Sequence[str]) -> date | None:
    dates = [
        found for text in history for match in _ANY_DATE.finditer(text) if (found := _date(match))
    ]
    return max(dates, default=None)


def _issuer(title: str, history: Sequence[str]) -> str | None:
    for text in (title, *reversed(history)):
        for mark, issuer in _ISSUERS:
            if issuer and mark in text:
                return issuer
    match = re.search(
        r"([\u4e00-\u9fff]{2,8}(?:省|市)第[^\s]{1,6}届人民代表大会常务委员会)", " ".join(history)
    )
    if match:
        return re.sub(r"第.+届", "", match[1])
    match = re.match(r"([\u4e00-\u9fff]{2,16}?(?:局|委员会|办公室|部|政府|厅))关于", title)
    return match[1] if match else None
