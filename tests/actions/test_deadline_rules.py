"""Deadlines: a table of dates reasoned by hand, what is said with them, and what always holds."""

import io
import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.calendars import calendars_for
from actions.deadline_ics import Day, to_ics
from actions.deadline_rules import compute, default_table, find_rule
from actions.deadline_search import candidates, resolve
from channels.cli import main
from knowledge.deadline_types import Direction, RollRule, RuleKind
from knowledge.errors import RuleError

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 12, 31)
SERVED = date(2026, 10, 8)
RULES = list(default_table().rules.values())


@dataclass(frozen=True)
class Case:
    rule: str
    trigger: date
    due: date
    options: dict[str, str] = field(default_factory=dict)
    follows: dict[str, str] = field(default_factory=dict)


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


def _cases() -> list[Case]:
    lines = (Path(__file__).parent / "deadline_cases.txt").read_text(encoding="utf-8").splitlines()
    cases = []
    for line in lines:
        if not line or line.startswith("#"):
            continue
        rule, trigger, due, options, follows = [*line.split("|"), "", ""][:5]
        cases.append(
            Case(
                rule.strip(),
                date.fromisoformat(trigger.strip()),
                date.fromisoformat(due.strip()),
                _pairs(options),
                _pairs(follows),
            )
        )
    return cases


CASES = _cases()


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.rule}-{c.trigger}")
def test_date_is_the_one_a_lawyer_counts(case: Case):
    answer = compute(case.rule, case.trigger, TODAY, **case.options).to_json()
    shown = answer["estimate"] if answer["kind"] == "printed" else answer["due_date"]
    assert shown == case.due.isoformat(), answer["counted"]
    for key, expected in case.follows.items():
        if key == "also":
            assert answer["also"][0]["due_date"] == expected
        else:
            assert answer[key] == expected


def test_the_table_of_cases_is_as_long_as_promised():
    assert len(CASES) >= 150
    assert len({case.rule for case in CASES}) >= 120


def test_answer_has_the_keys_of_the_contract():
    answer = compute("itc-337-response-20-days", SERVED, date(2026, 10, 10)).to_json()
    contract = {"rule", "kind", "trigger_date", "due_date", "days_left", "basis", "notes"}
    assert contract <= set(answer)
    assert answer["rule"] == "itc-337-response-20-days"
    assert answer["days_left"] == 18
    assert answer["weekday"] == "星期三"
    assert "210.13" in answer["basis"]
    assert json.loads(json.dumps(answer, ensure_ascii=False)) == answer


def test_337_counts_from_the_next_business_day_and_says_the_stricter_date():
    answer = compute("itc-337-response-20-days", date(2026, 10, 9), TODAY).to_json()
    assert "10月13日（星期二）为第1天" in answer["counted"]
    assert any("10月29日" in note for note in answer["notes"])
    assert any("11月1日" in note for note in answer["notes"])


def test_337_reply_closes_in_the_afternoon_in_washington():
    answer = compute("itc-337-response-20-days", SERVED, TODAY).to_json()
    assert answer["beijing_time"] == "当地17:15截止，即北京时间2026年10月29日（星期四）05:15"


def test_beijing_time_follows_daylight_saving():
    winter = compute("frcp-answer-21-days", date(2026, 11, 9), TODAY).to_json()
    summer = compute("frcp-answer-21-days", date(2026, 8, 10), TODAY).to_json()
    assert winter["beijing_time"].endswith("13:00")
    assert summer["beijing_time"].endswith("12:00")


def test_forum_east_of_china_closes_earlier_than_beijing_midnight():
    answer = compute("jp-patent-opposition-6-months", date(2026, 5, 25), TODAY).to_json()
    assert answer["due_date"] == "2026-11-25"
    assert answer["beijing_time"].endswith("2026年11月25日（星期三）23:00")


@pytest.mark.parametrize(
    "rule",
    [rule.id for rule in RULES if rule.kind is RuleKind.PRINTED],
)
def test_printed_deadline_has_no_due_date_until_it_is_read_off_the_document(rule):
    answer = compute(rule, SERVED, TODAY).to_json()
    assert answer["due_date"] is None
    assert answer["days_left"] is None
    assert answer["estimate"]
    assert any("估算" in note for note in answer["notes"])


def test_printed_date_becomes_the_due_date_and_the_estimate_stays_an_estimate():
    today = date(2026, 11, 23)
    answer = compute(
        "ttab-answer-40-days", date(2026, 11, 2), today, printed=date(2026, 12, 12)
    ).to_json()
    assert answer["due_date"] == "2026-12-12"
    assert answer["days_left"] == 19
    assert answer["estimate"] == "2026-12-14"


def test_ttab_answer_tro_ccb_and_udrp_are_printed():
    printed = {rule.id for rule in RULES if rule.kind is RuleKind.PRINTED}
    assert {
        "ttab-answer-40-days",
        "tro-duration-14-days",
        "ccb-opt-out-60-days",
        "udrp-response-20-days",
        "itc-337-preinstitution-comments",
    } <= printed


def test_document_and_rule_disagree_the_earlier_date_is_prepared_for():
    answer = compute("frcp-answer-21-days", SERVED, TODAY, printed=date(2026, 11, 5)).to_json()
    assert answer["due_date"] == "2026-10-29"
    assert any("不一致" in note for note in answer["notes"])


def test_platform_period_is_not_shown_as_law():
    answer = compute("amazon-apex", date(2026, 11, 2), TODAY).to_json()
    assert answer["kind"] == "platform-set"
    assert any("平台自己定的期限" in note for note in answer["notes"])


def test_unknown_rolling_is_said_and_not_done():
    answer = compute("nl-benelux-opposition", date(2026, 9, 22), TODAY).to_json()
    assert answer["weekday"] == "星期日"
    assert any("是否顺延未核实" in note for note in answer["notes"])


def test_unknown_member_state_gives_the_earliest_date_and_the_spread():
    answer = compute("eu-customs-detention-10-days", date(2026, 11, 25), TODAY).to_json()
    assert answer["due_date"] == "2026-12-09"
    assert any("各国节假日不同" in note for note in answer["notes"])


def test_country_outside_the_forum_is_refused_with_the_choices():
    with pytest.raises(RuleError, match="可选"):
        compute("eu-customs-detention-10-days", SERVED, TODAY, country="US")


def test_uncertain_service_date_gives_a_range_and_the_safe_date():
    answer = compute("frcp-answer-21-days", SERVED, TODAY, trigger_end=date(2026, 10, 12)).to_json()
    assert (answer["due_date"], answer["latest"]) == ("2026-10-29", "2026-11-02")
    assert any("按最早的一天准备" in note for note in answer["notes"])


def test_service_date_in_the_future_is_asked_again():
    with pytest.raises(RuleError, match=r"还没有到.*哪一天"):
        compute("itc-337-response-20-days", date(2026, 10, 9), SERVED)


def test_a_day_that_has_not_come_is_counted_from_where_that_is_asked_for():
    today = date(2026, 11, 28)
    result = compute("itc-337-response-20-days", date(2026, 12, 24), today, may_be_future=True)
    assert result.due_date == date(2027, 1, 19)
    assert "2026年12月24日（星期四）还没有到" in result.notes[0]


def test_renewal_may_be_computed_for_a_term_that_still_runs():
    answer = compute("eutm-renewal", date(2027, 6, 30), date(2026, 11, 23)).to_json()
    assert (answer["opens"], answer["due_date"]) == ("2026-12-30", "2027-06-30")


def test_unknown_rule_lists_near_names():
    with pytest.raises(RuleError, match="itc-337-response-20-days"):
        compute("itc-337-response", SERVED, TODAY)


def test_unknown_alternative_lists_the_known_ones():
    with pytest.raises(RuleError, match="waiver-abroad"):
        compute("frcp-answer-21-days", SERVED, TODAY, alternative="nonsense")


def test_printed_date_before_the_trigger_is_refused():
    with pytest.raises(RuleError, match="早于"):
        compute("ttab-answer-40-days", SERVED, TODAY, printed=date(2026, 9, 1))


def test_reversed_range_is_refused():
    with pytest.raises(RuleError, match="晚于最晚"):
        compute("frcp-answer-21-days", SERVED, TODAY, trigger_end=date(2026, 10, 1))


@pytest.mark.parametrize(
    ("today", "urgent"),
    [
        (date(2026, 10, 20), False),
        (date(2026, 10, 21), True),
        (date(2026, 10, 28), True),
        (date(2026, 11, 5), True),
    ],
)
def test_seven_days_left_or_past_is_urgent(today, urgent):
    assert compute("itc-337-response-20-days", SERVED, today).urgent is urgent


def test_a_missed_date_is_said_first():
    answer = compute("itc-337-response-20-days", SERVED, date(2026, 11, 1)).to_json()
    assert answer["days_left"] == -4
    assert "已经过了4天" in answer["notes"][0]


def test_earlier_step_of_the_same_rule_is_named_and_makes_it_urgent():
    result = compute("gb-patents-defence-42", date(2026, 11, 16), date(2026, 11, 23))
    assert result.also[0].due_date == date(2026, 11, 30)
    assert result.urgent
    assert any("更早的一步" in note for note in result.notes)


def test_a_recess_that_the_law_leaves_out_gives_a_later_date_beside_the_one_shown():
    result = compute("ca-federal-defence", date(2026, 11, 10), TODAY)
    assert result.due_date == date(2027, 1, 11)
    assert any("2027年1月27日" in note for note in result.notes)
    served_there = compute("ca-federal-defence", date(2026, 9, 1), TODAY, alternative="canada-us")
    assert not any("休庭期的话" in note for note in served_there.notes)


def test_both_lengths_are_named_and_which_one_applied():
    notes = compute("upc-saisie-merits-followup", date(2026, 12, 18), TODAY, country="DE").notes
    assert any("31天与20个工作日取较晚者，这次适用的是20个工作日" in note for note in notes)


def test_other_lengths_come_with_their_dates():
    answer = compute("frcp-answer-21-days", SERVED, TODAY).to_json()
    assert {item["key"] for item in answer["alternatives"]} == {"waiver-abroad", "waiver-us"}
    assert all(item["due_date"] and item["when"] for item in answer["alternatives"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_row_computes_and_is_ready_to_be_said(rule):
    trigger = rule.fixed_trigger or SERVED
    answer = compute(rule.id, trigger, TODAY).to_json()
    assert answer["due_date"] or answer["estimate"]
    for key in ("title", "forum", "basis", "consequence", "extension", "counted"):
        assert answer[key]
    assert answer["notes"][-1] == "以文书原件和当地律师核对为准"


# -- finding the rule ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("337答辩", "itc-337-response-20-days"),
        ("立案通知 答辩", "itc-337-response-20-days"),
        ("itc-337-response-20-days", "itc-337-response-20-days"),
        ("337臨時救濟答辯", "itc-337-teo-response"),
        ("UPC答辩", "upc-defence-3-months"),
        ("upc 答辩", "upc-defence-3-months"),
        ("欧盟商标异议", "eutm-opposition-3-months"),
        ("日本商标异议", "jp-tm-opposition-2-months"),
        ("德国应诉", "de-zpo-276-defence"),
        ("APEX", "amazon-apex"),
        ("TTAB答辩", "ttab-answer-40-days"),
        ("DMCA反通知", "us-dmca-counter-notice-10-14"),
        ("美国法院答辩", "frcp-answer-21-days"),
        ("TRO有效期", "tro-duration-14-days"),
    ],
)
def test_words_resolve_to_the_rule_meant(words, rule):
    assert resolve(words, default_table()).id == rule


@pytest.mark.parametrize("words", ["商标异议", "海关", "答辩", "收到TRO"])
def test_words_that_fit_several_rules_are_asked_back(words):
    with pytest.raises(RuleError, match="哪一份文书"):
        resolve(words, default_table())


@pytest.mark.parametrize("words", ["", "   ", "今天天气", "zzz"])
def test_words_that_fit_no_rule_are_refused(words):
    with pytest.raises(RuleError):
        resolve(words, default_table())


def test_candidates_stay_in_the_country_named():
    found = candidates("德国 商标 异议", table=default_table(), limit=10)
    assert found[0].rule.id == "de-tm-opposition-3-months"
    assert {item.rule.jurisdiction for item in found} <= {"DE", "GENERAL"}


def test_candidates_by_facts_alone_respect_role_and_procedure():
    found = candidates(
        table=default_table(),
        jurisdiction="US",
        procedure="section-337",
        bound="respondent",
        limit=50,
    )
    assert {item.rule.procedure for item in found} == {"section-337"}
    assert {item.rule.bound.value for item in found} <= {"respondent", "either"}
    assert "itc-337-response-20-days" in {item.rule.id for item in found}


def test_every_alias_leads_to_its_own_rule():
    table = default_table()
    for rule in RULES:
        for alias in rule.aliases:
            assert resolve(alias, table).id == rule.id


# -- what always holds -----------------------------------------------------------------------------

FORWARD = [
    rule.id
    for rule in RULES
    if rule.direction is Direction.AFTER and rule.kind is not RuleKind.PRINTED
]
ROLLING = [
    rule.id
    for rule in RULES
    if rule.roll_rule is RollRule.NEXT_BUSINESS_DAY
    and rule.calendar
    and not default_table().calendars[rule.calendar].ask
    and not any(item.calendar for item in rule.alternatives)
]
DAYS = st.dates(date(2015, 1, 1), date(2026, 11, 23))


@settings(max_examples=300, deadline=None)
@given(rule=st.sampled_from(FORWARD), trigger=DAYS)
def test_due_date_lies_after_the_trigger(rule, trigger):
    assert compute(rule, trigger, date(2026, 11, 23)).due_date > trigger


@settings(max_examples=300, deadline=None)
@given(rule=st.sampled_from(FORWARD), trigger=DAYS, later=st.integers(0, 40))
def test_a_later_trigger_never_falls_due_earlier(rule, trigger, later):
    today = date(2027, 12, 31)
    first = compute(rule, trigger, today).due_date
    second = compute(rule, trigger + timedelta(days=later), today).due_date
    assert first <= second


@settings(max_examples=300, deadline=None)
@given(rule=st.sampled_from(ROLLING), trigger=DAYS)
def test_a_rolling_deadline_never_falls_on_a_day_of_rest(rule, trigger):
    table = default_table()
    due = compute(rule, trigger, date(2026, 11, 23)).shown_date
    (calendar,) = calendars_for(table, find_rule(rule).calendar, None)
    assert not calendar.is_rest(due)


@settings(max_examples=100, deadline=None)
@given(trigger=DAYS)
def test_unknown_country_is_never_later_than_a_known_one(trigger):
    today = date(2026, 11, 23)
    unknown = compute("eu-customs-detention-10-days", trigger, today).due_date
    for country in ("DE", "FR", "PL", "IE"):
        known = compute("eu-customs-detention-10-days", trigger, today, country=country)
        assert unknown <= known.due_date


@settings(max_examples=100, deadline=None)
@given(trigger=DAYS, rule=st.sampled_from([rule.id for rule in RULES if rule.calendar == "ANY"]))
def test_where_any_country_may_be_meant_no_country_is_earlier(trigger, rule):
    today = date(2032, 1, 1)
    unknown = compute(rule, trigger, today)
    for country in ("EG", "SA", "MX", "US", "CN", "MY"):
        known = compute(rule, trigger, today, country=country)
        assert unknown.due_date <= known.due_date
        for mine, theirs in zip(unknown.also, known.also, strict=True):
            assert mine.due_date <= theirs.due_date


def test_where_any_country_may_be_meant_the_spread_and_the_reason_are_said():
    answer = compute("pct-30-months", date(2024, 5, 29), date(2026, 11, 20))
    (said,) = [note for note in answer.notes if "各国的周末不同" in note]
    assert "沙特、埃及" in said
    assert "11月29日（星期日）到2026年11月30日（星期一）" in said


@pytest.mark.parametrize(
    ("rule", "alternative"),
    [("uspto-office-action-3-months", "madrid"), ("eu-customs-litigation-10-days", "perishable")],
)
def test_a_step_that_an_alternative_lacks_is_not_shown_under_it(rule, alternative):
    assert compute(rule, SERVED, TODAY).also
    assert compute(rule, SERVED, TODAY, alternative=alternative).also == ()


# -- calendar file and command ---------------------------------------------------------------------


def test_calendar_file_holds_the_date_and_its_reminders():
    from icalendar import Calendar

    result = compute("uspto-section-8-9-15", date(2021, 2, 28), date(2026, 11, 23))
    text = to_ics([result], datetime(2026, 11, 23, tzinfo=timezone.utc))
    events = Calendar.from_ical(text).walk("VEVENT")
    days = {event.decoded("dtstart") for event in events}
    assert {date(2027, 3, 1), date(2026, 2, 28)} <= days
    alarms = [alarm.decoded("trigger") for alarm in events[0].walk("VALARM")]
    nine = timedelta(hours=9)  # of the day itself is midnight
    assert alarms == [nine - timedelta(days=days) for days in (7, 3, 1)]


def test_calendar_file_tells_two_matters_of_a_day_apart():
    from icalendar import Calendar

    def event(case):
        counted = compute("ttab-answer-40-days", date(2026, 11, 2), date(2026, 11, 23))
        day = Day("截止：文书上写明的最后一天", date(2026, 12, 9))
        text = to_ics([counted], datetime(2026, 11, 23, tzinfo=timezone.utc), [day], case=case)
        return Calendar.from_ical(text).walk("VEVENT")

    first, second, again = event("1:26-cv-01234"), event("1:26-cv-09999"), event("1:26-cv-01234")
    assert all("1:26-cv-01234" in item["summary"] for item in first)
    assert len({str(item["uid"]) for item in (*first, *second)}) == len(first) + len(second)
    assert [item["uid"] for item in first] == [item["uid"] for item in again]


def test_calendar_file_holds_further_days_beside_those_counted():
    from icalendar import Calendar

    day = Day("开庭", date(2026, 12, 9), "第三法庭")
    text = to_ics([], datetime(2026, 11, 23, tzinfo=timezone.utc), [day])
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert (event.decoded("dtstart"), str(event["summary"])) == (day.day, day.label)
    assert str(event["description"]) == day.notes


def test_calendar_file_marks_an_estimate_as_one():
    result = compute("ttab-answer-40-days", date(2026, 11, 2), date(2026, 11, 23))
    assert "估算" in to_ics([result], datetime(2026, 11, 23, tzinfo=timezone.utc)).replace(
        "\r\n ", ""
    )


@dataclass(frozen=True)
class Done:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def huhang(capsys, monkeypatch):
    """Runs ``huhang deadline``; that it does so in a process of its own, one test tries below."""

    def run(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        try:
            code = main(["deadline", *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Done(code, *capsys.readouterr())

    return run


def test_command_answers_with_one_json_object(huhang):
    done = huhang("337答辩", "--from", "2026-10-08", "--today", "2026-10-10", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["due_date"], answer["days_left"]) == (0, "2026-10-28", 18)


def test_command_says_the_date_in_words(huhang):
    done = huhang("itc-337-response-20-days", "--from", "2026-10-08", "--today", "2026-10-10")
    assert "截止日：2026年10月28日（星期三），还有18天" in done.stdout


def test_command_reports_a_bad_date_and_an_unknown_rule(huhang):
    assert "YYYY-MM-DD" in huhang("337答辩", "--from", "10月8日").stderr
    done = huhang("nothing-like-it", "--from", "2026-10-08")
    assert done.returncode == 1
    assert "没有" in done.stderr


def test_command_asks_for_the_trigger_when_it_is_missing(huhang):
    assert "哪一天送达" in huhang("itc-337-response-20-days").stderr


def test_batch_reports_a_bad_line_and_goes_on(huhang, tmp_path):
    file = tmp_path / "batch.jsonl"
    file.write_text(
        '{"rule": "itc-337-response-20-days", "from": "2026-10-08"}\n'
        "not json\n\n"
        '{"rule": "nothing-like-it", "from": "2026-10-08"}\n'
        '{"rule": "ttab-answer-40-days", "from": "2026-11-02", "printed": "2026-12-12"}\n'
        "[1]\n"
        '{"rule": "cu-07"}\n',
        encoding="utf-8",
    )
    done = huhang("--batch", str(file), "--today", "2026-11-23")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert answers[0]["due_date"] == "2026-10-28"
    assert answers[3]["due_date"] == "2026-12-12"
    assert [item["error"]["line"] for item in answers if "error" in item] == [2, 4, 6, 7]


def test_a_future_day_loses_no_line_of_a_batch(huhang):
    line = '{"rule": "itc-337-response-20-days", "from": "2026-12-24"}\n'
    done = huhang("--batch", "-", "--today", "2026-11-28", stdin=line * 2)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["due_date"] for answer in answers] == ["2027-01-19"] * 2
    assert "还没有到" in answers[0]["notes"][0]


def test_wrong_usage_is_refused_in_chinese(huhang):
    done = huhang("337答辩", "--form", "2026-10-08")
    assert done.returncode == 2
    assert "用法：" in done.stderr
    assert "错误：不认识的参数：--form" in done.stderr
    assert "错误：--from 后面缺少内容" in huhang("337答辩", "--from").stderr


def test_command_lists_every_rule(huhang):
    listed = json.loads(huhang("--list", "--json").stdout)
    assert len(listed) == len(RULES)


def test_command_writes_a_calendar_file(huhang, tmp_path):
    file = tmp_path / "deadline.ics"
    huhang("337答辩", "--from", "2026-10-08", "--ics", str(file))
    assert file.read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")


@pytest.mark.slow  # starts a process
def test_command_imports_neither_rasa_nor_tensorflow():
    code = (
        "import sys; from channels.cli import main;"
        "main(['deadline', '337答辩', '--from', '2026-10-08', '--json']);"
        "heavy = {'rasa', 'rasa_sdk', 'tensorflow', 'torch', 'sklearn', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert done.stderr.strip().endswith("[]")
