import json
from pathlib import Path

import pytest

from bot.components import patterns
from knowledge.text import normalise

# Loads Rasa, which takes longer than all of these.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def extractor():
    from bot.components.entities import TableEntityExtractor
    from bot.components.resources import regions, shipped_names

    return TableEntityExtractor(shipped_names, regions())


def found(extractor, text):
    return {
        (row["entity"], row["value"], row["role"]) for row in extractor.entities(normalise(text))
    }


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("我们10月8号收到的", "date", "10月8号"),
        ("2026.10.8送达", "date", "2026.10.8"),
        ("2O26年11月2O日送达", "date", "2O26年11月2O日"),
        ("11/20/26送达的", "date", "11/20/26"),
        ("expires 11/23/2026", "date", "11/23/2026"),
        ("信上写 04.12.2026, 12:00 Uhr", "date", "04.12.2026"),
        ("4. Dezember 2026 前", "date", "4. Dezember 2026"),
        ("是11月18号或者19号送达的", "date", "11月18号或者19号"),
        ("上周三", "date", "上周三"),
        ("昨晚收到的邮件", "date", "昨晚"),
        ("手机13800138000", "phone", "13800138000"),
        ("电话020-83001234", "phone", "020-83001234"),
        ("代码91440101MA59HT3R0H", "credit_code", "91440101MA59HT3R0H"),
        ("花了5万元", "money", "5万元"),
        ("大概3万美元", "money", "3万美元"),
        ("案号1:26-cv-01234", "docket", "1:26-cv-01234"),
        ("我们是广州星火电子有限公司", "company", "广州星火电子有限公司"),
    ],
)
def test_a_shape_is_found(text, name, words):
    assert (name, words) in {(span.name, span.text) for span in patterns.find(normalise(text))}


@pytest.mark.parametrize("text", ["我们的工厂被查了", "20天内答辩", "第13条怎么说"])
def test_no_company_and_no_money_where_there_is_none(text):
    assert not {"company", "money", "phone"} & {span.name for span in patterns.find(text)}


def test_a_story_names_everything_it_carries(extractor):
    rows = found(
        extractor,
        "我们10月8日收到亚马逊邮件说被TRO冻结，伊利诺伊北区，卖手机壳的，公司在广州白云",
    )
    assert {
        ("country", "US", "main"),
        ("procedure", "tro", "main"),
        ("platform", "amazon", "main"),
        ("region", "广东广州白云区", "main"),
        ("date", "10月8日", "main"),
    } <= rows


def test_what_is_denied_is_not_the_main_one(extractor):
    rows = found(extractor, "不是美国，是德国")
    assert ("country", "US", "denied") in rows
    assert ("country", "DE", "main") in rows


@pytest.mark.parametrize(
    ("text", "denied", "main"),
    [
        ("货到荷兰嘛不对是比利时，被扣了", "NL", "BE"),
        ("韩国，哦我说错了，日本的商标异议几个月", "KR", "JP"),
        ("we sell in Poland, no wait, I mean in Spain", "PL", "ES"),
    ],
)
def test_a_slip_of_the_tongue_is_denied(extractor, text, denied, main):
    rows = found(extractor, text)
    assert ("country", denied, "denied") in rows
    assert ("country", main, "main") in rows


def test_two_places_named_together_are_both_meant(extractor):
    rows = found(extractor, "韩国和日本的商标异议各几个月，我怕写错")
    assert ("country", "KR", "main") in rows
    assert ("country", "JP", "other") in rows


def test_a_denied_place_is_not_where_the_company_is(extractor):
    rows = found(extractor, "我们不在广州，在佛山")
    assert {value for entity, value, _ in rows if entity == "region"} == {"广东佛山"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("我们被美国公司告了，法院是德州东区的", set()),
        ("去年在德州被一个美国同行告了", set()),
        ("我们厂在山东德州，被美国公司告了", {"山东德州"}),
        ("德州的厂收到日本来信", {"山东德州"}),
    ],
)
def test_a_place_abroad_of_the_same_name_is_not_where_the_company_is(extractor, text, places):
    assert {row["value"] for row in extractor.entities(text) if row["entity"] == "region"} == places


def test_the_place_in_a_companys_name_is_not_its_place(extractor):
    assert "region" not in {entity for entity, _, _ in found(extractor, "广州星火电子有限公司")}


def test_china_is_home_and_not_the_country_of_the_dispute(extractor):
    rows = found(extractor, "在中国海关备案了，货在日本被诉")
    assert ("country", "JP", "main") in rows
    assert ("country", "CN", "main") not in rows


CASES = [
    json.loads(line)
    for line in (ROOT / "tests/golden/entities.jsonl").read_text("utf-8").splitlines()
]


def test_three_hundred_expressions_are_held():
    assert len({(case["text"], case["entity"]) for case in CASES}) >= 300
    kinds = {case["entity"] for case in CASES}
    assert kinds >= {
        "country", "right", "procedure", "platform", "party", "industry", "region", "date", "money", "phone",
        "credit_code", "docket", "complaint", "company",
    }  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{c['entity']}:{c['text']}" for c in CASES])
def test_an_expression_is_read(extractor, case):
    values = {
        row["value"]
        for row in extractor.entities(normalise(case["text"]))
        if row["entity"] == case["entity"] and row["role"] != "denied"
    }
    assert normalise(case["value"]) in values or case["value"] in values


@pytest.mark.parametrize(
    "text",
    [
        "20天内答辩", "第13条怎么说", "比例是10.5%", "一共3家店", "两家公司", "1.5倍赔偿", "前台", "万一输了怎么办",
        "一万个商品", "19 CFR 210.13", "第二项", "美化一下", "3号楼", "第8号令", "May I ask", "以前没遇到过",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_value_is_none(extractor, text):
    named = {row["entity"] for row in extractor.entities(normalise(text))}
    assert not named & {"date", "money", "phone", "company", "docket", "complaint", "country"}


def test_an_amount_with_a_point_is_money_and_no_date(extractor):
    rows = found(extractor, "花了1.5万美元")
    assert ("money", "1.5万美元", "main") in rows
    assert "date" not in {entity for entity, _, _ in rows}


def test_a_complaint_at_a_platform_is_a_platform_procedure(extractor):
    assert ("procedure", "platform", "main") in found(extractor, "亚马逊下架了我的链接")


@pytest.mark.parametrize(
    ("text", "party"), [("我们是权利人", "owner"), ("被告方", "respondent"), ("原告", "owner")]
)
def test_a_side_named_alone_is_the_side(extractor, text, party):
    assert ("party", party, "main") in found(extractor, text)


@pytest.mark.parametrize(
    ("text", "place", "other"),
    [
        ("法国公司向加拿大联邦法院起诉我们", "CA", "FR"),
        ("日本企业在英国知识产权局异议我们的商标", "GB", "JP"),
        ("韩国公司在越南告我们侵权", "VN", "KR"),
        ("意大利客户说货在西班牙海关被扣", "ES", "IT"),
    ],
)
def test_whose_company_it_is_is_not_where_the_dispute_is(extractor, text, place, other):
    rows = found(extractor, text)
    assert ("country", place, "main") in rows
    assert ("country", other, "other") in rows


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("俄罗斯客户抢注了我们品牌，我们是佛山陶瓷厂", {"广东佛山"}),
        ("公司叫广州星火电子有限公司", set()),
    ],
)
def test_a_works_is_where_its_name_says_a_registered_name_tells_nothing(extractor, text, places):
    rows = found(extractor, text)
    assert {value for entity, value, _ in rows if entity == "region"} == places


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("德国那边寄来厚厚一本，封面写着Unified Patent Court", "UPC"),
        ("慕尼黑那个分庭送来的诉状", "UPC"),
        ("德国法院告了我们，UPC那边也告了", "DE"),
        ("不是UPC，是德国", "DE"),
        ("法国和UPC都来了信", "UPC"),
        ("瑞士来的信，说到UPC", "CH"),
    ],
    ids=["the paper", "its division", "a court of its own", "denied", "both", "no member"],
)
def test_a_court_above_countries_goes_before_the_place_it_acts_in(extractor, text, country):
    main = [v for name, v, role in found(extractor, text) if (name, role) == ("country", "main")]
    assert main == [country]
