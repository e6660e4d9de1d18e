"""What the tables owe to the packs of facts they were made from: ids, and which links are not shown.

``fact_packs.yaml`` keeps it, so that the tables are compared wherever the tests run; where the packs
themselves lie beside the checkout, ``python -m tests.knowledge.fact_packs`` writes it anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from settings import ROOT

KEPT = Path(__file__).with_suffix(".yaml")
PACKS = ROOT.parent / "shared" / "facts"
_WITH_DEADLINES = ("us-and-platforms", "world", "china-support", "updates-2026-11")


def kept() -> dict[str, Any]:
    """What is kept: ``programs`` (id to status), ``centers`` and ``deadlines`` (ids), ``hidden`` (ids)."""
    found: dict[str, Any] = yaml.safe_load(KEPT.read_text("utf-8"))
    return found


def in_packs() -> dict[str, Any]:
    """The same, read from the packs."""
    programs, centers = _pack("funding")["programs"], _pack("aid-centers")["centers"]
    facts = [fact for name in _WITH_DEADLINES for fact in _pack(name)["facts"]]
    return {
        "programs": {row["id"]: row["status"] for row in programs},
        "centers": sorted(row["id"] for row in centers),
        "deadlines": sorted({fact["id"] for fact in facts if fact.get("deadline")}),
        "hidden": sorted(
            row["id"] for row in (*programs, *centers) if row["source"].get("show_url") is False
        ),
    }


def _pack(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load((PACKS / f"{name}.yaml").read_text("utf-8"), Loader=loader)
    return found


if __name__ == "__main__":
    KEPT.write_text(yaml.safe_dump(in_packs(), sort_keys=False), "utf-8")
