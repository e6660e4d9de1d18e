"""From an edit to the live knowledge base and back: comparison, approval, crashes, races."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from channels.cli import kb
from curation import answers, importing, publishing, release
from curation.background import InterruptedWorkError, run_aside
from curation.material import approved
from desk import audit, leases, releases
from desk.engine import reading, writing
from desk.errors import TransitionError
from desk.leases import LeaseTakenError
from desk.releases import FourEyesError, ReleaseState
from indexer.golden import add_case
from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex
from knowledge.dictionary import Dictionary, EditKind, new_edit
from knowledge.draft import DraftStore
from knowledge.edit_types import Action, edit_of
from knowledge.edits import EditStore
from knowledge.errors import SnapshotError, StorageError, SupersededError
from knowledge.objects import Objects
from tests.fresh_database import fresh_database
from tests.sample_base import ORDER, REPLY, published_sample, write_guide

ROOT = Path(__file__).resolve().parents[2]
ORDER_HOW = "美国337调查立案后的保护令怎么申请"
REPLY_IN = "收到美国337调查立案通知，几天内要答辩"


@pytest.fixture
def settings(tmp_path):
    """A base with one guide published and two golden questions, one of them not answered yet."""
    settings = published_sample(tmp_path)
    golden = release.golden_file(settings)
    add_case(golden, REPLY_IN, by="li", documents=["us-337"])
    add_case(golden, ORDER_HOW, by="li", documents=["us-order"])
    return settings


@pytest.fixture
def engine(settings):
    engine = fresh_database(settings.data_dir / "desk.sqlite")
    yield engine
    engine.dispose()


def prepared(settings, engine, by="li"):
    found = release.build_and_compare(settings, by, "新政策")
    return release.record(engine, found, by=by, note="新政策")


def submitted(settings, engine, reason=None):
    made = prepared(settings, engine)
    with writing(engine) as conn:
        return releases.submit(conn, made.id, by="li", reason=reason)


def add_order(settings):
    write_guide(settings, "us-order", "保护令", ORDER)


def documents(live, question):
    index = live.current()
    return [hit.passage.document for hit in index.search(question, top_k=3)]


def state(engine, made):
    with reading(engine) as conn:
        return releases.get(conn, made.id)


def live_id(settings):
    return publishing.store_of(settings).current_id()


def test_what_a_draft_gains_is_shown_before_it_is_published(settings, engine):
    add_order(settings)
    made = prepared(settings, engine)
    assert [row["question"] for row in made.report["gained"]] == [ORDER_HOW]
    assert made.report["lost"] == []
    assert made.base == live_id(settings)
    changed = release.changes_of(settings, made.base, made.snapshot)
    assert [passage.document for passage in changed.added] == ["us-order"]
    assert (changed.removed, changed.changed) == ((), ())


def test_what_a_draft_loses_needs_a_reason_that_the_change_log_keeps(settings, engine):
    write_guide(settings, "us-337", "美国337答辩", "## 别的事情\n与期限无关的内容。\n")
    made = prepared(settings, engine)
    assert [row["question"] for row in made.report["lost"]] == [REPLY_IN]
    with writing(engine) as conn:
        releases.submit(conn, made.id, by="li", reason="改由新指南回答")
    release.approve(settings, engine, made.id, by="wang")
    last = publishing.store_of(settings).history()[-1]
    assert last["detail"] == {
        "built_by": "li", "submitted_by": "li", "approved_by": "wang", "note": "新政策",
        "reason": "改由新指南回答", "lost": 1,
    }  # fmt: skip


def test_an_approved_release_answers_at_once_and_is_taken_back_with_one_click(settings, engine):
    live = LiveIndex(settings)
    before = live_id(settings)
    assert "us-order" not in documents(live, ORDER_HOW)
    add_order(settings)
    made = submitted(settings, engine)
    done = release.approve(settings, engine, made.id, by="wang")
    assert done.state is ReleaseState.PUBLISHED
    assert documents(live, ORDER_HOW)[0] == "us-order"
    assert release.roll_back(settings, engine, None, seen=made.snapshot, by="wang") == before
    assert "us-order" not in documents(live, ORDER_HOW)
    with reading(engine) as conn:
        deeds = [entry.action for entry in audit.search(conn, limit=20)]
    assert deeds == ["rollback", "publish", "approve", "submit", "build"]


def test_the_one_who_imported_a_document_cannot_approve_it(settings, engine, tmp_path):
    law = tmp_path / "样例保护法.txt"
    law.write_text(
        "第一条 为了保护样例权利，制定本法。\n第二条 本法自2020年1月1日起施行。\n", "utf-8"
    )
    importing.import_files(settings, [law], by="zhao")
    made = submitted(settings, engine)
    assert made.contributors == ("li", "zhao")
    with pytest.raises(FourEyesError):
        release.approve(settings, engine, made.id, by="zhao")
    assert live_id(settings) == made.base


def test_the_one_who_took_a_document_out_cannot_approve_that_and_no_restart_publishes_it(
    settings, engine, tmp_path
):
    law = tmp_path / "样例保护法.txt"
    law.write_text(
        "第一条 为了保护样例权利，制定本法。\n第二条 本法自2020年1月1日起施行。\n", "utf-8"
    )
    importing.import_files(settings, [law], by="zhao")
    publishing.build(settings, by="ops")
    publishing.publish(settings, by="ops", golden=False)
    assert approved(settings).is_whole
    drafts = DraftStore(settings.knowledge.draft_dir)
    (entry,) = drafts.entries()
    drafts.remove(entry.document, by="qian")
    assert not approved(settings).is_whole
    made = submitted(settings, engine)
    assert made.contributors == ("li", "qian")
    with pytest.raises(FourEyesError):
        release.approve(settings, engine, made.id, by="qian")
    release.approve(settings, engine, made.id, by="wang")
    assert approved(settings).is_whole


def test_the_one_who_edited_the_dictionary_cannot_approve_it(settings, engine):
    tables = settings.knowledge.tables_dir
    Dictionary(settings.data_dir).add(
        new_edit(EditKind.ALIAS, "老美", by="zhao", target="country-us"), tables
    )
    assert publishing.is_stale(settings)
    made = submitted(settings, engine)
    assert made.contributors == ("li", "zhao")
    live = LiveIndex(settings)
    assert live.current().understand("老美那边").countries == ()
    release.approve(settings, engine, made.id, by="wang")
    assert live.current().understand("老美那边").countries == ("US",)
    release.roll_back(settings, engine, None, seen=made.snapshot, by="wang")
    assert live.current().understand("老美那边").countries == ()


def edited(settings, by):
    """An edit of the first passage of the draft, saved."""
    store, library = EditStore(settings.knowledge.draft_dir), publishing.library_of(settings)
    source = library.entries["us-337"][0].source
    edit = edit_of([source], by=by, action=Action.EDIT, texts=[f"20天，{by}改。"])
    store.save(edit, [source], [store.of("us-337").token(source)])


def test_what_is_saved_during_a_build_is_not_built_and_its_author_is_no_approver(settings, engine):
    once = [lambda: edited(settings, "zhao")]

    def told(_number, _whole):
        if once:
            once.pop()()

    built = publishing.build(settings, by="li", told=told)
    assert not publishing.holds_all(settings, built.id)
    assert publishing.is_stale(settings)
    store = publishing.store_of(settings)
    assert all("zhao改" not in passage.text for passage in store.passages(built.id))
    manifest = store.path(built.id) / "manifest.json"  # as of a build that took a while
    ended = {**json.loads(manifest.read_text("utf-8")), "created_at": "2999-01-01T00:00:00+00:00"}
    manifest.write_text(json.dumps(ended), "utf-8")
    publishing.publish(settings, by="ops")
    made = submitted(settings, engine)
    assert made.contributors == ("li", "zhao")
    assert publishing.holds_all(settings, made.snapshot)
    with pytest.raises(FourEyesError):
        release.approve(settings, engine, made.id, by="zhao")


def test_of_two_approvers_at_once_one_publishes_and_the_other_is_told(settings, engine):
    add_order(settings)
    made = submitted(settings, engine)
    start, results = threading.Barrier(2), {}

    def approve(person):
        start.wait()
        try:
            results[person] = release.approve(settings, engine, made.id, by=person).state
        except TransitionError as error:
            results[person] = str(error)

    people = [threading.Thread(target=approve, args=(name,)) for name in ("wang", "sun")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(type(value) is str for value in results.values()) == [False, True]
    told = next(value for value in results.values() if type(value) is str)
    winner = next(name for name, value in results.items() if type(value) is not str)
    assert winner in told
    assert state(engine, made).decided_by == winner
    published = [e for e in publishing.store_of(settings).history() if e["id"] == made.snapshot]
    assert len(published) == 1


def published_and_submitted(settings, engine):
    """One release that is live, and the next that waits for approval."""
    add_order(settings)
    first = submitted(settings, engine)
    release.approve(settings, engine, first.id, by="wang")
    write_guide(settings, "us-337", "美国337答辩", REPLY + "\n请保留送达凭证。\n")
    return first, submitted(settings, engine)


def test_a_rollback_between_comparison_and_approval_stops_the_publication(settings, engine):
    first, second = published_and_submitted(settings, engine)
    release.roll_back(settings, engine, None, seen=first.snapshot, by="sun")
    with pytest.raises(SupersededError, match="线上版本已经变成"):
        release.approve(settings, engine, second.id, by="wang")
    assert live_id(settings) == first.base
    kept = state(engine, second)
    assert kept.state is ReleaseState.SUPERSEDED
    assert "重新核对" in kept.message


def test_a_publication_waits_for_a_rollback_that_is_under_way(settings, engine, monkeypatch):
    first, second = published_and_submitted(settings, engine)
    inside, go_on, plain = threading.Event(), threading.Event(), publishing.last_check

    def slow(settings, *, ask=True):
        look = plain(settings, ask=ask)

        def run(folder):
            if not ask:  # the rollback
                inside.set()
                assert go_on.wait(20)
            look(folder)

        return run

    monkeypatch.setattr(publishing, "last_check", slow)
    rolling = threading.Thread(
        target=release.roll_back,
        args=(settings, engine, None),
        kwargs={"seen": first.snapshot, "by": "sun"},
    )
    rolling.start()
    assert inside.wait(20)
    outcome, has_to_wait, take = [], threading.Event(), leases.take

    def refused(*arguments):
        try:
            return take(*arguments)
        except LeaseTakenError:
            has_to_wait.set()
            raise

    def approve():
        try:
            release.approve(settings, engine, second.id, by="wang")
        except SnapshotError as error:
            outcome.append(error)

    monkeypatch.setattr(leases, "take", refused)

    publishing_now = threading.Thread(target=approve)
    publishing_now.start()
    assert has_to_wait.wait(20)
    assert live_id(settings) == first.snapshot
    go_on.set()
    rolling.join()
    publishing_now.join()
    assert isinstance(outcome[0], SupersededError)
    assert live_id(settings) == first.base


def test_two_rollback_clicks_go_back_one_step_only(settings, engine):
    add_order(settings)
    made = submitted(settings, engine)
    release.approve(settings, engine, made.id, by="wang")
    release.roll_back(settings, engine, None, seen=made.snapshot, by="wang")
    with pytest.raises(SupersededError):
        release.roll_back(settings, engine, None, seen=made.snapshot, by="sun")
    assert live_id(settings) == made.base


KILLED = """
import os, sys
from pathlib import Path
from curation import publishing, release
from curation.background import InterruptedWorkError, run_aside
from curation.material import approved
from channels.cli import kb
from desk import releases
from desk.engine import open_engine
from tests.sample_base import published_sample, sample_settings
folder, number, moment = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
Path.mkdir_, Path.mkdir = Path.mkdir, lambda self, *a, **k: Path.mkdir_(self, parents=True, exist_ok=True)
settings = sample_settings(folder)
engine = open_engine(settings.desk.database_url)
if moment == "before-swap":
    publishing.last_check = lambda settings, **_: lambda folder: os._exit(9)
else:
    releases.conclude = lambda *_a, **_k: os._exit(9)
release.approve(settings, engine, number, by="wang")
"""


def killed(tmp_path, made, moment):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(made.id), moment],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 9, done.stderr


@pytest.mark.slow  # starts a process
def test_killed_between_approval_and_swap_the_old_one_serves_and_it_can_be_approved_again(
    settings, engine, tmp_path
):
    add_order(settings)
    made = submitted(settings, engine)
    killed(tmp_path, made, "before-swap")
    assert live_id(settings) == made.base
    assert state(engine, made).state is ReleaseState.PUBLISHING
    release.settle(settings, engine)
    kept = state(engine, made)
    assert (kept.state, kept.message) == (
        ReleaseState.SUBMITTED,
        "上次发布时服务中断，线上没有变化，请重新批准",
    )
    add_order(settings)
    release.approve(settings, engine, made.id, by="wang")
    assert documents(LiveIndex(settings), ORDER_HOW)[0] == "us-order"


@pytest.mark.slow  # starts a process
def test_killed_after_the_swap_it_is_known_to_be_live(settings, engine, tmp_path):
    add_order(settings)
    made = submitted(settings, engine)
    killed(tmp_path, made, "after-swap")
    assert live_id(settings) == made.snapshot
    release.settle(settings, engine)
    assert state(engine, made).state is ReleaseState.PUBLISHED


def test_an_approval_that_did_not_reach_the_store_in_common_waits_again(
    settings, engine, tmp_path, monkeypatch
):
    settings = replace(settings, store_url=f"file://{tmp_path / 'in-common'}")
    with publishing.store_of(settings)._writing():  # what this machine has is the beginning
        pass
    add_order(settings)
    made, whole = submitted(settings, engine), Objects.write

    def away(self, name, data=b""):
        if name.endswith("CURRENT"):
            raise StorageError("对象存储现在用不了")
        whole(self, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "write", away)
        with pytest.raises(StorageError):
            release.approve(settings, engine, made.id, by="wang")
        patch.setattr(Objects, "read", away)
        assert release.settle(settings, engine) == []
    release.settle(settings, engine)
    assert (state(engine, made).state, live_id(settings)) == (ReleaseState.SUBMITTED, made.base)
    release.approve(settings, engine, made.id, by="wang")
    assert live_id(settings) == made.snapshot


def test_an_approval_that_somebody_is_at_is_left_to_them(settings, engine, monkeypatch):
    add_order(settings)
    made = submitted(settings, engine)
    seen = []

    def meanwhile(*_arguments, **_options):  # another copy of the server starts, or opens the page
        seen.append((release.settle(settings, engine), state(engine, made).state))
        with pytest.raises(TransitionError, match="wang 已经开始了这项工作"):
            release.roll_back(settings, engine, None, seen=made.base, by="li")
        return lambda _folder: None

    monkeypatch.setattr(release, "WAIT_S", 0.0)
    monkeypatch.setattr(publishing, "last_check", meanwhile)
    assert release.approve(settings, engine, made.id, by="wang").state is ReleaseState.PUBLISHED
    assert seen == [([], ReleaseState.PUBLISHING)]


def test_a_release_published_by_command_line_is_closed_and_says_so(settings, engine):
    add_order(settings)
    made = submitted(settings, engine)
    publishing.publish(settings, by="ops")
    release.settle(settings, engine)
    assert (state(engine, made).state, state(engine, made).message) == (
        ReleaseState.PUBLISHED,
        "由命令行发布",
    )


def test_a_snapshot_that_fails_its_last_check_waits_with_the_reason(settings, engine):
    add_order(settings)
    made = submitted(settings, engine)
    passages = publishing.store_of(settings).path(made.snapshot) / "passages.jsonl"
    passages.write_bytes(passages.read_bytes() + b"\n")
    with pytest.raises(SnapshotError, match="已损坏"):
        release.approve(settings, engine, made.id, by="wang")
    kept = state(engine, made)
    assert kept.state is ReleaseState.SUBMITTED
    assert "已损坏" in kept.message
    assert live_id(settings) == made.base


@pytest.mark.slow  # starts a process
def test_building_runs_in_a_process_of_its_own_and_tells_its_steps(settings):
    add_order(settings)
    steps = []
    found = run_aside(release.build_and_compare, settings, "li", "新政策", report=steps.append)
    assert found.snapshot == publishing.store_of(settings).staged_id()
    assert [row.question for row in found.comparison.gained] == [ORDER_HOW]
    assert steps[:3] == ["读取文档", "构建第 1 段，共 2 段", "构建第 2 段，共 2 段"]
    told = [step.partition("，") for step in steps[3:]]
    assert list(dict.fromkeys(name for name, _, _ in told)) == [
        "问线上版本的判定问题",
        "问草稿的判定问题",
    ]
    assert {count.partition("共 ")[2] for _, _, count in told} == {"2 题"}


@pytest.mark.slow  # starts a process
def test_a_refusal_in_the_other_process_arrives_as_it_was_said(settings):
    (settings.knowledge.sources_dir / "broken.md").write_text("---\n坏\n", "utf-8")
    with pytest.raises(SnapshotError, match="必须先改正"):
        run_aside(release.build_and_compare, settings, "li", "新政策")


@pytest.mark.slow  # starts a process
def test_a_killed_process_is_told_from_a_refusal(settings):
    with pytest.raises(InterruptedWorkError, match="后台处理中断了"):
        run_aside(kill_itself)


def kill_itself(*, report):
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_command_line_names_the_questions_that_would_be_lost(settings, capsys):
    write_guide(settings, "us-337", "美国337答辩", "## 别的事情\n与期限无关的内容。\n")
    publishing.build(settings, by="cli")
    parser = argparse.ArgumentParser()
    kb.add_arguments(parser)
    assert kb.run(parser.parse_args(["compare"]), settings) == 1
    out = capsys.readouterr().out
    assert "2 个判定问题：线上答对 1，待发布答对 0" in out
    assert f"答不出 1\n  {REPLY_IN}：《美国337答辩》{REPLY_IN} → " in out


# --- only what a change can touch is asked again ---


@pytest.fixture
def ranked(monkeypatch):
    """The questions that were really put to an index."""
    put = []
    rank = HybridIndex.rank

    def noted(self, query, filters, today):
        put.append(query)
        return rank(self, query, filters, today)

    monkeypatch.setattr(HybridIndex, "rank", noted)
    return put


def test_what_a_snapshot_answered_is_kept_and_not_asked_twice(settings, ranked):
    add_order(settings)
    first = release.build_and_compare(settings, "li", "x")
    assert sorted(set(ranked)) == sorted([REPLY_IN, ORDER_HOW])
    ranked.clear()
    again = release.compare_staged(settings, "li")
    assert again.comparison == first.comparison
    assert ranked == []
    add_case(release.golden_file(settings), "保护令给谁看", by="li", documents=["us-order"])
    assert release.compare_staged(settings, "li").comparison.questions == 3
    assert set(ranked) == {"保护令给谁看"}


def test_kept_answers_fall_with_the_day_on_which_a_passage_ends(settings, ranked):
    release.build_and_compare(settings, "li", "x")
    path = settings.data_dir / answers.FOLDER
    for file in path.glob("*.json"):
        value = json.loads(file.read_text("utf-8"))
        file.write_text(json.dumps({**value, "key": "another day"}), "utf-8")
    ranked.clear()
    release.compare_staged(settings, "li")
    assert set(ranked) == {REPLY_IN, ORDER_HOW}


def test_a_draft_takes_over_what_its_change_cannot_touch(settings, ranked):
    """Both guides are in every search of so small a shelf, and the question of neither is taken over."""
    release.build_and_compare(settings, "li", "x")
    ranked.clear()
    publishing.build(settings, by="li")
    same = release.compare_staged(settings, "li")
    assert ranked == []
    assert (same.comparison.right, same.comparison.changed) == (1, ())
    write_guide(settings, "us-337", "美国337答辩", REPLY + "以通知书为准。\n")
    publishing.build(settings, by="li")
    release.compare_staged(settings, "li")
    assert set(ranked) == {REPLY_IN, ORDER_HOW}


def test_a_second_build_reads_texts_as_the_first_did(settings):
    add_order(settings)
    publishing.build(settings, by="li")
    assert (settings.data_dir / publishing.READINGS).is_file()
    kept = publishing.store_of(settings)
    first = kept.path(kept.staged_id()) / publishing.INDEX_FOLDER
    before = {path.name: path.read_bytes() for path in first.glob("*.npy")}
    publishing.build(settings, by="li")
    second = kept.path(kept.staged_id()) / publishing.INDEX_FOLDER
    assert {path.name: path.read_bytes() for path in second.glob("*.npy")} == before
