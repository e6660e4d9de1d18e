"""Small passages, tables and a fake encoder for the tests of retrieval."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build_index
from indexer.hybrid import HybridIndex
from knowledge.types import Kind, Passage

ALIASES = """
- {id: us, kind: country, code: US, name: 美国, aliases: [USA, ITC], expand: false}
- {id: de, kind: country, code: DE, name: 德国, aliases: [Germany], expand: true}
- {id: p337, kind: procedure, code: section-337, name: 337调查, aliases: [ITC, 美国国际贸易委员会], expand: true}
- {id: squat, kind: procedure, code: squatting, name: 商标抢注, aliases: [恶意注册], expand: true}
- {id: madrid, kind: procedure, code: madrid, name: 马德里, aliases: [Madrid], expand: false}
- {id: patent, kind: right, code: patent, name: 专利, aliases: [], expand: false}
- {id: tm, kind: right, code: trademark, name: 商标, aliases: [], expand: false}
- {id: mei, kind: country, code: US, name: 美国, aliases: [美], expand: false, match: word}
"""


class FakeEncoder:
    """Vectors derived from the characters of a text, so that equal texts agree."""

    name = "fake"
    dimension = 32
    fingerprint = "fake-1"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> np.ndarray:
        self.encoded.extend(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for number, text in enumerate(texts):
            for character in text:
                place = hashlib.sha256(character.encode()).digest()[0] % self.dimension
                rows[number, place] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.maximum(norms, 1e-9)


def make_passage(identifier: str, text: str, **fields: object) -> Passage:
    values: dict[str, object] = {
        "id": identifier,
        "version": hashlib.sha256(text.encode()).hexdigest()[:12],
        "document": identifier.split("#")[0],
        "title": "指南",
        "heading": (),
        "text": text,
        "kind": Kind.GUIDE,
        "jurisdiction": ("GENERAL",),
    }
    return Passage(**(values | fields))  # type: ignore[arg-type]


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def passages() -> list[Passage]:
    return [
        make_passage(
            "us-337#1", "收到美国337调查的起诉书和立案通知后，应在20天内提交答辩。",
            title="美国337调查", heading=("答辩期限",), jurisdiction=("US",),
            procedures=("section-337",), similar=("我们被ITC告了多久要回",), negative=("德国展会怎么办",),
        ),
        make_passage(
            "de-fair#1", "在德国展会上被查抄时，先要求对方出示法院的临时禁令。",
            title="德国展会", heading=("被查抄怎么办",), jurisdiction=("DE",), procedures=("fair",),
        ),
        make_passage(
            "madrid#1", "马德里商标国际注册以国内申请或者注册为基础。", title="马德里体系", procedures=("madrid",),
        ),
        make_passage(
            "squat#1", "商标在境外被抢注时，可以提出异议或者请求宣告无效。", title="境外抢注",
            procedures=("squatting",), ip_types=("trademark",),
        ),
        make_passage(
            "reg#13", "对外国国家采取的歧视性措施，可以采取反制措施。", title="涉外知识产权纠纷处理的规定",
            kind=Kind.LAW, jurisdiction=("CN",), article="第十三条",
        ),
    ]  # fmt: skip


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "aliases.yaml").write_text(ALIASES, encoding="utf-8")
    (folder / "jieba_words.txt").write_text("337调查\n反制措施 100 n\n# 注释\n", encoding="utf-8")
    return folder


@pytest.fixture
def index(
    passages: list[Passage], fake_encoder: FakeEncoder, tables: Path, tmp_path: Path
) -> HybridIndex:
    folder = tmp_path / "index"
    build_index(
        passages,
        fake_encoder,
        aliases_path=tables / "aliases.yaml",
        words_path=tables / "jieba_words.txt",
        out_dir=folder,
        chunking="a=1",
    )
    return HybridIndex.load(folder, fake_encoder, snapshot_id="s1")
