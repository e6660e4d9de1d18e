"""The ways to go at the end of a triage: the option cards of a guide for the person's own side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rasa_sdk.executor import CollectingDispatcher

from actions import passages
from actions.context import Services
from actions.replies import HUMAN, Reply, citation
from actions.shelf import Shelf
from knowledge.text import split_sentences
from knowledge.types import Citation, Kind, Passage

OPTIONS = 3
OPTION_CHARS = 45
# How option cards about a mark word what the other side does, and what is done against it.
_ATTACKS = re.compile(
    r"提出|提异议|公告期内异议|请求|无效|不使用|撤销|取消|废止|移除|备案|主张|清理|诉请|起诉"
)
_DEFENDS = re.compile(r"被异议|答辩|反陈述|共存|证明使用|真实使用|收到|抗辩|使用声明")
_ABOUT_MARKS = frozenset({"opposition", "cancellation", "squatting"})


def _own(options: Sequence[Passage], given: Mapping[str, str | None]) -> list[Passage]:
    """The option cards for the person's own side."""
    if given["procedure"] not in _ABOUT_MARKS or given["party"] is None:
        return list(options)
    if given["party"] == "owner":
        return [o for o in options if not _DEFENDS.search(o.heading[-1])]
    return [
        o for o in options if _DEFENDS.search(o.heading[-1]) or not _ATTACKS.search(o.heading[-1])
    ]


def say_options(
    services: Services,
    dispatcher: CollectingDispatcher,
    documents: Sequence[str],
    given: Mapping[str, str | None],
    snapshot: str,
) -> None:
    """The ways to go, each with its first line; the whole cards are the citations.

    :param documents: the guides, the nearest first; the first that has option cards is taken.
    :param given: what is known of the matter, as codes.
    """
    options_of = Shelf.of(services.index.current()).options
    options = _own(next(filter(None, map(options_of, documents)), []), given)
    cited: list[Citation] = []
    lines: list[str] = []
    for passage in options:
        name, line = passage.heading[-1], passage.text.strip().split("\n")[0]
        quoted = citation(passage, snapshot)
        if passage.kind is Kind.GUIDE and passages.guarded(f"{name}{line}", [quoted]):
            cited.append(quoted)
            gist, _ = passages.shorten(split_sentences(line), OPTION_CHARS)
            lines.append(f"· {name}：{gist}")
    if len(lines) >= 2:
        Reply(
            "utter_triage_options", kind="answer", fields={"options": "\n".join(lines[:OPTIONS])},
            citations=cited[:OPTIONS], buttons=[HUMAN],
        ).send(dispatcher)  # fmt: skip
