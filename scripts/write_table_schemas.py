"""Write the JSON schemas by which editors check the tables of knowledge/tables while they are typed.

python scripts/write_table_schemas.py

What may stand where is said here once for editors; closed sets come from the readers, which check the same
again when a table is read (tests/knowledge/test_table_schemas.py holds the two together).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from knowledge import (
    alias_table,
    center_table,
    checklist_table,
    funding_table,
    lead_export_table,
    ledger,
    quiz_table,
)
from knowledge.deadline_types import (
    Base,
    Bound,
    Choose,
    Direction,
    Event,
    RollRule,
    RuleKind,
    StartRule,
    Unit,
)

FOLDER = Path(__file__).resolve().parents[1] / "knowledge" / "tables" / "schemas"
Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string", "pattern": r"\S"}
MAYBE: Schema = {"type": ["string", "null"], "pattern": r"\S"}
BLANK: Schema = {"type": ["string", "null"]}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
TEXTS: Schema = {"type": ["array", "null"], "items": {"type": "string", "minLength": 1}}
NUMBERS: Schema = {"type": ["array", "null"], "items": {"type": "integer"}}
DAY = r"^\d{4}-\d{2}-\d{2}$"
MONTH_DAY: Schema = {"type": "string", "pattern": r"^\d\d-\d\d$"}
DATE: Schema = {"type": ["string", "null"], "pattern": DAY}
DATES: Schema = {"type": ["array", "null"], "items": {"type": "string", "pattern": DAY}}


def one_of(values: Iterable[str] | type[Enum]) -> Schema:
    """One of a closed set."""
    if isinstance(values, type):
        return {"enum": [item.value for item in values]}
    return {"enum": list(values)}


def maybe(schema: Schema) -> Schema:
    """The same, or nothing."""
    return {"oneOf": [{"type": "null"}, schema]}


def some(schema: Schema, fewest: int = 0) -> Schema:
    """A list of it; with ``fewest`` it must be there."""
    kind: Any = "array" if fewest else ["array", "null"]
    return {"type": kind, "items": schema, **({"minItems": fewest} if fewest else {})}


def rows(schema: Schema) -> Schema:
    """A table that is a list of rows."""
    return {"type": "array", "items": schema}


def row(needed: Mapping[str, Schema], others: Mapping[str, Schema] | None = None) -> Schema:
    """A mapping with these keys and no others."""
    return {
        "type": "object",
        "properties": {**needed, **(others or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def named(schema: Schema, pattern: str = ".") -> Schema:
    """A mapping of names to rows."""
    return {"type": "object", "patternProperties": {pattern: schema}, "additionalProperties": False}


ALL_OR_TEXTS: Schema = {"oneOf": [{"const": "all"}, TEXTS]}
SOURCE = row({"title": TEXT}, {"url": MAYBE})
PERIOD = {"period": WHOLE, "unit": one_of(Unit)}
FROM = one_of(Base)
PLACE = {"province": MAYBE, "city": MAYBE, "district": MAYBE}
TRACED = {"source": SOURCE, "source_quality": TEXT, "as_of": TEXT, "verified": TEXT}
CORRECTION = row(
    {"dates": {**DATES, "type": "array", "minItems": 1}, "reason": TEXT, "source": TEXT}
)

ALIAS = row(
    {"id": TEXT, "kind": one_of(alias_table.KINDS), "code": TEXT, "name": TEXT},
    {"aliases": TEXTS, "expand": FLAG, "match": one_of(["word"])},
)
CAMPAIGN = row(
    {"id": TEXT, "occasion": TEXT, "name": TEXT, "greeting": TEXT, "program": TEXT},
    {
        "starts": MONTH_DAY,
        "ends": MONTH_DAY,
        "closes": MONTH_DAY,
        "last_week_of": {"type": "integer", "minimum": 1, "maximum": 11},
        "closes_after": {"type": "integer", "minimum": 0, "maximum": 60},
        "places": some(row({"name": TEXT, "kind": TEXT})),
    },
)
DAYS_OF_A_CAMPAIGN: Schema = {
    "anyOf": [
        {"required": ["last_week_of", "closes_after"]},
        {"required": ["starts", "ends", "closes"], "not": {"required": ["last_week_of"]}},
    ]
}
THEME = row({"occasion": TEXT, "year": WHOLE, "theme": TEXT, "source": TEXT})
CENTER = row(
    {
        "id": TEXT, "name": TEXT, "level": one_of(center_table.LEVELS),
        "duties": {"type": "array", "items": one_of(center_table.DUTIES), "minItems": 1},
        "status": one_of(center_table.STATUSES), "does": TEXT, **TRACED,
    },
    {
        **PLACE, "aliases": TEXTS, "regions": TEXTS, "industries": ALL_OR_TEXTS,
        "pre_examination_industries": TEXTS, "rights": ALL_OR_TEXTS, "countries": ALL_OR_TEXTS,
        "handles_overseas": FLAG, "primary_eligible": FLAG, "batch": MAYBE, "named_in_policy": FLAG,
        "phone": maybe(row({"note": TEXT}, {"numbers": TEXTS, "as_of": MAYBE, "show": FLAG, "purpose": MAYBE})),
        "address": maybe(row({"text": TEXT, "as_of": TEXT})), "website": MAYBE,
        "more_sources": some(SOURCE), "note": MAYBE,
    },
)  # fmt: skip
ITEM = row(
    {"text": TEXT},
    {
        **dict.fromkeys(("issuer", "form", "copies", "notarisation", "translation"), MAYBE),
        "optional": FLAG, "facts": TEXTS,
    },
)  # fmt: skip
CHECKLIST = row(
    {"id": TEXT, "title": TEXT, "items": some(ITEM, 1)},
    {
        "procedures": TEXTS, "countries": TEXTS, "role": maybe(one_of(checklist_table.ROLES)),
        "program": MAYBE, "facts": TEXTS, "note": MAYBE,
    },
)  # fmt: skip
CALENDAR = row(
    {"name": TEXT, "source": TEXT},
    {
        "country": MAYBE, "subdivision": MAYBE, "categories": TEXTS, "weekend": NUMBERS,
        "fixed": {"type": ["array", "null"], "items": {"type": "string", "pattern": r"^\d\d-\d\d$"}},
        "easter": NUMBERS, "add": some(CORRECTION), "remove": some(CORRECTION),
        "known_until": {"type": ["integer", "null"], "minimum": 0}, "ask": FLAG, "candidates": TEXTS,
        "offices": {"type": ["object", "null"], "additionalProperties": TEXT}, "note": MAYBE,
    },
)  # fmt: skip
RULE = row(
    {
        "id": TEXT, "title": TEXT, "jurisdiction": TEXT, "forum": TEXT, "procedure": TEXT,
        "bound": one_of(Bound), "kind": one_of(RuleKind), "event": one_of(Event), "trigger": TEXT,
        "trigger_question": TEXT, **PERIOD, "direction": one_of(Direction),
        "start_rule": one_of(StartRule), "roll_rule": one_of(RollRule), "roll_basis": TEXT,
        "extension": TEXT, "consequence": TEXT, "basis": TEXT, "as_of": TEXT,
    },
    {
        "fact": TEXT, "papers": TEXTS, "forwarded_by": TEXTS, "dated_in": TEXTS, "calendar": MAYBE,
        "alternatives": some(row({"key": TEXT, "when": TEXT, **PERIOD}, {"calendar": MAYBE, "said": TEXTS, "lacks": TEXTS})),
        "choose": maybe(one_of(Choose)), "addition": maybe(row(PERIOD)), "offset": maybe(row(PERIOD)),
        "from_next_month": FLAG, "grace": maybe(row(PERIOD)),
        "window": maybe(row({"opens": row(PERIOD), "due": one_of(["period", "trigger"])}, {"opens_from": maybe(FROM)})),
        "also": some(row({"label": TEXT, **PERIOD}, {"from": maybe(FROM), "except": TEXTS})),
        "trigger_may_be_future": FLAG, "fixed_trigger": DATE,
        "recess": maybe(row({"first": MONTH_DAY, "last": MONTH_DAY})), "time_zone": MAYBE,
        "cutoff": {"type": ["string", "null"], "pattern": r"^\d\d:\d\d$"}, "reviewed": DATE,
        "review_note": MAYBE, "aliases": TEXTS, "keywords": TEXTS, "legal_note": MAYBE,
        "special": maybe(row({"of": TEXT, "when": TEXT, "said": TEXTS})),
    },
)  # fmt: skip
FACT = row(
    {"verified": one_of(ledger.VERIFIED)},
    {
        "pack": BLANK, "jurisdiction": BLANK, "title": BLANK, "basis": BLANK, "as_of": BLANK,
        "text_checked": {"type": ["boolean", "null"]}, "source": maybe(row({}, {"title": MAYBE, "url": MAYBE})),
        "figures": TEXTS, "open": FLAG,
    },
)  # fmt: skip
TEST = row(
    {"kind": one_of(funding_table.TESTS)},
    {
        "any": TEXTS, "years": {"type": ["integer", "null"], "minimum": 1}, "after": DATE, "before": DATE,
        "what": one_of(["insurance", "settlement"]),
    },
)  # fmt: skip
CONDITION = row({"text": TEXT}, {"test": maybe(TEST)})
PROGRAM = row(
    {
        "id": TEXT, "name": TEXT, "authority": TEXT, "status": one_of(funding_table.STATUSES),
        "kind": one_of(["program", "principle"]), "recipient": one_of(["applicant", "service-provider"]),
        "amount": row({"text": TEXT}, {"ratio": MAYBE, "ceiling": MAYBE}),
        "window": row({"text": TEXT}, {"opens": DATE, "closes": DATE}), "basis": TEXT, **TRACED,
    },
    {
        **PLACE, "overseas": FLAG, "applicants": {"type": ["array", "null"], "items": one_of(funding_table.APPLICANTS)},
        "supports": TEXTS, "conditions": some(CONDITION), "exclusions": some(CONDITION), "materials": TEXTS,
        "channel": MAYBE, "more_sources": some(SOURCE), "note": MAYBE,
    },
)  # fmt: skip
VERDICT = row({"verdict": FLAG, "why": TEXT, "facts": {**TEXTS, "type": "array", "minItems": 1}})
QUESTION = row(
    {
        "id": TEXT, "question": TEXT, "answer": TEXT, "explanation": TEXT,
        "options": {"oneOf": [{"type": "array", "items": TEXT, "minItems": 2}, {"type": "object", "additionalProperties": TEXT, "minProperties": 2}]},
    },
    {
        "category": MAYBE, "basis": MAYBE, "unverified": FLAG, "facts": TEXTS, "level": {"enum": list(quiz_table.LEVELS)},
        "for": {"type": "array", "items": one_of(quiz_table.AUDIENCES), "minItems": 1},
    },
)  # fmt: skip
DISTRICT = row(
    {"name": TEXT}, {"aliases": TEXTS, "towns": some(row({"name": TEXT, "industry": TEXT}))}
)
CITY = row({"name": TEXT}, {"aliases": TEXTS, "also_abroad": MAYBE, "districts": some(DISTRICT)})
COLUMN = row(
    {
        "id": TEXT,
        "form": one_of([lead_export_table.LEADS, lead_export_table.CASES]),
        "heading": TEXT,
    },
    {"field": maybe(one_of(sorted(lead_export_table.FIELDS)))},
)
INTERVALS: Schema = {
    "type": ["array", "null"],
    "items": {"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"},
}
HOURS = row(
    {
        "week": row(
            {"mon": {**INTERVALS, "type": "array", "minItems": 1}},
            dict.fromkeys(("tue", "wed", "thu", "fri", "sat", "sun"), INTERVALS),
        ),
        "first_response_minutes": WHOLE, "resolution_days": WHOLE,
    },
    {"closed": DATES},
)  # fmt: skip

SCHEMAS: Mapping[str, Schema] = {
    "aliases": rows(ALIAS),
    "campaigns": row({"campaigns": some({**CAMPAIGN, **DAYS_OF_A_CAMPAIGN}, 1)}, {"themes": some(THEME)}),
    "centers": rows(CENTER),
    "checklists": rows(CHECKLIST),
    "cities": named({**TEXTS, "type": "array", "minItems": 1}, "^[A-Z]{2}$"),
    "deadlines": row({"rules": rows(RULE)}),
    "facts": named(FACT),
    "forum_holidays": row(
        {},
        {
            "libraries": named(row({"version": TEXT, "released": {"type": "string", "pattern": DAY}})),
            "calendars": named(CALENDAR),
        },
    ),
    "funding": rows(PROGRAM),
    "glossary": named({"type": "string", "pattern": "[\u4e00-\u9fff]"}, "^[A-Za-z][A-Za-z&' -]*$"),
    "golden": rows(row({"question": TEXT, "expects": TEXT})),
    "lead_export_columns": rows(COLUMN),
    "protection": row(
        {
            "rights": some(row({"id": TEXT, "name": TEXT}), 1),
            "things": some(row({"id": TEXT, "name": TEXT, "rights": named(VERDICT)}), 1),
        }
    ),
    "quiz": row({"questions": rows(QUESTION)}),
    "regions": rows(row({"name": TEXT}, {"aliases": TEXTS, "capital": MAYBE, "special": FLAG, "cities": some(CITY)})),
    "service_hours": {**named(HOURS), "required": ["default"]},
    "terms": named(row({"meaning": TEXT}, {"english": MAYBE})),
    "unused_facts": named(TEXT),
}  # fmt: skip


def written(name: str) -> str:
    """The schema of a table as its file has it."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"{name}.yaml",
        **SCHEMAS[name],
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in SCHEMAS:
        (FOLDER / f"{name}.json").write_text(written(name), encoding="utf-8")
