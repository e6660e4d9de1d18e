"""Routing is total and deterministic, and never sends a foreign dispute to a body that cannot help."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.center import center_reply
from actions.route_rules import RULES, default_router
from actions.routing import Matter
from knowledge.region_table import Region

NEVER_FIRST = {
    "rapid-protection-domestic",
    "customs",
    "court",
    "arbitration",
    "mediation",
    "notary",
    "hotline",
    "association",
    "trade-fair",
}
ROUTER = default_router()
route = ROUTER.route
INDUSTRIES = [None, *ROUTER.industries.names]
COUNTRIES = [None, *ROUTER.countries.names]
RIGHTS = [None, *ROUTER.rights.names]
ROLES = [None, "respondent", "owner"]
MATTERS = [None, *ROUTER.procedures.names]
PLACES: list[Region | None] = [None, *ROUTER.regions.regions]
# one place for each way a route can end
TYPICAL = [
    place
    for place in PLACES
    if place is None
    or (
        place.district is None
        and place.province in ("广东", "浙江", "江苏", "湖北", "四川", "香港")
    )
    or place.city == "广州"
]


def check(matter: Matter) -> None:
    result = ROUTER.decide(matter)
    primary, fallback = result.primary.center, result.fallback.center
    assert fallback.id == "cn-ogc"
    assert result.rule in RULES
    assert RULES[result.rule] in result.primary.reason
    named = [other.center.id for other in result.others]
    assert len(named) == len(set(named))
    assert primary.id not in named
    assert "cn-ogc" not in named
    if not matter.is_domestic:
        assert not primary.duties & NEVER_FIRST
        assert primary.handles_overseas
    assert primary.takes(matter.industry, matter.country, matter.right)
    if matter.region and primary.province:
        assert primary.province == matter.region.province
        assert primary.city in (None, matter.region.city)
    if matter.region is None:
        assert primary.id == "cn-ogc"
        assert result.question == "公司在哪里？"
        assert "cn-12345" in named
    assert result == ROUTER.decide(matter)


def test_every_place_and_industry_has_one_primary_and_the_national_fallback():
    for place, industry in itertools.product(PLACES, INDUSTRIES):
        check(Matter(place, industry, "US", "design", "respondent", "tro"))


def test_every_country_right_and_role_has_one_primary_wherever_the_company_is():
    for place, country in itertools.product(TYPICAL, COUNTRIES):
        check(Matter(place, None, country, None, None, None))
    grid = itertools.product(TYPICAL, [None, "leather"], ["US", "CN", "ZA"], RIGHTS, ROLES)
    for place, industry, country, right, role in grid:
        check(Matter(place, industry, country, right, role, "court"))


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(INDUSTRIES),
    st.sampled_from(COUNTRIES),
    st.sampled_from(RIGHTS),
    st.sampled_from(ROLES),
    st.sampled_from(MATTERS),
)
def test_any_combination_routes(place, industry, country, right, role, matter):
    check(Matter(place, industry, country, right, role, matter))


@settings(max_examples=150, deadline=None)
@given(*[st.none() | st.text(max_size=40)] * 6)
def test_any_text_routes_the_same_way_twice(region, industry, country, ip_type, role, matter):
    first = route(region, industry, country, ip_type, role, matter)
    again = route(region, industry, country, ip_type, role, matter)
    assert first.to_json() == again.to_json()
    assert first.fallback.center.id == "cn-ogc"


@pytest.mark.parametrize(
    ("region", "industry", "country", "primary"),
    [
        ("广州市花都区", "皮具", "美国", "gd-ippc-huadu"),
        ("狮岭", None, "US", "gd-ippc-huadu"),
        ("花都", "灯饰", "德国", "gz-ippc"),
        ("广州白云", "化妆品", "越南", "gz-baiyun-station"),
        ("广州白云", "手机壳", "US", "gz-ippc"),
        ("广州白云", None, "US", "gz-ippc"),
        ("黄埔", None, "US", "gz-gdd-ipo"),
        ("南沙", "家具", "日本", "gz-nansha-goout"),
        ("番禺", None, "US", "gz-ippc"),
        ("广州", None, None, "gz-ippc"),
        ("深圳市南山区", "电子", "US", "sz-ogc"),
        ("东莞虎门", "服装", "US", "dg-ippc"),
        ("中山古镇", "灯饰", "US", "zs-ogc"),
        ("惠州", None, "US", "hz-amr"),
        ("佛山顺德", "家电", "US", "gd-ippc"),
        ("汕头澄海", "玩具", "US", "gd-ippc"),
        ("广东", None, "US", "gd-ippc"),
        ("义乌", None, "US", "zj-ogc"),
        ("余姚", "塑料制品", "US", "nb-ogc"),
        ("南通", "家纺", "US", "ntg-ogc"),
        ("盐城", None, "US", "js-ogc"),
        ("武汉", None, "US", "wh-ogc-city"),
        ("晋江", "鞋", "US", "qz-ogc"),
        ("厦门", None, "US", "cn-ogc"),
        ("北京朝阳", None, "EU", "bj-ogc"),
        ("上海浦东", None, "UPC", "sh-ogc"),
        ("成都", None, "US", "cn-ogc"),
        ("白沟", "箱包", "US", "cn-ogc"),
        ("香港", None, "US", "cn-ogc"),
        ("火星", None, "US", "cn-ogc"),
        (None, None, None, "cn-ogc"),
    ],
)
def test_foreign_dispute_goes_to_the_nearest_body_for_overseas_matters(
    region, industry, country, primary
):
    assert route(region, industry, country).primary.center.id == primary


def test_rapid_center_is_named_beside_but_not_first_for_a_foreign_dispute():
    result = route("花都", "皮具", "US")
    assert "gz-huadu-rapid" in [other.center.id for other in result.others]


def test_rapid_center_leads_for_a_design_dispute_at_home():
    result = route("花都", "皮具", "CN", "外观设计")
    assert (result.rule, result.primary.center.id) == ("domestic-rapid", "gz-huadu-rapid")


def test_right_that_the_branch_does_not_list_goes_to_the_province():
    assert route("深圳", None, "US", "版权").primary.center.id == "gd-ippc"


def test_station_of_other_industries_is_named_with_what_it_serves():
    others = {other.center.id: other.reason for other in route("白云", "手机壳", "US").others}
    assert "化妆品" in others["gz-baiyun-station"]


def test_section_337_names_the_trade_remedy_bureau_with_the_year_of_its_number():
    data = route("广州", None, "US", matter="337").to_json()
    bureau = next(other for other in data["others"] if other["id"] == "cn-mofcom-trb")
    assert bureau["phone_as_of"] == "2024"
    assert "不是337专线" in bureau["phone_note"]


def test_south_africa_names_the_branch_there():
    assert "cn-ogc-za" in [o.center.id for o in route("江苏", country="南非").others]


def test_unknown_place_asks_where_the_company_is_and_gives_hotlines():
    data = route("火星", country="US").to_json()
    assert data["question"] == "公司在哪里？"
    assert "火星" in data["primary"]["reason"]
    assert {"12345", "12335"} <= {other.get("phone") for other in data["others"]}


def test_unrecognised_industry_is_said_and_does_not_stop_routing():
    result = route("白云", "量子煎饼", "US")
    assert any("量子煎饼" in reason for reason in result.reasons)
    assert result.primary.center.id == "gz-ippc"


def test_no_phone_is_shown_for_the_national_and_guangzhou_centers():
    for region in (None, "广州"):
        data = route(region).to_json()
        assert "phone" not in data["primary"]
        assert "phone" not in data["fallback"]
        assert "官网" in data["primary"]["contact_note"]
        assert (
            data["primary"]["name"] in data["primary"]["find"] or "http" in data["primary"]["find"]
        )


def test_where_no_phone_is_known_the_hotlines_are_said_with_what_they_do(dispatcher):
    center_reply(route("广州番禺", country="US")).send(dispatcher)
    (said,) = dispatcher.messages
    card = said["custom"]["data"]
    assert [line["number"] for line in card["hotlines"]] == ["12345", "12330"]
    assert all(line["does"] for line in card["hotlines"])
    assert "转接" in said["body"]
    assert "先核实" in said["body"]


def test_a_center_with_a_phone_needs_no_hotline(dispatcher):
    with_number = next(c for c in ROUTER.centers.centers.values() if c.phone and c.phone.show)
    found = route("广州番禺", country="US")
    with_phone = replace(found, primary=replace(found.primary, center=with_number))
    center_reply(with_phone).send(dispatcher)
    (said,) = dispatcher.messages
    assert "hotlines" not in said["custom"]["data"]
    assert "怎么找到它" not in said["body"]


def test_traditional_characters_and_codes_are_understood():
    result = route("廣州番禺", "皮具", "美國", "商標", "我被诉", "TRO")
    understood = result.to_json()["understood"]
    assert understood == {
        "region": "广东广州番禺区",
        "industry": "leather",
        "country": "US",
        "ip_type": "trademark",
        "role": "respondent",
        "matter": "tro",
    }
