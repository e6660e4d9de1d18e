"""Of rules that a message may mean, those of a platform whose own paper it speaks of; a bare complaint starts no other's.  Pure."""

from __future__ import annotations

from collections.abc import Sequence

from actions.deadline_order import Meant
from indexer.query import QueryUnderstanding
from knowledge.deadline_types import DeadlineRule, DeadlineTable
from knowledge.text import normalise

_PLATFORM = "platform"
_COMPLAINT = "platform-complaint"
# What every complaint has: where it is made, and of which right.
_OF_ANY = frozenset((_PLATFORM, "right"))


def without_unsaid(
    found: Sequence[Meant],
    table: DeadlineTable,
    said: Sequence[str],
    understanding: QueryUnderstanding,
) -> list[Meant]:
    """Rules without those of platforms that another paper than a complaint starts and nothing said speaks of.

    :param said: what was said of the matter.
    """
    text = normalise(" ".join(said)).lower()
    return [item for item in found if _is_said(item.rule, table, text, understanding)]


def _is_said(
    rule: DeadlineRule, table: DeadlineTable, text: str, understanding: QueryUnderstanding
) -> bool:
    if rule.procedure != _PLATFORM or _COMPLAINT in rule.papers:
        return True
    of_any = {w for r in table.rules.values() if _COMPLAINT in r.papers for w in r.keywords}
    return any(
        word.lower() in text
        for word in (*rule.keywords, *rule.aliases)
        if word not in of_any and not _OF_ANY & {m.row.kind for m in understanding.mentions(word)}
    )
