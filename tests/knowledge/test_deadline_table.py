"""The deadline table: every row is whole, and a broken row is refused by name."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from knowledge.checks_sources import is_refused
from knowledge.deadline_table import FILE_NAME, load_deadline_table
from knowledge.deadline_types import RollRule, RuleKind, Unit
from knowledge.errors import SourceError
from knowledge.forum_holidays_table import FILE_NAME as CALENDARS
from tests.knowledge.fact_packs import kept

TABLES = Path(__file__).resolve().parents[2] / "knowledge" / "tables"
TABLE = load_deadline_table(TABLES)


def _row(**changes):
    row = {
        "id": "a-rule",
        "title": "某期限",
        "jurisdiction": "US",
        "forum": "某机构",
        "procedure": "court",
        "bound": "respondent",
        "kind": "computed",
        "event": "served",
        "trigger": "送达",
        "trigger_question": "哪一天送达的？",
        "period": 20,
        "unit": "day",
        "direction": "after",
        "start_rule": "day_after",
        "roll_rule": "none",
        "roll_basis": "没有写",
        "extension": "不能延长",
        "consequence": "后果",
        "basis": "某法第1条",
        "as_of": "2026",
    }
    return {**row, **changes}


LEDGER = """a-rule: {verified: source, basis: 某法第1条, source: {title: 某页, url: 'https://office.example/rule'}}
bare: {verified: statute}
"""


def _load(tmp_path, *rows, calendars=None):
    days = {
        "libraries": {"holidays": {"version": "0.107", "released": date(2026, 10, 19)}},
        "calendars": calendars or {"US": {"name": "美国", "source": "某法", "country": "US"}},
    }
    for name, data in ((FILE_NAME, {"rules": list(rows)}), (CALENDARS, days)):
        (tmp_path / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(LEDGER, encoding="utf-8")
    return load_deadline_table(tmp_path)


def test_a_whole_row_is_read(tmp_path):
    rule = _load(tmp_path, _row()).rules["a-rule"]
    assert (rule.period.length, rule.period.unit) == (20, Unit.DAY)
    assert (rule.source.title, rule.source.url) == ("某页", "https://office.example/rule")


def test_a_rule_without_a_page_is_shown_by_what_it_rests_on(tmp_path):
    source = _load(tmp_path, _row(id="bare", basis="某法第2条")).rules["bare"].source
    assert (source.title, source.url) == ("某法第2条", None)


def test_a_rule_that_no_fact_carries_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"deadlines.yaml.*unknown.*facts.yaml"):
        _load(tmp_path, _row(id="unknown"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"title": None}, "title"),
        ({"title": "  "}, "title"),
        ({"period": "20"}, "period"),
        ({"period": -1}, "period"),
        ({"period": True}, "period"),
        ({"unit": "week"}, "unit"),
        ({"bound": "nobody"}, "bound"),
        ({"event": "thought"}, "event"),
        ({"papers": ["love-letter"]}, "love-letter"),
        ({"kind": "guessed"}, "kind"),
        ({"direction": "sideways"}, "direction"),
        ({"start_rule": "later"}, "start_rule"),
        ({"roll_rule": "sometimes"}, "roll_rule"),
        ({"roll_basis": None}, "roll_basis"),
        ({"roll_rule": "next_business_day"}, "calendar"),
        ({"start_rule": "next_business_day"}, "calendar"),
        ({"unit": "business_day"}, "calendar"),
        ({"calendar": "MARS"}, "calendar"),
        ({"source": {"title": "x", "url": None}}, "source"),
        ({"reviewed": "soon"}, "reviewed"),
        ({"reviewed": date(2026, 11, 23)}, "review_note"),
        ({"cutoff": "teatime"}, "cutoff"),
        ({"aliases": "one"}, "aliases"),
        ({"alternatives": {"key": "x"}}, "alternatives"),
        ({"alternatives": [{"key": "x", "when": "y", "period": 3}]}, "unit"),
        ({"window": {"due": "period"}}, "opens"),
        ({"window": {"opens": {"period": 1, "unit": "year"}, "due": "never"}}, "due"),
        ({"also": [{"label": "x", "period": 1, "unit": "day", "from": "there"}]}, "from"),
        (
            {"also": [{"label": "x", "period": 1, "unit": "day", "except": ["none-such"]}]},
            "none-such",
        ),
        ({"forwarded_by": ["wipo-notification"]}, "forwarded_by"),
        ({"recess": {"first": "12-21", "last": "13-07"}}, "last"),
        ({"recess": {"first": "12-21"}}, "last"),
        ({"trigger_may_be_future": "yes"}, "trigger_may_be_future"),
        ({"perod": 3}, "perod"),
    ],
)
def test_a_broken_row_is_refused_naming_row_and_key(tmp_path, changes, named):
    with pytest.raises(SourceError, match="a-rule") as refused:
        _load(tmp_path, _row(**changes))
    assert named in str(refused.value)
    assert FILE_NAME in str(refused.value)


def test_the_same_id_twice_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"a-rule.*重复"):
        _load(tmp_path, _row(), _row())


def test_a_candidate_that_is_not_declared_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"SOME.*candidates.*ZZ"):
        _load(
            tmp_path,
            _row(),
            calendars={"SOME": {"name": "几国", "source": "某", "ask": True, "candidates": ["ZZ"]}},
        )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"source": None}, "source"),
        ({"fixed": ["13-01"]}, "fixed"),
        ({"add": [{"dates": ["soon"], "reason": "x", "source": "y"}]}, "dates"),
        ({"remove": [{"dates": [date(2026, 1, 1)], "reason": "x"}]}, "source"),
        ({"known_until": "always"}, "known_until"),
        ({"offices": {"CA": "NOWHERE"}}, "NOWHERE"),
        ({"holiday": "US"}, "holiday"),
    ],
)
def test_a_broken_calendar_is_refused_naming_it_and_the_key(tmp_path, changes, named):
    row = {"name": "美国", "source": "某法", "country": "US", **changes}
    with pytest.raises(SourceError, match="US") as refused:
        _load(tmp_path, _row(), calendars={"US": row})
    assert named in str(refused.value)


def test_a_row_that_is_no_mapping_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"rules\[1\]"):
        _load(tmp_path, "not a row")


def test_a_missing_or_unreadable_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match=FILE_NAME):
        load_deadline_table(tmp_path)
    (tmp_path / FILE_NAME).write_text("rules: [", encoding="utf-8")
    with pytest.raises(SourceError, match="YAML"):
        load_deadline_table(tmp_path)


# -- the shipped table -----------------------------------------------------------------------------


def test_the_shipped_table_holds_every_deadline():
    assert len(TABLE.rules) >= 198


def test_every_fact_with_a_deadline_has_its_row():
    with_deadline = set(kept()["deadlines"])
    assert len(with_deadline) > 100
    assert with_deadline - set(TABLE.rules) == set()


@pytest.mark.parametrize("rule", TABLE.rules.values(), ids=lambda rule: rule.id)
def test_every_row_can_be_asked_and_found(rule):
    assert rule.trigger_question.endswith(("？", "）"))
    assert rule.keywords
    for sentence in (rule.title, rule.consequence, rule.extension, rule.trigger_question):
        assert "！" not in sentence
        assert "亲" not in sentence
    if rule.roll_rule is RollRule.UNKNOWN:
        assert rule.kind in (RuleKind.COMPUTED, RuleKind.PRINTED)


def test_aliases_belong_to_one_rule_each():
    aliases = [alias.lower() for rule in TABLE.rules.values() for alias in rule.aliases]
    assert len(aliases) == len(set(aliases))


def test_a_reviewed_row_says_what_was_found():
    reviewed = [rule for rule in TABLE.rules.values() if rule.reviewed]
    assert len(reviewed) >= 20
    assert all(len(rule.review_note or "") > 15 for rule in reviewed)


def test_a_rule_is_shown_by_the_name_and_the_page_of_its_source():
    for rule in TABLE.rules.values():
        assert "知识库" not in rule.source.title
        assert rule.source.url is None or rule.source.url.startswith(("https://", "http://"))
        assert not is_refused(rule.source.url or "")


def test_an_unknown_roll_has_a_reason_of_its_own():
    reasons: dict[str, set[str]] = {}
    for rule in TABLE.rules.values():
        if rule.roll_rule is RollRule.UNKNOWN:
            reasons.setdefault(rule.roll_basis, set()).add(rule.jurisdiction)
            assert "这一期间遇休息日顺延的规定" not in rule.roll_basis
    assert [text for text, countries in reasons.items() if len(countries) > 1] == []
    assert len(reasons) >= 20


MEMBER_STATES = frozenset(["at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie", "it", "lv", "lt", "lu", "mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se"])  # fmt: skip


def test_rule_of_the_whole_union_leads_to_no_single_members_office():
    hosts = {
        rule.id: urlsplit(rule.source.url or "").hostname or ""
        for rule in TABLE.rules.values()
        if rule.jurisdiction == "EU"
    }
    assert hosts
    assert [i for i, host in hosts.items() if host.rsplit(".", 1)[-1] in MEMBER_STATES] == []


@pytest.mark.parametrize(
    ("special", "named"),
    [
        ({"of": "nothing", "when": "某途径", "said": ["某词"]}, "nothing"),
        ({"of": "a-rule", "when": "某途径", "said": ["某词"]}, "a-rule"),  # itself no general rule
        ({"of": "bare", "when": "某途径", "said": []}, "said"),
        ({"of": "bare", "said": ["某词"]}, "when"),
    ],
)
def test_a_special_way_of_no_general_rule_is_refused(tmp_path, special, named):
    with pytest.raises(SourceError, match="special") as refused:
        _load(tmp_path, _row(id="bare"), _row(special=special))
    assert named in str(refused.value)


def test_a_special_way_of_another_country_is_refused(tmp_path):
    special = {"of": "bare", "when": "某途径", "said": ["某词"]}
    with pytest.raises(SourceError, match="另一个国家"):
        _load(tmp_path, _row(id="bare", jurisdiction="GB"), _row(special=special))
    assert (
        _load(tmp_path, _row(id="bare"), _row(special=special)).rules["a-rule"].special.of == "bare"
    )
