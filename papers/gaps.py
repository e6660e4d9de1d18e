"""What of a paper was not read, or hardly: whoever holds it has to look there."""

from __future__ import annotations

from collections.abc import Sequence

from papers.contents import MAX_PAGES, MAX_SCANS, Contents
from papers.words import Words

_UNREAD = {"ko": "韩文", "ru": "俄文"}
_INSTEAD = "请传有文字的 PDF 等电子版，或把写着日期、案号和要求的几行打字发来"
_HALF_READ = {"vi": "越南文"}
_NAMED = 5
_ILLEGIBLE = 0.75


def gaps_of(
    contents: Contents, words: Words, language: str | None, *, is_known: bool
) -> tuple[str, ...]:
    """:param is_known: the paper is of a known kind. :return: what is to be said, in Chinese."""
    return (
        *_unread(contents),
        *_left_out(words),
        *_attached(contents.attached),
        *_illegible(contents, language, is_known=is_known),
    )


def _unread(contents: Contents) -> list[str]:
    if not contents.unread:
        return []
    first, count = contents.unread[0], contents.pages
    is_rest = contents.unread == tuple(range(first, count + 1))
    what = f"只读了前{first - 1}页" if is_rest and first > 1 else f"{_spans(contents.unread)}没有读"
    return [
        f"这份文书共{count}页，{what}（一次最多读{MAX_PAGES}页，其中扫描或拍照的{MAX_SCANS}页），没读的页里可能写着截止日；"
        "请翻看原件，把写着日期和要求的几页另外拍照上传"
    ]


def _spans(pages: Sequence[int]) -> str:
    """:return: page numbers in rising order as spans in words: 第3页、第61至80页."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and spans[-1][-1] == page - 1:
            spans[-1][1:] = [page]
        else:
            spans.append([page])
    said = [f"第{'至'.join(map(str, span))}页" for span in spans]
    return "、".join(said[:_NAMED]) + ("等" if len(said) > _NAMED else "")


def _left_out(words: Words) -> list[str]:
    if words.left_out is None:
        return []
    return [
        f"这份文书太长，从第{words.left_out.page}页“{words.left_out.text.strip()[:20]}”起没有再找日期、金额和要求，后面可能写着截止日；"
        "请翻看原件，把写着日期和要求的几页另外上传"
    ]


def _attached(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    shown = "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
    return [f"邮件的附件 {shown} 没有读，里面可能写着截止日；请把附件单独上传，读不了的会说明原因"]


def _illegible(contents: Contents, language: str | None, *, is_known: bool) -> list[str]:
    """What must be said of how well pictures could be read."""
    if not contents.ocr:
        return []
    if language in _UNREAD:
        name = _UNREAD[language]
        return [f"这是{name}的图片，{name}还不能从图片里认，只读出了数字；{_INSTEAD}"]
    doubtful = sum(line.confidence < _ILLEGIBLE for line in contents.lines)
    is_doubtful = doubtful * 3 > len(contents.lines)
    # What the models do not know comes as a few wrong characters of the scripts that they do.
    if not is_known and (language is None or is_doubtful):
        return [
            f"图片里的文字大多认不出：可能是韩文、俄文等还不能从图片里认的文字，也可能是拍得不清楚。{_INSTEAD}；"
            "中文、英文、日文和西欧文字的，也可以在亮处平放重拍"
        ]
    if language in _HALF_READ:
        return [f"这是{_HALF_READ[language]}的图片，有些字母认不出，请对着原件核对"]
    if is_doubtful:
        return ["这份文书很多地方看不清，读到的内容可能有错；请在亮处平放重拍，或提供电子版"]
    return []
