"""What the shelf said wrongly once and says rightly now: the answer by document and heading."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.library import load_library

ROOT = Path(__file__).resolve().parents[2] / "knowledge"

RIGHT = [
    ("eu-design", "费", ["一律125欧元", "2025年5月1日起取消"], ["另有规定"]),
    ("vn-trademark", "附加证明书", ["2026年9月11日", "状态表"], ["还不确定"]),
    ("vietnam-faq", "附加证明书", ["2026年9月11日", "领事认证"], ["还不敢断言"]),
    ("cn-mediation-arbitration", "知识产权纠纷能仲裁吗", ["2026年3月1日", "96条"], ["修订前文本"]),
    ("us-anti-suit-sep", "反制条例", ["第835号", "2026年4月7日", "第11条"], []),
    ("us-court-served", "2025年12月", ["SEC v. Lahr", "不作先例"], ["尚未核实"]),
    ("us-court-served", "中国法", ["第801号第12条"], ["条号待核实"]),
    ("us-evidence-authentication", "中国法审查", ["第801号第13条"], ["条号待核实"]),
    ("us-337-cost-joint-defence", "国内可以找谁", ["第6条", "第9条"], ["条号待核实"]),
    ("us-ptab-reexam-pgr", "单方再审怎么走", ["寄出日", "1.248", "不能延期"], []),
    ("mx-trademark", "公告板", ["每月15日和最后一日", "算。"], []),
    ("platforms-tiktok-shop", "首次申诉几天内", ["违规通知发出那天"], ["收到违规通知之日"]),
    ("awareness-week", "历年的主题", ["知识产权与健康中国", "2019年：", "2021年："], []),
    ("gb-trademark-customs", "官费", ["205英镑", "2026年4月1日"], []),
    ("us-court-served", "按海牙公约转来", ["算有效送达", "签收那天", "21天"], []),
    ("us-court-faq", "去领一份美国传票", ["签收就是有效送达"], []),
    ("hague-service-apostille", "海牙公约转来", ["算有效送达", "签收那天"], []),
    ("ar-trademark", "异议", ["30个日历日没人异议", "2025年12月11日起"], []),
]


@pytest.fixture(scope="module")
def sections():
    library = load_library(ROOT / "sources", ROOT / "tables", today=date(2026, 11, 28))
    found = {}
    for document in library.documents:
        for section in document.sections:
            found.setdefault(document.meta.id, []).append((" / ".join(section.heading), section))
    return found


@pytest.mark.parametrize(("document", "heading", "says", "no_longer"), RIGHT)
def test_a_corrected_answer_says_what_the_correction_says(
    sections, document, heading, says, no_longer
):
    texts = [section.text for name, section in sections[document] if heading in name]
    assert any(all(words in text for words in says) for text in texts), texts
    assert not [words for words in no_longer for text in texts if words in text]


BOTH_WAYS = [
    ("us-court-served", "邮寄到中国"),
    ("us-court-faq", "没有海牙送达"),
    ("hague-service-apostille", "邮件或快递"),
    ("situation-court-papers", "邮件或快递"),
    ("systems-faq", "公司邮箱"),
    ("cn-regulation-faq", "传票塞给前台"),
    ("korea-faq", "没按正式途径送"),
    ("kr-litigation", "怎么送到中国"),
    ("us-court-default", "用邮件送达"),
    ("upc-infringement-defence", "没有正式送达"),
]


@pytest.mark.parametrize(("document", "heading"), BOTH_WAYS)
def test_an_answer_on_service_says_both_what_holds_by_treaty_and_what_does_not(
    sections, document, heading
):
    (text,) = [section.text for name, section in sections[document] if heading in name]
    assert "有效送达" in text or "合法有效" in text or "正式经海牙公约" in text
    assert (
        "瑕疵" in text
        or "一般不算" in text
        or "不合法" in text
        or "没有正式送达" in text
        or "可能撤销" in text
    )


def test_no_source_is_the_marketing_page_that_korean_opposition_rested_on(sections):
    header = (ROOT / "sources" / "faq" / "korea-faq.md").read_text(encoding="utf-8")
    assert "sgco" not in header.lower()
    assert "nampat.co.kr" in header
