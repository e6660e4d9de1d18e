"""What is recognised in a question, and that the tables decide it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.aliases import read_aliases
from indexer.query import QueryUnderstanding
from indexer.tokenizer import Tokenizer
from knowledge.errors import SourceError


@pytest.fixture
def understanding(tables: Path) -> QueryUnderstanding:
    return QueryUnderstanding(read_aliases(tables / "aliases.yaml"), Tokenizer(["337调查"]))


@pytest.fixture(scope="module")
def shipped() -> QueryUnderstanding:
    """The names that the product knows."""
    root = Path(__file__).resolve().parents[2]
    return QueryUnderstanding(
        read_aliases(root / "knowledge" / "tables" / "aliases.yaml"), Tokenizer()
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("我的专立", "专利"),
        ("商标强注", "商标抢注"),
        ("马得里注册", "马德里"),
        ("Madrod申请", "Madrid"),
    ],
)
def test_misspelt_names_are_put_right(understanding, written, meant):
    info = understanding.understand(written)
    assert meant in info.text
    assert info.corrections[0][1] == meant


@pytest.mark.parametrize("text", ["我有权力要求吗", "今天天气怎么样", "他的权利要求书在哪里"])
def test_plain_words_are_left_alone(understanding, text):
    assert understanding.understand(text).corrections == ()


def test_names_are_recognised(understanding):
    info = understanding.understand("我们被ITC告了专利")
    assert info.countries == ("US",)
    assert info.procedures == ("section-337",)
    assert info.ip_types == ("patent",)
    assert "337调查" in info.synonyms


def test_traditional_characters_are_read_alike(understanding):
    assert understanding.understand("商標搶註").procedures == ("squatting",)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("汉堡海关扣了一批货", "DE"),
        ("卡塞尔的仓库被查", "DE"),
        ("奥格斯堡的法院寄来一封信", "DE"),
        ("利物浦的客户转来传票", "GB"),
    ],
)
def test_a_foreign_city_stands_for_its_country(understanding, text, country):
    assert understanding.understand(text).countries == (country,)


@pytest.mark.parametrize(
    "text", ["万象更新的一年", "深圳的工厂", "广州海关扣了货", "海牙途径转来的传票", "照罗马公约算"]
)
def test_a_word_of_chinese_or_a_place_at_home_is_no_foreign_city(understanding, text):
    assert understanding.understand(text).countries == ()


def test_whole_word_alias_does_not_match_inside_a_word(understanding):
    assert understanding.understand("完美的商标").countries == ()
    assert understanding.understand("在美被诉").countries == ("US",)


def test_latin_alias_needs_word_boundaries(understanding):
    assert understanding.understand("KITCHEN").countries == ()


@pytest.mark.parametrize("text", ["第十三条讲什么", "第13条讲什么"])
def test_article_numbers_are_read_in_either_script(understanding, text):
    assert understanding.understand(text).articles == ("第13条",)


def test_an_edit_of_the_table_changes_the_result(tables: Path):
    path = tables / "aliases.yaml"
    question = "收到排查函"
    before = QueryUnderstanding(read_aliases(path), Tokenizer()).understand(question)
    path.write_text(
        path.read_text("utf-8")
        + "- {id: x, kind: procedure, code: customs, name: 排查函, aliases: []}\n",
        "utf-8",
    )
    after = QueryUnderstanding(read_aliases(path), Tokenizer()).understand(question)
    assert (before.procedures, after.procedures) == ((), ("customs",))


def test_missing_table_means_no_names(tmp_path: Path):
    assert read_aliases(tmp_path / "none.yaml") == []


def test_row_without_code_is_named(tmp_path: Path):
    path = tmp_path / "aliases.yaml"
    path.write_text("- {id: a, kind: term, name: 甲}\n", "utf-8")
    with pytest.raises(SourceError, match="第 1 行记录缺少字段"):
        read_aliases(path)


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("格鲁吉亚商标异议多久", ("GE",)),
        ("格魯吉亞商標點註冊", ("GE",)),
        ("在古巴被告了怎么办", ("CU",)),
        ("马里兰州的法院", ()),
        ("我们中国的公司", ()),
        ("联合国的规则", ()),
        ("美国和格鲁吉亚", ("US", "GE")),
    ],
)
def test_every_country_is_recognised_also_without_a_row_of_its_own(understanding, text, countries):
    assert understanding.understand(text).countries == countries


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("瑞士联邦专利法院受理什么案子", ("CH",)),
        ("联邦专利法院受理什么案子", ("DE",)),
        ("在瑞士打官司，联邦专利法院管不管", ("CH",)),
        ("瑞士公司在联邦专利法院请求无效", ("CH", "DE")),
        ("白俄罗斯海关", ("BY",)),
        ("俄罗斯海关", ("RU",)),
        ("UPC慕尼黑地方分院的诉状", ("UPC",)),
        ("慕尼黑的展台被扣，令是统一专利法院下的", ("UPC",)),
        ("慕尼黑的展台被扣", ("DE",)),
        ("统一专利法院和东京的案子", ("UPC", "JP")),
        ("一家在德国，一家在慕尼黑", ("DE",)),
        ("法国的欧盟商标", ("FR", "EU")),
    ],
)
def test_a_court_or_a_city_is_in_the_country_that_it_is_named_with(shipped, text, countries):
    assert shipped.understand(text).countries == countries


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("越南和印尼都有人抢注，印尼要多少钱", ("ID",)),
        ("越南、印尼都有人抢注，要多少钱", ("VN", "ID")),
        ("越南和印尼都有人抢注，越南和印尼各要多少钱", ("VN", "ID")),
        ("越南有人抢注，货在印尼，越南要多少钱", ("VN", "ID")),
        ("日本呢，比越南贵吗", ("JP",)),
        ("日本比越南贵多少，哪个快", ("JP", "VN")),
        ("比越南贵吗", ("VN",)),
    ],
)
def test_countries_told_or_compared_beside_the_one_asked_about_are_not_asked_about(
    shipped, text, countries
):
    assert shipped.understand(text).countries == countries


@pytest.mark.parametrize("text", ["北区法院", "中央区", "港区的仓库"])
def test_a_district_by_its_direction_is_in_no_country(shipped, text):
    assert shipped.understand(text).countries == ()


def test_a_row_of_the_table_comes_before_the_list_of_all_countries(tables: Path):
    path = tables / "aliases.yaml"
    path.write_text(
        "- {id: ge, kind: country, code: GEORGIA, name: 格鲁吉亚, aliases: []}\n", "utf-8"
    )
    understanding = QueryUnderstanding(read_aliases(path), Tokenizer())
    assert understanding.understand("格鲁吉亚商标").countries == ("GEORGIA",)


def test_the_question_is_kept_as_it_was_written(understanding):
    info = understanding.understand("马得里註冊咋办")
    assert info.written == "马得里注册怎么办"
    assert info.text == "马德里注册怎么办"
