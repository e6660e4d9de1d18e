"""Places are found by the names people use."""

from __future__ import annotations

import pytest

from knowledge.alias_table import load_alias_rows
from knowledge.region_table import load_region_table
from settings import KnowledgeSettings

TABLE = load_region_table(KnowledgeSettings().tables_dir)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("广州市花都区", "广东广州花都区"),
        ("狮岭镇", "广东广州花都区"),
        ("新塘", "广东广州增城区"),
        ("公司在广州白云", "广东广州白云区"),
        ("白云", "广东广州白云区"),
        ("贵阳白云", "贵州贵阳"),
        ("朝阳", "北京朝阳区"),
        ("辽宁朝阳", "辽宁朝阳市"),
        ("上海南京东路", "上海"),
        ("广州北京路", "广东广州越秀区"),
        ("吉林", "吉林"),
        ("浙江义乌市", "浙江金华义乌市"),
        ("公司在深圳，仓库在义乌", "广东深圳"),
        ("廣州番禺", "广东广州番禺区"),
        ("Shenzhen", "广东深圳"),
        ("粤", "广东"),
        ("香港", "香港"),
    ],
)
def test_place_is_found(text, name):
    assert TABLE.find(text).name == name


@pytest.mark.parametrize("text", ["", "   ", None, "火星", "德国", "Shenzhenish", "津x"])
def test_no_place_gives_nothing(text):
    assert TABLE.find(text) is None


def test_a_city_tells_in_which_country_its_name_stands_for_a_place_too():
    assert TABLE.find("德州").also_abroad == "US"
    assert TABLE.find("广州").also_abroad is None
    codes = {row.code for row in load_alias_rows(KnowledgeSettings().tables_dir)}
    assert {region.also_abroad for region in TABLE.regions} - {None} <= codes


def test_town_tells_what_it_is_known_for():
    assert TABLE.find("广州市花都区狮岭镇").industry == "leather"
    assert TABLE.find("花都").industry is None


def test_guangzhou_has_its_eleven_districts_and_guangdong_its_cities():
    districts = {r.district for r in TABLE.regions if r.city == "广州" and r.district}
    cities = {r.city for r in TABLE.regions if r.province == "广东" and r.city}
    assert len(districts) == 11
    assert len(cities) == 21
    assert len({r.province for r in TABLE.regions}) == 34


def test_the_cities_of_a_text_are_named_without_their_districts():
    def named(text: str) -> set[str]:
        return {place.name for place in TABLE.cities(text)}

    assert named("惠州和东莞的厂，番禺那家不算") == {"广东惠州", "广东东莞"}
    assert named("广东省内都能申请吗") == {"广东"}
    assert named("广东佛山的企业") == {"广东佛山"}
    assert named("海外维权资助") == set()
