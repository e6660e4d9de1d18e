"""Of several days in a message, the one on which what a rule counts from happened."""

from datetime import date

import pytest

from actions.turn.event_days import day_of_event, day_to_come, may_count_from, says_of
from knowledge.deadline_types import Event

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "event", "day"),
    [
        ("信是11月9日寄出的，我们19日才收到", Event.ISSUED, 9),
        ("信是11月9日寄出的，我们19日才收到", Event.SERVED, 19),
        ("11月2日提交的申请，11月16日公告", Event.FILED, 2),
        ("11月2日提交的申请，11月16日公告", Event.PUBLISHED, 16),
        ("11月2日申请的，11月16日注册公告", Event.PUBLISHED, 16),
        ("11月2日受理，11月16日公布", Event.FILED, 2),
        ("11月2日交上去，商标申请11月16日公告了", Event.PUBLISHED, 16),
        ("申请是11月2日递交，申请11月16日在那边公布", Event.PUBLISHED, 16),
        ("11月2日递交，11月16日受理公布", Event.PUBLISHED, 16),
        ("通知上周五寄的，今天收到", Event.ISSUED, 20),
        # Words of sending and of receipt, as people say them.
        ("信封邮戳盖的11月9日，我19日才到手", Event.ISSUED, 9),
        ("邮寄日期写的11月9日，仓库19日签收", Event.ISSUED, 9),
        ("11月19日拿到，落款日期11月9日", Event.ISSUED, 9),
        ("发函日是11月9日，前台19日收的", Event.ISSUED, 9),
        ("信上印的日期是11月9日，寄到我们这里是11月19日", Event.ISSUED, 9),
        ("postmark是11月9日，19号收到", Event.ISSUED, 9),
        ("收到日期11月19日，寄出日期11月9日", Event.ISSUED, 9),
        ("收到日期11月19日，寄出日期11月9日", Event.SERVED, 19),
        ("货11月4日被海关扣下，11月10日才收到通知", Event.EXECUTED, 4),
        # Service goes before the day on which somebody had it in hand.
        ("11月2日送达，11月16日才拿到手", Event.SERVED, 2),
        # Whom an office notifies it has written to; what it passes on has come.
        ("对方商标11月2日公告后异议，11月16日局里通知我们", Event.ISSUED, 16),
        ("11月2日公告，11月16日官方把异议转给我们", Event.RECEIVED, 16),
        ("11月2日公告，11月16日官方发出通知", Event.RECEIVED, 16),
        # What stands before a mark is said of the day before it.
        ("更正：11月2日只是对方邮件，法院的有效送达是11月9日", Event.SERVED, 9),
    ],
)
def test_the_day_of_the_event_is_taken(text, event, day):
    assert day_of_event(text, event, TODAY) == date(2026, 11, day)


@pytest.mark.parametrize(
    "text",
    [
        "11月16日收到",  # one day needs no telling apart
        "11月16日送达，11月18日又送达一份",  # both alike
        "11月16日收到，12月7日到期",  # the other is to come
        "不是11月9日收到的，是11月16日",  # the other is denied
    ],
)
def test_where_the_words_tell_nothing_apart_no_day_is_chosen(text):
    assert day_of_event(text, Event.SERVED, TODAY) is None


def test_today_is_past_enough_and_tomorrow_is_not():
    assert day_of_event("11月9日寄出，11月23日收到", Event.RECEIVED, TODAY) == date(2026, 11, 23)
    assert day_of_event("11月9日寄出，11月24日收到", Event.ISSUED, TODAY) is None


def test_a_day_that_is_told_twice_is_one_day():
    assert day_of_event("11月16日收到，是11月16日收到的", Event.SERVED, TODAY) is None
    text = "11月9日寄出，11月16日收到，对，11月16日收到"
    assert day_of_event(text, Event.SERVED, TODAY) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("story", "event", "may"),
    [
        ("11月20日收到德国的临时禁令", Event.FILED, False),
        ("11月20日收到德国的临时禁令", Event.SERVED, True),
        ("保护函11月20日登记的", Event.FILED, True),
        ("11月20日收到美国海关的扣押通知", Event.ISSUED, False),
        ("扣押通知上印的日期是11月20日", Event.ISSUED, True),
        ("11月20日收到印度海关的扣货通知", Event.EXECUTED, False),
        ("货11月20日在印度被扣了", Event.EXECUTED, True),
        ("11月20日", Event.ISSUED, True),
        ("我们被德国的临时禁令弄懵了", Event.EXPIRES, True),
    ],
)
def test_who_tells_that_a_paper_came_tells_no_filing(story, event, may):
    assert may_count_from(story, event, TODAY) is may


@pytest.mark.parametrize("text", ["11月2日申请的", "对方是11月2日受理的", "申请日11月2日"])
def test_what_an_office_does_later_is_not_counted_from_a_filing(text):
    assert not may_count_from(text, Event.PUBLISHED, TODAY)
    assert not may_count_from(text, Event.REGISTERED, TODAY)
    assert may_count_from(text, Event.FILED, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "11月2日申请公告", "商标申请公告日11月2日", "11月2日授权公告", "人家的商标申请11月2日公告了",
        "那件申请于11月2日登在公报上", "申请11月2日在新加坡公布的", "11月2日受理公告",
    ],
)  # fmt: skip
def test_the_publication_of_an_application_is_one(text):
    assert may_count_from(text, Event.PUBLISHED, TODAY)


@pytest.mark.parametrize(
    ("text", "event", "says"),
    [
        ("11月9日登出来的公告", Event.PUBLISHED, True),
        ("我们11月9日被served了诉状", Event.SERVED, True),
        ("3月9日公告的", Event.PUBLISHED, True),  # the last one, for it has happened
        ("11月9日收到的", Event.PUBLISHED, False),
        ("11月9日公告，11月19日收到", Event.PUBLISHED, False),  # which is meant is not told
        ("哪天公告的", Event.PUBLISHED, False),
    ],
)
def test_a_message_that_tells_the_day_of_an_event_tells_that_it_happened(text, event, says):
    assert says_of(text, event, TODAY) is says


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("授权决定11月10日寄出", False),
        ("11月10日发来授权决定，授权公告12月9日", False),
        ("11月10日发的公告", True),
        ("授权公告11月10日", True),
        ("11月10日", True),
    ],
)
def test_a_day_of_sending_is_none_of_publication(text, may):
    assert may_count_from(text, Event.PUBLISHED, TODAY) is may


def test_a_waiver_of_service_is_no_service():
    assert may_count_from("11月9日寄来放弃送达的请求", Event.ISSUED, TODAY)


@pytest.mark.parametrize(
    ("text", "event", "day"),
    [
        ("打算12月3日出庭", Event.HEARING, date(2026, 12, 3)),
        ("下周四失效，打算12月1日去法院", Event.HEARING, date(2026, 12, 1)),
        ("2027年3月1日到期", Event.EXPIRES, date(2027, 3, 1)),
        ("11月3日出的庭", Event.HEARING, None),
        ("12月1日或者12月3日去法院", Event.HEARING, None),
    ],
)
def test_the_day_of_an_event_that_is_to_come(text, event, day):
    assert day_to_come(text, event, TODAY) == day
