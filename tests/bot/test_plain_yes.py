"""In the running assistant nothing is stored or erased but upon a plain yes."""

from __future__ import annotations

import pytest

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.asyncio(loop_scope="module"),
]
TOLD = (
    "我要登记援助线索", "同意", "公司名称：华美皮具，联系人：王强，手机：13800138000", "就这些",
)  # fmt: skip


async def _say(rasa, sender, *texts):
    """The replies to the last of some messages, and what the form asks for then."""
    for text in texts:
        replies = await rasa.handle(sender, text, {})
    tracker = await rasa.tracker(sender)
    return replies, None if tracker is None else tracker.get_slot("requested_slot")


@pytest.mark.parametrize(
    "text",
    [
        "确认删除之前我想先导出一份", "确认之后还能恢复吗", "确认？", "同意是同意，可是登记的线索别删",
        "好的，先等等",
    ],
)  # fmt: skip
async def test_nothing_is_erased_by_a_sentence_that_begins_with_a_yes(rasa, text):
    sender = f"yes-erase-{text}"
    replies, _ = await _say(rasa, sender, "337立案通知收到后几天答辩", "删除我的数据", text)
    assert not any(reply["data"].get("erased") for reply in replies)
    assert (await rasa.tracker(sender)) is not None


@pytest.mark.parametrize(
    "text", ["确认删除", "好的", "可以，都删掉", "嗯，删吧", "我确认要删除", "是的，谢谢"]
)
async def test_a_plain_yes_erases(rasa, text):
    replies, _ = await _say(rasa, f"yes-erased-{text}", "删除我的数据", text)
    assert [reply["data"].get("erased") for reply in replies] == [True]


@pytest.mark.parametrize("text", ["同意之前我先问问老板", "同意书是什么样的", "好，等一下"])
async def test_no_consent_is_kept_by_a_sentence_that_begins_with_a_yes(rasa, text):
    sender = f"yes-consent-{text}"
    await _say(rasa, sender, TOLD[0], text)
    assert (await rasa.tracker(sender)).get_slot("lead_consent") is None


@pytest.mark.parametrize(
    "text", ["同意，登记吧", "可以", "没问题", "好的，就按这个登记，谢谢", "行，谢谢"]
)
async def test_a_plain_yes_is_consent(rasa, text):
    _, asked = await _say(rasa, f"yes-consented-{text}", TOLD[0], text)
    assert asked == "lead_company"


async def test_labelled_fields_are_kept_and_the_summary_waits_for_a_plain_yes(rasa):
    sender = "yes-summary"
    replies, asked = await _say(rasa, sender, *TOLD)
    assert asked == "lead_confirm"
    assert "企业名称：华美皮具\n" in replies[-1]["text"]
    assert "联系人：王强" in replies[-1]["text"]
    for text in ("确认之前我再核对一下", "确认不了，老板还没看过"):
        replies, _ = await _say(rasa, sender, text)
        assert "lead" not in [reply["kind"] for reply in replies], text
    replies, _ = await _say(rasa, sender, "好的，确认提交")
    assert "lead" in [reply["kind"] for reply in replies]
