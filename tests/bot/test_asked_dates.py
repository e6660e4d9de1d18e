"""Dates asked in passing, in a form and of a paper: what is counted, what is asked, and what is refused."""

from datetime import date

import pytest

from actions.lookup import look_up
from indexer.live import LiveIndex
from tests.bot.last_said import assert_said, replies_to

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]
TODAY = "2026-11-28"

# What is said, what the last reply says, and what it must not say.
CASES = [
    (["收到TRO，11月20日，最晚哪天要答辩"], r"原件[\s\S]*传票", r"11月18日|337"),
    (["收到TRO，11月20日，最晚哪天要答辩", "传票是11月18日送达的"], r"2026年12月9日", r"TRO："),
    (["TRO是11月16日签发的，最晚哪天"], r"先看文书[\s\S]*11月30日", r"11月1[0-6]日（星期.），已过"),
    (["我们在美国申请的商标被人在TTAB提了异议", "今天是几号"], r"今天是2026年11月28日", r"2027|截止日"),
    (
        ["我们在美国申请的商标被人在TTAB提了异议", "最晚哪天答辩"],
        r"^(?:(?!337)[\s\S])*被异议的申请人|^看通知",
        r"^送达起诉书和调查通知",
    ),
    (["EUIPO异议，11月20日收到通知，最晚哪天答复"], r"举证与答辩", r"冷静期："),
    (["收到美国传票，18号或者19号收到的，最晚哪天答辩"], r"12月9日[\s\S]*按最早的一天准备", r"哪一天送达的？$"),
    (["337起诉书2O26年11月2O日送达的，最晚哪天答辩"], r"337调查答辩：截止日是2026年12月14日", r"立案的决定"),
    (["黄埔海关扣了我们的货，几天内要回复"], r"工作日[\s\S]*条例", r"鹿特丹|欧盟|日本|美国"),
    (["我收到一封文书，最晚哪天要答复"], r"(?:您手里是哪一份文书|什么机构的什么文书)", r"EUIPO信里|截止日"),
    (["337答辩期"], r"^20天", r"^10天"),
    (["337答辩期多少天"], r"^20天", r"^10天"),
    (["收到韩国的审查意见通知书，11月5日，最晚哪天答复"], r"没有收录可以计算的期限", r"截止日是"),
    (["荷兰海关通知11月20日，最晚哪天反对销毁"], r"欧盟海关扣货[\s\S]*2026年12月4日", r"商标：提出异议"),
    (["加拿大商标2026年8月12日公告，异议最晚哪天"], r"截止日是2026年10月13日", r"冷静期"),
    (["德国商标公告8月24日，异议最晚哪天"], r"^德国商标：提出异议：截止日是2026年11月24日", r"欧盟商标："),
    (["835号令什么时候公布的"], r"第835号[\s\S]*2026年4月7日", r"801号"),
    (["国务院令第999号讲什么"], r"不猜测", r"801号|835号"),
    (["美国海关扣押了我们的货，通知是11月20日寄出的，最晚哪天要交"], r"扣押：提交救济申请", r"扣留（"),
    (
        ["美国海关把我们一批水杯扣押没收了，通知书是11月18日寄出的，货代刚转给我们", "申请书最晚哪天递"],
        r"扣押：提交救济申请：截止日是2026年12月18日", r"哪一天",
    ),
    (
        ["欧洲统一专利法院的起诉状11月18日送达，初步异议最晚哪天", "那答辩状呢"],
        r"UPC侵权之诉：答辩状：截止日是2027年2月18日", r"初步异议：",
    ),
    (
        ["日本商标11月16日公告，异议最晚哪天", "还有一件是韩国的，11月17日公告"],
        r"韩国商标：提出异议：截止日是2026年12月17日", r"日本商标：",
    ),
    (
        ["我要登记援助", "等一下，日本商标11月16日公告的，异议最晚哪天"],
        r"日本商标：提出异议：截止日是2027年1月18日[\s\S]*登记", r"不猜测",
    ),
    (["美国海关的扣押通知，信是11月9日寄出的，我们18日才收到，救济申请最晚哪天"], r"截止日是2026年12月9日", r"12月18日"),
    (["韩国商标11月5日公告的，我11月18日才看到，异议最晚哪天"], r"截止日是2026年12月7日", r"12月18日"),
    (
        ["我们一柜水杯在美国海关被扣押了", "扣押通知寄出是2026年11月17号，我们24号才看到，从哪个算"],
        r"截止日是2026年12月17日", r"12月24日",
    ),
    (["我们的货在美国海关被扣了"], r"美国", r"期限：欧盟海关扣货"),
    (["泰国商标公告以后多少天内可以异议", "公告是2026年13月40号"], r"没有13月", r"截止日是"),
    (["肯尼亚", "商标异议"], r"60", r"接下来要做哪一件"),
    (
        ["日本商标10月14日公告，异议最晚哪天", "新加坡同一天公告的那件，异议呢"],
        r"新加坡商标：提出异议：截止日是2026年12月14日", r"日本商标：",
    ),
    (["泰国商标多少年不用可以撤销", "在哪里办", "马来呢"], r"马来西亚", r"新加坡|不猜测"),
    (["337起诉书11月20日送达的，最晚哪天答辩", "咋算出来的，周末也算进去？"], r"^337调查答辩：[\s\S]*逐日连续数", r"联邦法院"),
    (
        ["337起诉书11月20日送达的，最晚哪天答辩", "来不及的话可以往后推推吗"],
        r"可向行政法官申请[\s\S]*没有批准之前，仍按2026年12月14日", r"上诉",
    ),
    (
        ["欧洲统一专利法院的起诉状11月3日收到的，答辩到哪天", "更正，11月3日是对方律师的邮件，法院送达是11月10日"],
        r"答辩状：截止日是2027年2月10日", r"2027年2月3日",
    ),
    (
        ["越南11月17日公布一个，印尼11月13日公告一个，各自异议期多长", "越南那件到哪天", "印尼的呢"],
        r"印尼商标：提出异议：截止日是2027年1月13日", r"越南商标",
    ),
    (
        ["UPC的起诉状10月15日送达，另外巴西有个商标10月2日公布，我们想异议。先说UPC答辩几个月", "巴西那件的截止呢"],
        r"巴西商标：提出异议：截止日是2026年12月3日", r"巴西法院",
    ),
    (
        ["印度商标8月11日公告的，我想去异议，最晚哪天", "说错了，那是另一件。我们这件是被人异议，11月13号收到的异议通知"],
        r"申请人反陈述：截止日是2027年1月13日", r"提出异议：截止日",
    ),
    (
        ["We were served with a summons and complaint on November 12, 2026. What is the last day to answer?"],
        r"美国联邦法院：答辩：截止日是2026年12月3日", r"337",
    ),
    (["德国法院的临时禁令11月20日送到我们手上，最晚哪天要提异议"], r"没有(?:设)?固定期限", r"删除日：截止日"),
    (["德国那边发来临时禁令，11月20日收到的"], r"临时禁令", r"删除日：截止日"),
    (["越南商标异议期多长", "柬埔寨的异议期多少天"], r"还没有柬埔寨的规定", r"个月|\d日"),
    (["智利商标异议多久", "隔壁秘鲁呢"], r"还没有秘鲁的规定", r"智利|工作日"),
    (["我要登记援助", "取消", "越南商标异议期几个月", "好，那现在继续登记"], r"同意登记吗", r"公布起算"),
    (["我厂在佛山，海外有纠纷，本地找哪个单位", "他们收费不"], r"非营利", r"我是护航"),
    (["加拿大商标异议期多久", "不说这个了，世界知识产权日是哪天"], r"4月26日", r"哪一天公告"),
]  # fmt: skip


last_replies = replies_to(TODAY, [turns for turns, _, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: CASES[n][0][-1])
def test_a_date_is_counted_asked_or_refused_as_the_matter_wants(last_replies, number):
    assert_said(last_replies[number], *CASES[number][1:])


# A procedure named with its period and nothing else: the section that rests on the general rule answers.
PERIODS = {
    "itc-337-response-20-days": ("337答辩期", "337几天内答辩", "337答辩期限"),
    "frcp-answer-21-days": ("美国法院答辩期", "美国传票答辩期多少天"),
    "tro-duration-14-days": ("TRO有效期", "TRO多少天失效"),
    "ttab-answer-40-days": ("TTAB答辩期", "美国商标被异议答辩期"),
    "ttab-opposition-30-days": ("美国商标异议期",),
    "uspto-office-action-3-months": ("美国商标审查意见答复期",),
    "udrp-response-20-days": ("UDRP答辩期", "域名争议答辩期"),
    "upc-defence-3-months": ("UPC答辩期",),
    "eutm-opposition-3-months": ("欧盟商标异议期",),
    "epo-opposition-9-months": ("欧洲专利异议期",),
    "eu-customs-detention-10-days": ("欧盟海关扣货几天内回复",),
    "gb-defence-28": ("英国法院答辩期多少天",),
    "jp-tm-opposition-2-months": ("日本商标异议期",),
    "kr-tm-opposition-30-days": ("韩国商标异议期",),
    "kr-civil-answer-30-days": ("韩国法院答辩期",),
    "vn-tm-opposition-3-months": ("越南商标异议期",),
    "br-infringement-answer-15": ("巴西法院答辩期",),
    "ca-federal-defence": ("加拿大联邦法院答辩期",),
    "cu-07": ("中国海关扣货几天内回复",),
}


@pytest.mark.parametrize("rule", PERIODS)
def test_a_bare_period_is_the_general_one(bot_settings, last_replies, rule):
    index = LiveIndex(bot_settings).current()
    for question in PERIODS[rule]:
        found = look_up(index, question, date.fromisoformat(TODAY))
        assert found.band == "answer", question
        assert rule in found.hits[0].passage.facts, (question, found.hits[0].passage.heading)
