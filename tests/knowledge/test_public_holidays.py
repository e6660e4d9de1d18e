"""Each country's holidays are read alone, and are those that the library gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Two processes of their own: what is imported in one cannot be taken back.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

ASKED = """
import json, sys
{library}
codes = {codes}
days = {{code: sorted(map(str, country_holidays(code, years=[2026, 2027]))) for code in codes}}
print(json.dumps([days, "holidays.countries.albania" in sys.modules]))
"""
CODES = ["US", "CN", "DE", "GB", "VN", "JP", "KR", "TH", "ID", "MX", "BR", "AE", "IN", "HK"]


def asked(library: str) -> tuple[dict[str, list[str]], bool]:
    code = ASKED.format(library=library, codes=CODES)
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    days, has_all = json.loads(run.stdout)
    return days, has_all


def test_each_country_is_read_alone_and_says_the_same():
    ours, has_all = asked("from knowledge.public_holidays import country_holidays")
    theirs, _ = asked("from holidays import country_holidays")
    assert ours == theirs
    assert all(ours.values())
    assert not has_all
