"""Numbers and times that people leave for a call."""

from __future__ import annotations

import time

import pytest

from server.calling import call_in, only_waits


@pytest.mark.parametrize(
    ("text", "phone", "words"),
    [
        ("020-87654321", "020-87654321", ""),
        ("０２０－８７６５４３２１", "020-87654321", ""),
        ("020-87654321转801", "020-87654321-801", ""),
        ("0757-86331234-802 下午3点", "0757-86331234-802", "下午3点"),
        ("+86 138-0013-8000，工作日", "13800138000", "工作日"),
        ("8613800138000", "13800138000", ""),
        ("138 0013 8000 9-12点", "13800138000", "9-12点"),
        ("13800138000 15:00", "13800138000", "15:00"),
        ("13800138000 3点半以后", "13800138000", "3点半以后"),
        ("9点到12点，400-123-4567", "4001234567", "9点到12点"),
        ("13800138000礼拜三下午", "13800138000", "礼拜三下午"),
        ("0757 8633123 明天10点", "0757-8633123", "明天10点"),
        ("12月3号上午 020-87654321", "020-87654321", "12月3号上午"),
    ],
)
def test_number_and_time_are_told_apart(text, phone, words):
    call = call_in(text)
    assert (call.phone, call.words) == (phone, words)
    assert call.is_all
    assert call.tells_when == bool(words)


@pytest.mark.parametrize(
    "text",
    ["明天下午3点到5点", "礼拜三下午", "周末都可以", "9-12", "三点半以后", "随时", "下个星期一早上", "15:30", "下周二或周四"],
)  # fmt: skip
def test_time_alone_is_one(text):
    call = call_in(text)
    assert call.phone is None
    assert call.tells_when


@pytest.mark.parametrize(
    "text", ["87654321", "12345678901", "我的电话是", "可以", "3", "337", "2026", "明天能答复吗"]
)
def test_what_tells_no_time_is_none(text):
    assert not call_in(text).tells_when


@pytest.mark.parametrize("text", ["我的电话是13800138000，谢谢", "请打 020-87654321"])
def test_words_that_only_introduce_a_number_are_no_time(text):
    call = call_in(text)
    assert call.is_all
    assert not call.tells_when


@pytest.mark.parametrize("text", ["电话13800138000，TRO怎么办", "13800138000 明天答辩来得及吗"])
def test_number_beside_a_matter_is_found_and_the_rest_is_not_about_the_call(text):
    call = call_in(text)
    assert call.phone == "13800138000"
    assert not call.is_all


@pytest.mark.parametrize(
    "text",
    ["914403001922038216", "91350100M000100Y43", "202010123456.7", "（2026）粤01民初12345号"],
)
def test_other_numbers_are_no_phone(text):
    assert call_in(text).phone is None


@pytest.mark.parametrize("text", ["你好", "请问还要等多久呀", "有人吗", "排到第几位了"])
def test_waiting_says_nothing_else(text):
    assert only_waits(text)
    assert not only_waits(f"{text}商标")


@pytest.mark.parametrize("text", ["1" * 1990 + "x", "1 " * 990 + "x", "要等多久" * 490 + "x"])
def test_no_message_takes_long(text):
    begun = time.process_time()
    call_in(text)
    only_waits(text)
    assert time.process_time() - begun < 0.5
