"""Papers in the conversation: the card, the matter's facts, and questions answered from the paper."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from actions import paper_facts
from actions.deadline_card import case_in_hand
from actions.deadline_rules import default_table
from actions.lead import lead_fields
from actions.paper import _days, _slots, _with_page, asks_what
from actions.paper_due import with_due
from actions.paper_facts import chosen, fact_asked
from actions.paper_view import InHand, card_data, find_line, words
from actions.turn.printed import settled_by_card
from desk.papers import Paper, PaperFile, Status
from desk.times import utc_now
from knowledge.printed_dates import Meaning
from papers import dockets, money, parties
from papers.labels import AMOUNTS, MEANINGS, NUMBERS, ROLES
from papers.persistence import reading_to_json
from papers.types import Amount, DateRead, Line, Number, Party, Reading

TODAY = date(2026, 11, 23)
LINES = (
    Line("UNITED STATES DISTRICT COURT", 1, 1.0, (72, 60, 400, 74)),
    Line("Case No. 1:26-cv-01234", 1, 0.6, (72, 80, 300, 94)),
    Line("Acme Lighting, Inc., Plaintiff,", 1, 1.0, (72, 100, 300, 114)),
    Line("Hon. Jane Q. Roe presiding", 1),
    Line("A hearing is set for December 15, 2026 at 9:30 a.m.", 2),
    Line("statutory damages of $2,000,000 per mark", 2),
)


def summons(uid: str = "a" * 32, **changes: Any) -> InHand:
    values: dict[str, Any] = {
        "kind": "us-summons", "form": "us-summons", "confidence": 0.95, "title": "美国联邦法院的传票",
        "country": "US", "forum": "UNITED STATES DISTRICT COURT", "docket": "1:26-cv-01234",
        "numbers": (Number("trademark", "5,555,555"),),
        "parties": (Party("plaintiff", "Acme Lighting, Inc."), Party("defendant", "Guangzhou Lamp Co.")),
        "side": "respondent",
        "dates": (DateRead(date(2026, 12, 15), Meaning.HEARING, LINES[4].text, 2, 0.95),),
        "periods": (), "amounts": (Amount(2_000_000, "USD", "法定赔偿", "$2,000,000 per mark", 2),),
        "demands": (), "questions": ("传票是哪天送达的？",), "signs": (), "language": "en", "pages": 2,
        "ocr": False, "seconds": 0.1, "lines": LINES,
    }  # fmt: skip
    reading = Reading(**{**values, **changes})
    file = PaperFile("summons.pdf", "01.pdf", "application/pdf", 10, "d")
    paper = Paper(
        uid, "person", "web", Status.READ, (file,), 2, 2, reading_to_json(reading), None, None, utc_now()
    )  # fmt: skip
    held = InHand.of(paper)
    assert held is not None
    return held


TRO = summons(
    "b" * 32, kind="us-tro", form="us-tro", title="临时限制令", docket="1:26-cv-09999", parties=(),
    dates=(DateRead(date(2026, 12, 1), Meaning.HEARING, "Hearing December 1, 2026", 1, 0.5),),
    lines=(Line("Hearing December 1, 2026"), Line("Case 1:26-cv-09999")),
)  # fmt: skip


def asked(text: str, *held: InHand, monkeypatch: pytest.MonkeyPatch) -> Any:
    papers = held or (summons(),)
    monkeypatch.setattr(paper_facts, "held_papers", lambda *_: list(papers))
    slots = {"paper": {"uid": papers[-1].paper.uid}}
    tracker = SimpleNamespace(latest_message={"text": text}, get_slot=slots.get)
    return fact_asked(SimpleNamespace(), tracker)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value", "line"),
    [
        ("他们要我赔多少", "2,000,000.00 USD", 5),
        ("要求我们赔多少钱？", "2,000,000.00 USD", 5),
        ("哪天开庭", "2026年12月15日", 4),
        ("开庭是什么时候", "2026年12月15日", 4),
        ("法官是谁", "Hon. Jane Q. Roe presiding", 3),
        ("原告是谁？", "Acme Lighting, Inc.", 2),
        ("谁告的我们", "Acme Lighting, Inc.", 2),
        ("案号是多少", "1:26-cv-01234", 1),
        ("哪个法院发的", "UNITED STATES DISTRICT COURT", 0),
        ("对方商标的注册号是多少", "5,555,555", None),
    ],
)
def test_question_about_the_paper_is_answered_from_its_line(text, value, line, monkeypatch):
    fact = asked(text, monkeypatch=monkeypatch)
    assert fact is not None
    assert value in [item.value for item in fact.found]
    source = fact.found[0].source
    assert (None if source is None else source["line"]) == line
    if line is not None:
        assert source["text"] == LINES[line].text
        assert source["page"] == LINES[line].page


def test_no_code_is_shown_for_what_a_paper_says(monkeypatch):
    held = summons(
        amounts=(
            Amount(150_000, "USD", "damages", "$150,000", 2),
            Amount(9, "EUR", "other", "9", 2),
        ),
        parties=(Party("petitioner", "First Ltd."), Party("addressee", "Second Inc.")),
        numbers=(Number("us-patent", "D901,234"),),
    )
    data = card_data(held, TODAY)
    assert [item["label"] for item in data["amounts"]] == ["赔偿", "提到的金额"]
    assert [item["label"] for item in (data["from"][-1], *data["against"])] == ["请求人", "收信人"]
    assert "金额：赔偿 150,000.00 USD" in words(held, TODAY)
    assert "金额：赔偿 150,000.00 USD、提到的金额 9.00 EUR" in data["brief"]
    (number,) = asked("专利号是多少", held, monkeypatch=monkeypatch).found
    assert (number.label, number.value) == ("美国专利号", "D901,234")
    assert asked("要赔多少", held, monkeypatch=monkeypatch).found[0].label == "赔偿"


def test_every_code_of_a_reading_has_a_word():
    for table, codes in (
        (AMOUNTS, {code for code, _ in money._MEANINGS} | {"other"}),
        (NUMBERS, {code for code, _ in dockets._NUMBERS}),
        (ROLES, {code for code, _ in parties._ROLES} | parties.SPEAKING | parties.SPOKEN_TO),
        (MEANINGS, set(Meaning)),
    ):
        assert set(table) >= codes
        assert all(re.search("[一-龥]", word) for word in table.values())


def test_a_line_that_was_hardly_read_says_so(monkeypatch):
    (docket,) = asked("案号是多少", monkeypatch=monkeypatch).found
    assert docket.source["certain"] is False
    assert docket.source["has_picture"] is True
    (day,) = asked("哪天开庭", TRO, monkeypatch=monkeypatch).found
    assert "没把握" in day.value


@pytest.mark.parametrize(
    "text",
    [
        "美国商标侵权一般赔多少",
        "法定赔偿最高多少钱",
        "最晚哪天答辩",
        "要不要请律师",
        "TRO是什么意思",
        "转人工",
        "我们是广州做灯具的工厂，去年开始出口美国，现在收到了这份传票，想问一下原告是谁以及后面该怎么办比较好",
    ],
)
def test_what_the_law_says_in_general_is_no_question_to_the_paper(text, monkeypatch):
    assert asked(text, monkeypatch=monkeypatch) is None


def test_what_the_paper_does_not_say_is_not_guessed(monkeypatch):
    bare = summons(parties=(), amounts=(), lines=LINES[:3])
    assert asked("法官是谁", bare, monkeypatch=monkeypatch).found == ()
    assert asked("原告是谁", bare, monkeypatch=monkeypatch).found == ()
    # Money may be spoken of by the shelf.
    assert asked("他们要我赔多少", bare, monkeypatch=monkeypatch) is None


def test_several_papers_are_told_apart():
    both = [summons(), TRO]
    assert chosen(both, "案号是多少", TRO.paper.uid) is TRO
    assert chosen(both, "第一份文书的案号是多少", TRO.paper.uid) is both[0]
    assert chosen(both, "第二份的案号", both[0].paper.uid) is TRO
    assert chosen(both, "那份临时限制令的案号呢", both[0].paper.uid) is TRO
    assert chosen([both[0]], "案号", "c" * 32) is None  # what was spoken of is gone


def test_nothing_is_answered_without_a_paper():
    tracker = SimpleNamespace(latest_message={"text": "法官是谁"}, get_slot=lambda _: None)
    assert fact_asked(SimpleNamespace(), tracker) is None  # type: ignore[arg-type]


def test_card_shows_each_value_with_its_line():
    data = card_data(summons(), TODAY)
    assert data["title"] == "美国联邦法院的传票"
    assert [item["value"] for item in data["from"]] == [
        "UNITED STATES DISTRICT COURT", "Acme Lighting, Inc.",
    ]  # fmt: skip
    assert data["from"][1]["source"]["text"] == "Acme Lighting, Inc., Plaintiff,"
    assert data["against"][0] == {"label": "被告", "value": "Guangzhou Lamp Co.", "source": None}
    assert data["docket"]["source"]["line"] == 1
    assert data["pressing"]["date"] == "2026-12-15"
    assert data["pressing"]["days_left"] == 22
    assert data["asks_day"] is True
    text = words(summons(), TODAY)
    for part in ("这是什么：", "谁发的：", "针对谁：", "最要紧的日子：", "现在先做："):
        assert part in text


def test_card_takes_a_computed_day_with_its_calendar():
    due = {"rule": "us-court-answer", "kind": "computed", "trigger_date": "2026-11-10", "due_date": "2026-12-01", "basis": "FRCP 12", "days_left": 8, "alternative": "waiver-abroad"}  # fmt: skip
    data = card_data(summons(due=due, questions=()), TODAY)
    assert data["pressing"]["rule"] == "us-court-answer"
    assert data["pressing"]["from"] == "2026-11-10"
    assert data["pressing"]["alternative"] == "waiver-abroad"
    assert data["pressing"]["case"] == "1:26-cv-01234"
    assert data["asks_day"] is False


def test_card_names_a_further_last_day():
    first, second = (
        DateRead(date(2026, 12, day), Meaning.DUE, f"by December {day}", 2, 0.95) for day in (1, 20)
    )
    due = {"rule": None, "kind": "printed", "due_date": "2026-12-01", "basis": first.text}
    data = card_data(summons(due=due, questions=(), dates=(first, second)), TODAY)
    assert data["pressing"]["also"] == "还有一个截止日：2026年12月20日"
    assert (
        card_data(summons(due=due, questions=(), dates=(first,)), TODAY)["pressing"]["also"] is None
    )


def test_paper_sets_the_facts_of_the_matter_and_no_others():
    told = _slots(summons())
    assert (told["country"], told["procedure"], told["party"]) == ("US", "court", "respondent")
    assert told["paper"]["uid"] == "a" * 32
    assert told["paper"]["kind"] == "us-summons"
    assert [row["meaning"] for row in told["paper"]["printed"]] == ["hearing"]
    unsure = _slots(summons(country=None, side="unknown", form=None, kind="other"))
    assert set(unsure) == {"paper"}
    # A day that was hardly read is asked, not kept.
    assert _slots(TRO)["paper"]["printed"] == []


def test_a_day_counted_for_a_paper_in_hand_names_its_case():
    kept = _slots(summons())["paper"]
    tracker = SimpleNamespace(get_slot={"paper": kept}.get)
    rules = default_table().rules
    assert case_in_hand(tracker, rules["frcp-answer-21-days"]) == "1:26-cv-01234"  # type: ignore[arg-type]
    assert case_in_hand(tracker, rules["ttab-answer-40-days"]) == ""  # type: ignore[arg-type]
    unnumbered = _slots(summons(docket=None))["paper"]
    assert unnumbered["case"] == "美国联邦法院的传票（summons.pdf）"


def test_what_may_be_no_notice_is_asked_about_and_no_day_is():
    bare = {
        "kind": "other",
        "form": None,
        "forum": None,
        "docket": None,
        "dates": (),
        "title": "Mike 14:32",
    }
    plain = summons(**bare, questions=())
    held = InHand(plain.paper, with_due(plain.reading, TODAY))
    assert asks_what(held)
    data = card_data(held, TODAY)
    assert (data["title"], data["sure"], data["asks_day"]) == (
        "没有认出是哪种文书，读到的第一行是“Mike 14:32”", True, False,
    )  # fmt: skip
    assert _days(held, TODAY) == []
    kept = _slots(held)["paper"]
    assert (kept["is_open"], kept["settles_day"]) == (True, False)
    assert not asks_what(summons())


def test_day_of_receipt_is_offered_to_tap_only_while_it_is_needed():
    received = DateRead(TODAY - timedelta(days=5), Meaning.RECEIVED, "Received Nov 18", 1, 0.6)
    buttons = _days(summons(dates=(received,)), TODAY)
    assert [b.title for b in buttons] == ["11月18日送达", "今天收到的", "昨天收到的"]
    assert buttons[0].payload == "2026年11月18日收到"
    assert _days(summons(questions=()), TODAY) == []


def test_a_further_page_adds_its_days_to_the_paper_in_hand():
    first = _slots(summons())["paper"]
    due = {**DUE, "rule": None, "kind": "printed"}
    page = _slots(summons("c" * 32, kind="other", form=None, due=due, dates=(PAST,)))["paper"]
    both = _with_page(first, page)
    assert (both["uid"], both["kind"]) == (first["uid"], "us-summons")
    assert both["due"] == "2026-12-01"
    assert [row["meaning"] for row in both["printed"]] == ["hearing", "issued"]


def test_line_is_found_by_what_it_holds():
    assert find_line(LINES, "acme lighting, inc.") == 2
    assert find_line(LINES, "A hearing is set for December 15, 2026 at 9:30 a.m. in room 4") == 4
    assert find_line(LINES, "") is None
    assert find_line(LINES, "nowhere") is None


def shown(held: InHand, slot: dict[str, Any] | None = None) -> Any:
    """The turn that shows a paper's card."""
    slots = {"paper": slot if slot is not None else _slots(held)["paper"]}
    message = {"text": "", "metadata": {"paper": held.paper.uid}}
    return SimpleNamespace(latest_message=message, get_slot=slots.get)


DUE = {"rule": "us-court-answer", "kind": "computed", "trigger_date": "2026-11-10", "due_date": "2026-12-01", "basis": "FRCP 12", "days_left": 8}  # fmt: skip
PAST = DateRead(date(2026, 11, 2), Meaning.ISSUED, "Issued November 2, 2026", 1, 0.95)


@pytest.mark.parametrize(
    ("changes", "settled"),
    [
        ({"due": DUE, "questions": ()}, True),  # the card says the day
        ({}, True),  # the card asks it
        ({"questions": ()}, True),  # it prints the hearing
        ({"questions": (), "dates": (PAST,)}, False),
        ({"questions": (), "dates": TRO.reading.dates}, False),  # hardly read
    ],
)
def test_the_day_that_a_card_says_or_asks_is_not_asked_again(changes, settled):
    held = summons(**changes)
    card = settled_by_card(shown(held))
    assert (card is not None) is settled
    if card is not None:
        assert card["rule"] == ((changes.get("due") or {}).get("rule"))


def test_only_the_card_of_this_turn_settles_its_day():
    held = summons()
    assert settled_by_card(shown(held, {**_slots(held)["paper"], "uid": "b" * 32})) is None
    later = shown(held)
    later.latest_message = {"text": "那要怎么办"}
    assert settled_by_card(later) is None


def test_a_lead_is_filled_from_the_paper():
    brief = card_data(summons(), TODAY)["brief"]
    for part in ("美国联邦法院的传票", "1:26-cv-01234", "Acme Lighting, Inc.", "Guangzhou Lamp Co.", "2026-12-15", "2,000,000.00 USD"):  # fmt: skip
        assert part in brief
    vocabulary = SimpleNamespace(country=lambda c: c, right=lambda c: c, procedure=lambda c: c)
    filled = lead_fields(vocabulary, {"country": "US", "brief": brief * 9})  # type: ignore[arg-type]
    assert filled["lead_brief"] == (brief * 9)[:500]
    assert filled["lead_company"] is None  # a foreign spelling is no registered name


@pytest.mark.parametrize(
    ("one", "other"),
    [("petitioner", "owner"), ("opponent", "applicant"), ("petitioner", "respondent"), ("owner", "addressee")],
)  # fmt: skip
def test_the_card_tells_who_is_against_whom(one, other):
    held = summons(forum=None, parties=(Party(one, "First Ltd."), Party(other, "Second Inc.")))
    data = card_data(held, TODAY)
    assert [item["value"] for item in data["from"]] == ["First Ltd."]
    assert [item["value"] for item in data["against"]] == ["Second Inc."]
    assert "谁发的：First Ltd.\n" in words(held, TODAY)
