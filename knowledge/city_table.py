"""Typed reader of ``tables/cities.yaml``: Chinese names of foreign cities and the country each lies in."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.table_row import load_mapping

FILE_NAME = "cities.yaml"
_CODE = re.compile(r"[A-Z]{2}")


def load_cities(tables_dir: Path) -> dict[str, str]:
    """City -> code of its country, in file order.

    :raises SourceError: naming the country whose cities are no list of texts, or whose code is none.
    """
    top = load_mapping(tables_dir / FILE_NAME)
    found: dict[str, str] = {}
    for country in top.names():
        if not _CODE.fullmatch(country):
            raise top.error(country, "应为两个大写字母的国家代码")
        if not top.texts(country):
            raise top.error(country, "缺少城市")
        found.update(dict.fromkeys(top.texts(country), country))
    return found
