"""``huhang route`` prints the contract's object and names what it cannot read."""

from __future__ import annotations

import json
import subprocess
import sys

from channels.cli import main
from settings import ROOT


def test_json_has_primary_fallback_and_others(capsys):
    assert (
        main(["route", "--region", "花都", "--industry", "皮具", "--country", "US", "--json"]) == 0
    )
    data = json.loads(capsys.readouterr().out)
    assert data["primary"]["id"] == "gd-ippc-huadu"
    assert data["fallback"]["id"] == "cn-ogc"
    assert all({"id", "name", "reason"} <= set(other) for other in data["others"])


def test_text_output_gives_the_reason_and_the_question(capsys):
    assert main(["route"]) == 0
    out = capsys.readouterr().out
    assert "公司在哪里？" in out
    assert "12345" in out


def test_batch_prints_one_object_a_line(tmp_path, capsys):
    file = tmp_path / "batch.jsonl"
    file.write_text(
        '{"region": "深圳", "country": "US"}\n\n{"region": null, "ip-type": "商标"}\n',
        encoding="utf-8",
    )
    assert main(["route", "--batch", str(file)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["primary"]["id"] for line in lines] == ["sz-ogc", "cn-ogc"]


def test_bad_batch_line_is_named(tmp_path, capsys):
    file = tmp_path / "batch.jsonl"
    for line, message in [
        ("{", "JSON"),
        ("[]", "对象"),
        ('{"city": "x"}', "city"),
        ('{"region": 3}', "文字"),
    ]:
        file.write_text(line, encoding="utf-8")
        assert main(["route", "--batch", str(file)]) == 1
        error = capsys.readouterr().err
        assert "第 1 行" in error
        assert message in error
    assert main(["route", "--batch", str(tmp_path / "none")]) == 1
    assert "读不到" in capsys.readouterr().err


def test_routing_loads_neither_rasa_nor_tensorflow():
    code = (
        "import sys; from channels.cli import main; main(['route', '--region', '广州']); "
        "sys.exit(any(m.split('.')[0] in ('rasa', 'tensorflow', 'torch', 'numpy') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
