"""The served process itself: what it loads."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

import pytest

from tests import contract
from tests.serving import prepare, serving

pytestmark = pytest.mark.rasa


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    prepare(folder)
    return folder


def ask(url: str, sender: str, text: str) -> dict:
    body = json.dumps({"sender": sender, "text": text}).encode()
    # Without a content type of its own urllib announces a form, as curl -d does.
    with urllib.request.urlopen(f"{url}/api/v1/messages", data=body, timeout=60) as response:
        reply = json.loads(response.read())
    contract.check_reply(reply)
    return reply


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="reads /proc")
def test_serving_with_the_default_encoder_never_loads_torch(data_dir):
    with serving(data_dir) as server:
        reply = ask(server.url, "torch", "收到337调查立案通知，几天内要答辩？")
        assert reply["messages"][0]["kind"] == "answer"
        assert "20天" in reply["messages"][0]["text"]
        mapped = Path(f"/proc/{server.pid}/maps").read_text()
        assert "numpy" in mapped
        assert "libtorch" not in mapped
