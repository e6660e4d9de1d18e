"""Every reference that can be drawn is recognised, however a person writes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desk.references import LEAD_PREFIX, new_reference, references_in, without_references

DRAWN = [new_reference(LEAD_PREFIX) for _ in range(500)]
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as printed": str,
    "lower case": str.lower,
    "no dashes": lambda text: text.replace("-", ""),
    "spaces": lambda text: text.replace("-", " "),
    "letter by letter": lambda text: " ".join(text.replace("-", "")),
    "long dashes": lambda text: text.replace("-", "—"),
    "full width": lambda text: "".join(chr(ord(char) + 0xFEE0) for char in text),
    "in a sentence": lambda text: f"我的登记编号是{text}，到哪一步了？",
    "with the phone's end": lambda text: f"{text} 8000",
    "with the phone's end right behind": lambda text: f"{text.replace('-', '')}8000",
    "with the phone": lambda text: f"{text}，13800138000",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_drawn_reference_is_found(spelling: str) -> None:
    wrong = [item for item in DRAWN if references_in(SPELLINGS[spelling](item), "XS") != (item,)]
    assert wrong == []


def test_two_in_one_message_are_found_in_order() -> None:
    for first, second in zip(DRAWN[::2], DRAWN[1::2], strict=True):
        for between in ("和", "、", " ", "\n"):
            assert references_in(f"{first}{between}{second}", "XS") == (first, second)
    assert references_in(f"{DRAWN[0]} {DRAWN[0].lower()}", "XS") == (DRAWN[0],)


def test_a_reference_of_another_kind_or_length_is_none() -> None:
    for text in (
        "ZR-7K4A-9TXM",
        "XS-7K4A-9TX",
        "XS-7K4A-9TXMX",
        "XS-7K4A-9TXM80",
        "码数XS的T恤",
        "",
    ):
        assert references_in(text, "XS") == ()


def test_digits_of_a_reference_are_not_left_over() -> None:
    assert without_references("XS-3479-3479 尾号8000", "XS").split() == ["尾号8000"]
