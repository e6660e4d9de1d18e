from __future__ import annotations

import pytest

from desk.contacts import credit_code, last_four, mask_credit_code, mask_name, mask_phone, phone


@pytest.mark.parametrize(
    "text",
    ["91350100M000100Y43", "91350100m000100y43", " 9135 0100 M000 100Y 43 ", "９１３５０１００Ｍ０００１００Ｙ４３",
     "914403001922038216", "9144030071526726XG", "91330100799655058B"],
)  # fmt: skip
def test_valid_credit_code_is_taken_in_any_width(text: str) -> None:
    assert credit_code(text) is not None


@pytest.mark.parametrize(
    "text",
    ["91350100M000100Y44", "91350100M000100Y4", "91350100M000100Y433", "9135O100M000100Y43", "",
     "91350100I000100Y43", "113501000000000000"],
)  # fmt: skip
def test_wrong_credit_code_is_refused(text: str) -> None:
    assert credit_code(text) is None


def test_every_single_wrong_character_is_noticed() -> None:
    good = "91350100M000100Y43"
    for place in range(18):
        for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if letter != good[place]:
                assert credit_code(good[:place] + letter + good[place + 1 :]) is None


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("1380013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("020-83001234", "020-83001234"),
        ("(020) 8300 1234", "020-83001234"),
        ("+86 20 83001234", "020-83001234"),
        ("0757-86331234转802", "0757-86331234-802"),
        ("07578633123", "0757-8633123"),
        ("400-123-4567", "4001234567"),
    ],
)
def test_phone_is_stored_in_one_form(text: str, stored: str) -> None:
    assert phone(text) == stored


@pytest.mark.parametrize(
    "text",
    ["", "12345678901", "1380013800", "138001380000", "02083001", "110", "电话", "020-13001234"],
)
def test_what_is_no_mainland_phone_is_refused(text: str) -> None:
    assert phone(text) is None


def test_stored_phone_is_accepted_again() -> None:
    for number in ("13800138000", "020-83001234", "0757-86331234-802"):
        assert phone(number) == number


def test_masks_show_just_enough() -> None:
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("020-83001234") == "020****1234"
    assert mask_phone(None) == ""
    assert mask_name("张三") == "张*"
    assert mask_name("欧阳修文") == "欧**"
    assert mask_name("张") == "张*"
    assert mask_credit_code("91350100M000100Y43") == "9135************43"
    assert last_four("020-83001234-802") == "1234"
