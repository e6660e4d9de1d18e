from __future__ import annotations

import io
import logging

import pytest

from desk.contacts import find_phone
from desk.masking import MaskingFilter, mask, mask_companies, mask_value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打13800138000找我", "打138****8000找我"),
        ("138 0013 8000", "138****8000"),
        ("+86-138-0013-8000。", "138****8000。"),
        ("１３８００１３８０００", "138****8000"),
        ("座机020-83001234", "座机020****1234"),
        ("(0757)86331234", "075****1234"),
        ("代码91350100M000100Y43", "代码9135************43"),
        ("身份证440106199001011234吗", "身份证4401************34吗"),
        ("44010619900101123X", "4401************3X"),
        ("发到zhang.san@example.com.cn", "发到z***@example.com.cn"),
    ],
)
def test_identifiers_become_unreadable(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "收到337立案通知，2026-11-23送达，20天内答辩",
        "案号 337-TA-1234，专利 US10123456B2",
        "ZL201930123456.7",
        "赔偿1,200,000美元",
        "19 CFR § 210.13(a)",
        "http://www.cnipa.gov.cn/art/2025/3/20/art_53_198430.html",
        "XS-7K4A-9TXM",
    ],
)
def test_dates_case_numbers_and_amounts_stay(text: str) -> None:
    assert mask(text) == text


def test_masking_twice_changes_nothing() -> None:
    once = mask("13800138000 91350100M000100Y43 a.b@c.com 020-83001234")
    assert mask(once) == once


def test_json_values_are_masked_in_depth() -> None:
    assert mask_value({"a": ["13800138000", 5, None], "b": {"c": "x"}}) == {
        "a": ["138****8000", 5, None],
        "b": {"c": "x"},
    }


def _logged(write) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskingFilter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    write(logger)
    return stream.getvalue()


def test_log_lines_are_masked_arguments_included() -> None:
    line = _logged(lambda logger: logger.error("from %s at %d%%", "13800138000", 5))
    assert line == "from 138****8000 at 5%\n"


def test_tracebacks_are_masked() -> None:
    def fail(logger: logging.Logger) -> None:
        try:
            raise ValueError("bad phone 13800138000")
        except ValueError:
            logger.exception("while saving")

    text = _logged(fail)
    assert "13800138000" not in text
    assert "ValueError: bad phone 138****8000" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们是广州绝密灯饰有限公司，被告了", "我们是***有限公司，被告了"),
        ("对方Acme Tools, Inc.起诉", "对方***Inc.起诉"),
        ("深圳市甲乙科技股份有限公司怎么办", "***股份有限公司怎么办"),
        ("公司收到律师函", "公司收到律师函"),
        ("337调查几天答辩", "337调查几天答辩"),
    ],
)
def test_names_of_companies_are_hidden_and_questions_stay(text, expected):
    assert mask_companies(text) == expected


@pytest.mark.parametrize(
    "written",
    ["138 001 38000", "138-00-138000", "(138)00138000", "138—0013—8000", "400 820 8820", "8008208820",
     "１３８　００１　３８０００", "020 - 8765 4321 转 801", "+86 138 0013 8000"],
)  # fmt: skip
def test_whatever_is_taken_for_a_phone_is_unreadable(written):
    text = f"电话{written}，下午三点；或 13900139000"
    assert find_phone(text) is not None
    hidden = mask(text)
    assert find_phone(hidden) is None
    assert written not in hidden
    assert "下午三点" in hidden
    assert mask(hidden) == hidden
