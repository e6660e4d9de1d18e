"""Every official document of the project's corpus, counted independently; skipped where it is absent."""

import re
from datetime import date
from pathlib import Path

import pytest

from knowledge.chunking import passages
from knowledge.draft import files_under
from knowledge.loaders import load
from knowledge.sections import article_number
from knowledge.types import Kind
from knowledge.versions import successions

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="语料 ../shared/corpus 不在这台机器上，跳过逐条核对"
)


@pytest.fixture(scope="module")
def documents():
    return {path: load(path) for path in files_under([CORPUS])}


def source_articles(path):
    """Article labels at the start of a line, found without the project's code."""
    body = path.read_text(encoding="utf-8").split("<!-- INFO END -->")[-1]
    return re.findall(
        r"(?m)^[ \u3000\t]*(第[一二三四五六七八九十百零]+条(?:之[一二三四五六七八九十]+)?)[\s\u3000]",
        body,
    )


def test_all_84_documents_are_read(documents):
    assert len(documents) == 84
    assert len({document.meta.id for document in documents.values()}) == 84


def test_every_article_of_every_law_is_one_section(documents):
    for path, document in documents.items():
        found = [section.article for section in document.sections if section.article]
        assert found == source_articles(path), path.name
        assert [article_number(label) for label in found] == list(range(1, len(found) + 1)), (
            path.name
        )


def test_articles_hold_the_whole_text_of_their_source(documents):
    for path, document in documents.items():
        body = path.read_text(encoding="utf-8").split("<!-- INFO END -->")[-1]
        kept = "".join(
            section.text for section in document.sections if section.heading != ("修订沿革",)
        )
        headings = "".join({part: "" for section in document.sections for part in section.heading})
        for line in body.splitlines():
            line = re.sub(r"[\s*`]", "", line.lstrip("# "))
            if line and line != re.sub(r"\s", "", document.meta.title):
                assert line in re.sub(r"\s", "", kept) + re.sub(r"\s", "", headings), (
                    path.name,
                    line,
                )


def test_no_passage_joins_two_articles_and_each_cites_its_own(documents):
    for path, document in documents.items():
        for passage in passages(document, {}):
            starts = re.findall(r"(?m)^第[一二三四五六七八九十百零]+条[\s\u3000]", passage.text)
            assert len(starts) <= 1, (path.name, passage.id)
            if passage.article:
                assert passage.basis is not None
                assert passage.basis.endswith(f"》{passage.article}")


def test_revision_history_never_answers(documents):
    for document in documents.values():
        texts = [passage.text for passage in passages(document, {})]
        assert not any("会议通过\n" in text or "INFO END" in text for text in texts)


def test_policy_has_its_sixteen_items(documents):
    (policy,) = (document for document in documents.values() if document.meta.kind is Kind.POLICY)
    found = passages(policy, {})
    assert len(found) == 16
    assert found[7].basis is not None
    assert found[7].basis.endswith("第（八）项")
    assert "海外维权援助" in found[7].heading[-1]
    assert not any("83228313" in passage.text for passage in found)


def test_the_duplicate_and_the_amended_interpretation_are_superseded(documents):
    found = successions(list(documents.values()), date(2026, 11, 23))
    names = {document.meta.id: path.name for path, document in documents.items()}
    reasons = {names[identifier]: succession.reason for identifier, succession in found.items()}
    assert len(reasons) == 2
    assert (
        reasons[
            "最高人民法院、最高人民检察院关于办理侵犯知识产权刑事案件具体应用法律若干问题的解释（三）.md"
        ]
        == "内容相同"
    )
    assert "最高人民法院关于审理专利纠纷案件适用法律问题的若干规定(2015-01-29).md" in reasons
