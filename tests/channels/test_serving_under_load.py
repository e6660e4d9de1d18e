"""A whole server while ten people ask at full speed and twenty versions are published one after the other."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from urllib.parse import urlsplit

import psutil
import pytest

from curation import importing, publishing
from knowledge.draft import Outcome
from settings import load_settings
from tests import contract
from tests.serving import prepare, serving

pytestmark = pytest.mark.rasa

QUESTION = "美国凤凰登记要交多少钱"
FIGURES = ("3010元", "4020元")
PUBLICATIONS = 20
PEOPLE = 10
BETWEEN_S = 0.7
# Memory is judged from here on: the allocator has met publications under load.
WARMING = 6
# Bytes that the others may add for good; an index with its tokenizer and passages is 20 MiB.
GROWTH = 48 * 2**20


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A data folder with two snapshots whose answers to one question name different sums."""
    folder = tmp_path_factory.mktemp("data")
    prepare(folder)
    settings = load_settings({"HUHANG_DATA_DIR": str(folder), "HUHANG_TODAY": "2026-11-23"})
    table, versions = folder / "凤凰登记.csv", {}
    for figure in FIGURES:
        answer = f"办理凤凰登记要交{figure}。交了{figure}才受理，不足{figure}的退回。"
        table.write_text(f"问题,答案,国家或地区\n{QUESTION},{answer},美国\n", encoding="utf-8")
        (line,) = importing.import_files(settings, [table], by="li")
        assert line.verdict.outcome in (Outcome.IMPORTED, Outcome.REPLACED)
        versions[publishing.build(settings, by="li").id] = figure
    return settings, versions


class Person(threading.Thread):
    """Asks the question as a new visitor each time, until told to stop."""

    def __init__(self, url: str, number: int, versions: dict[str, str], stop: threading.Event):
        super().__init__(daemon=True)
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self._name, self._versions, self._ended = f"load{number}", versions, stop
        self.seen: list[str] = []
        self.problems: list[str] = []

    def run(self) -> None:
        for visit in itertools.count():
            if self._ended.is_set():
                self._connection.close()
                return
            try:
                self._ask(f"{self._name}-{visit}")
            except Exception as error:
                self.problems.append(repr(error))
                self._connection.close()

    def _ask(self, sender: str) -> None:
        body = json.dumps({"sender": sender, "text": QUESTION})
        self._connection.request(
            "POST", "/api/v1/messages", body, {"Content-Type": "application/json"}
        )
        response = self._connection.getresponse()
        said = response.read().decode()
        if response.status != 200:
            self.problems.append(f"{response.status} {said}")
            return
        reply = json.loads(said)
        contract.check_reply(reply)
        kinds = [message["kind"] for message in reply["messages"]]
        cited = {one["snapshot"] for message in reply["messages"] for one in message["citations"]}
        named = {figure for figure in FIGURES if figure in said}
        expected = {self._versions[snapshot] for snapshot in cited}
        if kinds != ["answer"] or len(named) != 1 or named != expected:
            self.problems.append(said)
        self.seen.extend(named)


def memory_of(pid: int) -> int:
    return psutil.Process(pid).memory_info().rss


def test_publications_under_load_leave_no_failed_and_no_mixed_answer(published):
    settings, versions = published
    store, check = publishing.store_of(settings), publishing.last_check(settings)
    turns = itertools.cycle(versions)
    store.publish(next(turns), by="wang", check=check)
    with serving(settings.data_dir, HUHANG_RATE_PER_MINUTE="1000000") as server:
        stop = threading.Event()
        people = [Person(server.url, number, versions, stop) for number in range(PEOPLE)]
        for person in people:
            person.start()
        time.sleep(WARMING * BETWEEN_S)
        for number, identifier in enumerate(itertools.islice(turns, PUBLICATIONS)):
            if number == WARMING:
                before = memory_of(server.pid)
            store.publish(identifier, by="wang", check=check)
            time.sleep(BETWEEN_S)
        stop.set()
        for person in people:
            person.join(60)
        after = memory_of(server.pid)
    problems = [problem for person in people for problem in person.problems]
    assert problems == []
    seen = [figure for person in people for figure in person.seen]
    assert set(seen) == set(FIGURES)
    turned = sum(one != two for person in people for one, two in itertools.pairwise(person.seen))
    assert turned >= PUBLICATIONS, "the publications were hardly noticed"
    assert after - before < GROWTH, f"{len(seen)} answers, {before} then {after} bytes"
