"""Which messages are noted as doubtful."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.doubts import doubt, notice_doubts
from knowledge.errors import DeskError


def parsed(intent, *ranking):
    return {
        "intent": {"name": intent},
        "intent_ranking": [{"name": name, "confidence": value} for name, value in ranking],
    }


def test_a_sure_message_is_not_noted():
    assert doubt(parsed("ask", ("ask", 0.9), ("deny", 0.1))) is None


def test_a_fallback_names_what_was_likeliest_beside_it():
    found = doubt(parsed("nlu_fallback", ("nlu_fallback", 0.7), ("ask", 0.28), ("deny", 0.2)))
    assert found == (
        "ask",
        0.28,
        [{"name": "ask", "confidence": 0.28}, {"name": "deny", "confidence": 0.2}],
    )


def test_what_is_acted_on_with_little_confidence_is_noted_too():
    assert doubt(parsed("ask", ("ask", 0.41)))[0] == "ask"
    assert doubt({"intent": {}, "intent_ranking": []}) is None


class Processor:
    async def parse_message(self, message, tracker=None, only_output_properties=True):
        return parsed("nlu_fallback", ("nlu_fallback", 0.7), ("ask", 0.28))


@pytest.mark.parametrize(
    ("sender", "form", "metadata", "noted"),
    [
        ("v1", None, None, 1),
        ("v1", "lead_form", None, 0),
        ("probe~1", None, None, 0),
        ("v1", None, {"paper": "p1"}, 0),
    ],
)
def test_answers_to_a_form_probes_and_papers_are_left_alone(sender, form, metadata, noted):
    processor, seen = Processor(), []
    notice_doubts(processor, lambda *what: seen.append(what))
    message = SimpleNamespace(sender_id=sender, text="嗯哼", metadata=metadata)
    tracker = SimpleNamespace(active_loop_name=form)
    result = asyncio.run(processor.parse_message(message, tracker))
    assert result["intent"]["name"] == "nlu_fallback"
    assert len(seen) == noted


def test_a_database_that_is_down_stops_no_answer():
    def broken(*_what):
        raise DeskError("忙")

    processor = Processor()
    notice_doubts(processor, broken)
    message = SimpleNamespace(sender_id="v1", text="嗯哼")
    found = asyncio.run(processor.parse_message(message, SimpleNamespace(active_loop_name=None)))
    assert found["intent"]["name"] == "nlu_fallback"
