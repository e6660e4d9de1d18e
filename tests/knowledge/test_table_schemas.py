"""Every table has one typed reader and one schema, which agree on what a row may be."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from desk.service_clock import load_service_hours
from knowledge.errors import SourceError
from knowledge.table_readers import READERS
from scripts.write_table_schemas import FOLDER, SCHEMAS, written

TABLES = FOLDER.parent
READ: dict[str, Callable[[Path], object]] = {
    **{
        name.removesuffix(".yaml"): read for name, read in READERS.items() if name.endswith(".yaml")
    },
    "service_hours": lambda tables: load_service_hours(tables / "service_hours.yaml"),
}
# What a reader refuses although the row is well-formed: it does not fit the rest of the row or table.
_ACROSS = {
    "deadlines": r"calendar|review_note|不在台账|papers|except 里|special",
    "forum_holidays": r"candidates|offices|released",
    "centers": r"primary_eligible|缺少国家中心",
    "funding": r"：缺少|after 和 before|应为 insurance",
    "protection": r"要依次写明",
    "quiz": r"不在选项里",
    "glossary": r"已是 aliases.yaml",
    "lead_export_columns": r"报送的案件",
}


_MANY = 60


def as_json(value: Any) -> Any:
    """What an editor sees: days are texts to it."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def problem(name: str, value: Any) -> str:
    """:return: the first thing that a schema refuses, empty when there is none."""
    found = next(validator(name).iter_errors(as_json(value)), None)
    return found.message if found is not None else ""


@lru_cache
def validator(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def table(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)


def dumped(value: Any) -> str:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(value, Dumper=dumper, allow_unicode=True, sort_keys=False))


def test_every_table_has_its_reader_and_its_schema():
    tables = {path.stem for path in TABLES.glob("*.yaml")}
    assert tables == set(READ) == set(SCHEMAS) == {path.stem for path in FOLDER.glob("*.json")}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_table_names_its_schema_and_keeps_to_it(name):
    first = (TABLES / f"{name}.yaml").read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema=schemas/{name}.json"
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == written(name), (
        "run python scripts/write_table_schemas.py"
    )
    assert problem(name, table(name)) == ""


def fullest(name: str) -> Any:
    """A small table of the rows with the most keys, with every key that any row has."""
    whole = table(name)
    shrink = {
        "deadlines": lambda: {"rules": _covering(whole["rules"])},
        "quiz": lambda: {"questions": _covering(whole["questions"])},
        "facts": lambda: _covering_names(whole),
        "terms": lambda: _covering_names(whole),
        "forum_holidays": lambda: {**whole, "calendars": _calendars(whole["calendars"])},
        "cities": lambda: dict(list(whole.items())[:3]),
        "glossary": lambda: dict(list(whole.items())[:3]),
        "regions": lambda: [{**row, "cities": row["cities"][:2]} for row in _covering(whole)],
        "unused_facts": lambda: {"forgotten": "来源已撤回"},
    }
    if name in shrink:
        return shrink[name]()
    if isinstance(whole, list):
        kept = _covering(whole)
        return kept + [row for row in whole if row.get("id") == "cn-ogc" and row not in kept]
    return whole


def _calendars(whole: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The fewest calendars, which name none but each other."""
    kept = _covering_names(whole)
    first = next(iter(kept))
    for row in kept.values():
        if "candidates" in row:
            row["candidates"] = [first]
        if "offices" in row:
            row["offices"] = {"US": first}
    return kept


def _covering_names(rows: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    names = {id(row): name for name, row in rows.items()}
    return {names[id(row)]: row for row in _covering(list(rows.values()))}


def _covering(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fewest rows, found greedily, that have every key and nested key there is."""
    left, kept = {key for row in rows for key in _keys(row)}, []
    for row in sorted(rows, key=lambda row: -len(set(_keys(row)))):
        if left & set(_keys(row)):
            left -= set(_keys(row))
            kept.append(row)
    return kept


def _keys(value: Any, above: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{above}.{key}"
            yield from _keys(inner, f"{above}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner, above)


def mutants(value: Any) -> Iterator[tuple[str, Any]]:
    """The table with one place of it broken: a key gone, misspelt, doubled up, or of another type."""
    for place in _places(value):
        *above, key = place
        for change in ("gone", "misspelt", "empty", "a list of numbers", "a mapping", "a word"):
            broken = copy.deepcopy(value)
            inner = broken
            for step in above:
                inner = inner[step]
            old = inner[key]
            if change == "gone":
                del inner[key]
            elif change == "misspelt":
                if not isinstance(inner, dict):
                    continue
                inner[f"{key}x"] = inner.pop(key)
            else:
                inner[key] = {
                    "empty": "",
                    "a list of numbers": [1, 2],
                    "a mapping": {"x": 1},
                    "a word": "zzz",
                }[change]
            if broken != value and inner != old:
                yield f"{'.'.join(map(str, place))} {change}", broken


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    """One place of every key there is; names of rows count as one key."""
    seen: set[str] = set()
    for place in _every_place(value):
        kind = ".".join("*" if isinstance(step, int) else step for step in place)
        if kind not in seen and not (len(seen) > _MANY and len(place) == 1):
            seen.add(kind)
            yield place


def _every_place(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(value, dict):
            yield (*above, key)
        if isinstance(inner, dict | list):
            yield from _every_place(inner, (*above, key))


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
def test_reader_and_schema_refuse_the_same_and_the_reader_names_file_and_line(name, tmp_path):
    whole = fullest(name)
    if name == "deadlines":
        facts = table("facts")
        rows = {
            name: facts[name] for name in (row.get("fact") or row["id"] for row in whole["rules"])
        }
        (tmp_path / "facts.yaml").write_text(dumped(rows), "utf-8")
        said = dumped(whole)
        named = {
            code: {"name": "日历", "source": "来源"}
            for code in table("forum_holidays")["calendars"]
            if code in said
        }
        (tmp_path / "forum_holidays.yaml").write_text(dumped({"calendars": named}), "utf-8")
    path = tmp_path / f"{name}.yaml"
    refused = 0
    for what, broken in mutants(whole):
        path.write_text(dumped(broken), "utf-8")
        told = ""
        try:
            READ[name](tmp_path)
        except SourceError as error:
            told = str(error)
        wrong = problem(name, broken)
        if wrong:
            refused += 1
            assert told, f"{what}: only the schema refuses it: {wrong}"
        elif told:
            assert re.search(_ACROSS.get(name, "never"), told), f"{what}: only the reader: {told}"
        if told and isinstance(broken, dict | list) and broken:
            assert re.search(rf"^{name}\.yaml", told), f"{what}: {told}"
            assert re.search(r"第\d+行", told), f"{what}: {told}"
            assert re.search(r"[\u4e00-\u9fff]", told)
    assert refused >= 3, name
