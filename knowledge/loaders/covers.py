"""What stands before the text of an official document: the notice, order or data table that issues it.

An order (令) only issues what it names: its number, issuer and day belong to the named text.  A notice
(关于印发《…》的通知) says from when and for how long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from knowledge.articles import article_of
from knowledge.loaders.dates import day_of, plain_dates
from knowledge.loaders.titles import DATE_LINE, ORDER_HEAD, is_body, same, squeezed
from knowledge.sections import Block, is_division

_LONGEST = 60  # blocks of a cover
_TAIL = 8  # blocks at the end, where a text without a notice is signed
_DATA_ROWS = 24  # blocks in which a site's table of data stands
_COUNT = r"[\d一二三四五六七八九十百千〇零]{1,6}"
_ORDINAL = re.compile(rf"[（(〔\[]?(?:(?:19|20)\d\d年?[〕\]]?)?第?{_COUNT}号[)）]?")
# 《样例规定》已经……会议通过，现予公布; 现公布《样例规定》.
_ISSUES = re.compile(
    r"《(?P<first>[^《》]+(?:〈[^〈〉]*〉[^《》]*)*)》[^。]{0,160}?(?:现予|予以|现将其?)(?:公布|发布|颁布|印发)"
    r"|(?:现予?|予以)(?:公布|发布|颁布)(?:修订后的|修改后的)?《(?P<second>[^《》]+)》"
)
_OFFICE = re.compile(
    r"(?:代?(?:主席|总理|省长|市长|州长|区长|县长|部长|主任|局长|署长|行长|院长|检察长|关长|会长)|签发人)(?:[:：]?[\u4e00-\u9fff·]{0,12})?"
)
_FIELDS = {
    "number": r"发文字号|文件编号|公文编号|文\s?号|发文号",
    "issuer": r"发文(?:机关|机构|单位)|发布(?:机关|机构|单位)|制定(?:机关|单位)|颁布(?:机关|单位)",
    "issued": r"成文(?:日期|时间)|印发(?:日期|时间)|签发日期|发文日期|发布(?:日期|时间)|公布(?:日期|时间)",
    "from": r"(?:施行|实施|生效|执行)(?:日期|时间)",
}
_LABELLED = {
    name: re.compile(rf"(?:{words})\s?[:：]\s?(?P<value>[^｜；]{{2,60}}?)\s*(?=$|[｜；]|\s{{2,}})")
    for name, words in _FIELDS.items()
}
_DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})")


@dataclass(frozen=True)
class Cover:
    """What a cover says of the text behind it.

    ``named`` is the title of the text that an order only issues; ``lines`` the cover's own sentences,
    which may tell from when and until when.  ``signed`` is the day under the signature.
    """

    lines: tuple[str, ...] = ()
    named: str | None = None
    number: str | None = None
    issuer: str | None = None
    signed: date | None = None
    applies: date | None = None


def read_cover(blocks: Sequence[Block]) -> Cover:
    """Read what stands before the first article or chapter; nothing where a text has none."""
    lines = [(squeezed(block.text), block) for block in _before(blocks)]
    told = _data(blocks)
    number, issuer, named = _order([line for line, _ in lines], blocks)
    if named is not None:
        ends = (place for place, (line, _) in enumerate(lines) if same(line, named))
        lines = lines[: next(ends, len(lines))]
    tail = [squeezed(block.text) for block in blocks[-_TAIL:]]
    signed = _signed([line for line, _ in lines], issues=named is not None)
    signed = signed or _signed(tail, issues=False)
    has_text = len(lines) < min(len(blocks), _LONGEST)
    return Cover(
        lines=tuple(line for line, block in lines if not block.row) if has_text else (),
        named=named,
        number=told.get("number") or number,
        issuer=told.get("issuer") or issuer,
        signed=_day(told.get("issued")) or signed,
        applies=_day(told.get("from")),
    )


def _before(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks[:_LONGEST]:
        if not block.row and (article_of(block.text, 0) or is_division(block.text)):
            return
        yield block


def _order(
    lines: Sequence[str], blocks: Sequence[Block]
) -> tuple[str | None, str | None, str | None]:
    """:return: number, issuer and named text of an order or announcement, each None where it has none."""
    number = issuer = named = None
    bodies: list[str] = []
    for place, line in enumerate(lines):
        match = ORDER_HEAD.fullmatch(re.sub(r"\s", "", line))
        if match is None:
            bodies = [*bodies, line] if is_body(line) and len(bodies) == place else bodies
            continue
        after = lines[place + 1] if place + 1 < len(lines) else ""
        own = match["number"] or (after if _ORDINAL.fullmatch(after) else "")
        issuer = match["body"] or "、".join(bodies) or None
        if own and issuer:
            number = f"{issuer}{match['kind']}{own.strip('（()）')}"
        break
    else:
        return None, None, None
    for line in lines:
        said = _ISSUES.search(line)
        title = (
            (said["first"] or said["second"]).replace("〈", "《").replace("〉", "》")
            if said
            else ""
        )
        own_line = next((b.text for b in blocks[:_LONGEST] if title and same(b.text, title)), None)
        if own_line:
            named = squeezed(own_line)
            break
    return number, issuer, named


def _signed(lines: Sequence[str], *, issues: bool) -> date | None:
    """:return: the day that stands alone under the name of an authority or of who holds an office."""
    for above, below in pairwise(lines):
        if not DATE_LINE.fullmatch(below):
            continue
        if (
            issues
            or is_body(above)
            or _OFFICE.fullmatch(above.replace(" ", "").replace("\u3000", ""))
        ):
            match = _DAY.search(plain_dates(below))
            return day_of(match.groups()) if match else None
    return None


def _data(blocks: Sequence[Block]) -> dict[str, str]:
    """:return: the fields of a site's table of data (发文字号：…)."""
    found: dict[str, str] = {}
    for block in blocks[:_DATA_ROWS]:
        for name, pattern in _LABELLED.items():
            match = pattern.search(block.text)
            if match and name not in found:
                found[name] = match["value"].strip()
    return found


def _day(text: str | None) -> date | None:
    match = _DAY.search(plain_dates(text)) if text else None
    return day_of(match.groups()) if match else None
