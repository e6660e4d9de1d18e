"""The page for programs names what the interface gives and takes: fields, errors, addresses, limits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from actions.deadline_rules import compute
from actions.lead_card import _FIELDS
from actions.matter_center import Centers
from actions.matter_view import Known, view
from actions.route_rules import default_router
from actions.vocabulary import Vocabulary
from channels.rest import messages as rest_messages
from desk import lead_drafts
from desk.casework import public as public_message
from desk.conversations import Message, Owner
from desk.matters import Matter
from desk.messages import (
    CHANNELS,
    MAX_CLIENT_ID_CHARS,
    MAX_METADATA_CHARS,
    MAX_SENDER_CHARS,
    Button,
    MessageKind,
    OutboundMessage,
    Reply,
)
from knowledge.deadline_table import load_deadline_table
from knowledge.types import Citation
from server import dispatch, limits
from server.errors import error_json
from settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SETTINGS = load_settings({})


def example(name: str) -> Any:
    """The object that the page shows under a name."""
    (found,) = re.findall(rf"```json {name}\n(.*?)```", PAGE, re.S)
    return json.loads(found)


def row(label: str) -> set[str]:
    """The names in the row of a table that begins with a name."""
    (found,) = re.findall(rf"^\| `{label}` \|(.*)$", PAGE, re.M)
    return set(re.findall(r"`([a-z_]+)`", found))


def citation() -> Citation:
    return Citation("d", "t", ("h",), "US", None, None, None, "q", "s")


def test_reply_message_citation_and_button_have_the_keys_that_the_page_names() -> None:
    said = OutboundMessage(
        MessageKind.ANSWER, "20天。", (citation(),), (Button("算日期", "帮我算"),)
    )
    given, shown = Reply("a", Owner.BOT, (said,)).to_json(), example("reply")
    assert set(shown) == set(given)
    (told,), (message,) = shown["messages"], given["messages"]
    assert set(told) == set(message)
    assert set(told["citations"][0]) == set(message["citations"][0])
    assert set(told["buttons"][0]) == set(message["buttons"][0])
    (kinds,) = re.findall(r"^- `kind`：(.*?)。`text`", PAGE, re.M)
    assert set(re.findall(r"`(\w+)`", kinds)) == {kind.value for kind in MessageKind}
    (owners,) = re.findall(r"^- `owner`：(.*?)，工作人员的话", PAGE, re.M)
    assert {owner.value for owner in Owner} <= set(re.findall(r"`(\w+)`", owners))


def test_request_has_the_limits_and_the_channels_that_the_page_names() -> None:
    asked = {name: re.search(rf"^\| `{name}` \|.*$", PAGE, re.M) for name in (
        "sender", "text", "message_id", "channel", "metadata")}  # fmt: skip
    line = {name: found[0] for name, found in asked.items() if found}
    assert f"1 到 {MAX_SENDER_CHARS} 个" in line["sender"]
    assert f"1 到 {SETTINGS.channels.max_text_chars:,} 字" in line["text"]
    assert f"最多 {MAX_CLIENT_ID_CHARS} 个字符" in line["message_id"]
    assert f"最多 {MAX_METADATA_CHARS:,} 个字符" in line["metadata"]
    assert set(re.findall(r"`(\w+)`", line["channel"])) - {"channel", "invalid_channel"} == set(
        CHANNELS
    )
    assert f"最多 {SETTINGS.channels.max_body_bytes // 1024} KB" in PAGE


def test_limits_are_those_of_the_program() -> None:
    each = SETTINGS.channels.rate_per_minute
    assert f"`HUHANG_RATE_PER_MINUTE`，默认 {each} |" in PAGE
    people = limits.PEOPLE_PER_ADDRESS
    assert f"上面的 {people} 倍，默认 {each * people}；" in PAGE
    assert f"开始的新对话 | {limits.BEGINNERS_PER_MINUTE}；" in PAGE
    assert f"同时在答的消息 | {dispatch.MOST_QUEUED} 条 |" in PAGE
    assert f"最近 {rest_messages._HISTORY_MESSAGES} 条" in PAGE
    assert f"最多 {rest_messages._MAX_COMMENT_CHARS} 字" in PAGE
    assert all(f"`{rating}`" in PAGE for rating in rest_messages._RATINGS)


def test_conversation_has_the_keys_that_the_page_shows(tmp_path: Path) -> None:
    from desk.casework import Casework
    from desk.engine import writing
    from desk.handoffs import open_ticket
    from tests.fresh_database import fresh_database

    engine = fresh_database(tmp_path / "desk.sqlite")
    with writing(engine) as conn:
        ticket = open_ticket(conn, "a", "用户请求", channel="rest").to_json()
    given, shown = Casework(engine).history("a", 1), example("conversation")
    engine.dispose()
    assert set(shown) == set(given)
    assert set(shown["ticket"]) == set(ticket)
    assert row("handoff") == set(ticket)
    said = Message(
        "m",
        1,
        "out",
        "staff:li",
        "text",
        "好",
        {},
        (),
        None,
        None,
        datetime.now(timezone.utc),
        None,
    )
    assert set(shown["messages"][0]) == set(public_message(said))
    heard = public_message(replace(said, direction="in", author="user"))
    assert set(heard) - set(shown["messages"][0]) == {"message_id"}


def test_data_of_a_deadline_has_the_keys_that_the_page_names() -> None:
    table = load_deadline_table(SETTINGS.knowledge.tables_dir)
    rule = example("matter")["deadline"]["rule"]
    given = compute(rule, date(2026, 11, 24), date(2026, 11, 25), table=table).to_json()
    assert row("deadline") == {*given}


def test_data_of_a_center_has_the_keys_that_the_page_names() -> None:
    code = (ROOT / "actions" / "routing.py").read_text("utf-8")
    assert row("center") <= set(re.findall(r'"([a-z_]+)"', code))


@pytest.mark.parametrize(
    ("kind", "file"),
    [("checklist", "checklist"), ("quiz", "campaign"), ("lead", "lead_submit")],
)
def test_data_of_the_other_kinds_has_the_keys_that_the_page_names(kind: str, file: str) -> None:
    code = (ROOT / "actions" / f"{file}.py").read_text("utf-8")
    given = {
        key
        for block in re.findall(r"data=\{(.*?)\}(?:,\n|\)|,$)", code, re.S | re.M)
        for key in re.findall(r'"([a-z_]+)":', block)
    }
    assert row(kind) <= given
    assert row(kind)


def test_matter_has_the_keys_that_the_page_shows() -> None:
    facts = {
        "country": "US", "deadline": {"due_date": "2026-12-14"}, "steps": ["一"], "leads": [],
    }  # fmt: skip
    words = Vocabulary.load(SETTINGS.knowledge.tables_dir)
    known = Known(words, Centers(default_router(), {}), [])
    (given,) = view([Matter("a", 1, facts=facts)], known, date(2026, 11, 25))
    shown = example("matter")
    assert set(shown) == set(given)
    for part in ("deadline", "lead"):
        assert set(shown[part]) == set(given[part])
    for part in ("fields", "steps"):
        assert set(shown[part][0]) == set(given[part][0])


def test_card_and_draft_of_a_lead_take_the_fields_that_the_page_names() -> None:
    (card,) = re.findall(r"一次填好各项（(.*?)）", PAGE)
    assert set(re.findall(r"`(\w+)`", card)) == set(_FIELDS)
    (draft,) = re.findall(r"`fields` 可填 (.*?)，没有同意", PAGE)
    assert set(re.findall(r"`(\w+)`", draft)) == set(lead_drafts.FIELDS)


def test_reading_of_a_paper_has_the_keys_that_the_page_shows() -> None:
    from knowledge.date_meanings import Meaning
    from papers.types import Amount, DateRead, Number, Party, PeriodRead, Reading

    read = Reading(
        "other", None, 1.0, "t", "US", None, None, (Number("patent", "1"),), (Party("r", "n"),),
        "owner", (DateRead(date(2026, 11, 20), Meaning.ISSUED, "t", 1, 1.0),),
        (PeriodRead(20, "days", "a", "t", 1),), (Amount(1.0, "USD", "m", "t", 1),),
        (), (), (), "en", 1, False, 0.1,
    )  # fmt: skip
    given, shown = read.to_json(), example("reading")
    assert set(shown) == set(given)
    for part in ("numbers", "parties", "dates", "periods", "amounts"):
        assert set(shown[part][0]) == set(given[part][0]), part
    (line,) = re.findall(r"^`due` 是.*$", PAGE, re.M)
    assert {meaning.value for meaning in Meaning} <= set(re.findall(r"`(\w+)`", line))


def codes() -> set[str]:
    """The codes with which the interface for programs refuses."""
    pattern = re.compile(r'(?:RequestError|MessageError)\(\s*(?:\d{3},\s*)?"([a-z_]+)"')
    folders = ("channels/rest", "server")
    files = [path for folder in folders for path in (ROOT / folder).glob("*.py")]
    found = {
        code
        for path in [*files, ROOT / "desk" / "messages.py"]
        if path.name not in ("drawing.py", "files.py")  # pictures of campaigns
        for code in pattern.findall(path.read_text("utf-8"))
    }
    shared = (ROOT / "server" / "middlewares.py").read_text("utf-8")
    return found | set(re.findall(r'\d{3}: \("([a-z_]+)"', shared)) | {"bad_request"}


# What the bot's own objects are refused with; nobody outside is told.
_INSIDE = {"uncited_answer"}


def test_every_code_of_an_error_is_on_the_page_and_no_other() -> None:
    assert set(example("error")["error"]) == set(error_json("a", "b", "c")["error"])
    rows = re.findall(r"^\| \d{3}[、\d]* \|(.*?)\|", PAGE, re.M)
    assert {code for cell in rows for code in re.findall(r"`(\w+)`", cell)} == codes() - _INSIDE


def routes() -> Mapping[str, set[str]]:
    """The addresses for programs, with the names of what varies left out."""
    from channels.rest import lead_drafts, matters, sent_files, uploading

    found: dict[str, set[str]] = {}
    for module in (lead_drafts, matters, rest_messages, sent_files, uploading):
        for route in module.routes:
            assert isinstance(route, web.RouteDef)
            found.setdefault(re.sub(r"\{.*?\}+", "{}", route.path), set()).add(route.method)
    return found


def test_every_address_is_on_the_page() -> None:
    told = re.sub(r"\{[^}/]*\}", "{}", PAGE.replace("POST …/", "POST /api/v1/matters/{}/"))
    missing = [
        f"{method} {path}"
        for path, methods in routes().items()
        for method in methods
        if f"{method} {path}" not in told and f"8080{path}" not in told
    ]
    assert missing == []
