"""The YAML header of a curated document: cut off, parsed without surprises, checked field by field."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from knowledge.errors import SourceError
from knowledge.types import DocumentMeta, Kind, Source

logger = logging.getLogger(__name__)

# Ten times as fast where PyYAML was built with libyaml; errors are reported by the slow one.
_FAST: Any = getattr(yaml, "CSafeLoader", None)
MAX_HEADER_CHARS = 64 * 1024
AUDIENCES = ("enterprise", "citizen", "staff", "trainer")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,95}")
_FENCE = re.compile(r"-{3}[ \t]*")


@dataclass(frozen=True)
class Header:
    """A header's values, the text after it and the 1-based line where that text begins."""

    values: Mapping[str, Any]
    body: str
    body_line: int


def split_header(text: str, name: str) -> Header | None:
    """Cut the YAML header from a text.

    :param name: the file's name, for messages.
    :return: None when the text has no header.
    :raises SourceError: the header does not end or is not valid YAML; file and line are named.
    """
    lines = text.split("\n")
    if not lines or not _FENCE.fullmatch(lines[0].rstrip("\r")):
        return None
    end = next(
        (i for i, line in enumerate(lines[1:], start=1) if _FENCE.fullmatch(line.rstrip("\r"))),
        None,
    )
    if end is None:
        raise SourceError(f"{name} 第1行：文件头以 --- 开始但没有用 --- 结束，请补上结束行")
    raw = "\n".join(lines[1:end])
    if len(raw) > MAX_HEADER_CHARS:
        raise SourceError(
            f"{name}：文件头超过 {MAX_HEADER_CHARS // 1024} KB，请只放文档信息，正文放在文件头之后"
        )
    values = load_yaml(raw, name, first_line=2)
    if not isinstance(values, dict):
        raise SourceError(f"{name} 第2行：文件头应是“字段: 值”的形式")
    return Header(values, "\n".join(lines[end + 1 :]), end + 2)


def load_yaml(text: str, name: str, *, first_line: int = 1) -> Any:
    """Parse YAML without aliases or object tags.

    :raises SourceError: naming file and line.
    """
    if _FAST is not None and "*" not in text:  # no alias can stand in it
        try:
            return yaml.load(text, Loader=_FAST)  # noqa: S506 (the C form of SafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError):
            logger.debug("%s: reading again for a precise message", name)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                mark = event.start_mark
                line = (mark.line if mark else 0) + first_line
                raise SourceError(f"{name} 第{line}行：不支持 YAML 引用（*），请直接写出内容")
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        unclosed = "flow" in (error.context or "") or "quoted" in (error.context or "")
        mark = (error.context_mark if unclosed else None) or error.problem_mark
        line = (mark.line if mark else 0) + first_line
        raise SourceError(
            f"{name} 第{line}行：YAML 格式有误（{error.problem or error.context}），请检查缩进、引号和冒号后的空格"
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"{name}：YAML 无法解析（{error}）") from error


def read_meta(values: Mapping[str, Any], name: str) -> DocumentMeta:
    """Check a header's values and give them their types.

    :raises SourceError: naming the file, the field and what was expected.
    """
    known = set(DocumentMeta.__dataclass_fields__)
    unknown = sorted(set(map(str, values)) - known)
    if unknown:
        raise SourceError(
            f"{name}：文件头有不认识的字段 {'、'.join(unknown)}；可用字段：{'、'.join(sorted(known))}"
        )
    missing = [key for key in ("id", "title", "kind", "jurisdiction") if not values.get(key)]
    if missing:
        raise SourceError(f"{name}：文件头缺少字段 {'、'.join(missing)}")
    identifier = str(values["id"])
    if not _SLUG.fullmatch(identifier):
        raise SourceError(f"{name}：id {identifier!r} 只能用小写字母、数字和连字符")
    audience = _strings(values, "audience", name)
    strangers = sorted(set(audience) - set(AUDIENCES))
    if strangers:
        raise SourceError(
            f"{name}：audience 的值 {'、'.join(strangers)} 无效，可用：{'、'.join(AUDIENCES)}"
        )
    return DocumentMeta(
        id=identifier,
        title=str(values["title"]).strip(),
        kind=_kind(values["kind"], name),
        jurisdiction=_strings(values, "jurisdiction", name),
        audience=audience,
        ip_types=_strings(values, "ip_types", name),
        procedures=_strings(values, "procedures", name),
        issuer=_text(values, "issuer"),
        number=_text(values, "number"),
        issued_on=_date(values, "issued_on", name),
        effective_from=_date(values, "effective_from", name),
        effective_to=_date(values, "effective_to", name),
        superseded_by=_text(values, "superseded_by"),
        as_of=_text(values, "as_of"),
        reviewed_on=_date(values, "reviewed_on", name),
        sources=_sources(values, name),
        facts=_strings(values, "facts", name),
        keywords=_strings(values, "keywords", name),
        next_steps=_strings(values, "next_steps", name),
        no_options=_text(values, "no_options"),
        no_faq=_text(values, "no_faq"),
    )


def _kind(value: Any, name: str) -> Kind:
    try:
        return Kind(str(value))
    except ValueError as error:
        good = "、".join(kind.value for kind in Kind)
        raise SourceError(f"{name}：kind 的值 {value!r} 无效，可用：{good}") from error


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return None if value is None or str(value).strip() == "" else str(value).strip()


def _strings(values: Mapping[str, Any], key: str, name: str) -> tuple[str, ...]:
    value = values.get(key)
    if value is None:
        return ()
    if isinstance(value, str | int | float):
        return (str(value).strip(),)
    if not isinstance(value, list) or any(
        isinstance(item, dict | list) or item is None for item in value
    ):
        raise SourceError(f"{name}：{key} 应是一列文字，例如 [甲, 乙]")
    # YAML 1.1 reads the country code NO as false.
    return tuple("NO" if item is False else str(item).strip() for item in value)


def _date(values: Mapping[str, Any], key: str, name: str) -> date | None:
    value = values.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    parse: Callable[[str], date] = date.fromisoformat
    try:
        return parse(str(value))
    except ValueError as error:
        raise SourceError(f"{name}：{key} 的值 {value!r} 无效，应为 YYYY-MM-DD") from error


def _sources(values: Mapping[str, Any], name: str) -> tuple[Source, ...]:
    rows = values.get("sources") or []
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        raise SourceError(f"{name}：sources 应是一列 {{title, url, basis}}")
    found = []
    for row in rows:
        if not row.get("title"):
            raise SourceError(f"{name}：sources 中有一条缺少 title")
        url = _text(row, "url")
        if url is not None and not re.match(r"https?://\S+$", url):
            raise SourceError(f"{name}：sources 的网址 {url!r} 应以 http:// 或 https:// 开头")
        found.append(Source(title=str(row["title"]), url=url, basis=_text(row, "basis")))
    return tuple(found)
