"""Build knowledge/tables/facts.yaml, the ledger of what each researched fact rests on.

The packs (``--packs``, by default ``../shared/facts``) hold researched statements; the ledger keeps per
fact only where it comes from and which figures it carries, so that every figure of a published text
can be traced.  No statement is copied.  Run it again when the packs change; the result is committed.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from knowledge.checks_sources import (  # noqa: E402  (the script runs from anywhere)
    CODE_HOSTS,
    is_refused,
    official_source,
)
from knowledge.figures import figures  # noqa: E402

# Pack → jurisdiction of records that state none.
PACKS = {
    "us-and-platforms": "US",
    "world": "GENERAL",
    "china-support": "CN",
    "outreach": "GENERAL",
    "aid-centers": "CN",
    "funding": "CN",
    "updates-2026-11": "GENERAL",
}
# Lists of a pack that hold no facts of their own.
_NO_FACTS = {"open_questions", "corrections", "calendars"}
# Treaties and conventions belong to no country.
JURISDICTION = {"WIPO": "GENERAL", "INT": "GENERAL"}
# Values that say where a record comes from, not what it states.
_ORIGIN = {
    "id",
    "source",
    "more_sources",
    "source_quality",
    "verified",
    "text_checked",
    "jurisdiction",
}
_UNITS = {
    "day": "日", "business_day": "个工作日", "week": "周", "month": "个月", "year": "年", "hour": "小时",
}  # fmt: skip
# Words an open question shares with the facts it leaves open (all of one row, in title or basis).
OPEN_TOPICS = (
    ("Kangol",),
    ("Smart Study",),
    ("IPEC", "费用"),
    ("保护函", "费"),
    ("Dyson",),
    ("韩国", "异议"),
    ("越南", "异议"),
    ("墨西哥", "商标"),
    ("菲律宾", "异议"),
    ("平行进口", "俄罗斯"),
    ("ARIPO", "异议"),
    ("ZSSR",),
    ("IPR", "官费"),
    ("APEX",),
    ("不当域外管辖",),
)
# What a pack notes about how a page was read; a reader of the source's name does not need it.
_READING_NOTE = re.compile(
    r"[（(][^（）()]*(?:打开|包内|镜像|线索级|汇编页|无日期)[^（）()]*[）)]| ?镜像(?=[：:])"
)
# The quiz cites these by name alone.
_CHINESE_LAW = re.compile(
    "商标法|著作权法|专利法|公证法|反不正当竞争法|信息网络传播权保护条例|知识产权海关保护条例"
)
# Where a pack's page speaks for one state alone or vouches for nothing, the page that is shown instead.
_SHOWN_INSTEAD = {
    "eu-customs-detention-10-days": {
        "title": "欧盟委员会税务与海关总司：Defend your rights",
        "url": "https://taxation-customs.ec.europa.eu/customs-4/prohibitions-and-restrictions/"
        "counterfeit-piracy-and-other-ipr-violations/defend-your-rights_en",
    },
    "epo-opposition-9-months": {
        "title": "欧洲专利局判例法汇编（2025）IV.C.2.2.1：提出异议的期限",
        "url": "https://www.epo.org/en/legal/case-law/2025/clr_iv_c_2_2_1.html",
    },
    "eu-customs-small-consignments": {
        "title": "EUR-Lex：条例（EU）608/2013",
        "url": "https://eur-lex.europa.eu/eli/reg/2013/608/oj",
    },
    "fr-tm-opposition-2": {
        "title": "Quantic Avocats：Opposition devant l’INPI",
        "url": "https://www.quantic-avocats.com/faq/faq-marques/opposition-devant-inpi/",
    },
    "jp-customs-10-days": {
        "title": "日本海关：收到认定程序开始通知的进口人须知",
        "url": "https://www.customs.go.jp/mizugiwa/chiteki/pages/nintei-2_e.htm",
    },
    "fx-02": {"title": "国家税务总局：公告2013年第40号", "url": "https://www.chinatax.gov.cn/"},
}
_RULE_NUMBER = re.compile(r"\d+\.\d+(?=[（(\s]|$)")


def records(pack: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """:return: every record of a pack with its id; themes get one from their year."""
    for key, rows in data.items():
        if not isinstance(rows, list) or key in _NO_FACTS:
            continue
        for row in rows:
            if not isinstance(row, Mapping):
                continue
            if "id" in row:
                yield str(row["id"]), row
            elif key == "themes":
                yield f"ip-day-theme-{row['year']}", row
            elif key == "national_week_themes":
                yield f"national-ip-week-{row['year']}", row
            else:
                raise SystemExit(f"{pack}.yaml：{key} 中有一条没有 id")


def strings(value: Any) -> Iterator[str]:
    """:return: every text and number under a value, outside the keys that only name an origin."""
    if isinstance(value, Mapping):
        period, unit = value.get("period"), value.get("unit")
        if period is not None and unit is not None:
            yield f"{period}{_UNITS.get(str(unit), unit)}"
        for key, inner in value.items():
            if key not in _ORIGIN:
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def title(row: Mapping[str, Any]) -> str:
    """:return: what the record is about, in a few words of its own title."""
    for key in ("title", "name", "theme_zh", "theme_en", "theme"):
        if row.get(key):
            return str(row[key])
    return f"题库：{row.get('category', '')}"


def is_open(identifier: str, row: Mapping[str, Any], questions: list[str]) -> bool:
    """:return: whether an open question of the pack names the record, its rule or its topic."""
    place = f"{title(row)} {row.get('basis') or ''}"
    numbers = set(_RULE_NUMBER.findall(str(row.get("basis") or "")))
    for question in questions:
        if re.search(rf"(?<![\w-]){re.escape(identifier)}(?![\w-])", question):
            return True
        if numbers & set(_RULE_NUMBER.findall(question)):
            return True
        for topic in OPEN_TOPICS:
            if all(word in question and word in place for word in topic):
                return True
    return False


def shown_source(row: Mapping[str, Any]) -> dict[str, Any]:
    """:return: title of the source, and its address where it may be shown."""
    source = row.get("source") or {}
    hidden = source.get("show_url") is False or re.search(
        r"mirror|low|镜像", f"{row.get('source_quality') or ''} {source.get('title') or ''}"
    )
    named, url = source.get("title"), None if hidden else source.get("url")
    named = _READING_NOTE.sub("", named) if named else named
    if named is None and _CHINESE_LAW.match(str(row.get("legal_basis") or "")):
        named, url = official_source(row["legal_basis"]) or (None, None)
    elif url and is_refused(url, CODE_HOSTS):
        named, url = official_source(str(named)) or (named, None)
    elif url and is_refused(url):
        url = None
    return {
        "title": named or str(row.get("basis") or row.get("legal_basis") or "") or None,
        "url": url,
    }


def carried(*values: Any) -> set[str]:
    """:return: the figures of every text under the values."""
    return {token for value in values for text in strings(value) for token in figures(text)}


def corrected(value: dict[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """:return: the entry after a correction: its source and date, and its figures for the refuted ones.

    A correction without a basis changes the source alone.
    """
    value = {
        **value,
        "as_of": str(row["as_of"]),
        "verified": row["verified"],
        "text_checked": row.get("text_checked"),
        "source": shown_source(row),
    }
    if not row.get("basis"):
        return value
    now = carried(row["now"], row["basis"], row["as_of"])
    refuted = carried(row["was"]) - now - carried(value["title"])
    value |= {"basis": row["basis"], "figures": sorted({*value["figures"], *now} - refuted)}
    if row.get("open_questions"):
        value["open"] = True
    return value


def entry(
    pack: str, identifier: str, row: Mapping[str, Any], questions: list[str]
) -> dict[str, Any]:
    """:return: the ledger's entry for one record."""
    jurisdiction = str(row.get("jurisdiction") or PACKS[pack])
    verified = row.get("verified") or ("source" if row.get("text_checked") else "statute")
    basis = row.get("basis") or row.get("legal_basis")
    if "item" in row:
        basis = f"{basis}第{row['item']}项"
    value: dict[str, Any] = {
        "pack": pack,
        "jurisdiction": JURISDICTION.get(jurisdiction, jurisdiction),
        "title": title(row),
        "basis": basis,
        "as_of": str(row.get("as_of") or row.get("year") or ""),
        "verified": "source" if verified == "computed" else verified,
        "text_checked": row.get("text_checked"),
        "source": _SHOWN_INSTEAD.get(identifier) or shown_source(row),
        "figures": sorted(carried(row, basis or "")),
    }
    if row.get("open_questions") or is_open(identifier, row, questions):
        value["open"] = True
    return value


def build(packs: Path) -> dict[str, dict[str, Any]]:
    """:return: id → entry over all packs, in the order of the packs, as later packs correct them."""
    ledger: dict[str, dict[str, Any]] = {}
    corrections: list[Mapping[str, Any]] = []
    for pack in PACKS:
        data = yaml.safe_load((packs / f"{pack}.yaml").read_text(encoding="utf-8"))
        questions = [str(question) for question in data.get("open_questions") or []]
        for identifier, row in records(pack, data):
            if identifier in ledger:
                raise SystemExit(
                    f"{pack}.yaml：id {identifier} 与 {ledger[identifier]['pack']} 重复"
                )
            ledger[identifier] = entry(pack, identifier, row, questions)
        corrections += data.get("corrections") or []
    for row in corrections:
        if row["id"] not in ledger:
            raise SystemExit(f"要更正的事实 {row['id']} 不在任何事实包里")
        ledger[row["id"]] = corrected(ledger[row["id"]], row)
    return ledger


def main() -> int:
    """Write the ledger and say how many facts it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packs", type=Path, required=True, help="folder of the fact packs")
    parser.add_argument("--out", type=Path, default=ROOT / "knowledge" / "tables" / "facts.yaml")
    arguments = parser.parse_args()
    if not arguments.packs.is_dir():
        print(f"找不到事实包文件夹 {arguments.packs}，请用 --packs 指定", file=sys.stderr)
        return 2
    ledger = build(arguments.packs)
    text = yaml.safe_dump(ledger, allow_unicode=True, sort_keys=False, width=4096)
    head = "# yaml-language-server: $schema=schemas/facts.json\n"
    head += (
        "# Generated by scripts/build_fact_ledger.py from the fact packs; do not edit by hand.\n"
    )
    arguments.out.write_text(head + text, encoding="utf-8")
    print(
        f"{arguments.out}：{len(ledger)} 条事实，其中待核实 {sum('open' in e for e in ledger.values())} 条"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
