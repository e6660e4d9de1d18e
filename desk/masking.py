"""Hiding phones, identity numbers, credit codes and e-mails wherever text leaves the case file."""

from __future__ import annotations

import logging
import re
from typing import Any

from desk.contacts import mask_credit_code, mask_phone, phone_spans

# Full-width letters and digits count as their plain forms; each maps to one character, so positions
# in the folded text are positions in the original.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

# The part before the sign is at most 64 characters; unbounded, every place of a long word would be a start.
_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+\-]{0,63}(@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)")
# An identity number has a birth date inside; a credit code has letters, or passes as 18 digits.
_IDENTITY = re.compile(r"(?<![A-Za-z0-9])[1-9]\d{5}(?:19|20)\d{9}[\dXx](?![A-Za-z0-9])")
_CREDIT = re.compile(
    r"(?<![A-Za-z0-9])[159ANY][1-9A-HJ-NP-RTUW-Y]\d{6}[0-9A-HJ-NP-RTUW-Ya-hj-np-rtuw-y]{10}(?![A-Za-z0-9])"
)
_COMPANY = re.compile(
    r"([一-鿿A-Za-z0-9（）()·&]{2,40}?)"
    r"((?:股份|集团|控股)?有限(?:责任)?公司|股份公司|集团公司|事务所|商行|经营部|工厂)"
)
# Words before a name that belong to none.
_BEFORE_A_NAME = re.compile(
    r".*(?:我们|我司|我方|咱们|对方|原告|被告|公司|申请人|收到|关于|委托|起诉|告了|名为|名叫|叫做|是|的)"
)
_COMPANY_ABROAD = re.compile(
    r"(?:[A-Z][\w&.'-]{0,30}[ ,]{1,2}){1,6}((?:Co|Corp|Inc|Ltd|LLC|LLP|GmbH|Limited|Company|S\.?A|B\.?V)\b\.?)"
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?(?:00)?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:\(0\d{2,3}\)|0\d{2,3})[ \-]?[2-8]\d{2,3}[ \-]?\d{4}(?!\d)")


def mask(text: str) -> str:
    """``text`` with every phone, identity number, credit code and e-mail made unreadable."""
    for pattern, hide in _RULES:
        folded = text.translate(_FOLD)
        pieces: list[str] = []
        end = 0
        for found in pattern.finditer(folded):
            pieces += [text[end : found.start()], hide(found)]
            end = found.end()
        text = "".join(pieces) + text[end:]
    return _mask_phones(text)


def _mask_phones(text: str) -> str:
    """``text`` with every phone unreadable that would be taken for one where it is asked for."""
    pieces: list[str] = []
    behind = 0
    for start, end in phone_spans(text.translate(_FOLD)):
        pieces += [text[behind:start], mask_phone(text[start:end])]
        behind = end
    return "".join(pieces) + text[behind:]


def mask_companies(text: str) -> str:
    """``text`` with the names of companies made unreadable; the kind of company stays."""
    return _COMPANY_ABROAD.sub(r"***\1", _COMPANY.sub(_hide_company, text))


def mask_value(value: Any) -> Any:
    """A JSON value with every string in it masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: mask_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_value(item) for item in value]
    return value


class MaskingFilter(logging.Filter):
    """Masks every record that passes, tracebacks included; add it to handlers, not to loggers."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.msg, record.args = mask(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask(record.exc_text)
        return True


def _hide_email(found: re.Match[str]) -> str:
    return f"{found.group(1)}***{found.group(2)}"


def _hide_company(found: re.Match[str]) -> str:
    before = _BEFORE_A_NAME.match(found.group(1))
    return f"{before.group() if before else ''}***{found.group(2)}"


def _hide_code(found: re.Match[str]) -> str:
    return mask_credit_code(found.group())


def _hide_mobile(found: re.Match[str]) -> str:
    return mask_phone(re.sub(r"\D", "", found.group())[-11:])


def _hide_landline(found: re.Match[str]) -> str:
    return mask_phone(found.group())


_RULES = (
    (_EMAIL, _hide_email),
    (_IDENTITY, _hide_code),
    (_CREDIT, _hide_code),
    (_MOBILE, _hide_mobile),
    (_LANDLINE, _hide_landline),
)
