"""The center table is complete, typed, and shows nothing that could not be verified."""

from __future__ import annotations

import pytest
import yaml

from knowledge.alias_table import CodeTable, load_alias_rows
from knowledge.center_table import load_center_table
from knowledge.errors import SourceError
from knowledge.region_table import load_region_table
from settings import KnowledgeSettings
from tests.knowledge.fact_packs import kept

TABLES = KnowledgeSettings().tables_dir
CENTERS = load_center_table(TABLES).centers


def test_every_center_of_the_pack_has_its_row():
    pack = kept()
    assert set(pack["centers"]) == set(CENTERS)
    hidden = [CENTERS[name] for name in pack["hidden"] if name in CENTERS]
    assert hidden
    assert [center.id for center in hidden if center.source.url] == []


def test_number_of_the_2020_policy_is_nowhere():
    for file in TABLES.glob("*.yaml"):
        if file.name in ("centers.yaml", "funding.yaml", "checklists.yaml"):
            assert "83228313" not in file.read_text(encoding="utf-8")


def test_weak_sources_show_no_link():
    weak = [c for c in CENTERS.values() if c.source_quality in ("mirror", "low")]
    assert weak
    assert [c.id for c in weak if c.source.url] == []


def test_phones_carry_a_year_or_say_that_it_is_unknown():
    phones = [c.phone for c in CENTERS.values() if c.phone]
    assert phones
    for phone in phones:
        assert phone.as_of or "没有日期" in phone.note or not phone.show


@pytest.mark.parametrize("center", ["cn-ogc", "gz-ippc", "gz-aid", "gd-ippc", "gz-amr"])
def test_unverified_phones_are_absent(center):
    assert CENTERS[center].phone is None


def test_old_landlines_are_kept_for_tracing_only():
    assert CENTERS["fs-amr"].phone is not None
    assert not CENTERS["fs-amr"].phone.show
    assert not CENTERS["cn-12312"].phone.show


def test_courts_customs_notaries_and_rapid_centers_never_lead():
    barred = {"court", "customs", "notary", "arbitration", "rapid-protection-domestic"}
    assert [c.id for c in CENTERS.values() if c.primary_eligible and c.duties & barred] == []


def test_places_of_centers_are_in_the_region_table():
    regions = load_region_table(TABLES).regions
    places = {(r.province, r.city, r.district) for r in regions}
    for center in CENTERS.values():
        if center.level != "national" and center.district not in ("白沟新城",):
            assert (center.province, center.city, center.district) in places, center.id


def test_industries_and_countries_of_centers_are_codes_of_the_alias_table():
    rows = load_alias_rows(TABLES)
    industries = set(CodeTable(rows, "industry").names)
    countries = set(CodeTable(rows, "country").names)
    for center in CENTERS.values():
        assert (center.industries or set()) <= industries, center.id
        assert center.pre_examination_industries <= industries, center.id
        assert (center.countries or set()) <= countries, center.id


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"duties": ["magic"]}, "duties"),
        ({"level": "village"}, "level"),
        ({"colour": "red"}, "不认识的键"),
        ({"handles_overseas": False}, "首选机构"),
        ({"source": None}, "source"),
    ],
)
def test_bad_row_is_refused_with_its_name(tmp_path, change, message):
    row = next(
        r
        for r in yaml.safe_load((TABLES / "centers.yaml").read_text(encoding="utf-8"))
        if r["id"] == "cn-ogc"
    )
    (tmp_path / "centers.yaml").write_text(
        yaml.safe_dump([{**row, **change}], allow_unicode=True), encoding="utf-8"
    )
    with pytest.raises(SourceError, match="cn-ogc") as caught:
        load_center_table(tmp_path)
    assert message in str(caught.value)


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(SourceError, match=r"centers\.yaml"):
        load_center_table(tmp_path)
    (tmp_path / "centers.yaml").write_text("- [", encoding="utf-8")
    with pytest.raises(SourceError, match="YAML"):
        load_center_table(tmp_path)
