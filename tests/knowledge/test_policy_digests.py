"""The digests of policy against the official texts: every item, every article, every period."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from knowledge.figures import figures
from knowledge.loaders import load
from knowledge.sections import article_number
from knowledge.text import fold_numerals, normalise

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "knowledge" / "sources" / "policy"
CORPUS = ROOT.parent / "shared" / "corpus"
CORPUS = CORPUS if CORPUS.is_dir() else ROOT.parents[1] / "shared" / "corpus"
# Digest → the official text whose articles it names.
TEXTS = {
    "cn-customs-recordal": "知识产权海关保护条例(2018-03-19).md",
    "cn-foreign-ip-disputes-regulation": "国务院关于涉外知识产权纠纷处理的规定(2025-03-13).md",
    "gd-ip-protection-regulation": "广东省知识产权保护条例(2022-03-29).md",
    "cn-confidentiality-review": "专利法实施细则(2023-12-11).md",
}
NUMERALS = "一二三四五六七八九十"
with_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="语料 ../shared/corpus 不在这台机器上，跳过与官方文本的比对"
)


def headings(name: str) -> list[str]:
    return [section.heading[-1] for section in load(POLICY / f"{name}.md").sections]


def test_the_2020_policy_is_told_item_by_item():
    expected = [f"第（{n}）项" for n in [*NUMERALS, *(f"十{n}" for n in NUMERALS[:6])]]
    found = [
        match[0] for h in headings("gz-policy-2020") if (match := re.match(r"第（\S+?）项", h))
    ]
    assert found == expected


def test_the_regulation_on_foreign_disputes_is_told_article_by_article():
    told = {
        int(number)
        for heading in headings("cn-foreign-ip-disputes-regulation")
        for number in re.findall(r"第(\d+)条", heading)
    }
    # Articles 1 to 3 and 18 say why, for whom and from when; the first section tells them.
    assert told == set(range(4, 18))


@pytest.mark.parametrize("name", ["gz-policy-2020", *TEXTS, "funding-rules"])
def test_every_digest_refers_to_articles_or_items(name):
    document = load(POLICY / f"{name}.md")
    text = "\n".join(section.text + "".join(section.heading) for section in document.sections)
    assert re.search(r"第\s?[\d一二三四五六七八九十]+\s?条|第（[一二三四五六七八九十]+）", text)


@with_corpus
@pytest.mark.parametrize("name", TEXTS)
def test_periods_of_a_digest_stand_in_the_articles_it_names(name):
    official = load(CORPUS / "laws" / TEXTS[name])
    articles: dict[int, str] = {}
    for section in official.sections:
        if section.article:
            number = article_number(section.article)
            articles[number] = articles.get(number, "") + section.text
    compared = 0
    for section in load(POLICY / f"{name}.md").sections:
        folded = fold_numerals(normalise(section.text))
        numbers: set[int] = set()
        for first, last in re.findall(r"第(\d+)条(?:至第(\d+)条)?", folded):
            numbers.update(range(int(first), int(last or first) + 1))
        if not numbers:
            continue
        assert numbers <= set(articles), section.heading
        official_text = "".join(articles[number] for number in sorted(numbers))
        periods = {f for f in figures(section.text) if re.fullmatch(r"[\d.]+(?:d|wd|m|%)", f)}
        assert periods <= figures(official_text), (section.heading, periods)
        compared += 1
    assert compared >= 1


@with_corpus
def test_items_of_the_policy_speak_of_what_the_official_items_do():
    (path,) = (CORPUS / "policy").glob("*实施意见*")
    official = [s for s in load(path).sections if re.match(r"[（(]\S+?[)）]", s.heading[-1])]
    digest = [s for s in load(POLICY / "gz-policy-2020.md").sections if "）项" in s.heading[-1]]
    assert len(official) == len(digest) == 16
    for theirs, ours in zip(official, digest, strict=True):
        words = set(re.findall(r"[\u4e00-\u9fff]{2}", normalise(ours.text)))
        shared = [w for w in words if w in normalise("".join(theirs.heading) + theirs.text)]
        assert len(shared) >= 0.3 * len(words), ours.heading
