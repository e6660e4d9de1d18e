"""Topics of unanswered questions: put together, settled, watched for coming back."""

from __future__ import annotations

from datetime import date

import pytest

from curation import listening, publishing, release
from curation.listening import NewAnswer
from curation.todo import collect
from desk import unanswered
from desk.engine import writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.topics import TopicState
from indexer.golden import read_golden
from indexer.live import LiveIndex
from tests.fresh_database import fresh_database
from tests.sample_base import published_sample

TODAY = date(2026, 11, 23)
SAME = ["美国337调查的答辩书怎么写", "美国337调查答辩书怎么写", "美国337调查的答辩书要怎么写"]
ANSWER = NewAnswer(
    question="美国337调查的答辩书怎么写",
    similar=tuple(SAME),
    text="按起诉书的编号逐条承认或否认，并写明抗辩理由。\n## 这不是标题",
    jurisdiction="US",
    basis="19 CFR § 210.13(b)",
    source="委员会规则",
    url="https://www.ecfr.gov/current/title-19",
)


@pytest.fixture
def settings(tmp_path):
    return published_sample(tmp_path)


@pytest.fixture
def engine(settings):
    engine = fresh_database(settings.data_dir / "desk.sqlite")
    yield engine
    engine.dispose()


def ask(engine, *questions):
    with writing(engine) as conn:
        for question in questions:
            unanswered.record(conn, "v1", question, "refuse")


def board(settings, engine):
    return listening.board(engine, LiveIndex(settings).current(), TODAY)


def cases(settings):
    return {question.question: question for question in read_golden(release.golden_file(settings))}


def test_questions_of_one_meaning_are_one_topic_with_the_nearest_passages(settings, engine):
    ask(engine, *SAME, "明天天气怎么样", SAME[0])
    first, second = board(settings, engine)
    assert (first.count, len(first.questions)) == (4, 3)
    assert first.nearest[0].document == "us-337"
    assert [item.question for item in second.questions] == ["明天天气怎么样"]


def test_an_attached_question_is_answered_by_the_next_release_and_joins_the_golden_set(
    settings, engine
):
    ask(engine, *SAME)
    passage = board(settings, engine)[0].nearest[0]
    listening.attach(settings, engine, SAME, passage.id, by="li")
    assert board(settings, engine) == []
    assert cases(settings)[SAME[0]].passages == {passage.id}
    prepared = release.build_and_compare(settings, "wang", "归入问法")
    assert "li" in prepared.contributors
    staged = publishing.store_of(settings).passages(prepared.snapshot)
    assert set(SAME) <= set(next(p for p in staged if p.id == passage.id).similar)


def test_a_written_answer_becomes_a_document_with_its_source(settings, engine):
    ask(engine, *SAME)
    topic = listening.write_answer(settings, engine, SAME, ANSWER, by="li")
    assert topic.state is TopicState.ANSWERED
    library = publishing.library_of(settings)
    (passage,) = [item for item in library.passages if item.document == topic.document]
    assert passage.heading == ("美国337调查的答辩书怎么写",)
    assert passage.text.splitlines() == [
        "按起诉书的编号逐条承认或否认，并写明抗辩理由。",
        "这不是标题",
    ]
    assert set(passage.similar) == set(SAME[1:])
    assert (passage.basis, passage.url) == (
        "19 CFR § 210.13(b)",
        "https://www.ecfr.gov/current/title-19",
    )
    prepared = release.build_and_compare(settings, "wang", "新答案")
    assert SAME[0] in [row.question for row in prepared.comparison.gained]
    publishing.publish(settings, by="wang", golden=False)
    index = LiveIndex(settings).current()
    assert index.search(SAME[1])[0].passage.document == topic.document


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source": " "}, "来源"),
        ({"text": ""}, "问题和答案"),
        ({"url": "javascript:alert(1)"}, "http"),
    ],
)
def test_an_answer_without_its_source_is_refused(settings, engine, change, reason):
    from dataclasses import replace

    ask(engine, *SAME)
    with pytest.raises(InvalidRecordError, match=reason):
        listening.write_answer(settings, engine, SAME, replace(ANSWER, **change), by="li")
    assert board(settings, engine)[0].count == 3


def test_what_is_out_of_scope_must_be_refused_from_now_on(settings, engine):
    ask(engine, "明天天气怎么样")
    listening.decline(settings, engine, ["明天天气怎么样"], "与业务无关", by="li")
    assert cases(settings)["明天天气怎么样"].refuse
    assert board(settings, engine) == []


def test_an_assigned_topic_takes_in_what_is_asked_alike(settings, engine):
    ask(engine, SAME[0])
    listening.assign(engine, SAME[:1], "wang", "查规则", by="li")
    ask(engine, SAME[1])
    (found,) = board(settings, engine)
    assert (found.topic.assignee, found.topic.note, found.count) == ("wang", "查规则", 2)
    assert found.returned is None


def test_a_settled_topic_that_comes_back_in_other_words_is_listed_first(settings, engine):
    ask(engine, SAME[0])
    listening.decline(settings, engine, SAME[:1], "", by="li")
    ask(engine, *["明天天气怎么样"] * 3, SAME[2])
    first, second = board(settings, engine)
    assert first.returned.title == SAME[0]
    assert (first.count, second.count) == (1, 3)
    assert second.returned is None


def test_a_passage_that_is_gone_cannot_be_attached_to(settings, engine):
    ask(engine, *SAME)
    with pytest.raises(NotFoundError):
        listening.attach(settings, engine, SAME, "gone#x", by="li")
    passage = board(settings, engine)[0].nearest[0]
    with pytest.raises(InvalidRecordError, match="勾选"):
        listening.attach(settings, engine, [], passage.id, by="li")


def test_dates_and_contradictions_stand_in_one_list(settings):
    head = "---\nid: {0}\ntitle: {0}\nkind: guide\njurisdiction: [US]\nas_of: '2026'\n{1}\nsources: [{{title: 规则}}]\n---\n{2}\n"
    texts = {
        "gone": ("effective_to: 2026-11-01", "## 甲\n内容甲。"),
        "soon": ("effective_to: 2026-12-20", "## 乙\n内容乙。"),
        "old": ("reviewed_on: 2026-01-02", "## 丙\n内容丙。"),
        "one": ("reviewed_on: 2026-11-01", "## 错过答辩期限之后怎么补救\n30天内申请。"),
        "two": ("reviewed_on: 2026-11-01", "## 错过答辩期限之后怎么补救\n60天内申请。"),
    }
    for name, (line, body) in texts.items():
        path = settings.knowledge.sources_dir / f"{name}.md"
        path.write_text(head.format(name, line, body), "utf-8")
    found = collect(settings)
    dated = {(item.kind, item.title.split("（")[0]) for item in found if item.on}
    assert {("expired", "gone"), ("expiring", "soon"), ("review", "old")} <= dated
    assert ("review", "one") not in dated
    assert [item.on for item in found if item.on] == sorted(item.on for item in found if item.on)
    assert any(item.kind == "conflict" and "期限不同" in item.detail for item in found)
