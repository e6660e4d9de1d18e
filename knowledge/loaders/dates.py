"""When an official document takes effect and ends, read from its own words.

Only what is said of the document itself counts: the date of a regulation that it repeals is not its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.characters import unified
from knowledge.text import fold_numerals, normalise

_YEAR = r"(?:\d{4}|[一二三四五六七八九〇零○]{4})"
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DAY = rf"({_YEAR})年({_SMALL})月({_SMALL})[日号]"
_ANY_DATE = re.compile(_DAY)
_BEGINS = r"(?:开始)?(?:正式)?(?:施行|实施|执行|生效|适用|试行)"
_IN_FORCE = re.compile(rf"{_DAY}(?:\([^()]{{0,12}}\))?(?:零时)?起?{_BEGINS}")
# 2019年5月1日起施行的《样例规定》: the date of another document.
_OF_ANOTHER = re.compile(r"的?(?:原)?[《〈]")
_REPEALED = re.compile(r"同时废止|即行废止|予以废止|同时失效")
_ISSUED = re.compile(rf"{_DAY}(?:[\u4e00-\u9fff]{{0,20}})?(?:公布|发布|印发|颁布)")
_LABELLED = re.compile(
    r"(?:发布|公布|成文|印发)(?:时间|日期) ?: ?(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})"
)
_UNTIL = re.compile(
    rf"(?:有效期(?:限)?(?:截?至|到|为?至)|执行(?:期限)?(?:截?至|到)|(?:施行|实施)(?:截?至|到)|,至){_DAY}"
)
_ISSUE = r"(?:公布|发布|印发|颁布|颁发|下发|公告|签发|发文)"
_ON_ISSUE = re.compile(rf"{_ISSUE}之日起(?:正式|开始)?(?:施行|实施|执行|生效|试行|适用)")
_FROM_ISSUE = re.compile(rf"{_ISSUE}之日起[^。;]{{0,12}}(?:施行|实施|执行|生效)")
_FROM_UNTIL = re.compile(
    rf"(?:有效期|执行期限|施行期|实施期)[^。;]{{0,8}}?{_DAY}起?(?:至|到){_DAY}"
)
_ENDS = re.compile(rf"{_DAY}起?(?:自动|自行)?(?:失效|废止|停止(?:执行|施行|实施))")
_FOR_YEARS = re.compile(
    rf"(?:有效期|试行期|施行期|执行期|实施期)限?(?:自[^,。;]{{0,8}}{_ISSUE}之日起(?:计算)?,?)?(?:暂?[为定是]|:)?(?:期限)?(\d{{1,2}})(年|个月)"
    rf"|{_ISSUE}之日起(\d{{1,2}})(年|个月)内?有效|,试行(\d{{1,2}})(年|个月)(?=[,。;]|$)"
)
_OWN_VALIDITY = re.compile(
    r"本(?:通知|办法|规定|细则|措施|意见|条例|规则|方案|政策|指引|文件)|施行|实施|执行|生效|印发|发布|公布|试行"
)
_OWN_BEFORE = re.compile(
    r"(?:^|[,。;:()]|(?:本[\u4e00-\u9fff]{1,6}|施行|实施|执行|试行|印发|发布|公布|政策|文件|起|其)的?)$"
)
_HISTORY_WORDS = re.compile(r"通过|修正|修订|公布|发布|施行|批准|修改|颁布")
_TITLE_YEAR = re.compile(
    r"[（(]\s?(\d{4})\s?(?:年)?[^（）()]{0,6}?(?:修订|修正|修改|版|本)[^（）()]{0,3}[)）]\s*$"
)


@dataclass(frozen=True)
class Validity:
    """What a document says of its own time: from, until (the last day), issued, last amended.

    ``on_issue`` tells that it applies from the day of issue, ``unsettled`` that the day on which it begins is
    to be counted from one that it does not tell.
    """

    start: date | None = None
    end: date | None = None
    issued: date | None = None
    amended: date | None = None
    on_issue: bool = False
    unsettled: bool = False


def plain_dates(text: str) -> str:
    """:return: the text in the form in which dates are looked for: no spaces, Chinese numerals as digits."""
    bare = re.sub(r"\s", "", normalise(unified(text)))
    return _ANY_DATE.sub(lambda match: "{}年{}月{}日".format(*map(_digits, match.groups())), bare)


def _digits(numeral: str) -> str:
    if numeral.isdigit():
        return numeral
    if len(numeral) == 4:
        return "".join(
            str("〇一二三四五六七八九".find(c.replace("零", "〇").replace("○", "〇")))
            for c in numeral
        )
    ten, mark, one = numeral.partition("十")
    row = "一二三四五六七八九"
    if not mark:
        return str(row.find(ten) + 1)
    return str((row.find(ten) + 1 if ten else 1) * 10 + (row.find(one) + 1 if one else 0))


def dates_in(text: str) -> list[date]:
    """:return: the days that a text names, in its order."""
    found = (day_of(match.groups()) for match in _ANY_DATE.finditer(plain_dates(text)))
    return [day for day in found if day is not None]


def day_of(parts: Sequence[str]) -> date | None:
    """:return: a day from year, month and day; None for a day that does not exist."""
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def is_history(text: str) -> bool:
    """Whether a line under the title tells when a document was adopted and amended."""
    return bool(dates_in(text)) and bool(_HISTORY_WORDS.search(text))


def start_of(text: str) -> date | None:
    """:return: the day from which a sentence says that its own document applies."""
    plain = plain_dates(text)
    found = None
    for match in _IN_FORCE.finditer(plain):
        after = plain[match.end() :]
        clause = re.split(r"[。;]", after, maxsplit=1)[0]
        if _OF_ANOTHER.match(after) and _REPEALED.search(clause):
            continue
        if _OF_ANOTHER.match(after):
            continue
        found = found or day_of(match.groups())
    return found


def validity(
    history: Sequence[str],
    closing: Iterable[str],
    heading: Iterable[str],
    *,
    cover: Iterable[str] = (),
    signed: date | None = None,
) -> Validity:
    """Read a document's own dates.

    :param history: lines of its adoption and amendments.
    :param closing: its last paragraphs, the last first.
    :param heading: the lines under its title.
    :param cover: the notice or order that issues it; its own ending counts first.
    :param signed: the day under the signature, which is the day of issue.
    """
    closing, heading = [*closing, *cover], list(heading)
    bracketed = [text for text in heading if text[:1] in "（(" or is_history(text)]
    start = next(
        (day for text in (*reversed(history), *bracketed, *closing) if (day := start_of(text))),
        None,
    )
    issued = signed or next(
        (day for text in (*bracketed, *closing, *history) if (day := _issued(text))), None
    )
    told = [
        day
        for text in (*history, *bracketed)
        if _HISTORY_WORDS.search(text)
        for day in dates_in(text)
    ]
    on_issue = start is None and any(_ON_ISSUE.search(plain_dates(text)) for text in closing)
    start = issued if on_issue else start
    end = next((day for text in closing if (day := _end(text, start or issued))), None)
    waits = start is None and any(_FROM_ISSUE.search(plain_dates(text)) for text in closing)
    return Validity(start, end, issued, max(told, default=None), on_issue and bool(issued), waits)


def _issued(text: str) -> date | None:
    labelled = _LABELLED.search(normalise(text))
    if labelled:
        return day_of(labelled.groups())
    match = _ISSUED.search(plain_dates(text))
    return day_of(match.groups()) if match else None


def _end(text: str, start: date | None) -> date | None:
    """:return: the last day on which a document applies, where the sentence says so of itself."""
    plain = fold_numerals(plain_dates(text))
    if not _OWN_VALIDITY.search(plain):
        return None
    period, until = _own(_FROM_UNTIL, plain), _own(_UNTIL, plain)
    if period or until:
        return day_of(period.groups()[3:] if period else until.groups() if until else ())
    ends = _ENDS.search(plain)
    if ends and not _OF_ANOTHER.search(plain):
        last = day_of(ends.groups())
        return last - timedelta(days=1) if last else None
    span = _own(_FOR_YEARS, plain)
    if span is None or start is None:
        return None
    count, unit = next(
        pair for pair in (span.group(1, 2), span.group(3, 4), span.group(5, 6)) if pair[0]
    )
    return _last_day(start, int(count) * (12 if unit == "年" else 1))


def _own(pattern: re.Pattern[str], plain: str) -> re.Match[str] | None:
    """:return: a period that is the document's own, not that of a certificate which it speaks of."""
    for match in pattern.finditer(plain):
        if match[0][0] in ",施实执印公发颁" or _OWN_BEFORE.search(plain[: match.start()]):
            return match
    return None


def _last_day(start: date, months: int) -> date:
    """:return: the last day of a period of months that begins on a day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        after = date(year, month + 1, start.day)
    except ValueError:  # 29 February, the 31st
        after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return after - timedelta(days=1)


def title_year(title: str) -> str | None:
    """:return: the year of the version that a title names: 办法（2026年修订） → 2026."""
    match = _TITLE_YEAR.search(normalise(title).replace("(", "（").replace(")", "）"))
    return match[1] if match else None
