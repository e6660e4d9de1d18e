"""What is a yes where a yes stores or erases: said plainly, never the beginning of a sentence."""

import pytest

from actions.lead import ValidateLeadForm
from actions.privacy import AGAIN, YES, ValidateEraseForm
from tests.actions.turn.shelf import answering, services

BUTTONS = {"lead_consent": "同意", "lead_confirm": "确认提交", "erase_confirm": "确认删除"}
AGREEING = (
    "好的", "好", "可以", "同意", "行", "是的", "嗯嗯", "对", "没问题", "OK", "Yes.", "確認", "我同意", "可以可以",
    "嗯嗯可以的", "那就这样吧，可以", "好的，谢谢", "系呀", "冇问题", "好嘛，就这样办", "得，冇問題", "没错没错",
    "没有问题", "那行", "嗯呢", "Yes, that's right", "好的，谢谢你",
)  # fmt: skip
REGISTERING = (
    "好的，确认提交", "同意，登记吧", "确认提交，谢谢", "同意,请按此办理", "没问题，登记吧", "好，帮我提交", "确定，就按这个提交",
    "我同意把资料交给中心", "我愿意让你们联系我", "授权你们转给专家，没问题", "情况属实,予以确认", "可以,你登吧", "可以，先提交吧",
    "接着登记，同意你们留资料并交给老师",
)  # fmt: skip
ERASING = ("确认删除", "我确认要删除", "好的，删吧", "确认，全部删掉", "确定删除我的所有数据", "删吧", "那就删了吧。", "可以，都删掉")  # fmt: skip
NOT_YET = (
    "确认之前我再核对一下", "同意之前我先问问老板", "确认之后还能恢复吗", "确认？", "可以？", "确认一下我填的对不对", "好，等一下",
    "好的，我再想想", "同意是同意，不过先别登记", "可以是可以，但是电话别留", "确认不了", "对方同意了", "同意书要怎么写",
    "你们是中心", "确认提交前我要改电话", "好麻烦", "对吧", "我没问题了", "不同意",
)  # fmt: skip
NOT_ERASING = ("确认删除之前我想先导出一份", "确认删除后线索还在吗", "确认删除哪些", "可以删除吗", "好的先不删", "同意个鬼")  # fmt: skip


@pytest.fixture(scope="module")
def at_hand():
    return services(answering({}))


def _read(at_hand, make_tracker, slot, text, intent="affirm"):
    kind = ValidateEraseForm if slot == "erase_confirm" else ValidateLeadForm
    tracker = make_tracker(text, intent, slots={"requested_slot": slot})
    return getattr(kind(lambda: at_hand), f"extract_{slot}")(tracker)


@pytest.mark.parametrize("slot", BUTTONS)
@pytest.mark.parametrize("text", AGREEING)
def test_a_short_plain_yes_is_one(at_hand, make_tracker, slot, text):
    assert _read(at_hand, make_tracker, slot, text, "inform") == YES


@pytest.mark.parametrize(("slot", "text"), BUTTONS.items())
def test_the_button_is_a_yes_whatever_it_is_taken_for(at_hand, make_tracker, slot, text):
    assert _read(at_hand, make_tracker, slot, text, "out_of_scope") == YES


@pytest.mark.parametrize("slot", ["lead_consent", "lead_confirm"])
@pytest.mark.parametrize("text", REGISTERING)
def test_a_yes_may_name_what_is_agreed_to(at_hand, make_tracker, slot, text):
    assert _read(at_hand, make_tracker, slot, text, "inform") == YES


@pytest.mark.parametrize("text", ERASING)
def test_a_yes_to_erasing_names_it(at_hand, make_tracker, text):
    assert _read(at_hand, make_tracker, "erase_confirm", text, "erase_data") == YES


@pytest.mark.parametrize("slot", BUTTONS)
@pytest.mark.parametrize("text", NOT_YET + NOT_ERASING)
@pytest.mark.parametrize("intent", ["affirm", "inform"])
def test_a_sentence_that_only_begins_with_a_yes_is_none(at_hand, make_tracker, slot, text, intent):
    assert _read(at_hand, make_tracker, slot, text, intent) != YES


def test_asking_for_erasure_once_more_is_not_yet_a_yes(at_hand, make_tracker):
    found = _read(at_hand, make_tracker, "erase_confirm", "删除我的数据", "erase_data")
    assert found == AGAIN


@pytest.mark.parametrize("slot", BUTTONS)
def test_a_command_of_agreeing_is_a_yes_unless_it_asks(at_hand, make_tracker, slot):
    kind = ValidateEraseForm if slot == "erase_confirm" else ValidateLeadForm
    for text, is_yes in (("老板点头了，弄吧", True), ("是啵？", False)):
        tracker = make_tracker(text, "affirm", slots={"requested_slot": slot})
        tracker.latest_message["is_command"] = True
        found = getattr(kind(lambda: at_hand), f"extract_{slot}")(tracker)
        assert (found == YES) is is_yes
