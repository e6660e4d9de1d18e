"""What a message gets, over evidence that is made up: the order of what decides."""

from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from actions.deadline_rules import default_table
from actions.turn.about_day import ACT as ABOUT_DAY
from actions.turn.about_day import EXTENSION, AboutDay
from actions.turn.decision import ACT_OF, CORRECT, END_OF, LEAVE, decide
from actions.turn.evidence import Evidence
from actions.turn.held_rules import Dating
from actions.turn.plan import AGAIN, ANSWER, DAY, LIGHT
from actions.turn.printed import Printed
from actions.turn.purpose import Purpose

FORMS = sorted(END_OF)
RULE = SimpleNamespace(
    id="a-rule", fact="a-rule", extension="", jurisdiction="US", procedure="court"
)


@dataclass
class Seen:
    """Evidence without a conversation; by itself a question that the shelf cannot answer."""

    text: str = "说点什么呢"
    intent: str = "ask"
    ranking: dict[str, float] = field(default_factory=dict)
    is_certain: bool = False
    form: str | None = None
    band: str = "refuse"
    confidence: float = 0.1
    asks: bool = True
    is_paper: bool = False
    asks_of_term: bool = False
    names: frozenset[str] = frozenset()
    fits_form: bool = False
    closes_form: bool = False
    names_lead: bool = False
    names_list: bool = False
    acts_before: tuple[str, ...] = ()
    wants_free_words: bool = False
    dating: Dating | None = None
    heard: frozenset[str] = frozenset()
    is_bare: bool = False
    only_names: bool = False
    topic: str | None = None
    computed: tuple[str | None, date | None] = (None, None)
    weighed: Purpose | None = None
    lacking: bool = False
    rests_on: tuple[str, ...] = ()
    has_called: bool = False
    waits: bool = False
    hangs_on_nothing: bool = False
    each_place: tuple[Any, ...] = ()
    about_day: AboutDay | None = None
    tells_length: bool = False
    place: str | None = None
    goes_on_with_answer: bool = False

    is_answered, decided = Evidence.is_answered, Evidence.decided

    def __post_init__(self) -> None:
        self.ranking = self.ranking or {self.intent: 0.9}

    @property
    def best(self) -> Any:
        found = SimpleNamespace(
            band=self.band, confidence=self.confidence, right=self.confidence,
            hits=(SimpleNamespace(passage=SimpleNamespace(id="p", facts=self.rests_on)),),
        )  # fmt: skip
        return SimpleNamespace(name="alone", question=self.text, found=found)

    @property
    def besides_names(self) -> str:
        """The names of the texts here are left in."""
        return self.text

    @property
    def purpose(self) -> Purpose:
        """What trees would say that only heard the classifier."""
        asked, strange = self.likely("ask", "follow_up"), self.likely("out_of_scope")
        return self.weighed or Purpose(asked, strange, max(0.0, 1 - asked - strange))

    def lacks(self, _: str) -> bool:
        return self.lacking

    @property
    def slot_form(self) -> Any:
        return None if self.form is None else SimpleNamespace(heard=self.heard)

    def likely(self, *intents: str) -> float:
        return sum(self.ranking.get(intent, 0.0) for intent in intents)


def answered(**options: Any) -> Seen:
    """A question that the shelf answers."""
    return Seen(**{"band": "answer", "confidence": 0.9, **options})


def acts(seen: Seen) -> tuple[str, ...]:
    return decide(seen).acts  # type: ignore[arg-type]


# --- somebody asks to wait ---


@pytest.mark.parametrize("form", [None, *FORMS])
def test_who_asks_to_wait_hears_that_there_is_time_and_nothing_else(form):
    told = Seen(text="等等我去问一声", ranking={"wait": 0.9}, form=form, asks=False, fits_form=True)
    assert acts(told) == (ACT_OF["wait"],)


@pytest.mark.parametrize(
    ("text", "is_waited_for"),
    [("那边说拖一拖再交答辩状，行不行？", False), ("能等我两分钟吗", True)],
)
def test_who_asks_whether_to_wait_is_not_told_that_there_is_time(text, is_waited_for):
    told = Seen(text=text, ranking={"wait": 0.9})
    assert (acts(told) == (ACT_OF["wait"],)) is is_waited_for


def test_who_names_a_matter_does_not_only_ask_to_wait():
    told = Seen(
        text="等等，是波兰", ranking={"wait": 0.9}, names=frozenset({"country"}), asks=False
    )
    assert acts(told) != (ACT_OF["wait"],)


# --- a story and a right that ends ---


def test_a_story_of_a_known_matter_is_taken_in_whatever_the_shelf_has_on_it():
    told = Seen(
        text="货在希腊转船时被扣", ranking={"triage": 0.6}, asks=False,
        names=frozenset({"country", "procedure"}), weighed=Purpose(0.0, 0.95, 0.05),
    )  # fmt: skip
    assert acts(told) == ("triage_form",)


def test_no_paper_is_asked_for_by_which_a_right_ends():
    asked = Seen(text="我的商标几号到期", ranking={"deadline": 1.0}, asks_of_term=True)
    assert "deadline_form" not in acts(asked)


# --- outside a form ---


@pytest.mark.parametrize("intent", sorted(ACT_OF))
def test_a_certain_command_acts_whatever_the_shelf_says(intent):
    plan = decide(answered(text="一句话", intent=intent, is_certain=True, asks=False))
    assert plan.acts[0] == ACT_OF[intent]
    assert plan.reason == "certain"


def test_a_question_that_the_shelf_answers_is_answered():
    assert acts(answered()) == (ANSWER,)


def test_a_wish_that_is_no_question_is_done():
    seen = Seen(text="我想登记一下我们的情况", intent="lead", asks=False)
    assert acts(seen) == ("lead_form",)


def test_a_name_alone_declines_nothing():
    ranking = {"skip": 0.5, "inform": 0.35}
    seen = Seen(
        text="埃及", asks=False, intent="skip", ranking=ranking, is_bare=True,
        names=frozenset({"country"}),
    )  # fmt: skip
    assert acts(seen) == ("action_inform",)


def test_another_place_after_a_center_asks_for_its_center():
    seen = Seen(text="搬到东莞了，归哪", topic="center", names=frozenset({"region"}))
    assert acts(seen) == ("center_form",)


def test_small_talk_that_nothing_speaks_for_is_no_refusal():
    ranking = {"ask": 0.26, "correct": 0.25}
    seen = Seen(text="行吧，消气了", asks=False, intent="ask", ranking=ranking)
    assert acts(seen) == ("utter_go_on",)


def test_what_is_not_known_is_refused_and_not_guessed():
    assert acts(Seen(text="今晚的月亮圆不圆呢", intent="ask", ranking={"ask": 0.4})) == (ANSWER,)
    off = Seen(text="帮我写首诗好吗", intent="out_of_scope", ranking={"out_of_scope": 0.9})
    assert acts(off) == ("action_refuse",)


def test_a_pasted_paper_is_read_and_the_matter_taken_in():
    assert acts(Seen(is_paper=True)) == ("action_notice", "triage_form")


def test_the_number_of_a_lead_asks_how_it_stands():
    assert acts(Seen(names_lead=True)) == ("status_form",)
    assert acts(Seen(names_list=True)) == ("action_checklist",)
    assert acts(Seen(names_lead=True, form="lead_form")) == ("status_form",)


def test_a_day_that_is_known_is_counted_at_once():
    plan = decide(Seen(dating=Dating(RULE, date(2026, 11, 16))))
    assert plan.acts == (DAY,)
    assert (plan.rule, plan.day) == ("a-rule", "2026-11-16")


def test_a_day_that_is_not_known_is_asked_after_the_answer():
    assert acts(answered(dating=Dating(RULE, None))) == (ANSWER, "deadline_form")
    assert acts(Seen(dating=Dating(RULE, None))) == ("deadline_form",)


# --- in a form ---


@pytest.mark.parametrize("form", FORMS)
def test_a_question_in_a_form_is_answered_first_and_the_form_is_not_stopped(form):
    plan = acts(answered(form=form))
    assert plan == (ANSWER, f"{AGAIN}{form}")


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_asked_again_lets_go_at_the_next_question_only_where_it_is_light(form):
    plan = acts(answered(form=form, acts_before=(ANSWER, f"{AGAIN}{form}")))
    assert plan[0] == ANSWER
    assert (f"{AGAIN}{form}" in plan) is (form not in LIGHT)


@pytest.mark.parametrize("form", FORMS)
def test_a_value_corrected_in_the_panel_goes_before_the_open_form(form):
    plan = acts(Seen(form=form, fits_form=True, text="更正这件事：美国，2026年11月20日收到"))
    assert plan == ((CORRECT,) if form in LIGHT else (CORRECT, f"{AGAIN}{form}"))


@pytest.mark.parametrize("form", FORMS)
def test_what_fits_is_the_forms(form):
    assert acts(Seen(form=form, fits_form=True, asks=False, text="广州白云")) == (form,)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("intent", ["cancel", "start_over"])
def test_a_form_can_be_left(form, intent):
    assert acts(Seen(form=form, intent=intent, is_certain=True, text="取消", asks=False)) == (
        LEAVE,
    )
    seen = Seen(form=form, intent=intent, text="算了我不想弄了", asks=False)
    assert acts(seen) == (LEAVE,)


def test_a_form_hears_the_commands_that_answer_it():
    seen = Seen(form="erase_form", intent="cancel", is_certain=True, text="取消", heard={"cancel"})
    assert acts(seen) == ("erase_form",)


@pytest.mark.parametrize("form", FORMS)
def test_the_sentence_that_opens_a_form_only_has_it_ask_again(form):
    opening = next(intent for intent, act in ACT_OF.items() if act == form)
    seen = Seen(form=form, intent=opening, is_certain=True, text="一句话", asks=False)
    assert acts(seen) == (f"{AGAIN}{form}",)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("intent", "act"), [("human", "action_handoff"), ("erase_data", "erase_form")]
)
def test_a_person_and_erasing_are_reached_from_every_form(form, intent, act):
    plan = acts(Seen(form=form, intent=intent, is_certain=True, text="一句话", asks=False))
    assert plan == ((f"{AGAIN}{form}",) if act == form else (act,))


@pytest.mark.parametrize("form", FORMS)
def test_small_talk_in_a_form_is_answered_and_the_form_asks_again(form):
    plan = acts(
        Seen(
            form=form,
            intent="thanks",
            is_certain=True,
            text="谢谢",
            asks=False,
        )
    )
    assert plan == ("utter_thanks", f"{AGAIN}{form}")


def test_free_words_are_taken_as_they_are_unless_they_plainly_ask():
    story = Seen(
        form="lead_form", wants_free_words=True, fits_form=True, asks=True,
        text="我们不知道怎么回复对方的律师，想请你们帮忙看看",
    )  # fmt: skip
    assert acts(story) == ("lead_form",)
    question = answered(
        form="lead_form", wants_free_words=True, fits_form=True, text="337几天内要答辩？",
    )  # fmt: skip
    assert acts(question) == (ANSWER, f"{AGAIN}lead_form")


def test_what_no_form_can_read_is_told_by_the_form():
    seen = Seen(
        form="lead_form", intent="inform", text="呃那个", asks=False, ranking={"inform": 0.9}
    )
    assert acts(seen) == ("lead_form",)


@pytest.mark.parametrize("form", [None, *FORMS])
@pytest.mark.parametrize("intent", [*sorted(ACT_OF), "ask", "follow_up"])
@pytest.mark.parametrize("band", ["answer", "choices", "country", "refuse"])
def test_every_message_gets_something_and_no_act_twice(form, intent, band):
    for is_certain in (True, False):
        for asks in (True, False):
            seen = Seen(
                form=form,
                intent=intent,
                band=band,
                confidence=0.5,
                is_certain=is_certain,
                asks=asks,
            )
            plan = acts(seen)
            named = [act.removeprefix(AGAIN) for act in plan]
            assert named
            assert len(set(named)) == len(named) <= 3


@pytest.mark.parametrize("form", [None, *FORMS])
def test_who_asks_what_day_it_is_is_told_and_the_form_asks_again(form):
    plan = decide(Seen(text="今天是几号", intent="out_of_scope", form=form))
    assert plan.reason == "today"
    assert plan.acts == ((DAY,) if form is None else (DAY, f"{AGAIN}{form}"))


def test_a_day_in_a_message_that_plainly_wants_something_else_is_not_counted():
    dated = Dating(RULE, date(2026, 10, 1))
    seen = Seen("上个月登记过，办到哪了", "lead_status", {"lead_status": 0.95}, dating=dated)
    assert decide(seen).acts == ("status_form",)
    assert decide(Seen("上个月收到的", "inform", {"inform": 0.95}, dating=dated)).acts == (DAY,)


def test_what_cannot_be_undone_is_not_begun_by_a_guess():
    seen = Seen(
        "编号记在手机里，手机丢了", "erase_data", {"erase_data": 0.6, "ask": 0.3}, asks=False
    )
    assert "erase_form" not in decide(seen).acts
    sure = Seen("把我说过的都删掉", "erase_data", {"erase_data": 0.9}, asks=False)
    assert decide(sure).acts == ("erase_form",)


def test_a_question_that_begins_like_a_refusal_declines_nothing():
    ranking = {"deny": 0.9, "ask": 0.05}
    assert decide(Seen("不交会怎样", "deny", ranking)).acts == (ANSWER,)
    assert decide(Seen("不交", "deny", ranking, asks=False)).acts == ("utter_no_problem",)
    wonders = Seen("不是三周吗，英国那个", "deny", ranking, names=frozenset({"country"}))
    wonders.band, wonders.weighed = "answer", Purpose(0.1, 0.0, 0.9)
    assert decide(wonders).acts == (ANSWER,)


def test_a_day_told_in_a_few_words_is_no_query():
    ranking = {"inform": 0.84, "deadline": 0.12}
    names = frozenset({"procedure", "date"})
    seen = Seen("传票昨天送到的", "inform", ranking, asks=False, names=names)
    assert decide(seen).acts == ("action_inform",)


def test_this_is_all_ends_the_form_and_not_the_conversation():
    said = Seen(text="就这些", intent="bye", is_certain=True, form="lead_form", asks=False)
    assert acts(replace(said, closes_form=True)) == ("lead_form",)
    assert acts(said) == ("utter_bye", f"{AGAIN}lead_form")


NOTHING_ELSE = {"out_of_scope": 0.9, "ask": 0.05}


def test_a_refusal_of_the_classifiers_counts_only_where_the_shelf_has_nothing():
    assert acts(answered(intent="out_of_scope", ranking=NOTHING_ELSE)) == (ANSWER,)
    assert acts(Seen(intent="out_of_scope", ranking=NOTHING_ELSE)) == ("action_refuse",)


def test_another_place_is_a_center_only_after_a_center():
    def said(**more):
        seen = Seen(
            "那番禺", "inform", {"inform": 0.6}, asks=False, names=frozenset({"region"}),
            weighed=Purpose(0.2, 0.3, 0.5),
        )  # fmt: skip
        return acts(replace(seen, **more))

    assert said(topic="center") == ("center_form",)
    assert said(topic="funding") != ("center_form",)
    # Where the shelf answers and nothing was put right it is a question.
    asked = answered(
        text="番禺有哪些产业", ranking={"ask": 0.9}, names=frozenset({"region"}), topic="center"
    )
    assert acts(asked) == (ANSWER,)


def test_who_puts_right_what_was_understood_is_no_critic_of_it():
    ranking = {"complaint": 0.5, "correct": 0.4}
    seen = Seen("不对，是德国", "complaint", ranking, asks=False)
    assert acts(seen) == ("utter_complaint",)
    assert acts(replace(seen, names=frozenset({"country"}))) == ("action_inform",)


def test_what_hangs_on_nothing_is_asked_to_go_on():
    seen = answered(text="多少天", intent="follow_up", ranking={"follow_up": 0.95})
    assert acts(seen) == (ANSWER,)
    assert acts(replace(seen, hangs_on_nothing=True)) == ("utter_go_on",)


def test_nobody_is_taken_back_whom_no_one_called():
    ranking = {"take_back": 0.6, "ask": 0.3}
    seen = answered(text="还是你来回答", intent="take_back", ranking=ranking, asks=False)
    assert acts(seen) != ("action_take_back",)
    assert acts(replace(seen, has_called=True)) == ("action_take_back",)


def test_a_form_takes_no_value_from_what_is_a_question():
    ranking = {"ask": 0.6}
    seen = Seen("德国收费吗", "ask", ranking, form="center_form", fits_form=True)
    assert acts(seen) == (ANSWER, f"{AGAIN}center_form")
    assert acts(replace(seen, asks=False)) == ("center_form",)
    unsure = replace(seen, ranking={"ask": 0.5})
    assert acts(unsure) == ("center_form",)
    # The form of a deadline asks for what is itself worded as a question.
    assert acts(replace(seen, form="deadline_form")) == ("deadline_form",)


def test_a_day_that_is_known_lets_a_light_form_go_and_no_other():
    dated = Dating(RULE, date(2026, 10, 1))
    for form in FORMS:
        plan = acts(Seen("10月1日收到的", "inform", {"inform": 0.9}, asks=False, form=form, dating=dated, fits_form=True))  # fmt: skip
        assert plan == ((DAY, "leave") if form in LIGHT else (form,))
    unknown = Seen("最晚哪天", form="triage_form", dating=Dating(RULE, None))
    assert DAY not in acts(unknown)


def test_why_no_day_is_given_is_said_after_the_period_where_the_shelf_says_it():
    misfit = Dating(None, None, misfit="要先有传票")
    assert acts(Seen("最晚哪天", dating=misfit)) == (DAY,)
    said = replace(misfit, is_said=True)
    assert acts(answered(text="最晚哪天", dating=said)) == (ANSWER, DAY)
    plan = decide(answered(text="最晚哪天", dating=said))
    assert (plan.misfit, plan.rule, plan.day) == ("要先有传票", None, None)
    known = decide(answered(text="几天", dating=Dating(RULE, date(2026, 10, 1), is_said=True)))
    assert (known.acts, known.rule, known.day) == ((ANSWER, DAY), "a-rule", "2026-10-01")


def test_marks_alone_say_nothing():
    assert acts(Seen("……？！")) == ("utter_help",)
    assert acts(Seen("？？", form="lead_form")) == ("lead_form",)
    assert acts(Seen("？3")) != ("utter_help",)


def test_a_number_of_a_lead_in_its_own_form_is_the_forms():
    seen = Seen("HH-2026", form="status_form", names_lead=True, fits_form=True, asks=False)
    assert acts(seen) == ("status_form",)
    assert decide(seen).reason == "fits"
    assert decide(replace(seen, form="lead_form")).reason == "lead number"


def test_a_pasted_paper_in_a_form_is_told_and_the_form_asks_again():
    assert acts(Seen(form="lead_form", is_paper=True)) == ("action_notice", f"{AGAIN}lead_form")


def test_who_asks_for_a_person_in_a_story_gets_one():
    ranking = {"human": 0.9, "ask": 0.05}
    assert acts(Seen("找个真人，怎么办", "human", ranking)) == ("action_handoff",)


def test_what_cannot_be_undone_begins_from_a_chance_on():
    ranking = {"erase_data": 0.7, "ask": 0.1}
    said = Seen("都删掉", "erase_data", ranking, asks=False)
    assert acts(said) == ("erase_form",)
    assert acts(replace(said, ranking={"erase_data": 0.69, "ask": 0.1})) != ("erase_form",)


def test_what_a_message_is_for_decides_between_the_shelf_and_the_other_acts():
    ranking = {"center": 0.7, "ask": 0.2}
    asked = answered(ranking=ranking, weighed=Purpose(0.6, 0.1, 0.3))
    assert acts(asked) == (ANSWER,)
    assert acts(replace(asked, weighed=Purpose(0.3, 0.1, 0.6))) == ("center_form",)


def test_among_the_other_acts_the_classifiers_first_is_taken():
    ranking = {"thanks": 0.3, "bye": 0.2, "ask": 0.4}
    seen = Seen("那先这样", ranking=ranking, asks=False, weighed=Purpose(0.2, 0.1, 0.7))
    assert acts(seen) == ("utter_thanks",)


def test_what_the_shelf_refuses_is_declined_where_it_is_no_matter_of_its():
    seen = Seen(weighed=Purpose(0.2, 0.7, 0.1))
    assert acts(seen) == ("action_refuse",)
    # Where the shelf answers nothing is declined over its head.
    assert acts(replace(seen, band="choices", confidence=0.45)) == (ANSWER,)


def test_a_wish_for_a_day_is_no_refusal():
    seen = Seen("帮我算一下", "deadline", {"deadline": 0.9}, weighed=Purpose(0.1, 0.7, 0.2))
    assert acts(seen) == ("deadline_form",)


def test_a_matter_that_asks_what_now_is_taken_in_where_the_shelf_is_not_sure():
    story = "亚马逊店铺收到美国法院的临时限制令，怎么办"
    named = frozenset({"platform", "country"})
    unsure = Purpose(0.4, 0.5, 0.1)
    seen = answered(text=story, confidence=0.4, names=named, weighed=unsure)
    assert acts(seen) == ("triage_form",)
    assert acts(replace(seen, confidence=0.9)) == (ANSWER,)
    assert acts(replace(seen, text=story.replace("怎么办", "要多久答辩"))) == (ANSWER,)
    assert acts(replace(seen, text="我家猫病了，怎么办", names=frozenset())) != ("triage_form",)


def test_what_happened_is_taken_in_after_the_answer_where_something_must_be_asked():
    told = answered(
        text="店铺被人投诉，链接没了", intent="triage", ranking={"triage": 0.9}, asks=False,
        weighed=Purpose(0.3, 0.1, 0.6),
    )  # fmt: skip
    assert acts(told) == ("triage_form",)
    assert acts(replace(told, lacking=True)) == (ANSWER, "triage_form")
    assert acts(replace(told, lacking=True, confidence=0.3)) == ("triage_form",)


def test_names_alone_after_an_answer_ask_the_same_of_another_place():
    seen = Seen(
        text="智利的异议", intent="triage", ranking={"triage": 0.56}, asks=False, band="answer",
        confidence=0.95, names=frozenset({"country", "procedure"}), only_names=True, topic="answer",
        weighed=Purpose(0.95, 0.01, 0.04),
    )  # fmt: skip
    assert acts(seen) == (ANSWER,)
    assert "triage_form" in acts(replace(seen, topic=None))
    assert "triage_form" in acts(replace(seen, only_names=False))


def test_a_few_words_that_ask_what_now_are_a_question_and_no_story():
    asked = answered(
        text="链接没了怎么办",
        intent="triage",
        ranking={"triage": 0.9},
        weighed=Purpose(0.5, 0.1, 0.4),
    )
    assert acts(asked) == (ANSWER,)
    told = replace(asked, text="店铺昨天晚上被人投诉，链接全没了，怎么办")
    assert acts(told) == ("triage_form",)


def test_a_center_is_told_to_who_names_the_place():
    ranking = {"center": 0.9, "ask": 0.1}
    seen = answered(text="番禺的企业找谁", ranking=ranking, weighed=Purpose(0.6, 0.1, 0.3))
    assert acts(seen) == (ANSWER,)
    assert acts(replace(seen, names=frozenset({"region"}))) == ("center_form",)


def test_the_day_just_computed_is_said_again_only_to_who_asks_for_it():
    day = date(2026, 11, 10)
    seen = answered(
        text="来不及准备，能往后拖吗", dating=Dating(RULE, day), computed=("a-rule", day),
        rests_on=("another",),
    )  # fmt: skip
    assert acts(seen) == (ANSWER,)
    # What rests on the rule says more of it than its day once again, which is for who asks for it.
    of_rule = replace(seen, rests_on=("a-rule",))
    assert acts(of_rule) == (ANSWER,)
    assert acts(replace(of_rule, text="来不及准备，到底是哪天")) == (DAY,)
    assert acts(replace(of_rule, asks=False)) == (DAY,)
    assert acts(replace(of_rule, tells_length=True)) == (DAY,)
    assert acts(replace(of_rule, confidence=0.3)) == (DAY,)
    extended = SimpleNamespace(**{**vars(RULE), "extension": "可延一次"})
    more = replace(of_rule, text="来不及准备，能延几天吗", dating=Dating(extended, day))
    assert decide(more).aspect == EXTENSION
    assert acts(replace(seen, text="还剩几天")) == (DAY,)
    assert acts(replace(seen, confidence=0.3)) == (DAY,)
    assert acts(replace(seen, names=frozenset({"date"}))) == (DAY,)
    assert acts(replace(seen, computed=("a-rule", date(2026, 11, 9)))) == (DAY,)


# --- what else decides ---


def test_the_sentence_that_asks_for_a_deadline_is_its_form_unless_it_names_one():
    said = Seen("期限怎么算", "deadline", is_certain=True)
    assert acts(said) == ("deadline_form",)
    dated = Dating(RULE, date(2026, 11, 16))
    assert acts(replace(said, dating=dated)) == (DAY,)
    assert acts(replace(said, dating=dated, intent="center")) == ("center_form",)
    assert acts(replace(said, dating=dated, text="")) == ("deadline_form",)  # a button names none


def test_who_gives_up_a_named_matter_asks_where_nothing_is_under_way():
    seen = Seen(
        "不想打了，有没有办法退出这个337", "cancel", {"cancel": 0.92, "ask": 0.08},
        names=frozenset({"procedure"}), weighed=Purpose(0.3, 0.4, 0.3),
    )  # fmt: skip
    assert decide(seen).scores["utter_nothing_to_cancel"] == 0.0
    assert acts(replace(seen, text="先不弄了", asks=False)) == ("utter_nothing_to_cancel",)
    assert acts(replace(seen, names=frozenset())) == ("utter_nothing_to_cancel",)


def test_after_an_answer_a_result_that_is_waited_for_is_no_leads():
    seen = answered(
        text="材料都给了多久有结果", ranking={"lead_status": 0.98}, goes_on_with_answer=True,
        weighed=Purpose(0.42, 0.0, 0.58),
    )  # fmt: skip
    assert acts(seen) == (ANSWER,)
    assert acts(replace(seen, text="我登记的那条有结果了吗")) == ("status_form",)
    assert acts(replace(seen, goes_on_with_answer=False)) == ("status_form",)


def test_a_form_for_a_day_takes_no_country_from_a_question_that_asks_no_period():
    seen = answered(
        text="韩国专利授权以后谁可以请求取消", form="deadline_form", fits_form=True,
        names=frozenset({"country"}),
    )  # fmt: skip
    assert acts(seen)[0] == ANSWER
    assert acts(replace(seen, text="韩国专利授权公告以后几个月")) == ("deadline_form",)
    assert acts(replace(seen, band="refuse", confidence=0.2)) == ("deadline_form",)


def test_a_notice_that_is_told_of_is_taken_in():
    told = Seen("收到一份外文的通知", "notice", {"greet": 0.05, "notice": 0.9}, asks=False)
    assert decide(told).reason == "weighed"
    assert acts(told) == ("action_notice", "triage_form")


def test_a_wish_for_a_day_is_no_question_unless_the_shelf_answers_it():
    wish = Seen(
        "帮我算一下", "deadline", {"deadline": 0.6}, band="choices", confidence=0.4, asks=False,
        weighed=Purpose(0.5, 0.2, 0.3),
    )  # fmt: skip
    assert acts(wish) == ("deadline_form",)
    assert acts(replace(wish, band="answer", confidence=0.9)) == (ANSWER,)


def test_an_answer_that_is_hardly_right_is_none_to_what_asks_and_names_nothing():
    said = Seen(
        "行吧", ranking={"ask": 0.26}, asks=False, band="choices", confidence=0.1,
        weighed=Purpose(0.25, 0.2, 0.55),
    )  # fmt: skip
    assert acts(said) == ("utter_go_on",)
    for likelier in (
        {"confidence": 0.15}, {"asks": True}, {"names": frozenset({"country"})},
    ):  # fmt: skip
        assert acts(replace(said, **likelier)) == (ANSWER,)


def test_what_is_told_is_taken_in_from_an_even_chance_on():
    told = answered(
        text="我们的货在汉堡", asks=False, ranking={"inform": 0.5, "ask": 0.3},
        weighed=Purpose(0.4, 0.3, 0.3),
    )  # fmt: skip
    assert acts(told) == ("action_inform",)
    assert acts(replace(told, ranking={"inform": 0.49, "ask": 0.3})) == (ANSWER,)
    assert acts(replace(told, asks=True)) == (ANSWER,)
    assert acts(replace(told, weighed=Purpose(0.35, 0.65, 0.0))) == (ANSWER,)  # it is none of ours


def test_a_place_put_in_the_place_of_another_is_the_centers_though_the_shelf_answers():
    said = answered(
        text="不对，是番禺", ranking={"correct": 0.5, "ask": 0.4}, names=frozenset({"region"}),
        topic="center", asks=False, weighed=Purpose(0.6, 0.1, 0.3),
    )  # fmt: skip
    assert acts(said) == ("center_form",)
    assert acts(replace(said, ranking={"correct": 0.4, "ask": 0.4}, asks=True)) == (ANSWER,)


def test_an_act_must_be_likely_itself_however_little_the_shelf_is_asked():
    seen = Seen(
        "那先这样", ranking={"thanks": 0.3, "ask": 0.6}, asks=False, weighed=Purpose(0.2, 0.1, 0.7)
    )
    assert acts(seen) == ("utter_thanks",)
    assert acts(replace(seen, ranking={"thanks": 0.29, "ask": 0.6})) != ("utter_thanks",)


def test_a_wish_that_the_shelf_does_not_know_counts_by_itself_where_it_is_plain():
    asked = Seen("能寄样品给你们看吗", "center", {"center": 0.8}, weighed=Purpose(0.6, 0.3, 0.1))
    assert acts(asked) == ("center_form",)
    assert acts(replace(asked, ranking={"center": 0.79})) == ("action_refuse",)
    known = replace(asked, band="choices", confidence=0.5)
    assert acts(known) == (ANSWER,)


# --- what else decides in a form ---


def test_a_day_asked_for_in_a_form_that_is_no_light_one_is_said_and_the_form_asks_again():
    dated = Dating(RULE, date(2026, 10, 1))
    seen = Seen("10月1日收到的，最晚哪天", form="lead_form", dating=dated, fits_form=True)
    assert acts(seen) == (DAY, f"{AGAIN}lead_form")
    assert acts(replace(seen, text="10月1日收到的", asks=False)) == ("lead_form",)


@pytest.mark.parametrize("intent", ["affirm", "deny", "skip", "inform", "correct", "repeat"])
def test_a_certain_word_that_answers_is_said_to_the_form(intent):
    plan = decide(Seen("一句话", intent, form="lead_form", is_certain=True, asks=False))
    assert (plan.acts, plan.reason) == (("lead_form",), "fits")


def test_a_button_without_words_that_is_no_act_is_the_forms():
    pressed = Seen("", "quiz_answer", form="quiz_form", is_certain=True, asks=False)
    assert acts(pressed) == ("quiz_form",)
    assert acts(replace(pressed, intent="thanks")) == ("utter_thanks", f"{AGAIN}quiz_form")
    assert acts(replace(pressed, intent="ask", text="一句话")) == (ANSWER, f"{AGAIN}quiz_form")


def test_the_opening_sentence_that_holds_a_value_is_taken_by_its_form():
    said = Seen("番禺归哪个中心", "center", form="center_form", is_certain=True, fits_form=True)
    assert acts(said) == ("center_form",)
    assert acts(replace(said, fits_form=False)) == (f"{AGAIN}center_form",)
    assert acts(replace(said, text="")) == (f"{AGAIN}center_form",)


def test_another_form_or_a_person_that_is_wished_for_takes_the_forms_place():
    for intent, act in (("lead", "lead_form"), ("human", "action_handoff")):
        seen = Seen("还是换一样吧", intent, {intent: 0.9}, form="center_form", asks=False)
        assert acts(seen) == (act,)


@pytest.mark.parametrize("intent", ["affirm", "deny", "quiz_choice", "repeat"])
def test_an_answering_word_that_is_only_likely_is_the_forms_too(intent):
    seen = Seen("嗯就那样", intent, {intent: 0.9}, form="lead_form", asks=False)
    plan = decide(seen)
    assert (plan.acts, plan.reason) == (("lead_form",), "unread")


def test_what_asks_nothing_and_has_no_certain_answer_is_the_forms():
    seen = Seen(
        "我们的灯", form="lead_form", ranking={"ask": 0.5}, asks=False, band="choices", confidence=0.4,
        weighed=Purpose(0.6, 0.2, 0.2),
    )  # fmt: skip
    assert acts(seen) == ("lead_form",)
    assert acts(replace(seen, asks=True)) == (ANSWER, f"{AGAIN}lead_form")
    assert acts(replace(seen, band="answer", confidence=0.9)) == (ANSWER, f"{AGAIN}lead_form")


def test_a_value_that_is_worded_as_a_question_is_the_forms_unless_the_shelf_answers_it():
    seen = Seen("番禺可以吗", "inform", {"inform": 0.9}, form="center_form", fits_form=True)
    assert acts(seen) == ("center_form",)
    assert acts(replace(seen, band="answer", confidence=0.9, ranking={"ask": 0.3}))[0] == ANSWER


def test_free_words_that_end_like_a_question_are_one_only_where_the_shelf_answers():
    seen = answered(
        text="337几天内要答辩呢。", form="lead_form", wants_free_words=True, fits_form=True
    )
    assert acts(seen) == (ANSWER, f"{AGAIN}lead_form")
    assert acts(replace(seen, band="choices")) == ("lead_form",)
    assert acts(replace(seen, text="337几天内要答辩我们不知道")) == ("lead_form",)


def test_a_message_about_several_countries_is_answered_for_each():
    class OfPlace:
        def to_json(self):
            return {"place": "GB", "rule": "gb-tm-opposition-2-months", "day": "2026-10-09"}

    plan = decide(Seen(each_place=(OfPlace(),)))
    assert (plan.acts, plan.reason) == (("action_each_place",), "each place")
    assert plan.to_json()["each"][0]["place"] == "GB"
    # A light form is let go, any other stays, and what is plainly another wish is heard.
    light = decide(Seen(each_place=(OfPlace(),), form="deadline_form"))
    assert light.acts == ("action_each_place", "leave")
    held = decide(Seen(each_place=(OfPlace(),), form="lead_form"))
    assert "action_each_place" not in held.acts
    other = decide(Seen(each_place=(OfPlace(),), intent="lead", ranking={"lead": 0.95}))
    assert "action_each_place" not in other.acts


def test_of_several_days_the_one_that_is_asked_for_is_said_again():
    rule = default_table().rules["gb-tm-opposition-2-months"]
    day = date(2026, 10, 9)
    asked = Seen(
        "英国那件要到哪一天", "deadline", band="answer", confidence=0.9,
        dating=Dating(rule, day), computed=(rule.id, day),
    )  # fmt: skip
    assert decide(asked).acts != ("action_day",)
    assert decide(replace(asked, acts_before=("action_each_place",))).acts == ("action_day",)


def test_a_plan_keeps_what_decided():
    kept = decide(answered(asks=True)).to_json()
    assert kept["seen"] == {"intent": "ask", "asks": True, "hits": ["p"]}
    assert kept["scores"][ANSWER] == 0.9
    assert kept["reason"] == "weighed"


def test_from_which_chance_on_an_answer_and_another_wish_count():
    day = date(2026, 11, 10)
    again = answered(
        text="还能拖几天呢",
        dating=Dating(RULE, day),
        computed=("a-rule", day),
        rests_on=("another",),
    )
    assert acts(again) == (DAY,)  # so few signs only ask for the day
    stretched = SimpleNamespace(id="a-rule", fact="a-rule", extension="可延一次")
    more = decide(replace(again, dating=Dating(stretched, day)))
    assert (more.acts, more.aspect) == ((ABOUT_DAY,), EXTENSION)
    longer = replace(again, text="还能再往后拖几天呢")
    assert acts(longer) == (ANSWER,)
    assert acts(replace(longer, confidence=0.5)) == (ANSWER,)
    assert acts(replace(longer, confidence=0.49)) == (DAY,)
    wish = Seen("上个月登记过", "lead_status", {"lead_status": 0.8}, dating=Dating(RULE, day))
    assert acts(wish) == ("status_form",)
    assert acts(replace(wish, ranking={"lead_status": 0.79})) == (DAY,)


def test_the_day_that_a_paper_prints_is_said_and_kept():
    printed = Printed("传票", date(2026, 12, 9), "17:00", "于12月9日前", "due")
    plan = decide(answered(text="最晚哪天", dating=Dating(None, None, printed=printed)))
    assert (plan.acts, plan.reason) == ((DAY,), "printed")
    assert plan.printed["day"] == "2026-12-09"
    assert (plan.rule, plan.day, plan.misfit) == (None, None, None)


def test_a_center_is_wished_for_the_less_the_more_likely_a_message_is_none_of_ours():
    seen = answered(
        text="番禺的企业找谁", ranking={"center": 0.6, "ask": 0.4}, names=frozenset({"region"}),
        weighed=Purpose(0.5, 0.4, 0.1),
    )  # fmt: skip
    assert acts(seen) == (ANSWER,)
    assert acts(replace(seen, weighed=Purpose(0.5, 0.1, 0.4))) == ("center_form",)


def test_a_passage_that_only_mentions_the_rule_says_something_else_of_it():
    day = date(2026, 11, 10)
    seen = answered(
        text="来不及准备，能往后拖吗", dating=Dating(RULE, day), computed=("a-rule", day),
        rests_on=("another", "a-rule"),
    )  # fmt: skip
    assert acts(seen) == (ANSWER,)


def test_what_asks_what_now_is_a_story_from_fifteen_signs_on():
    told = answered(
        text="昨晚店铺被投诉链接没了怎么办", ranking={"triage": 0.9}, weighed=Purpose(0.5, 0.1, 0.4)
    )
    assert len(told.text) == 14
    assert acts(told) == (ANSWER,)
    assert acts(replace(told, text=f"我{told.text}")) == ("triage_form",)


def test_who_asks_where_to_turn_gets_the_center_of_the_place_and_no_refusal():
    names = frozenset({"region", "country", "procedure"})
    weighed = Purpose(0.2, 0.75, 0.05)
    asked = Seen("我在花都做包，去哪里问欧盟扣货", "ask", names=names, weighed=weighed)
    assert acts(asked) == ("center_form",)
    told = replace(asked, text="地区：花都，联系人区国强，被欧盟扣货", asks=False)
    assert acts(told) != ("center_form",)
    far = replace(asked, names=frozenset({"region"}), text="花都哪里有好吃的")
    assert acts(far) == ("action_refuse",)


def test_a_sure_wish_that_asks_nothing_is_no_follow_up_and_a_less_sure_one_is():
    hanging = Purpose(0.7, 0.0, 0.3)
    wish = answered(text="出道题给我", intent="quiz", asks=False, weighed=hanging)
    assert acts(replace(wish, ranking={"quiz": 0.99})) == ("quiz_form",)
    assert acts(replace(wish, ranking={"quiz": 0.9})) == (ANSWER,)
    assert acts(replace(wish, ranking={"quiz": 0.99}, asks=True)) == (ANSWER,)


def test_in_a_form_nobody_was_called_from_what_is_taken_back_is_the_form():
    back = Seen(
        "先不弄了我回头再来", "take_back", form="lead_form", asks=False,
        ranking={"take_back": 0.7, "cancel": 0.2}, weighed=Purpose(0.6, 0.0, 0.4), band="answer",
    )  # fmt: skip
    assert acts(back) == (LEAVE,)
    unsure = replace(back, ranking={"take_back": 0.4, "cancel": 0.2})
    assert acts(unsure)[-1] == f"{AGAIN}lead_form"


def test_what_was_told_is_thrown_away_only_where_that_is_plainly_meant():
    again = answered(
        text="我等不了先自己重新传一个", asks=False, confidence=0.5, weighed=Purpose(0.2, 0.0, 0.8)
    )
    assert acts(replace(again, ranking={"start_over": 0.55})) == (ANSWER,)
    assert acts(replace(again, ranking={"start_over": 0.95})) == ("action_start_over",)


def test_help_wanted_in_a_named_place_is_its_center_and_no_refusal():
    wanted = Seen(
        "花都哪里办得快", "center", names=frozenset({"region"}), weighed=Purpose(0.1, 0.8, 0.1)
    )
    assert acts(replace(wanted, ranking={"center": 0.6})) == ("center_form",)
    assert acts(replace(wanted, ranking={"center": 0.3}))[0] == "action_refuse"


def test_a_form_that_takes_any_words_is_left_where_that_is_surely_wished():
    left = Seen("算了取消吧", "cancel", form="deadline_form", asks=False, fits_form=True)
    assert acts(replace(left, ranking={"cancel": 0.99})) == (LEAVE,)
    assert acts(replace(left, ranking={"cancel": 0.9})) == ("deadline_form",)
    named = replace(left, ranking={"cancel": 0.99}, names=frozenset({"procedure"}))
    assert acts(named) == ("deadline_form",)


def test_a_human_is_called_only_where_that_is_likely_of_itself():
    """Whoever is likely to take leave is not put in the queue."""
    ranking = {"human": 0.62, "bye": 0.1}
    seen = Seen(
        "那我先跟合伙人通个气", "human", ranking, asks=False, weighed=Purpose(0.02, 0.01, 0.97)
    )
    assert acts(seen) != ("action_handoff",)
    sure = replace(seen, ranking={"human": 0.9})
    assert acts(sure) == ("action_handoff",)


def test_where_something_is_done_goes_on_with_what_was_answered():
    seen = Seen("在哪里办", "center", {"center": 0.4, "ask": 0.6}, is_certain=True, topic="answer",
                band="answer", confidence=0.9)  # fmt: skip
    assert acts(seen) == ("center_form",)
    assert acts(replace(seen, goes_on_with_answer=True)) == (ANSWER,)
    assert acts(replace(seen, goes_on_with_answer=True, topic="center")) == ("center_form",)


def test_who_names_a_place_at_home_and_likely_asks_for_money_is_not_refused():
    seen = Seen(
        "打官司花了八十万，市里能补点吗", ranking={"ask": 0.57, "funding": 0.43},
        names=frozenset({"region"}), weighed=Purpose(0.2, 0.7, 0.1),
    )  # fmt: skip
    assert acts(seen) == ("action_funding",)
    assert acts(replace(seen, names=frozenset())) != ("action_funding",)
    assert acts(replace(seen, ranking={"ask": 0.9, "funding": 0.1})) != ("action_funding",)
