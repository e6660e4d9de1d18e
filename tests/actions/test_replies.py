from actions.replies import Button, Reply, citation, unique
from knowledge.types import Kind, Passage


def test_a_reply_carries_kind_citations_buttons_and_fields(dispatcher):
    passage = Passage(
        id="p", version="v", document="d", title="规定", heading=(), text="国家可以反制。", kind=Kind.LAW,
        jurisdiction=("CN",), article="第十五条",
    )  # fmt: skip
    Reply(
        "utter_answer", kind="answer", fields={"body": "答"}, citations=[citation(passage, "s1")],
        buttons=[Button.same("转人工")], data={"a": 1},
    ).send(dispatcher)  # fmt: skip
    (message,) = dispatcher.messages
    assert message["response"] == "utter_answer"
    assert message["body"] == "答"
    assert message["buttons"] == [{"title": "转人工", "payload": "转人工"}]
    assert message["custom"]["kind"] == "answer"
    assert message["custom"]["data"] == {"a": 1}
    cited = message["custom"]["citations"][0]
    assert cited["basis"] == "《规定》第十五条"
    assert cited["quote"] == "第十五条 国家可以反制。"
    assert cited["snapshot"] == "s1"


def test_unique_keeps_the_first_of_equal_titles_up_to_the_limit():
    buttons = [Button("a", "1"), Button("a", "2"), Button("b", "3"), Button("c", "4")]
    assert unique(buttons, limit=2) == (Button("a", "1"), Button("b", "3"))
