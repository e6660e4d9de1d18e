"""Where the last answer is written, and the same in one sentence."""

from types import SimpleNamespace

import pytest

from actions.last_answer import ActionSimpler, ActionSource, simpler_reply, source_reply
from knowledge.figures import figures
from knowledge.types import Kind, Passage

PASSAGE = Passage(
    id="us#1", version="v", document="us", title="美国337答辩", heading=("几天内答辩",),
    text="送达后20天。" + "实际截止日以调查通知写的为准。" * 12, kind=Kind.GUIDE, jurisdiction=("US",),
    basis="19 CFR § 210.13(a)", as_of="2026-05", url="https://www.usitc.gov/", next_steps=("留好信封",),
)  # fmt: skip


class NoPassages:
    """An index without a passage."""

    snapshot_id = "s"
    passages: tuple[Passage, ...] = ()

    def __len__(self) -> int:
        return 0


def test_the_source_names_basis_document_day_address_and_the_words():
    reply = source_reply(PASSAGE, "s")
    body = str(reply.fields["body"])
    for part in (
        PASSAGE.basis,
        "美国337答辩 › 几天内答辩",
        "2026-05",
        PASSAGE.url,
        "“送达后20天。",
    ):
        assert part in body
    assert [cited.passage for cited in reply.citations] == [PASSAGE.id]


def test_the_simpler_answer_is_the_first_sentence_and_the_first_step():
    reply = simpler_reply(PASSAGE, "s")
    assert str(reply.fields["body"]).startswith("送达后20天。")
    assert "留好信封" in str(reply.fields["body"])
    assert len(str(reply.fields["body"])) < len(PASSAGE.text) / 2
    assert figures(str(reply.fields["body"])) <= figures(reply.citations[0].quote)


@pytest.mark.parametrize("action", [ActionSource, ActionSimpler])
def test_before_any_answer_it_is_said_how_answers_are_cited(action, dispatcher, make_tracker):
    services = SimpleNamespace(index=SimpleNamespace(current=NoPassages))
    action(lambda: services).act(dispatcher, make_tracker("出处呢", "source"))
    assert [message["response"] for message in dispatcher.messages] == ["utter_nothing_cited"]
