"""Lines of a web page that belong to the site: where one is, what comes next, who owns the page."""

from __future__ import annotations

import re

_MARKS = re.compile(
    r"(?:您?(?:当前|现在)?的?(?:所在)?位置\s?[:：]|首页\s?[>›»]|上一[篇条页]\s?[:：]|下一[篇条页]\s?[:：]|版权所有|Copyright\b|(?:主办|承办)(?:单位)?\s?[:：]|承办单位\s?[:：]"
    r"|技术支持\s?[:：]|网站标识码|网站地图|分享到|扫一扫|返回顶部|打印本页|关闭(?:窗口|本页)|【?(?:打印|关闭|收藏)】?\s*[|｜【]?|字体\s?[:：]\s?[\[【]?[大小]).{0,120}"
    r"|.{0,60}(?:ICP备|公网安备|网站标识码).{0,40}"
)
_PUBLISHED = re.compile(
    r"(?:发布|公布|成文|更新|印发)(?:时间|日期)\s?[:：].{0,120}|(?:信息)?来源\s?[:：].{0,80}|浏览(?:次数|量)\s?[:：].{0,40}|(?:时间|日期)\s?[:：]\s?\d{4}[-年].{0,80}"
)


def is_published_line(text: str) -> bool:
    """Whether a line tells when and by whom the page was published."""
    return _PUBLISHED.fullmatch(text.strip()) is not None


def is_page_mark(text: str) -> bool:
    """Whether a line is no part of the text: the site's own, or of the page's publication."""
    return _MARKS.fullmatch(text.strip()) is not None or is_published_line(text)
