"""Commands about the conversation itself, in wordings of people; words of a matter are none."""

import pytest

from server.commands import (
    asks_for_erasure,
    asks_for_human,
    confirms,
    declines,
    goes_back,
    names_bot,
)

# The first twenty were looked at while the words were collected, the others only afterwards.
LEARNT = [
    "继续问机器人",
    "算了",
    "不用等了",
    "取消人工",
    "取消排队",
    "我不等了",
    "不等了，还是问你吧",
    "我还是接着问机器人吧",
    "太久了，不排了",
    "人工不用了，谢谢",
    "转回机器人",
    "换回智能助手",
    "唔等啦",
    "唔使等喇",
    "让机器人来回答",
    "算了算了，机器人你说吧",
    "撤销人工请求",
    "先不找人工了",
    "不想排队",
    "繼續問機器人",
]
HELD_OUT = [
    "那我先问机器人好了",
    "退出排队",
    "别排队了",
    "等不了了",
    "我没时间等",
    "没空等了，继续吧",
    "切换回机器人",
    "不需要人工了",
    "麻烦取消一下人工服务",
    "人工我不要了",
    "放弃排队吧",
    "机器人继续",
    "回到机器人",
    "算啦，唔排队喇",
    "还是让AI回答吧",
    "我跟机器人聊",
    "取消",
    "不要转人工了",
    "还要等这么久，算了",
    "用机器人就行",
]
STAYING = [
    "我的合同不用了",
    "商标还等不等",
    "不要机器人",
    "不想跟机器人说",
    "我要人工",
    "转人工",
    "等多久",
    "还要等多久",
    "排到第几位了",
    "有人吗",
    "我们在美国被诉",
    "不用等了吗",
    "取消订单怎么办",
    "撤销商标",
    "机器人专利侵权怎么办",
    "我不想找机器人，要人工",
    "337答辩期限",
    "我等你们回复",
    "好的",
    "谢谢",
    "别走",
    "人呢",
    "继续",
    "快点",
    "请尽快联系我",
    "不取消",
    "我等",
    "继续等",
    "没人吗",
    "11月25日收到的，专人送到公司",
]
ERASING = [
    "删除我的数据",
    "把我的聊天记录都删了",
    "请删除我的个人信息",
    "删掉我的手机号",
    "清空我的资料",
    "delete my data",
    "忘记我",
    "麻烦把我登记的资料全部删除",
    "删除所有记录",
    "我要删除我的数据",
    "注销账号",
    "刪除我的數據。",
]
NOT_ERASING = [
    "删除商标",
    "对方删除了我的数据",
    "侵权链接怎么删除",
    "删除我的商品链接",
    "忘记密码",
    "我的数据",
    "如何删除我的数据",
    "删除",
]


@pytest.mark.parametrize("text", [*LEARNT, *HELD_OUT])
def test_going_back_to_the_bot_is_heard_in_any_wording(text):
    assert goes_back(text)


@pytest.mark.parametrize("text", [*STAYING, *ERASING, "", "？！", "等" * 500])
def test_what_is_said_of_a_matter_or_of_waiting_is_no_going_back(text):
    assert not goes_back(text)


def test_to_somebody_who_serves_only_a_wish_that_names_the_bot_counts():
    assert names_bot("继续问机器人")
    assert names_bot("我还是转回机器人吧")
    assert not any(map(names_bot, ("不用了", "算了", "机器人", "取消", "机器人知道吗")))


@pytest.mark.parametrize("text", ERASING)
def test_asking_for_erasure_is_heard(text):
    assert asks_for_erasure(text)


@pytest.mark.parametrize("text", [*NOT_ERASING, *LEARNT, ""])
def test_erasing_something_else_is_not_asking_for_erasure(text):
    assert not asks_for_erasure(text)


@pytest.mark.parametrize("text", ["确认删除", "确认", "是的", "好的", "删吧", "我确认要删除"])
def test_confirming_is_told_from_declining(text):
    assert confirms(text)
    assert not declines(text)


@pytest.mark.parametrize("text", ["不删了", "先不删", "算了", "别删", "不用了", "删除我的数据", ""])
def test_declining_or_asking_again_does_not_confirm(text):
    assert not confirms(text)


@pytest.mark.parametrize(
    "text", ["转人工", "人工", "我要人工", "人工客服", "请转人工服务", "找人工！"]
)
def test_plain_request_for_a_human(text):
    assert asks_for_human(text)


@pytest.mark.parametrize("text", ["11月25日收到的，专人送到公司", "人工智能专利", "人工费多少"])
def test_words_of_a_matter_request_no_human(text):
    assert not asks_for_human(text)
