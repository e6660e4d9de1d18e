"""Parts of an Office Open XML archive, read by their relationships and not by their usual names."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# "Strict" files say the same under other names.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", M[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/drawingml/",
        b"http://schemas.openxmlformats.org/drawingml/2006/",
    ),
)


@dataclass(frozen=True)
class Relation:
    """What one part says of another: the last word of the relation's type, and where the other is."""

    kind: str
    target: str
    external: bool


class Package:
    """An archive that :func:`knowledge.loaders.archive.check_archive` has passed."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def read(self, part: str) -> bytes | None:
        """:return: a part's bytes; None when the archive has no such part."""
        name = self._names.get(part.lower())
        return None if name is None else self._archive.read(name)

    def root(self, part: str) -> Any:
        """:return: the root element of an XML part in the usual ("transitional") names, or None.

        :raises lxml.etree.LxmlError: it is no XML.
        """
        data = self.read(part)
        if data is None:
            return None
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        return etree.fromstring(data, parser())

    def relations(self, part: str) -> dict[str, Relation]:
        """:return: id → relation of a part; of the whole package for an empty name."""
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Relation] = {}
        for item in [] if root is None else root.iter(_RELATION):
            target = str(item.get("Target", ""))
            place = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = str(item.get("Type", "")).rsplit("/", 1)[-1]
            external = item.get("TargetMode") == "External"
            found[str(item.get("Id", ""))] = Relation(kind, posixpath.normpath(place), external)
        return found

    def main(self) -> str | None:
        """:return: the name of the main part, whatever it is called."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and self.read(relation.target) is not None:
                return relation.target
        return None


@lru_cache(maxsize=1)
def parser() -> etree.XMLParser:
    """:return: a parser that loads nothing from anywhere and leaves comments out."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def value_of(element: Any, path: str, default: str = "") -> str:
    """:return: the ``w:val`` of a descendant, a default where either is missing."""
    found = None if element is None else element.find(path)
    return default if found is None else str(found.get(f"{W}val", default))


def is_on(properties: Any, tag: str) -> bool | None:
    """:return: what a switch among run properties says; None when it is not there."""
    found = None if properties is None else properties.find(f"{W}{tag}")
    if found is None:
        return None
    return str(found.get(f"{W}val", "1")).lower() not in {"0", "false", "off", "none"}
