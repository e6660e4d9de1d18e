"""What a power cut may not take: a half-filled form, a logged lead, an open ticket."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import signal
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from benchmarks import kills
from desk import staff
from desk.engine import open_engine, writing
from desk.permissions import Role
from tests.serving import prepare, serving

pytestmark = pytest.mark.rasa

FORM = [
    ("我要登记援助线索", "同意登记吗"),
    ("同意", "企业全称"),
    ("广州小白制造有限公司", "统一社会信用代码"),
    ("跳过", "联系人"),
    ("张三", "手机号"),
    ("13812345678", "哪个区"),
    ("白云区", "哪个国家"),
    ("美国", "哪种权利"),
    ("商标", "走到哪一步"),
    ("平台投诉", "哪天收到"),
    ("跳过", "花了多少钱"),
    ("跳过", "说说情况"),
    ("跳过", "确认后才会保存"),
    ("确认提交", "线索已登记"),
]
# Powers are cut before these turns: in the middle and just before the confirmation.
CUTS = frozenset({4, 13})


# The tokens that people were given, which outlive every server.
TOKENS: dict[str, str] = {}


def say(url: str, sender: str, text: str) -> dict[str, Any]:
    shown = {"X-Sender-Token": TOKENS[sender]} if sender in TOKENS else {}
    request = urllib.request.Request(
        f"{url}/api/v1/messages",
        data=json.dumps({"sender": sender, "text": text}).encode(),
        headers={"Content-Type": "application/json", **shown},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        TOKENS.setdefault(sender, response.headers.get("X-Sender-Token", ""))
        return json.loads(response.read())


def conversation(url: str, sender: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{url}/api/v1/conversations/{sender}", headers={"X-Sender-Token": TOKENS[sender]}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


@pytest.fixture(autouse=True)
def no_tokens() -> None:
    TOKENS.clear()


def leads(data_dir: Path) -> list[str]:
    with sqlite3.connect(data_dir / "desk.sqlite") as conn:
        return [row[0] for row in conn.execute("SELECT company FROM leads")]


def test_kill_in_the_middle_of_a_form_loses_neither_form_nor_lead_nor_ticket(
    tmp_path: Path,
) -> None:
    data_dir = tmp_path
    prepare(data_dir)
    turn = 0
    while turn < len(FORM):
        with serving(data_dir) as server:
            if turn == max(CUTS):
                still_waits_and_goes_on(server.url)
            while turn < len(FORM):
                text, expected = FORM[turn]
                reply = say(server.url, "factory", text)
                said = "\n".join(message["text"] for message in reply["messages"])
                assert expected in said, (turn, said)
                turn += 1
                if turn in CUTS:
                    if turn == max(CUTS):  # the last that is heard before the cut
                        assert say(server.url, "exporter", "转人工")["owner"] == "waiting"
                    os.kill(server.pid, signal.SIGKILL)
                    break
            else:
                os.kill(server.pid, signal.SIGKILL)
    assert leads(data_dir) == ["广州小白制造有限公司"]


def still_waits_and_goes_on(url: str) -> None:
    """A person who asked for a human just before the server was killed."""
    kept = conversation(url, "exporter")
    assert (kept["owner"], kept["ticket"]["status"]) == ("waiting", "waiting")
    assert say(url, "exporter", "继续问机器人")["owner"] == "bot"
    reply = say(url, "exporter", "收到337调查立案通知，几天内要答辩？")
    assert [message["kind"] for message in reply["messages"]] == ["answer"]


def test_what_was_acknowledged_under_traffic_is_kept_once_and_as_it_was_said(
    tmp_path: Path,
) -> None:
    """Five kills; ``benchmarks/kills.py`` does thirty."""
    prepare(tmp_path)
    counts = kills.run(tmp_path, kills=5, people=4, seed=7)
    assert counts.kills == 5
    assert counts.acknowledged > 100
    assert counts.sent_again_after_a_cut > 0
    assert counts.wrong == 0, counts


PASSWORD = "correct-horse-9"
# Seconds between sending a reply and the end of the server.
MOMENTS = (0.0, 0.005, 0.02)


class Page:
    """A page of the staff: its session outlives the server, its outbox sends again under the same id."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(jar)

    def post(self, address: str, **fields: str) -> str:
        request = urllib.request.Request(
            address,
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Sec-Fetch-Site": "same-origin", "Accept": "application/json"},
        )
        with self._open.open(request, timeout=30) as response:
            return str(response.read().decode())

    def reply(self, address: str, text: str, number: int) -> None:
        self.post(f"{address}/reply", text=text, client_id=f"outbox-{number:04d}-abcdef")


def test_kill_during_a_reply_says_it_once(tmp_path: Path) -> None:
    prepare(tmp_path)
    page, said = Page(), []
    reference = ""
    for number, moment in enumerate((*MOMENTS, None)):
        with serving(tmp_path) as server:
            if not reference:
                person = say(server.url, "exporter", "转人工")
                reference = person["messages"][0]["data"]["ticket"]
                engine = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite'}")
                with writing(engine) as conn:
                    staff.add(conn, "wang", "王芳", Role.AGENT, None, "test")
                    secret = staff.invite(conn, "wang")
                staff.accept_invitation(engine, secret, PASSWORD)
                engine.dispose()
                page.post(f"{server.url}/desk/login", login="wang", password=PASSWORD)
                page.post(f"{server.url}/desk/tickets/{reference}/claim")
            desk = f"{server.url}/desk/tickets/{reference}"
            if said:  # after the restart the outbox sends what was not confirmed
                page.reply(desk, said[-1], number - 1)
                page.reply(desk, said[-1], number - 1)
            if moment is None:
                break
            said.append(f"第{number}条回复")
            sending = threading.Thread(target=_sent_or_cut, args=(page, desk, said[-1], number))
            sending.start()
            time.sleep(moment)
            os.kill(server.pid, signal.SIGKILL)
            sending.join()
    with sqlite3.connect(tmp_path / "desk.sqlite") as conn:
        kept = conn.execute("SELECT text FROM messages WHERE author = 'staff:wang' ORDER BY seq")
        assert [row[0] for row in kept] == said


def _sent_or_cut(page: Page, desk: str, text: str, number: int) -> None:
    # Whether the answer still arrives is chance; the record is what counts.
    with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
        page.reply(desk, text, number)
