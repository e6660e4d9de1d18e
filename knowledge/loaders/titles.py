"""The title, number and issuer of an official document, from its own first lines.

What a file is called elsewhere (its properties, a web page's name) is often left over from a template
or names the site; it counts only where the document itself has no title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.articles import article_of
from knowledge.characters import unified
from knowledge.sections import Block, is_annex
from knowledge.text import normalise, simplified

_COLOPHON_CHARS = 200
_DATE_CHARS = 24
_HEAD = 14  # blocks in which a title stands
_KINDS = (
    "条例|规定|办法|细则|规则|决定|解释|意见|通知|方案|公告|通告|批复|指引|指南|手册|须知|说明|标准|目录|制度|章程|规程|决议|通报|政策|汇编|大纲|协定|协议|公约|条约|问答|修正案"
    "|措施|规范|准则|计划|规划|纲要|要点|函|令|法|法典|预案|清单|流程|办事指南|守则|答复|建议|批准|材料|表|议定书|程序"
)
_TITLE = re.compile(
    rf"(?:[^。；;，,！？!?]{{2,80}}?)(?:{_KINDS})(?:[（(〔\[【][^（）()]{{1,20}}[)）〕\]】])*(?:第[一二三四五六七八九十\d]+部分)?"
)
_DIVISION = re.compile(
    r"第\s?[零〇一二三四五六七八九十百千\d]+\s?[编章节条]|[一二三四五六七八九十]{1,3}、|附\s?[件录表则]|[（(]"
)
_BODY = re.compile(
    r".{0,80}(?:(?<![布格结全])局|署|海关|委员会|办公室|中心|政府|法院|检察院|部|厅|协会|学会|网站?|门户|平台|公报|公众号)(?:网|网站|门户网站|官网)?"
)
_NUMBER = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<number>[\u4e00-\u9fff()（）]{1,18}?[〔\[【（(]\s?(?:19|20)\d\d\s?[〕\]】）)]\s?(?:第\s?)?\d{1,5}\s?号)"
    r"|(?P<order>[\u4e00-\u9fff]{2,20}令\s?第\s?\d{1,5}\s?号|[\u4e00-\u9fff]{2,20}公告\s?(?:19|20)\d\d年\s?第\s?\d{1,5}\s?号)"
)
# Half of a title that was broken over two lines; what stands above titles without being part of one.
_HALF = re.compile(r"[\u4e00-\u9fff、]{4,30}")
_ABOVE = re.compile(
    r"(?:文件|公报|公告|栏目?|新闻|动态|政策|法规|公开|信息|资料|版|刊|首页|专题|网)$"
)
_SECOND_HALF = re.compile(
    r"关于|《|[\u4e00-\u9fff]{1,8}(?:省|市|自治区)|中华人民共和国|国家|最高人民"
)
_ASKED = re.compile(r"什么|多久|怎么|吗|哪[些个里]")
_LETTERHEAD = re.compile(r"([\u4e00-\u9fff、]{4,60}?)文件")
_SITE_PARTS = re.compile(r"\s*[_|｜]\s*|\s+[-—–]+\s+|(?<=[\u4e00-\u9fff])[-—–]+(?=[\u4e00-\u9fff])")
_GENERIC = re.compile(
    r"^(?:Microsoft\s+(?:Word|PowerPoint|Excel)\s*-\s*|幻灯片\s*\d*$|PowerPoint 演示文稿$|untitled$|新建)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.(?:docx?|pdf|wps|html?|txt|rtf|odt|ofd|pptx?)$", re.IGNORECASE)
_PRINTED = re.compile(r"([\u4e00-\u9fff]{4,30}?)\s*\d{4}年\d{1,2}月\d{1,2}日\s*印发")
_COLOPHON = re.compile(
    r"\s*(?:抄送|主送|分送)[:：]|.{0,40}\d{4}年\s?\d{1,2}月\s?\d{1,2}日\s*印发\s*$"
)
DATE_LINE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|[一二三四五六七八九〇零○]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)


@dataclass(frozen=True)
class Letterhead:
    """What stands around a document's text: its number, its issuer, and the lines that say so."""

    number: str | None = None
    issuer: str | None = None
    colophon: tuple[str, ...] = ()


# An order or announcement that names no subject: 样例市人民政府令, 样例局公告2026年第5号.
ORDER_HEAD = re.compile(
    r"(?P<body>[\u4e00-\u9fff、]{2,60}?)?(?P<kind>令|公告)"
    r"(?P<number>[（(〔\[]?(?:(?:19|20)\d\d年?[〕\]]?)?第?[\d一二三四五六七八九十百千〇零]{1,6}号[)）]?)?"
)


def squeezed(text: str) -> str:
    """:return: a line without the spaces that spread its characters: 样 例 办 法."""
    line = " ".join(unified(text).split())
    return re.sub(r"(?<=[\u2e80-\u9fff〔〕《》（）]) (?=[\u2e80-\u9fff〔〕《》（）])", "", line)


def shown(text: str) -> str:
    """:return: a title as it is shown: one space for several, none where they only spread its characters."""
    line, bare = " ".join(unified(text).split()), squeezed(text)
    return bare if 2 * (len(line) - len(bare)) >= len(bare) - 1 else line


def is_title(text: str) -> bool:
    """Whether a line reads like the title of an official document."""
    line = simplified(squeezed(text))
    return (
        3 <= len(line) <= 90
        and _TITLE.fullmatch(line) is not None
        and not _DIVISION.match(line)
        and not _ASKED.search(line)
        and not _COLOPHON.match(line)
    )


def is_body(text: str) -> bool:
    """Whether a line is the name of an authority or a site, not of a document."""
    line = squeezed(text)
    return _BODY.fullmatch(line) is not None and not is_title(line)


def title_lines(blocks: Sequence[Block]) -> list[tuple[str, int, int]]:
    """The first lines that read like titles; a title broken over lines is put together.

    :return: (title, first block, block after the last one).
    """
    found: list[tuple[str, int, int]] = []
    place = 0
    while place < min(len(blocks), _HEAD):
        text = shown(blocks[place].text)
        if article_of(text, 0) is not None or (_DIVISION.match(text) and blocks[place].level == 0):
            heads_an_annex = place == 0 and is_annex(text)  # a file of an annex alone
            if text[:1] not in "（(" and not heads_an_annex:
                break
            place += 1
            continue
        end = place + 1
        if _goes_on(blocks, place):
            text += shown(blocks[end].text)
            end += 1
        while end < min(len(blocks), place + 4) and _is_broken(text):
            text += shown(blocks[end].text)
            end += 1
        if is_title(text) and not blocks[place].row and not ORDER_HEAD.fullmatch(squeezed(text)):
            found.append((text, place, end))
            place = end
        else:
            place += 1
    return found


def _goes_on(blocks: Sequence[Block], place: int) -> bool:
    """Whether the first line is the first half of a title that the second line ends.

    Half a title is nothing by itself: no title, no authority, no number, no sentence.
    """
    above = [squeezed(block.text) for block in blocks[:place]]
    if any(not (_LETTERHEAD.fullmatch(line) or _NUMBER.fullmatch(line)) for line in above):
        return False
    if place + 1 >= len(blocks) or blocks[place].row or blocks[place + 1].row:
        return False
    first, second = squeezed(blocks[place].text), squeezed(blocks[place + 1].text)
    return (
        _HALF.fullmatch(first) is not None
        and not is_title(first)
        and not is_body(first)
        and not _ABOVE.search(first)
        and _SECOND_HALF.match(second) is None
        and is_title(second)
        and is_title(first + second)
    )


def _is_broken(text: str) -> bool:
    """Whether a title goes on in the next line."""
    if text.count("《") > text.count("》"):
        return len(text) < 80
    about = re.match(r"(?:[\u4e00-\u9fff]{2,20})?关于", text) is not None
    return about and len(text) < 60 and not is_title(text) and text[-1:] not in "。；：:"


def label_title(label: str | None) -> str | None:
    """:return: the title in what a file is called elsewhere, without the site's name and the program's."""
    text = _SUFFIX.sub("", _GENERIC.sub("", " ".join((label or "").split()))).strip()
    parts = [part for part in _SITE_PARTS.split(text) if part]
    named = next((part for part in parts if is_title(part)), None)
    if named:
        return named
    rest = [part for part in parts if not is_body(part)]
    return rest[0] if rest and re.search(r"[\u4e00-\u9fff]{4}|[A-Za-z]{4}", rest[0]) else None


def letterhead(blocks: Sequence[Block]) -> Letterhead:
    """Read the number and issuer of a document from its first lines and its last."""
    number = issuer = None
    for block in blocks[:_HEAD]:
        line = squeezed(block.text)
        if article_of(line, 0) is not None:
            break
        match = _NUMBER.search(line) if len(line) <= 60 else None
        if match and number is None:
            number = re.sub(r"\s", "", match[0]).lstrip("（(")
            number = number if "〔" in number else number.strip("（()）")
        head = _LETTERHEAD.fullmatch(line)
        if head and issuer is None:
            issuer = head[1]
    colophon = tuple(block.text for block in blocks if is_colophon(block.text))
    return Letterhead(number, issuer or _signed(blocks) or _printed(colophon), colophon)


def is_colophon(text: str) -> bool:
    """Whether a line is the colophon of an official document: 抄送：…, … 2026年2月10日印发."""
    return len(text) <= _COLOPHON_CHARS and _COLOPHON.match(squeezed(text)) is not None


def _signed(blocks: Sequence[Block]) -> str | None:
    """:return: the authority that signed: its name stands alone above a line with nothing but a date."""
    for above, below in pairwise(blocks):
        if len(below.text) > _DATE_CHARS:
            continue
        line = squeezed(above.text)
        if DATE_LINE.fullmatch(squeezed(below.text)) and 4 <= len(line) <= 40 and is_body(line):
            return line
    return None


def _printed(colophon: Sequence[str]) -> str | None:
    match = next((match for text in colophon if (match := _PRINTED.search(squeezed(text)))), None)
    return re.sub(r"办公室$", "", match[1]) if match else None


def same(one: str, two: str) -> bool:
    """Whether two lines say the same but for spaces and marks."""
    return re.sub(r"[\W_]", "", normalise(one)) == re.sub(r"[\W_]", "", normalise(two))
