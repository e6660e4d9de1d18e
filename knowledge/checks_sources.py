"""Whose page a reader may be sent to: the authority's own, a firm's or a publisher's, never a copy of a law.

A law read in a collection on a code-hosting site is cited by its name and shown at its official address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from knowledge.errors import SourceError
from knowledge.front_matter import load_yaml
from knowledge.library import Library
from knowledge.problems import Problem, error

# Sites that host whatever anyone uploads: code, shared documents, copies of others' sites and texts.
_REFUSED = {
    "code": (
        "github.com githubusercontent.com github.io gitlab.com gitee.com bitbucket.org "
        "sourceforge.net pages.dev vercel.app netlify.app herokuapp.com"
    ),
    "documents": (
        "docslib.org cupdf.com 360docs.net daowen.com flipbuilder.com yudu.com docin.com doc88.com "
        "wenku.baidu.com scribd.com beatwenan.com baogaosu.com"
    ),
    "copies": (
        "xara.hosting zgmzsp.com jacme.asia ttnews.xyz sgco.top staging-mr.mills-reeve.com "
        "production.jdsupra.com"
    ),
}
REFUSED_HOSTS = frozenset(host for hosts in _REFUSED.values() for host in hosts.split())
CODE_HOSTS = frozenset(_REFUSED["code"].split())
_ADDRESS = re.compile(r"https?://[^\s\"'<>）)，。；]+")
# Official collections by what a text is called; the last holds laws and regulations of every level.
_COLLECTIONS = (
    (re.compile(r"最高人民法院"), "最高人民法院网", "https://www.court.gov.cn/"),
    (re.compile(r"市场监督管理"), "国家市场监督管理总局", "https://www.samr.gov.cn/"),
    (
        re.compile(r"法(?![国语院])|条例|细则|规定|办法"),
        "国家法律法规数据库",
        "https://flk.npc.gov.cn/",
    ),
)


def host(url: str) -> str:
    """:return: the host of an address in lower case."""
    return (urlsplit(url).hostname or "").lower()


def is_refused(url: str, hosts: frozenset[str] = REFUSED_HOSTS) -> bool:
    """Whether an address lies on a site that vouches for nothing it shows."""
    name = host(url)
    return any(name == refused or name.endswith("." + refused) for refused in hosts)


def official_source(title: str) -> tuple[str, str] | None:
    """:return: name and address of the official collection that holds a law; None for no law."""
    for pattern, collection, url in _COLLECTIONS:
        if pattern.search(title):
            return f"{collection}：{title}", url
    return None


def check_sources(library: Library, tables_dir: Path) -> Iterator[Problem]:
    """Refuse an address in a document, a fact or a table that no authority, firm or publisher stands for."""
    for where, url in (*_of_documents(library), *_of_tables(tables_dir)):
        if is_refused(url):
            yield error(
                "source-host",
                where,
                f"{url} 不是官方、律所或出版者的网站（代码托管、文库、转存站），请换成官方网址，没有就写 url: null",
            )
    for fact in library.ledger.values():
        if not fact.source_title and not fact.basis:
            yield error("source-name", f"facts.yaml：{fact.id}", "没有来源名称，也没有依据")


def _of_documents(library: Library) -> Iterator[tuple[str, str]]:
    """Every address of a document's head and text and of a fact, with the place where it stands."""
    for document in library.documents:
        for source in document.meta.sources:
            if source.url:
                yield document.path, source.url
        for section in document.sections:
            for url in _ADDRESS.findall(section.text):
                yield f"{document.path}《{' / '.join(section.heading)}》", url
    for fact in library.ledger.values():
        if fact.url:
            yield f"facts.yaml：{fact.id}", fact.url


def _of_tables(tables_dir: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(tables_dir.glob("*.yaml")):
        try:
            rows = load_yaml(path.read_text(encoding="utf-8"), path.name)
        except SourceError:
            continue  # the table's own reader reports it
        for url in _addresses(rows):
            yield path.name, url


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _addresses(inner)
    elif isinstance(value, str):
        yield from _ADDRESS.findall(value)
