"""Small documents that several tests need."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest

from knowledge.ledger import Fact

TODAY = date(2026, 11, 23)

GUIDE = """\
---
id: us-sample
title: 美国337答辩
kind: guide
audience: [enterprise]
jurisdiction: [US]
ip_types: [patent]
procedures: [section-337]
as_of: '2026'
sources: [{title: 委员会规则, url: 'https://example.org/rule', basis: 19 CFR § 210.13}]
next_steps: [把调查通知原件拍照存好]
no_options: 样例太短
---

# 美国337答辩

## 收到337立案通知，几天内要答辩
<!-- facts: itc-20 -->
<!-- similar: 337答辩期限是多久 | 我们被ITC告了多久要回 -->
<!-- not: UPC答辩要多久 -->
20天。美国337调查的被诉企业应在送达后20天内答辩。

## 错过答辩怎么办
<!-- facts: itc-20 -->
尽快联系律师，向行政法官说明理由。
"""

LAW = """\
# 中华人民共和国样例法

2019年1月1日 第一届样例会议通过

2020年2月2日 施行

<!-- INFO END -->

## 第一章 总 则

第一条 为了说明样例，制定本法。

第二条 有下列情形之一的，适用本法：

（一）第一种；

（二）第二种。

## 第二章 附 则

第三条 本法自2020年2月2日起施行。
"""


@pytest.fixture
def ledger() -> dict[str, Fact]:
    fact = Fact(
        id="itc-20",
        pack="us",
        jurisdiction="US",
        title="337答辩20天",
        basis="19 CFR § 210.13(a)",
        as_of="2026",
        verified="source",
        text_checked=None,
        source_title="委员会规则",
        url=None,
        figures=frozenset({"20d", "337", "第210.13条", "19"}),
    )
    return {fact.id: fact}


LEDGER_YAML = textwrap.dedent("""\
    itc-20:
      pack: us
      jurisdiction: US
      title: 337答辩20天
      basis: 19 CFR § 210.13(a)
      as_of: '2026'
      verified: source
      text_checked: null
      source: {title: 委员会规则, url: null}
      figures: ['19', 20d, '337', 第210.13条]
    """)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A sources folder with one guide and a tables folder with its ledger."""
    sources, tables = tmp_path / "sources", tmp_path / "tables"
    (sources / "guides").mkdir(parents=True)
    tables.mkdir()
    (sources / "guides" / "us-sample.md").write_text(GUIDE, encoding="utf-8")
    (tables / "facts.yaml").write_text(LEDGER_YAML, encoding="utf-8")
    return sources, tables


@pytest.fixture
def guide_text() -> str:
    return GUIDE


@pytest.fixture
def law_text() -> str:
    return LAW


@pytest.fixture
def law_file(tmp_path: Path) -> Path:
    path = tmp_path / "样例法(2019-01-01).md"
    path.write_text(LAW, encoding="utf-8")
    return path


@pytest.fixture
def today() -> date:
    return TODAY
