from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy.engine import Engine

from desk import (
    feedback,
    handoffs,
    lead_intake,
    leads,
    samples,
    staff_moves,
    transcripts,
    unanswered,
)
from desk.engine import writing
from desk.errors import InvalidRecordError
from desk.figures import daily, figures
from desk.leads import Stage
from desk.measure_queries import count, records
from desk.measures import LEAD_FIELDS, NOT_SAID, Measure, Period
from desk.service_clock import CHINA, ServiceHours
from tests.exchange import record_exchange

HOURS = ServiceHours(week=(((time(9), time(12)), (time(14), time(17))),) * 5 + ((),) * 2)
ANSWER = {
    "kind": "answer",
    "text": "20天",
    "citations": [{"document": "us-337", "title": "t", "quote": "q", "snapshot": "s"}],
}
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
WEEK = Period(MONDAY, MONDAY + timedelta(days=7))
OF_CENTER = Period(WEEK.since, WEEK.until, "gz")


def _fill(conn, lead) -> None:
    for sender, question, reply in (
        ("a", "几天答辩？", ANSWER),
        ("a", "几天答辩", ANSWER),
        ("b", "联系13800138000", {"kind": "refusal", "text": "不知道"}),
        ("c", "展会被查扣", ANSWER),
    ):
        said = record_exchange(conn, sender, "web", question, [reply], now=MONDAY)
        if reply is not ANSWER:
            unanswered.record(conn, sender, question, "refuse", now=MONDAY)
    feedback.record(conn, said.replies[0].id, "up", now=MONDAY)
    feedback.record(conn, transcripts.history(conn, "a")[-1].id, "down", "没说清", now=MONDAY)
    samples.draw(conn, [(one, "", 1.0) for one in _answered(conn)], by="chen", now=MONDAY)
    # The newest is c's answer, then the one of a's that was of no help, then a's first.
    verdicts = (("right", ""), ("wrong", "打13800138000问过"), ("wrong", ""))
    for sample, (verdict, note) in zip(samples.listing(conn)[::-1], verdicts, strict=True):
        samples.judge(conn, sample.id, verdict, note, by="lin", now=MONDAY)
    ticket = handoffs.open_ticket(conn, "a", "问13900139000", center="gz", now=MONDAY).reference
    staff_moves.claim(conn, ticket, "li", now=MONDAY + timedelta(minutes=5))
    staff_moves.reply(conn, ticket, "li", "您好", now=MONDAY + timedelta(minutes=6))
    staff_moves.close(conn, ticket, "li", "已解答", now=MONDAY + timedelta(hours=1))
    handoffs.open_ticket(conn, "b", center="sz", now=MONDAY)
    handoffs.abandon(conn, "b", now=MONDAY + timedelta(minutes=1))
    made, _ = lead_intake.upsert(conn, lead(sender="c", center="gz", district="花都区"), now=MONDAY)
    leads.move(conn, made, Stage.SCREENING, "staff:li", now=MONDAY)
    lead_intake.upsert(conn, lead(company="乙", country=None), now=MONDAY + timedelta(days=2))


def _answered(conn) -> list[samples.Answered]:
    return samples.answered(conn, since=MONDAY - timedelta(days=1))


def _agrees(engine: Engine, lead) -> None:
    with writing(engine) as conn:
        _fill(conn, lead)
        for period in (WEEK, OF_CENTER):
            found = figures(conn, period, HOURS)
            for measure, number in (
                (Measure.CONVERSATIONS, found.conversations),
                (Measure.MESSAGES, found.messages_in),
                (Measure.ANSWERED, found.answered),
                (Measure.REFUSED, found.refused),
                (Measure.RATED_UP, found.rated_up),
                (Measure.RATED_DOWN, found.rated_down),
                (Measure.WRONG, found.wrong),
                (Measure.JUDGED, found.judged),
                (Measure.JUDGED_WRONG, found.judged_wrong),
                (Measure.HANDED_OFF, found.handed_off),
                (Measure.ABANDONED, found.abandoned),
                (Measure.CLOSED, found.closed),
                (Measure.FIRST_RESPONSE, found.first_response.count),
                (Measure.UNANSWERED, found.unanswered),
                (Measure.LEADS, found.leads),
            ):
                listed = records(conn, measure, period, limit=100)
                assert len(listed) == number == count(conn, measure, period), measure
            for field in LEAD_FIELDS:
                measure = Measure.parse(f"leads-{field}")
                assert measure.lead_field == field
                for value, number in found.leads_by[field].items():
                    assert len(records(conn, measure, period, value)) == number, (field, value)
            for topic, number in found.top_questions:
                assert len(records(conn, Measure.QUESTION, period, topic)) == number
                assert count(conn, Measure.QUESTION, period, topic) == number
            for document, number in found.top_documents:
                assert len(records(conn, Measure.DOCUMENT, period, document)) == number
        assert figures(conn, WEEK, HOURS).conversations == 3
        # a has a ticket there and c a lead; b belongs to another center.
        own = figures(conn, OF_CENTER, HOURS)
        assert (own.conversations, own.refused, own.handed_off, own.leads) == (2, 0, 1, 1)
        assert own.unanswered == 0


def test_every_number_equals_the_list_behind_it(either_db: Engine, lead) -> None:
    _agrees(either_db, lead)


@pytest.mark.postgres
def test_every_number_equals_the_list_behind_it_on_postgresql(postgres_db: Engine, lead) -> None:
    _agrees(postgres_db, lead)


def test_lists_are_masked_and_name_nobody(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        _fill(conn, lead)
        shown = str([records(conn, measure, WEEK) for measure in Measure])
        assert "138****8000" in shown
        assert "139****9000" in shown
        for secret in ("13800138000", "13900139000", "张三", "visitor-1"):
            assert secret not in shown
        first, second = records(conn, Measure.ANSWERED, WEEK)[1:3]
        assert (first.title, second.title) in {
            ("几天答辩", "几天答辩？"),
            ("几天答辩？", "几天答辩"),
        }
        assert first.person == second.person != "a"


def _says(conn, sender: str, text: str, now: datetime) -> str:
    return record_exchange(conn, sender, "web", text, [ANSWER], now=now).replies[0].id


def _counts_wrong_answers(engine: Engine) -> None:
    early = MONDAY - timedelta(days=3)
    with writing(engine) as conn:
        both = _says(conn, "a", "抽查判错也没帮助", MONDAY)
        _says(conn, "b", "只是抽查判错", early)
        down = _says(conn, "c", "只是没帮助", MONDAY)
        _says(conn, "d", "部分对", MONDAY)
        refusal = {"kind": "refusal", "text": "不知道"}
        refused = record_exchange(conn, "e", "web", "没答", [refusal], now=MONDAY).replies[0].id
        for answer in (both, down, refused):
            feedback.record(conn, answer, "down", now=MONDAY)
        samples.draw(conn, [(one, "", 1.0) for one in _answered(conn)], by="chen", now=MONDAY)
        samples.draw(
            conn,
            [(one, "", 1.0) for one in samples.answered(conn, since=early)],
            by="chen",
            now=MONDAY,
        )
        by_question = {sample.question: sample.id for sample in samples.listing(conn)}
        for question, login, verdict in (
            ("抽查判错也没帮助", "lin", "wrong"),
            ("抽查判错也没帮助", "xu", "wrong"),
            ("只是抽查判错", "lin", "right"),
            ("只是抽查判错", "xu", "wrong"),
            ("部分对", "lin", "partly"),
        ):
            samples.judge(conn, by_question[question], verdict, "", by=login, now=MONDAY)
        found = figures(conn, WEEK, HOURS)
        assert (found.wrong, found.judged, found.judged_wrong) == (3, 3, 2)
        assert (found.rated_down, found.refused) == (3, 1)
        told = {row.title: row.text for row in records(conn, Measure.WRONG, WEEK)}
        assert told == {
            "抽查判错也没帮助": "抽查判错：20天",
            "只是抽查判错": "抽查判错：20天",
            "只是没帮助": "评价没帮助：20天",
        }
        # Counted when it was judged, as a rating is when it was given.
        before = Period(WEEK.since - timedelta(days=7), WEEK.since)
        assert figures(conn, before, HOURS).wrong == 0


def test_wrong_answers_count_once_however_many_found_them_wrong(either_db: Engine) -> None:
    _counts_wrong_answers(either_db)


@pytest.mark.postgres
def test_wrong_answers_count_once_on_postgresql(postgres_db: Engine) -> None:
    _counts_wrong_answers(postgres_db)


def test_list_is_read_page_by_page(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        for number in range(5):
            lead_intake.upsert(
                conn, lead(company=f"公司{number}"), now=MONDAY + timedelta(hours=number)
            )
        whole = records(conn, Measure.LEADS, WEEK)
        paged = [
            row
            for offset in range(0, 6, 2)
            for row in records(conn, Measure.LEADS, WEEK, limit=2, offset=offset)
        ]
    assert list(whole) == paged
    assert [row.title for row in whole] == [f"公司{number}" for number in (4, 3, 2, 1, 0)]
    assert {row.text for row in whole} == {"新线索"}


def test_missing_value_lists_the_leads_without_one(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        lead_intake.upsert(conn, lead(country=None), now=MONDAY)
        (row,) = records(conn, Measure.LEADS_BY_COUNTRY, WEEK, NOT_SAID)
    assert row.title == "广州测试灯具有限公司"


def test_unknown_measure_is_refused() -> None:
    with pytest.raises(InvalidRecordError, match="没有这项"):
        Measure.parse("salaries")


def test_days_are_those_of_china_and_none_is_left_out(either_db: Engine, lead) -> None:
    late = MONDAY.replace(hour=23, minute=30)
    with writing(either_db) as conn:
        record_exchange(conn, "a", "web", "问", [ANSWER], now=late)
        record_exchange(conn, "a", "web", "再问", [ANSWER], now=late + timedelta(hours=1))
        lead_intake.upsert(conn, lead(), now=late + timedelta(days=3))
        whole_days = Period(MONDAY.replace(hour=0), MONDAY.replace(hour=0) + timedelta(days=5))
        days = daily(conn, whole_days)
    assert [day.day.day for day in days] == [23, 24, 25, 26, 27]
    assert [day.conversations for day in days] == [1, 1, 0, 0, 0]
    assert [day.leads for day in days] == [0, 0, 0, 1, 0]


def test_figures_of_an_unknown_center_are_zero(either_db: Engine, lead) -> None:
    with writing(either_db) as conn:
        _fill(conn, lead)
        nobody = figures(conn, Period(WEEK.since, WEEK.until, "xx"), ServiceHours(week=((),) * 7))
    assert (nobody.conversations, nobody.leads, nobody.handed_off) == (0, 0, 0)
    assert nobody.top_questions == nobody.top_documents == ()


def test_topics_tell_nobodys_words_and_their_lists_no_company(either_db: Engine) -> None:
    story = "我们是广州绝密灯饰有限公司，\n电话13800138000，收到 Bright Lights Inc. 的起诉"
    cited = {**ANSWER["citations"][0], "title": "美国337调查", "heading": ["程序", "答辩期限"]}
    reply = {**ANSWER, "citations": [cited, {**cited, "heading": ["别的"]}]}
    with writing(either_db) as conn:
        for text in (story, "几天答辩"):
            record_exchange(conn, "a", "web", text, [reply], now=MONDAY)
        found = figures(conn, WEEK, HOURS)
        assert found.top_questions == (("美国337调查：答辩期限", 2),)
        rows = records(conn, Measure.QUESTION, WEEK, "美国337调查：答辩期限")
    (told,) = [row.text for row in rows if row.text != "几天答辩"]
    assert "\n" not in told
    for secret in ("绝密", "13800138000", "Bright"):
        assert secret not in told
