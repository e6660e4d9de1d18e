"""The ways in which a question is read: alone, by its asking part, or completed; never replaced."""

from dataclasses import replace

from actions.deadline_order import Meant
from actions.lookup import look_up
from actions.turn import heard as heard_module
from actions.turn import readings as readings_module
from actions.turn.affirmed import affirmed
from actions.turn.bare import unknown_name
from actions.turn.heard import conversation, heard_after, own_periods_first
from actions.turn.readings import (
    ALONE,
    FOLLOW,
    HEARD,
    HOME,
    PART,
    Reading,
    names_left_out,
    readings,
    resolve,
)
from actions.turn.several import asks_more, each_question, one_each
from tests.actions.turn.shelf import TODAY, answering, hit, passage, services

STORY = (
    "我们在佛山做灯具，九月在汉堡参展，十月律师寄来了德国的警告函，说我们外观侵权，要三天内签字，我们没有回过。"
    "这份承诺书能不能签？"
)


def read(shelf, make_tracker, text, **slots):
    return readings(services(shelf), make_tracker(text, "ask", slots=slots), text)


def test_a_question_that_names_its_matter_takes_nothing_from_the_one_before(make_tracker):
    shelf = answering({"337": (0.9, hit("us-337"))})
    text = "美国337调查的答辩状要在几天内提交"
    best = read(shelf, make_tracker, text, last_question="德国警告函多久要回")[0]
    assert best.question == text
    assert best.found.hits[0].passage.document == "us-337"


def test_a_first_question_is_read_alone(make_tracker):
    shelf = answering({"337": (0.9, hit("us-337"))})
    text = "美国337调查的答辩状要在几天内提交"
    assert read(shelf, make_tracker, text)[0].name == ALONE


def test_a_story_is_read_by_its_asking_part_with_what_it_names(make_tracker):
    shelf = answering({"德国 能不能签": (0.9, hit("de-letter", country="DE"))})
    shelf_of_part = read(shelf, make_tracker, STORY)
    part = next(r for r in shelf_of_part if r.name == PART)
    assert "承诺书能不能签" in part.question
    assert "德国" in part.question  # named by the story and not by its question
    assert "佛山" not in part.question


def test_the_shelfs_answer_counts_more_than_the_way_of_reading(make_tracker):
    answered = hit("de-letter", country="DE")
    shelf = answering({"佛山": (0.3, hit("x")), "承诺书": (0.95, answered)})
    shelf._judge = lambda q, judge=shelf._judge: ("refuse", 0.1, []) if "佛山" in q else judge(q)
    best = read(shelf, make_tracker, STORY)[0]
    assert best.found.hits[0].passage.document == "de-letter"


def test_a_bare_name_is_completed_by_the_question_before(make_tracker):
    shelf = answering({"德国": (0.9, hit("de", country="DE"))})
    best = read(shelf, make_tracker, "那德国呢？", last_question="美国商标异议期多久")[0]
    assert "德国" in best.question
    assert "异议期多久" in best.question
    assert "美国" not in best.question


def test_a_bare_topic_takes_the_matter_from_the_question_before(make_tracker):
    shelf = answering({"337": (0.9, hit("us-337"))})
    best = read(shelf, make_tracker, "期限呢？", last_question="美国337调查是什么")[0]
    assert "337" in best.question
    assert "期限" in best.question


def test_each_of_several_questions_is_searched_with_what_the_message_names(make_tracker):
    shelf = answering({"解冻": (0.9, hit("unfreeze")), "律师费": (0.9, hit("fee"))})
    text = "亚马逊店铺收到美国TRO。账户什么时候能解冻？律师费一般多少钱？"
    found = each_question(services(shelf), make_tracker(text, "ask"), text)
    assert [f.hits[0].passage.document for f in found] == ["unfreeze", "fee"]
    assert all("美国" in f.question or "TRO" in f.question.upper() for f in found)


def test_a_question_whose_day_is_computed_is_not_looked_for_beside_it(make_tracker):
    shelf = answering({"最后": (0.9, hit("kr")), "理由": (0.9, hit("reasons"))})
    text = "韩国商标11月16号公告，最后哪一天能异议？理由书要写些什么？"
    tracker = make_tracker(text, "deadline")
    assert len(each_question(services(shelf), tracker, text)) == 2
    tracker.slots["plan"] = {"acts": ["action_day", "action_answer"], "day": "2026-11-16"}
    found = each_question(services(shelf), tracker, text)
    assert [f.hits[0].passage.document for f in found] == ["reasons"]
    assert asks_more(text)
    assert not asks_more("最后哪一天能异议？到几号截止？")


def test_one_question_is_not_searched_twice(make_tracker):
    shelf = answering({"337": (0.9, hit("us-337"))})
    text = "美国337调查多久要答辩？"
    assert each_question(services(shelf), make_tracker(text, "ask"), text) == []
    assert shelf.searched == []
    read(shelf, make_tracker, text)
    read(shelf, make_tracker, text)
    assert shelf.searched.count(text) == 1


def test_a_country_named_anew_takes_the_place_of_the_one_before(make_tracker):
    shelf = answering({})
    tracker = make_tracker("那日本呢", "follow_up", slots={"country": "DE"})
    question = resolve(services(shelf), tracker, "那日本呢", "德国商标异议期多久")
    assert "日本" in question
    assert "德国" not in question


def test_a_name_that_stands_nowhere_is_not_answered_from_what_was_said(make_tracker):
    shelf = answering({"异议": (0.9, hit("eu"))})
    before = {"last_question": "欧盟商标异议期多久", "country": "EU"}
    assert unknown_name(shelf, "火星呢") == "火星"
    assert read(shelf, make_tracker, "火星呢", **before)[0].found.band == "refuse"
    assert unknown_name(shelf, "那日本呢") is None
    assert unknown_name(shelf, "周末呢") is None


def test_in_a_known_matter_its_own_periods_go_before_those_of_others(make_tracker):
    shelf = answering({})
    other, own = "itc-337-response-20-days", "ttab-answer-40-days"
    at_hand = services(shelf)

    def order(*names):
        hits = tuple(hit(name, facts=(name,)) for name in names)
        found = look_up(shelf, "最晚哪天答辩", at_hand.today())
        first = own_periods_first(at_hand, "opposition", replace(found, hits=hits))
        return [row.passage.document for row in first.hits]

    assert order(other, own, "plain") == [own, "plain", other]
    assert order(other, "plain") == [other, "plain"]  # nothing of its own: left as it was found


def test_a_message_that_tells_two_matters_and_asks_once_asks_of_each(make_tracker):
    shelf = answering(
        {"亚马逊 多久": (0.9, hit("amazon")), "墨西哥 多久": (0.9, hit("mx", country="MX"))}
    )
    text = "亚马逊上有人投诉我专利；另外墨西哥有人申请了我们的牌子。各有多久"
    found = each_question(services(shelf), make_tracker(text, "ask"), text)
    assert [one.hits[0].passage.document for one in found] == ["amazon", "mx"]


def test_a_story_of_one_place_asks_once(make_tracker):
    shelf = answering({"墨西哥": (0.9, hit("mx", country="MX"))})
    text = "墨西哥有人申请了我们的牌子。墨西哥的代理不回信。还有多久"
    assert each_question(services(shelf), make_tracker(text, "ask"), text) == []


def denying(make_tracker, text, denied, meant, **slots):
    """The state after a message that denies one country and means another."""
    tracker = make_tracker(text, "correct", slots=slots)
    tracker.latest_message["entities"] = [
        {"entity": "country", "value": code, "role": role, "start": text.index(name), "end": text.index(name) + len(name)}
        for (name, code), role in ((denied, "denied"), (meant, "main"))
    ]  # fmt: skip
    return tracker


def test_what_is_not_meant_is_not_searched_for(make_tracker):
    text = "先不管英国。美国那边扣了三十天怎么算"
    tracker = denying(make_tracker, text, ("英国", "GB"), ("美国", "US"))
    assert affirmed(tracker, text) == "美国那边扣了三十天怎么算"
    said = "不是英国的货，是美国那批，怎么算"  # the clause says more than what is denied
    tracker = denying(make_tracker, said, ("英国", "GB"), ("美国", "US"))
    assert "是美国那批" in affirmed(tracker, said)


def test_a_clause_that_only_denies_goes_wherever_it_stands_and_however_long_its_name(make_tracker):
    text = "刚才看错了，寄来的是美国的律师函，不是印度尼西亚，多久要回"
    tracker = denying(make_tracker, text, ("印度尼西亚", "ID"), ("美国", "US"))
    assert affirmed(tracker, text) == "刚才看错了，寄来的是美国的律师函，，多久要回"
    text = "不是英国那边，是美国那边，几天"
    tracker = denying(make_tracker, text, ("英国", "GB"), ("美国", "US"))
    assert affirmed(tracker, text) == "是美国那边，几天"


def test_another_country_in_place_of_the_one_told_asks_the_same_again(make_tracker):
    shelf = answering({"英国 扣货": (0.9, hit("gb", country="GB"))})
    text = "抱歉说错了，不是美国，是英国"
    tracker = denying(
        make_tracker, text, ("美国", "US"), ("英国", "GB"), last_question="美国海关扣货几天内回"
    )
    best = readings(services(shelf), tracker, text)[0]
    assert best.found.hits[0].passage.document == "gb"
    assert "美国" not in best.question


def test_one_question_for_each_of_the_places_that_are_named_beside_each_other():
    shelf = answering({})
    asked = one_each(shelf, "告到美国和告到德国，各赔几倍")
    assert [part[:2] for part in asked] == ["美国", "德国"]
    assert all("赔几倍" in part for part in asked)
    assert one_each(shelf, "在美国被告，分别赔几倍") == []  # one place
    assert one_each(shelf, "告到美国和告到德国，赔几倍") == []  # not of each
    assert one_each(shelf, "美国和德国，分别处理") == []  # nothing is asked


def test_parts_that_name_a_place_again_are_no_matter_of_their_own():
    shelf = answering({})
    text = "美国有人告我们；美国海关也扣了货；德国寄来警告函。多久要回"
    assert one_each(shelf, text) == ["美国有人告我们，多久要回", "德国寄来警告函，多久要回"]
    # What is asked is no matter, though it names a place.
    assert one_each(shelf, "德国寄来警告函；美国多久要回") == []


def test_the_asking_part_may_name_what_it_is_about_itself(make_tracker):
    shelf = answering({"解冻": (0.9, hit("unfreeze")), "律师费": (0.9, hit("fee"))})
    text = "亚马逊店铺收到美国TRO。账户什么时候能解冻？德国的律师费一般多少钱？"
    found = each_question(services(shelf), make_tracker(text, "ask"), text)
    assert "美国" not in found[1].question
    assert "德国" in found[1].question


def test_a_place_is_put_right_only_by_a_short_message_that_asks_nothing_else(make_tracker):
    shelf = answering({})

    def question(text, *, denied=True, meant=True, correct=0.0, **slots):
        names = [("美国", "US"), ("英国", "GB") if meant else ("美国", "US")]
        tracker = denying(make_tracker, text, *names, **slots)
        tracker.latest_message["entities"] = [
            row
            for row in tracker.latest_message["entities"]
            if (row["role"] == "denied" and denied) or (row["role"] == "main" and meant)
        ]
        tracker.latest_message["intent_ranking"] = [{"name": "correct", "confidence": correct}]
        return readings(services(shelf), tracker, text)[0].name

    before = {"last_question": "美国海关扣货几天内回"}
    assert question("说错了，不是美国，是英国", **before) == FOLLOW
    assert question("说错了，不是美国，是英国") != FOLLOW  # nothing was asked before
    assert (
        question("说错了，不是美国", meant=False, **before) != FOLLOW
    )  # and which it is is not told
    assert question("不是美国，是英国，那要几天内回", **before) != FOLLOW  # it asks itself
    text = "美国说错了，我们在英国"
    assert question(text, denied=False, correct=0.9, **before) == FOLLOW
    assert question(text, denied=False, correct=0.1, **before) != FOLLOW


def test_a_follow_up_that_names_a_year_asks_the_same_of_that_year(make_tracker):
    shelf = answering({})
    best = read(shelf, make_tracker, "那2024年的呢", last_question="2025年广州资助多少钱")[0]
    assert (best.name, best.question) == (FOLLOW, "2024年广州资助多少钱")
    assert read(shelf, make_tracker, "那2024年的呢")[0].name == ALONE


def test_money_for_a_dispute_abroad_is_also_looked_for_at_home(make_tracker):
    shelf = answering({})

    def names(text, **ranking):
        tracker = make_tracker(text, "ask")
        tracker.latest_message["intent_ranking"] = [
            {"name": name, "confidence": chance} for name, chance in ranking.items()
        ]
        return {reading.name for reading in readings(services(shelf), tracker, text)}

    assert HOME in names("在美国打官司有没有补贴", funding=0.3)
    assert HOME not in names("在美国打官司要多久", funding=0.1)
    assert HOME not in names("打官司有没有补贴", funding=0.9)  # no country abroad
    # By the wish alone, from a chance on.
    assert HOME in names("在美国打官司能不能给点支持", funding=0.2)
    assert HOME not in names("在美国打官司能不能给点支持", funding=0.19)


def test_a_period_asked_for_is_led_by_the_passage_of_its_rule(make_tracker, monkeypatch):
    rule = "itc-337-response-20-days"
    shelf = answering({})
    other, own = hit("other"), hit("us-337", facts=(rule,))
    shelf._judge = lambda _: ("choices", 0.4, [other, own])
    at_hand = services(shelf)

    def first(chance, text="337答辩期限多久"):
        meant = [Meant(at_hand.deadlines.rules[rule], chance)]
        monkeypatch.setattr(readings_module, "rule_candidates", lambda *_: meant)
        found = readings(at_hand, make_tracker(text, "ask"), text)[0].found
        return [item.passage.document for item in found.hits], found.band

    assert first(0.9) == (["us-337", "other"], "answer")
    assert first(0.5)[0] == ["other", "us-337"]  # the rule is not clear
    assert first(0.9, "337律师费多少钱")[0] == ["other", "us-337"]  # no period is asked
    # A passage that only mentions the rule does not rest on it.
    shelf._judge = lambda _: ("choices", 0.4, [other, hit("both", facts=("another", rule))])
    assert first(0.9, "337答辩时限多久")[0] == ["other", "both"]
    # A passage that was not found is taken from the shelf where hardly another rule is meant.
    shelf._judge = lambda _: ("choices", 0.4, [other])
    assert first(0.9, "337答辩要几天")[0] == ["other"]
    shelf = answering({})
    shelf._judge = lambda _: ("choices", 0.4, [other])
    shelf.passages = [own.passage]
    at_hand = services(shelf)
    assert first(0.9)[0] == ["us-337", "other"]
    assert first(0.7)[0] == ["other"]


# --- what a reading is worth ---


def reading(name, band, right, confidence=0.5):
    found = replace(
        look_up(answering({}), "x", TODAY), band=band, right=right, confidence=confidence
    )
    return Reading(name, "问", found)


def test_an_answer_goes_before_choices_and_among_like_ones_the_likelier_first():
    answer, choices = reading(ALONE, "answer", 0.1), reading(ALONE, "choices", 0.9)
    country, refusal = reading(ALONE, "country", 0.9), reading(ALONE, "refuse", 0.9)
    assert answer.worth > choices.worth == country.worth > refusal.worth
    assert reading(ALONE, "answer", 0.5).worth < reading(PART, "answer", 0.6).worth
    # Money at home goes first where it is all but as likely.
    assert reading(HOME, "answer", 0.55).worth > reading(ALONE, "answer", 0.6).worth
    assert reading(HOME, "answer", 0.45).worth < reading(ALONE, "answer", 0.6).worth


def test_a_reading_is_kept_with_what_the_shelf_said_to_it():
    assert reading(HEARD, "answer", 0.9, 0.87654).to_json() == {
        "reading": "heard", "question": "问", "band": "answer", "confidence": 0.877
    }  # fmt: skip


# --- what is not meant ---


def test_only_a_place_a_platform_or_a_procedure_is_denied_away(make_tracker):
    text = "不是专利，是商标，多久"
    tracker = denying(make_tracker, text, ("专利", "patent"), ("商标", "trademark"))
    for row in tracker.latest_message["entities"]:
        row["entity"] = "right"
    assert affirmed(tracker, text) == text
    assert affirmed(make_tracker(text), text) == text


def test_a_clause_that_says_hardly_more_than_what_is_denied_goes_and_a_longer_one_stays(
    make_tracker,
):
    for words, is_left in (("我们说的不是英国那边", False), ("我们说的并不是英国那边", True)):
        text = f"{words}，美国那边多久"
        assert len(words) - 2 == (9 if is_left else 8)
        tracker = denying(make_tracker, text, ("英国", "GB"), ("美国", "US"))
        assert (affirmed(tracker, text) == text) is is_left


def test_two_clauses_that_deny_go_both(make_tracker):
    text = "不是英国，不是德国，美国那边多久"
    tracker = make_tracker(text, "correct")
    tracker.latest_message["entities"] = [
        {"entity": "country", "value": code, "role": "denied", "start": text.index(name), "end": text.index(name) + 2}
        for name, code in (("英国", "GB"), ("德国", "DE"))
    ]  # fmt: skip
    assert affirmed(tracker, text) == "美国那边多久"


# --- what is left out, and what a question hangs on ---


def test_what_the_story_names_and_its_question_does_not_is_said_with_it():
    shelf = answering({})
    at_hand = services(shelf)

    def left(whole, part):
        return names_left_out(at_hand, shelf.understand(whole), shelf.understand(part))

    assert left("德国商标异议，亚马逊", "要多久") == "德国 亚马逊 商标异议 商标"
    assert left("德国商标异议", "法国要多久") == "商标异议 商标"
    assert left("德国、法国的商标", "要多久") == "德国 商标"
    assert left("要多久", "要多久") == ""
    # A court above countries goes before the place it acts in.
    assert left("德国的UPC诉讼", "要多久") == "统一专利法院"


def said_before(make_tracker, *answers, **slots):
    """A conversation in which these passages were answered from, the last one last."""
    tracker = make_tracker("那要多久", slots={"last_answer": answers[-1], **slots})
    tracker.events[:] = [
        event
        for value in answers
        for event in (
            {"event": "slot", "name": "country", "value": "US"},
            {"event": "slot", "name": "last_answer", "value": value},
        )
    ]
    return tracker


def test_a_question_hangs_on_the_last_answer_and_the_three_before_it_each_once(make_tracker):
    shelf = answering({})
    shelf.passages = [passage(name) for name in "abcdef"]
    at_hand = services(shelf)
    tracker = said_before(
        make_tracker, "a#1", "b#1", "gone#1", "c#1", "b#1", "d#1", "e#1",
        country="DE", platform="amazon", procedure="tro", right="patent", last_question="问",
    )  # fmt: skip
    said = conversation(at_hand, tracker)
    assert said.passage.document == "e"
    assert [one.document for one in said.earlier] == ["d", "b", "c"]
    assert (said.country, said.platform, said.procedure, said.right, said.question) == (
        "DE", "amazon", "tro", "patent", "问"
    )  # fmt: skip
    nothing = conversation(at_hand, make_tracker("要多久"))
    assert (nothing.passage, nothing.earlier, nothing.question) == (None, (), None)


def test_what_is_heard_begins_with_what_the_message_leaves_unsaid(make_tracker, monkeypatch):
    shelf = answering({"多久": (0.9, hit("a"))})
    at_hand = services(shelf)
    calls = []

    class Trees:
        def hear(self, index, text, said, named, today):
            calls.append((text, named, today))
            return look_up(index, text, today)

    monkeypatch.setattr(heard_module, "trained", Trees)

    def heard(text, **known):
        said = replace(conversation(at_hand, make_tracker(text)), **known)
        return heard_after(at_hand, said, text, shelf.understand(text))

    found = heard("要多久", country="DE")
    assert found[0] == "德国 要多久"
    assert calls == [("要多久", "德国", TODAY)]
    assert heard("要多久") is None  # nothing was said before
    assert heard("要多久", question="异议怎么提")[0] == "商标异议 要多久"
    assert heard("要多久", passage=passage("a", country="GENERAL"))[0] == "要多久"
    assert heard("火星呢", country="DE") is None  # what was said is no answer for an unknown name
    assert heard("商标法第三十条怎么说", country="DE") is None  # an article stands for itself
    assert heard("要多久" * 41, country="DE") is None
    assert heard("要多久" * 40, country="DE") is not None


def test_the_periods_of_the_known_procedure_go_first_unless_the_message_names_one(
    make_tracker, monkeypatch
):
    other, own = "itc-337-response-20-days", "ttab-answer-40-days"
    shelf = answering({"要": (0.9, hit("x"))})
    shelf._judge = lambda _: (
        "answer",
        0.9,
        [hit("other", facts=(other,)), hit("own", facts=(own,))],
    )
    at_hand = services(shelf)
    trees = type("Trees", (), {"hear": lambda _, index, text, *rest: look_up(index, text, TODAY)})
    monkeypatch.setattr(heard_module, "trained", trees)

    def first(text, **known):
        said = replace(conversation(at_hand, make_tracker(text)), question="问", **known)
        found = heard_after(at_hand, said, text, shelf.understand(text))
        return found[1].hits[0].passage.document

    assert first("要几天呢", procedure="opposition") == "own"
    assert first("要几天呢") == "other"
    assert first("海关要几天呢", procedure="opposition") == "other"


# --- the question before ---


def test_a_bare_name_goes_on_with_the_newest_question_that_the_shelf_answers(make_tracker):
    shelf = answering({"英国 费用": (0.9, hit("gb", country="GB"))})
    events = [
        {"event": "slot", "name": "last_question", "value": "德国商标费用"},
        {"event": "slot", "name": "last_question", "value": "德国异议期多久"},
    ]

    def best(*before):
        tracker = make_tracker(
            "英国呢", slots={"last_question": "德国异议期多久"}, events=list(before)
        )
        return readings(services(shelf), tracker, "英国呢")[0]

    assert best(*events).found.hits[0].passage.document == "gb"
    # Where none is answered the newest one is what was meant.
    assert "异议期" in best(events[1]).question
    assert best(events[1]).found.band == "refuse"


def test_a_place_that_was_denied_is_not_put_into_the_question_before(make_tracker):
    shelf = answering({})
    text = "不是英国是德国"
    tracker = denying(make_tracker, text, ("英国", "GB"), ("德国", "DE"))
    question = resolve(services(shelf), tracker, text, "美国商标异议期多久")
    assert "德国" in question
    assert "美国" not in question


def test_the_place_of_the_matter_completes_a_question_that_named_none(make_tracker):
    shelf = answering({})
    tracker = make_tracker("期限呢", slots={"country": "DE"})
    assert "德国" in resolve(services(shelf), tracker, "期限呢", "商标异议怎么提")
    assert "德国" not in resolve(
        services(shelf), make_tracker("期限呢"), "期限呢", "商标异议怎么提"
    )
    assert "法国" in resolve(services(shelf), tracker, "期限呢", "法国商标异议怎么提")


def test_of_the_year_before_the_heading_of_the_answer_says_what_is_asked(make_tracker):
    shelf = answering({})
    headed = replace(passage("funding"), heading=("资助", "2025年广州资助标准"))
    shelf.passages = [headed]
    slots = {"last_question": "广州有什么资助", "last_answer": headed.id}
    assert read(shelf, make_tracker, "那2024年的呢", **slots)[0].question == "2024年广州资助标准"
    shelf = answering({})
    shelf.passages = [passage("funding")]
    assert read(shelf, make_tracker, "那2024年的呢", **slots)[0].question == "2024年广州有什么资助"


# --- a correction of the place ---


def test_a_correction_of_the_place_says_nothing_else(make_tracker):
    shelf = answering({})

    def name(text, *more, procedure=None):
        tracker = denying(
            make_tracker, text, ("美国", "US"), ("英国", "GB"),
            last_question="美国海关扣货几天内回", procedure=procedure,
        )  # fmt: skip
        tracker.latest_message["entities"] += list(more)
        return readings(services(shelf), tracker, text)[0].name

    text = "说错了，不是美国，是英国的海关"
    customs = {"entity": "procedure", "value": "customs", "role": "main", "start": 13, "end": 15}
    assert name(text, customs) != FOLLOW  # another matter is named too
    assert name(text, customs, procedure="customs") == FOLLOW  # it is the one that is known
    long = "说错了，不是美国，是英国，我们上个月从宁波发的那批货到了那边的仓库以后一直没有人来提"
    assert len(long) > 36
    assert name(long) != FOLLOW
