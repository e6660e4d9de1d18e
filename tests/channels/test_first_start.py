"""``huhang serve --prepare`` on an empty data folder: what is seen, and answers before all of it is there."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import contract
from tests.serving import ROOT, command

pytestmark = pytest.mark.rasa
QUESTION = "收到337调查立案通知，几天内要答辩？"
LIMIT_S = 900


class Talk:
    """One person's conversation over the REST interface."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._token: dict[str, str] = {}

    def say(self, text: str) -> dict:
        body = json.dumps({"sender": "early", "text": text}).encode()
        request = urllib.request.Request(
            f"{self._url}/api/v1/messages",
            data=body,
            headers={"Content-Type": "application/json", **self._token},
        )
        with urllib.request.urlopen(request, timeout=LIMIT_S) as response:
            reply = json.loads(response.read())
            if token := response.headers.get("X-Sender-Token"):
                self._token = {"X-Sender-Token": token}
        contract.check_reply(reply)
        return reply


def until(done, process: subprocess.Popen, seen: Path):
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        assert process.poll() is None, seen.read_text()
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if (value := done()) is not None:
                return value
        time.sleep(0.5)
    raise AssertionError(seen.read_text())


def test_first_start_is_quiet_and_answers_before_the_model_is_there(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line, environment = command(tmp_path / "data", "serve", "--prepare", "--port", str(port))
    seen, url = tmp_path / "screen", f"http://127.0.0.1:{port}"
    with seen.open("w") as screen:
        process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=screen, stderr=screen)
    try:
        talk = Talk(url)
        first = until(lambda: talk.say(QUESTION), process, seen)
        assert [item["kind"] for item in first["messages"]] == ["answer", "notice"]
        assert "20天" in first["messages"][0]["text"]
        assert "启动" in first["messages"][-1]["text"]
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{url}/readyz", timeout=10)
        until(lambda: "已就绪" in seen.read_text() or None, process, seen)
        # The whole bot knows what was asked before it was there.
        assert "337" in json.dumps(talk.say("依据是哪一条"), ensure_ascii=False)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    lines = seen.read_text().splitlines()
    assert all(line.startswith("[护航] ") for line in lines)
    assert re.search(r"建知识库（通常.*）……用了 \d+ 秒", lines[0])
    assert re.search(rf"{url} ；训练对话模型（通常.*）……用了 \d+ 秒", lines[1])
    assert re.search(r"载入对话模型（通常.*）……用了 \d+ 秒", lines[2])
    assert url in lines[3]
    assert f"{url}/desk/invitation/" in lines[3]
    assert len(lines) == 4
    log = tmp_path / "data" / "logs" / "huhang.log"
    assert "dialogue model" in log.read_text()
    assert os.stat(log).st_size
