"""Metadata of an official document that brings no header: title, date, issuer, subject, stable id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import PurePath

from knowledge.articles import article_of
from knowledge.characters import unreadable_share
from knowledge.consultations import MARK, is_draft_title
from knowledge.loaders.covers import read_cover
from knowledge.loaders.dates import Validity, dates_in, day_of, title_year, validity
from knowledge.loaders.places import foreign_place, place_name
from knowledge.loaders.registry import Parsed
from knowledge.loaders.titles import (
    is_body,
    is_title,
    label_title,
    letterhead,
    shown,
    squeezed,
    title_lines,
)
from knowledge.pinyin import spelled
from knowledge.sections import Block, Structure, is_annex
from knowledge.text import normalise, quoted
from knowledge.types import GENERAL, DocumentMeta, Kind, Source

_DATE_IN_NAME = re.compile(r"[（(\[_ -]*(\d{4})[-.年](\d{1,2})[-.月](\d{1,2})日?[)）\]]*\s*$")
_UNDER_TITLE = 6  # blocks
_HEAD_CHARS = 60  # of a line that says what a text is
_LAST = 6  # blocks of the ending that tell when a document takes effect
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
_ISSUING = re.compile(
    r".{0,30}?关于(?:修订|重新)?(?:印发|公布|发布|颁布|颁发)(?:修订后的|新修订的)?《(?P<title>[^《》]+)》的(?:通知|公告|通告)"
)
_LATIN = re.compile(r"[^a-z0-9]+")
_DIVISION = re.compile(
    r"\s*(?:第\s?[零〇一二三四五六七八九十百\d]+\s?[编章节条]|[一二三四五六七八九十]{1,3}、)"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def title_and_date(stem: str) -> tuple[str, date | None]:
    """Split a file name such as 商标法(2019-04-23) into title and date."""
    match = _DATE_IN_NAME.search(stem)
    if match is None:
        return stem.strip(), None
    return stem[: match.start()].strip() or stem.strip(), day_of(match.groups())


def same_title_key(title: str) -> str:
    """:return: what two versions of one document have in common: the title's bare characters."""
    key = re.sub(r"[\W_]", "", normalise(title))
    return key.replace("中华人民共和国", "")


def version_key(title: str) -> str:
    """:return: what two versions of one text have in common, the notice that issues it among them.

    条例（2026年修订） and 关于印发《条例》的通知 are 条例.
    """
    issued = _ISSUING.fullmatch(title.strip())
    return same_title_key(_VERSION_NOTE.sub("", issued["title"] if issued else title.strip()))


def document_id(title: str, as_of: date | None, *, prefix: str) -> str:
    """:return: a slug that is the same whenever the same title and date are imported."""
    bare = same_title_key(title) or title
    words = _LATIN.sub("-", "-".join(spelled(bare)).lower()).strip("-")
    parts = words.split("-")
    if len(words) > 48:
        digest = hashlib.sha256(bare.encode("utf-8")).hexdigest()[:6]
        words = "".join(part[0] for part in parts if part)[:32] + "-" + digest
    slug = "-".join(filter(None, (prefix, words, as_of.isoformat() if as_of else "")))
    return slug[:96].strip("-")


def choose_title(
    found: str | None, stem_title: str, blocks: Sequence[Block], label: str | None = None
) -> str:
    """Agree on a document's title.

    A line of the document counts first: the one that spells the file name out, its own heading, the first
    that reads like a title.  Then the file name, and what the file is called elsewhere.
    """
    lines = title_lines(blocks)
    wanted = same_title_key(stem_title)
    for text in (*([found] if found else []), *(block.text for block in blocks[:30])):
        if wanted and same_title_key(text) == wanted:
            return shown(text)
    if found and is_title(found):
        return shown(found)
    if lines:
        return lines[0][0]
    if found and found.strip() and not is_body(found) and not _DIVISION.match(found):
        return shown(found)
    if re.search(r"[\u4e00-\u9fff]{4}", stem_title):
        return stem_title
    named = label_title(label)
    if named:
        return named
    first = squeezed(blocks[0].text) if blocks else ""
    is_line = 4 <= len(first) <= 60 and not first.endswith("。")
    return first if is_line and unreadable_share(first) == 0 else stem_title


def derive_meta(
    path: PurePath, parsed: Parsed, structure: Structure, sha256: str
) -> tuple[DocumentMeta, tuple[str, ...]]:
    """Describe an official Chinese document from its name, revision history and text.

    :return: its metadata, and what of it was read or guessed and is to be confirmed by whoever imports it.
    """
    blocks, history = parsed.blocks, parsed.history
    stem_title, named = title_and_date(path.stem)
    cover = read_cover(blocks)
    chosen = cover.named or choose_title(parsed.title, stem_title, blocks, parsed.label)
    is_draft = any(
        map(is_draft_title, (chosen, stem_title, *_short(cover.lines or _under_title(blocks))))
    )
    if is_draft and not is_draft_title(chosen):
        chosen += MARK
    head = letterhead(blocks)
    told = validity(
        history,
        _closing(blocks),
        _under_title(blocks),
        cover=cover.lines[::-1],
        signed=cover.signed,
    )
    dated = named or max(filter(None, (told.start, told.amended)), default=None) or told.issued
    as_of = dated.isoformat() if dated else title_year(chosen)
    kind = Kind.LAW if structure is Structure.ARTICLES or "司法解释" in chosen else Kind.POLICY
    identifier = document_id(chosen, dated, prefix="law" if kind is Kind.LAW else "doc")
    if dated is None:
        # Without a date only the content tells two documents of one title apart.
        identifier = f"{identifier[:87]}-{sha256[:8]}"
    number = cover.number or head.number
    numbered = f"（{number}）" if number else ""
    meta = DocumentMeta(
        id=identifier,
        title=chosen,
        kind=kind,
        jurisdiction=(place_of(chosen, blocks),),
        ip_types=tuple(code for code, words in _SUBJECTS if any(word in chosen for word in words)),
        issuer=cover.issuer or head.issuer or _issuer(chosen, history),
        number=number,
        issued_on=told.issued,
        effective_from=told.start or cover.applies,
        effective_to=told.end,
        as_of=as_of,
        sources=(Source(title=chosen, url=None, basis=quoted(chosen) + numbered),),
    )
    return meta, tuple(_to_confirm(meta, told, head.colophon, is_draft=is_draft))


def _short(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if len(line) <= _HEAD_CHARS)


def _to_confirm(
    meta: DocumentMeta, told: Validity, colophon: Sequence[str], *, is_draft: bool
) -> Iterator[str]:
    if is_draft:
        yield (
            "这是征求意见稿（草案），不是现行规定：导入后不取代现行规定，也不用来回答问题；正式公布后请导入正式文本"
        )
    place = meta.jurisdiction[0]
    if place == GENERAL:
        yield "这是外文资料，看不出是哪个国家或地区的规定，请在草稿的“文档信息”里选法域"
    elif place != "CN":
        name = place_name(place)
        yield f"标题里有“{name}”，按只讲{name}的资料导入；不对请在草稿的“文档信息”里改法域"
    if told.on_issue:
        printed = [day for text in colophon for day in dates_in(text) if day != told.issued]
        other = f"（版记的印发日期是 {printed[0]}）" if printed else ""
        yield f"自印发之日起施行，按落款日期 {told.issued} 作为施行日期{other}，请核对"
    elif told.unsettled:
        yield "施行日期要从公布或印发之日推算，文件里推不出来，请在草稿的“文档信息”里填写"
    if meta.effective_to is not None:
        yield f"文中写有有效期，{meta.effective_to} 之后不再作为现行规定回答，请核对失效日期"


def place_of(title: str, blocks: Sequence[Block]) -> str:
    """:return: the country whose rules a document holds: the one its title names, China for Chinese text."""
    named = foreign_place(title)
    if named is not None:
        return named
    text = title + "".join(block.text for block in blocks[:200])
    chinese, latin = len(_CHINESE.findall(text)), len(_LATIN_WORD.findall(text))
    return GENERAL if latin > 2 * chinese else "CN"


def _under_title(blocks: Sequence[Block]) -> list[str]:
    """:return: the first lines, up to the first article or chapter."""
    found: list[str] = []
    for block in blocks[:_UNDER_TITLE]:
        if article_of(block.text, 0) is not None or _DIVISION.match(block.text):
            break
        found.append(block.text)
    return found


def _closing(blocks: Sequence[Block]) -> list[str]:
    """:return: the paragraphs in which a document tells when it takes effect, the last ones first.

    Annexes follow the last article: the ending is that of the text before the first of them, or of the
    annex that has the articles.
    """
    last = 0
    end = len(blocks)
    ends: list[int] = [end]
    for place, block in enumerate(blocks):
        if is_annex(block.text):
            ends.append(place)
        article = None if block.row else article_of(block.text, last)
        if article is not None and not article.is_foreign:
            last = article.number
            ends.append(place + 1)
    kept = [place for stop in ends[-3:] + ends[:1] for place in range(max(0, stop - _LAST), stop)]
    ordered = sorted(dict.fromkeys(kept), reverse=True)
    return [blocks[place].text for place in ordered if not blocks[place].row]


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
    source = re.search(
        r"来源\s?[:：]\s?([\u4e00-\u9fff]{4,30}?(?:局|委员会|办公室|部|政府|厅|法院))",
        " ".join(history),
    )
    if source:
        return source[1]
    match = re.match(r"([\u4e00-\u9fff]{2,16}?(?:局|委员会|办公室|部|政府|厅))关于", title)
    return match[1] if match else None
