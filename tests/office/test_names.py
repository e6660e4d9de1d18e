"""People by name and versions by moment, never by login or code."""

from __future__ import annotations

import getpass
import re

import pytest

from curation.jobs import Job
from knowledge.errors import SourceError
from office.console.audit_page import ACTIONS
from office.workbench.metadata import FIELDS, parsed, shown
from server.names import GONE, Names, version
from settings import ROOT


@pytest.fixture
def names():
    found = Names()
    found.take({"wang": "王芳"})
    return found


@pytest.mark.parametrize(
    ("actor", "said"),
    [("staff:wang", "王芳"), ("wang", "王芳"), ("staff:gone", GONE), ("cli:x", "服务器命令行"),
     ("user", "来访者"), ("system", "系统"), (None, ""), (getpass.getuser(), "服务器命令行")],
)  # fmt: skip
def test_actor_is_named(names, actor, said):
    assert names.who(actor) == said


@pytest.mark.parametrize(
    ("subject", "said"),
    [("staff:wang", "王芳"), ("sender:0123456789abcdef", "来访者（摘要尾号cdef）"),
     ("login:00", "没有这个登录名"), ("retention", "过期数据"), ("ZR-AAAA-BBBB", "ZR-AAAA-BBBB")],
)  # fmt: skip
def test_subject_is_named(names, subject, said):
    assert names.what(subject) == said


def test_version_is_called_by_its_moment_in_china():
    assert version("20261128-165413-cc198c03") == "2026年11月29日 00:54:13 的版本"
    assert version(None) == ""


def test_every_recorded_action_has_words():
    written = set()
    for path in (
        p for name in ("desk", "channels", "actions", "bot") for p in (ROOT / name).rglob("*.py")
    ):
        text = path.read_text("utf-8")
        written |= set(re.findall(r'audit\.record\(\s*\w+,\s*[^,]+,\s*"([a-z-]+)"', text))
    assert len(written) > 10
    assert written <= set(ACTIONS), written - set(ACTIONS)


@pytest.mark.parametrize(("step", "share"), [("问草稿的判定问题 120/480", 0.25), ("读取文档", None), ("0/0", None)])  # fmt: skip
def test_share_of_a_counted_step_moves_the_bar(step, share):
    job = Job("build", "wang")
    job.tell(step)
    assert job.share == share
    assert job.to_json()["share"] == share


@pytest.mark.parametrize(
    ("key", "codes", "words"),
    [("ip_types", ["patent", "trademark"], "专利\n商标"), ("audience", ["citizen", "staff"], "公众\n工作人员"),
     ("procedures", ["section-337", "customs"], "337调查\n海关扣货")],
)  # fmt: skip
def test_metadata_is_read_and_written_in_words(key, codes, words):
    field = next(item for item in FIELDS if item.key == key)
    assert shown(field, codes) == words
    assert parsed(field, words) == codes
    with pytest.raises(SourceError, match="可用"):
        parsed(field, "不知道的词")
