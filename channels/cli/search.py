"""``huhang search``: passages of the published knowledge with their scores."""

from __future__ import annotations

import argparse
import json
from datetime import date

from desk.times import china_day
from indexer.live import LiveIndex
from indexer.query import QueryUnderstanding
from indexer.types import ScoredPassage, SearchFilters
from knowledge.errors import SettingsError
from knowledge.types import Passage
from settings import Settings

_SHOWN_CHARS = 160


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("query", metavar="QUERY", help="要检索的问题")
    parser.add_argument("-k", type=int, default=5, metavar="N", help="最多返回几条，默认 5")
    parser.add_argument("--country", help="只看某国（代码或中文，如 US、美国）及通用内容")
    parser.add_argument("--history", action="store_true", help="连已失效、被取代的也找，并注明")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the passages found."""
    if options.k <= 0:
        raise SettingsError(f"-k 的值 {options.k} 无效，应为正整数")
    index = LiveIndex(settings).current()
    filters = SearchFilters(
        jurisdictions=_jurisdictions(options.country, index.understanding),
        include_expired=options.history,
    )
    today = china_day(settings.today)
    hits = index.search(options.query, top_k=options.k, filters=filters, today=today)
    if options.json:
        print(json.dumps([to_json(hit, today) for hit in hits], ensure_ascii=False))
        return 0
    if not hits:
        print("没有找到相关内容。")
    for place, hit in enumerate(hits, start=1):
        where = " · ".join((hit.passage.title, *hit.passage.heading))
        past = f"【{history(hit.passage)}】" if not hit.passage.is_current(today) else ""
        print(f"{place}. {past}{where}（{'、'.join(hit.passage.jurisdiction)}）{hit.score:.3f}")
        print(f"   {hit.passage.text[:_SHOWN_CHARS]}")
    return 0


def history(passage: Passage) -> str:
    """Why a passage no longer answers."""
    if passage.superseded_by:
        return f"历史：已被 {passage.superseded_by} 取代"
    if passage.effective_to:
        return f"历史：已于 {passage.effective_to} 失效"
    return "征求意见稿" if passage.is_draft else "尚未施行"


def to_json(hit: ScoredPassage, today: date) -> dict[str, object]:
    """One hit as the command prints it."""
    return {
        "document": hit.passage.document,
        "title": hit.passage.title,
        "heading": list(hit.passage.heading),
        "text": hit.passage.text,
        "jurisdiction": list(hit.passage.jurisdiction),
        "current": hit.passage.is_current(today),
        "score": round(hit.score, 6),
        "lexical_rank": hit.lexical_rank,
        "dense_rank": hit.dense_rank,
    }


def _jurisdictions(country: str | None, understanding: QueryUnderstanding) -> frozenset[str]:
    """Codes named by the option: by the alias table, else the code itself."""
    if not country or not country.strip():
        return frozenset()
    named = understanding.understand(country).countries
    return frozenset(named or (country.strip().upper(),))
