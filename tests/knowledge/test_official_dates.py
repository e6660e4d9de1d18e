"""When a document applies, as it says of itself and of nothing else."""

from datetime import date

import pytest

from knowledge.loaders.dates import validity

FROM = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("本办法自2026年3月1日起施行。", FROM, None),
        ("本办法自2026年3月1日零时起生效。", FROM, None),
        ("本办法从二〇二六年三月一日起正式实施，有效期三年。", FROM, date(2029, 2, 28)),
        ("本办法自2026 年 3 月 1 日起执行，有效期至2028年12月31日。", FROM, date(2028, 12, 31)),
        ("本措施自2026年3月1日起施行，至2027年2月28日止。", FROM, date(2027, 2, 28)),
        ("本通知有效期自2026年3月1日起至2028年2月29日。", None, date(2028, 2, 29)),
        ("本办法自2026年3月1日起施行，2028年3月1日起自动失效。", FROM, date(2028, 2, 29)),
        ("本办法自2026年3月1日起施行。2019年5月1日起施行的《样例办法》同时废止。", FROM, None),
        ("2019年5月1日起施行的《样例办法》同时废止，本办法自2026年3月1日起施行。", FROM, None),
        ("本办法自发布之日起施行，2019年5月1日起施行的《样例办法》同时废止。", None, None),
        ("专利权的有效期为二十年，自申请日起计算。", None, None),
        ("本办法自2026年2月30日起施行。", None, None),
    ],
)
def test_a_closing_paragraph_tells_from_when_until_when(text, start, end):
    found = validity((), [text], ())
    assert (found.start, found.end) == (start, end)


def test_from_the_day_of_issue_is_the_day_it_was_issued():
    text = ["本办法自公布之日起施行，有效期五年。"]
    found = validity((), text, ["（2026年3月1日样例局公布）"])
    assert (found.issued, found.start, found.end) == (FROM, FROM, date(2031, 2, 28))
    later = validity((), ["本办法自公布之日起30日后施行。"], ["（2026年3月1日样例局公布）"])
    assert later.start is None


def test_the_last_amendment_is_what_the_history_says():
    history = "（2004年4月6日通过　根据2016年11月7日《决定》第一次修正　根据2022年12月30日《决定》第二次修正）"
    found = validity((), ["本条例自2004年7月1日起施行。"], [history])
    assert (found.start, found.amended) == (date(2004, 7, 1), date(2022, 12, 30))
