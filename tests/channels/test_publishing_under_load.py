"""Twenty publications while ten people ask at full speed: nobody gets an error or a mixture."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace

import pytest

from actions.answer_card import answer_reply
from actions.lookup import look_up
from curation import publishing
from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex
from knowledge.snapshots import SnapshotStore
from tests.sample_base import ORDER, REPLY, sample_settings, write_guide

# Publishes again and again while others ask.
pytestmark = pytest.mark.slow

QUESTION = "收到美国337调查立案通知，几天内要答辩"
PUBLICATIONS = 20
PEOPLE = 10


@pytest.fixture
def built(tmp_path):
    """A base and twenty snapshots of it, each of which says its own number twice."""
    settings = sample_settings(tmp_path)
    settings = replace(settings, knowledge=replace(settings.knowledge, keep_snapshots=50))
    write_guide(settings, "us-order", "保护令", ORDER)
    marks = {}
    for number in range(PUBLICATIONS + 1):
        text = REPLY + f"本版编号甲{number}号。请核对本版编号甲{number}号。\n"
        write_guide(settings, "us-337", f"美国337答辩甲{number}号", text)
        marks[publishing.build(settings, by="cli").id] = f"甲{number}号"
    return settings, marks


def test_publications_under_load_leave_no_failed_or_mixed_answer(built):
    settings, marks = built
    store = SnapshotStore(settings.knowledge.snapshots_dir, 50)
    first, *later = marks
    check = publishing.last_check(settings)
    store.publish(first, by="cli", check=check)
    live, today = LiveIndex(settings), publishing.today_of(settings)
    stop, problems, seen = threading.Event(), [], []

    def chat():
        served = set()
        while not stop.is_set():
            try:
                found = look_up(live.current(), QUESTION, today)
                reply = answer_reply(found, today)
                (citation,) = reply.citations
                own = marks[citation.snapshot]
                said = f"{citation.title}{citation.quote}{reply.fields['body']}"
                others = [mark for mark in marks.values() if mark != own and mark in said]
                if found.band != "answer" or own not in citation.title or others:
                    problems.append((citation.snapshot, own, said))
                served.add(citation.snapshot)
            except Exception as error:
                problems.append(error)
        seen.append(served)

    people = [threading.Thread(target=chat) for _ in range(PEOPLE)]
    for person in people:
        person.start()
    for identifier in later:
        store.publish(identifier, by="cli", check=check)
    wanted = live.current().snapshot_id
    stop.set()
    for person in people:
        person.join(30)
    assert problems == []
    assert store.current_id() == later[-1]
    assert len(set().union(*seen)) > PUBLICATIONS // 2
    assert wanted in marks
    assert live.current().snapshot_id == later[-1]
    gc.collect()
    # Other tests of this process hold indexes of their own.
    indexes = [item for item in gc.get_objects() if isinstance(item, HybridIndex)]
    held = [item for item in indexes if item.snapshot_id in marks]
    assert len(held) <= 2, "indexes of earlier publications are still in memory"
