"""Rasa loaded without what the assistant does not use: the same answers, and honest about what is missing."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from bot import lean
from bot.errors import ModelError
from knowledge.placeholders import _Placeholder
from tests.locks import not_in_running_lock

ROOT = Path(__file__).parents[2]
# One conversation through greeting, question, form, change, date, hand-over.
SAID = (
    "你好",
    "收到337调查立案通知，几天内要答辩？",
    "昨天送达的，最晚哪天答辩",
    "我们10月8日收到亚马逊邮件说被TRO冻结，伊利诺伊北区，卖手机壳的，公司在广州白云",
    "改成黄埔",
    "我要登记援助线索",
    "不同意",
    "火星上怎么注册商标",
    "转人工",
)
BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
blocked = set(sys.stdin.readline().split())
sys.meta_path.insert(0, Blocker())
"""
WHOLE = """
import sys
import bot.lean as lean
sys.stdin.readline()
lean.CHANNELS = lean.COMPONENTS = lean._TOOLS = lean.LIBRARIES = {}
"""
ASK = """
from channels.cli import main
code = main(["ask", "--batch", sys.argv[1], "--json", "--today", "2026-11-24"])
loaded = "tensorflow" in sys.modules
print("tensorflow:", loaded, file=sys.stderr)
sys.exit(code)
"""
TRAIN = """
from pathlib import Path
from dataclasses import replace
from settings import load_settings
from bot.training import train
given = load_settings()
print(train(replace(given, bot=replace(given.bot, models_dir=Path(sys.argv[1])))))
"""


def run(
    code: str, argument: Path, data_dir: Path, blocked: set[str] = frozenset(), cwd: Path = ROOT
):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(argument)],
        input=" ".join(sorted(blocked)) + "\n",
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd,
        env={"HUHANG_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        check=False,
    )


@pytest.fixture(scope="module")
def data_dir(bot_settings) -> Path:
    """The shared test data, with the model where the settings of another process look for it."""
    models = bot_settings.data_dir / "models"
    if not models.exists():
        models.symlink_to(bot_settings.bot.models_dir)
    return bot_settings.data_dir


@pytest.mark.rasa
def test_answers_are_those_of_the_whole_of_rasa_without_what_running_does_not_install(
    data_dir, tmp_path
):
    batch = tmp_path / "said.jsonl"
    batch.write_text(
        "".join(json.dumps({"sender": "one", "text": t}, ensure_ascii=False) + "\n" for t in SAID),
        "utf-8",
    )
    blocked = not_in_running_lock()
    assert {"tensorflow", "torch", "jax", "boto3", "slack_sdk", "matplotlib"} <= blocked
    small = run(BLOCKED + ASK, batch, data_dir, blocked)
    whole = run(WHOLE + ASK, batch, data_dir)
    assert small.returncode == 0, small.stderr[-2000:]
    assert whole.returncode == 0, whole.stderr[-2000:]
    assert "tensorflow: False" in small.stderr
    assert "tensorflow: True" in whole.stderr  # else nothing is compared
    assert said_in(small.stdout) == said_in(whole.stdout)
    assert len(said_in(small.stdout)) == len(SAID)


def said_in(output: str) -> list[list[tuple[str, str]]]:
    replies = [json.loads(line) for line in output.splitlines()]
    return [
        [(item["kind"], re.sub(r"ZR-[A-Z0-9-]+", "ZR", item["text"])) for item in reply["messages"]]
        for reply in replies
    ]


@pytest.mark.rasa
def test_training_needs_nothing_that_running_does_not_install(data_dir, tmp_path):
    models, here = tmp_path / "models", tmp_path / "here"
    here.mkdir()
    trained = run(BLOCKED + TRAIN, models, data_dir, not_in_running_lock(), cwd=here)
    assert trained.returncode == 0, trained.stderr[-2000:]
    assert list(models.glob("huhang-*.tar.gz"))
    # A service may write its data folder, and not the folder that it was started in.
    assert list(here.iterdir()) == []


@pytest.mark.slow  # starts a process that loads Rasa
def test_rasa_keeps_no_cache_in_the_folder_that_the_program_was_started_in(tmp_path):
    code = (
        "import sys\nsys.stdin.readline()\nimport bot.lean as lean\nlean.load_rasa()\n"
        "from rasa.engine.caching import LocalTrainingCache\nLocalTrainingCache()\nprint('made')\n"
    )
    told = run(code, ROOT, ROOT / "var", cwd=tmp_path)
    assert told.stdout.strip() == "made", told.stderr[-2000:]
    assert list(tmp_path.iterdir()) == []


def test_placeholders_have_names_that_rasa_defines():
    site = Path(distribution("rasa").locate_file(""))
    for module, names in {**lean.COMPONENTS, **lean._TOOLS, **lean.CHANNELS}.items():
        tree = ast.parse((site / f"{module.replace('.', '/')}.py").read_text("utf-8"))
        defined = {getattr(node, "name", None) for node in tree.body}
        assert defined >= set(names), module


def test_a_component_that_the_configuration_names_is_no_placeholder():
    own = (ROOT / "config.yml").read_text("utf-8")
    assert lean.unusual(own) == []
    chosen = own.replace("bot.components.classifier.LinearIntentClassifier", "DIETClassifier")
    assert lean.unusual(chosen) == ["DIETClassifier"]
    dotted = "policies:\n- name: rasa.core.policies.ted_policy.TEDPolicy\n"
    assert lean.unusual(dotted) == ["TEDPolicy"]


def test_what_a_configuration_needs_and_is_not_installed_is_named(tmp_path, monkeypatch):
    config = tmp_path / "config.yml"
    config.write_text("pipeline:\n- name: DIETClassifier\n", "utf-8")
    monkeypatch.setattr(lean, "CONFIG", config)
    monkeypatch.setattr(lean, "find_spec", lambda name: None if name == "tensorflow" else name)
    with pytest.raises(ModelError, match=r"DIETClassifier.*make dev"):
        lean.load_rasa()


def test_a_placeholder_says_what_is_missing_when_it_is_used():
    module = _Placeholder("rasa.some.module", ("Component",), lean._missing)
    assert module.Component.name() == "module"
    for use in (module.Component, module.Component.create, module.Component.load):
        with pytest.raises(ModelError, match=r"rasa\.some\.module\.Component"):
            use()
    with pytest.raises(ModelError, match="Component"):
        type("Mine", (module.Component,), {})
    with pytest.raises(AttributeError, match=r"rasa\.some\.module\.other"):
        module.other  # noqa: B018


@pytest.mark.slow  # starts a process that loads Rasa
def test_libraries_are_themselves_again_once_rasa_is_loaded():
    code = (
        "import sys\nsys.stdin.readline()\nimport bot.lean as lean\nlean.load_rasa()\n"
        "assert not set(lean.LIBRARIES) & set(sys.modules)\n"
        "from boto3.dynamodb.conditions import Key\nprint(Key('a').eq(1).expression_operator)\n"
    )
    told = run(code, ROOT, ROOT / "var")
    assert told.stdout.strip() == "=", told.stderr[-2000:]


# Needed by readers of documents, Rasa's own server and other stores; asking who says hello needs none.
UNNEEDED = "sanic jwt requests apscheduler lxml bs4 psycopg2 redis faiss scipy.sparse.csgraph"
HELLO = """
import sys
from channels.cli import main
code = main(["ask", "你好"])
names = sys.argv[1].split(",")
print("loaded:", *(name for name in names if name in sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.rasa
def test_saying_hello_loads_nothing_that_it_does_not_need(data_dir):
    told = run(HELLO, Path(UNNEEDED.replace(" ", ",")), data_dir)
    assert told.returncode == 0, told.stderr[-2000:]
    assert "护航" in told.stdout
    assert told.stderr.splitlines()[-1].split() == ["loaded:"]


@pytest.mark.rasa
def test_the_domain_of_a_model_is_that_of_its_description(data_dir, tmp_path):
    from bot.stored_domain import domain_read_once

    lean.load_rasa()
    from rasa.core.agent import Agent
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.shared.core.domain import Domain

    [model, *_] = sorted((data_dir / "models").glob("huhang-*.tar.gz"))
    with lean.quietly():
        LocalModelStorage.from_model_archive(tmp_path, model)
    [written] = tmp_path.rglob("domain.yml")
    with lean.quietly():
        expected = Domain.from_path(written)
        with domain_read_once():
            once = Agent.load(str(model)).domain
        twice = Agent.load(str(model)).domain  # Rasa's own way is there again
    for domain in (once, twice):
        assert domain.action_names_or_texts == expected.action_names_or_texts
        for part in ("intents", "entities", "slots", "responses", "forms", "session_config"):
            assert domain.as_dict().get(part) == expected.as_dict().get(part), part
