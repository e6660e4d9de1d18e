"""The entity extractor: names from the tables and shapes from patterns.

Among several names of one kind the first that the text does not deny gets the role ``main`` and
fills the slot; the others are ``other``, denied ones ``denied`` (不是美国，是德国).  China is where the
enterprise is, not where its dispute is, so it is marked ``home``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from actions.deadline_fit import MEMBERS
from actions.lookup import FORUMS
from bot.components import patterns
from bot.components.resources import published_names, regions, shipped_names
from indexer.query import Mention, QueryUnderstanding
from knowledge.denials import denied_from
from knowledge.notices import RESPONDENT, Notice, recognise
from knowledge.parties import names_party
from knowledge.region_table import Region, RegionTable

# kind in the alias table -> entity; terms and offices name no slot
_ENTITY_OF_KIND = {
    "country": "country",
    "right": "right",
    "procedure": "procedure",
    "platform": "platform",
    "industry": "industry",
    "role": "party",
}
_HOME = frozenset({"CN"})
# Said between two names by somebody who has named the wrong one first (在墨西哥，不对，是巴西).
_SLIP = re.compile(
    r"(?:(?:不对|错了|[说讲写打看记搞弄]错|应该是)[^。；;]{0,6}|\b(?:no wait|wait,? no|i meant?|sorry)\b[^.;]{0,24})$",
    re.IGNORECASE,
)
# A side named as the whole answer to the question which one it is.
_SIDE = re.compile(
    r"(?:我们?|我方|我司|本公司)?(?:公司)?(?:是|作为)?(?:(?P<owner>(?:专利|商标)?权利?人|原告|维权方|申请人)"
    r"|(?P<respondent>被告|被告方|被诉方|被投诉方|被投诉人|被申请人))[方的]?"
)
# Said of a platform, it is a complaint there.
_COMPLAINED = re.compile(r"投诉|举报|下架")
# After the name of a country: its court or its office.
_COURT = re.compile(
    r"(?:联邦|地方|地区|高等|商事|民事|最高|专利)?(?:法院|法庭|海关|专利局|商标局|知识产权局|特许厅)"
)
# 在德国告我们
_AT = re.compile(r"[在向到于]$")
_ACTS = re.compile(r"(?:那边|当地)?(?:对我们|把我们)?(?:告|起诉|提起|诉我|投诉|扣|查扣|异议)")
_OFFICE = re.compile(
    r"专利[与和及暨]?商标总?局|商标[与和及]?专利局|patent (?:and|&) trademark office", re.I
)
_REGISTERED = ("公司", "集团")
_DENIED_CLAUSE = re.compile(r"(?:不是|并非|不在|没在)[^，,。；;]*(?:[，,。；;]|$)")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TableEntityExtractor(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]
    """Marks countries, rights, procedures, platforms, industries, parties, places and shapes."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No settings: the tables decide."""
        return {}

    def __init__(self, names: Callable[[], QueryUnderstanding], places: RegionTable) -> None:
        """Read names with what ``names`` gives at each message."""
        self._names = names
        self._places = places

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TableEntityExtractor:
        """Read the places; the names are not part of the model, they follow what is published."""
        return cls(published_names, regions())

    def process(self, messages: list[Message]) -> list[Message]:
        """Add entities to each message."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = (message.get(ENTITIES) or []) + self.entities(text)
                message.set(ENTITIES, found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Mark the examples too, for the classifier reads the marks; with the shipped names, so that
        a model depends on nothing but its inputs.
        """
        TableEntityExtractor(shipped_names, self._places).process(training_data.training_examples)
        return training_data

    def entities(self, text: str) -> list[dict[str, Any]]:
        """Everything a normalised text names."""
        shapes = patterns.find(text)
        notice = recognise(text)
        rows = (
            self._named(text, [s for s in shapes if s.name in ("company", "docket")])
            if notice is None
            else self._noticed(text, notice)
        )
        elsewhere = text
        # The place in a registered name need not be where the company is; 佛山陶瓷厂 is in 佛山.
        for span in shapes:
            if span.name == "company" and span.text.endswith(_REGISTERED):
                elsewhere = elsewhere.replace(span.text, "，")
        for mention in self._names().mentions(text):
            # 德州东区 is a court in Texas, not 山东德州.
            if mention.row.kind == "country" and mention.row.code not in _HOME:
                elsewhere = elsewhere.replace(text[mention.start : mention.stop], "，")
        place = self._places.find(_DENIED_CLAUSE.sub("", elsewhere))
        if place is not None and not _is_abroad(place, text, rows):
            rows.append(_row("region", place.name, 0, len(text), "main"))
        seen: set[str] = set()
        for span in shapes:
            # A date printed in a foreign notice is not the day on which it arrived.
            is_printed = notice is not None and span.name == "date" and span.text.isascii()
            is_denied = span.name == "date" and denied_from(text, span.start) is not None
            role = "denied" if is_denied else "other" if span.name in seen or is_printed else "main"
            if role == "main":
                seen.add(span.name)
            rows.append(_row(span.name, span.text, span.start, span.end, role))
        return sorted(rows, key=lambda row: (row["start"], row["entity"]))

    def _noticed(self, text: str, notice: Notice) -> list[dict[str, Any]]:
        """What a pasted notice says of the matter; the person it is sent to is the respondent."""
        platform = notice.kind.platform or next(
            (m.row.code for m in self._names().mentions(text) if m.row.kind == "platform"), None
        )
        found = {
            "procedure": notice.kind.procedure,
            "country": notice.country,
            "right": notice.right,
            "platform": platform,
            "party": RESPONDENT,
        }
        return [
            _row(entity, value, 0, len(text), "main") for entity, value in found.items() if value
        ]

    def _named(self, text: str, names_of_others: list[patterns.Span]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        main: dict[str, str] = {}
        mentions = self._names().mentions(text)
        parties = _parties(text, mentions)
        for mention in mentions:
            entity = _ENTITY_OF_KIND.get(mention.row.kind)
            inside = any(s.start <= mention.start < s.end for s in names_of_others)
            inside = inside or (entity == "right" and _names_office(text, mention.start))
            if entity is None or inside:
                continue
            value, before = mention.row.code, text[: mention.start]
            role = _role(rows, entity, value, main.get(entity), before)
            if role == "main" and mention in parties:
                role = "other"
            if role == "main":
                main[entity] = value
            elif role == "again":
                continue
            row = _row(entity, value, mention.start, mention.stop, role)
            if row not in rows:  # a name may stand in several rows of the table
                rows.append(row)
        if "procedure" not in main and "platform" in main and (said := _COMPLAINED.search(text)):
            rows.append(_row("procedure", "platform", said.start(), said.end(), "main"))
        _put_forum_first(rows, text, mentions)
        side = _SIDE.fullmatch(text.rstrip("。"))
        if side and "party" not in main and side.lastgroup:
            rows.append(_row("party", side.lastgroup, 0, len(text), "main"))
        return rows


def _names_office(text: str, start: int) -> bool:
    """Whether a right is named in the name of an office for both (德国专利商标局 says nothing of patents)."""
    return any(found.start() <= start < found.end() for found in _OFFICE.finditer(text))


def _parties(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The countries that only tell whose company is meant, where a court or office is named (我们HK公司被UPC告了)."""
    abroad = [m for m in mentions if m.row.kind == "country" and m.row.code not in _HOME]
    parties = [m for m in abroad if names_party(text, m.stop)]
    return parties if any(m not in parties and _is_forum(text, m) for m in abroad) else []


def _put_forum_first(rows: list[dict[str, Any]], text: str, mentions: Sequence[Mention]) -> None:
    """Make a court above countries the one that is meant, not the country it acts in (德国那边寄来的，写着UPC).

    A country whose own court or office is named beside it stays.
    """
    countries = [row for row in rows if row["entity"] == "country"]
    main = next((row for row in countries if row["role"] == "main"), None)
    forum = next((r for r in countries if r["role"] == "other" and r["value"] in FORUMS), None)
    if main is None or forum is None or main["value"] not in MEMBERS.get(forum["value"], ()):
        return
    own = (m for m in mentions if m.row.kind == "country" and m.row.code == main["value"])
    if not any(_is_forum(text, mention) for mention in own):
        main["role"], forum["role"] = "other", "main"


def _is_forum(text: str, mention: Mention) -> bool:
    """Whether a name is that of a court or office, or of the country where somebody sues or seizes."""
    name = text[mention.start : mention.stop]
    if mention.row.code in FORUMS or _COURT.search(name) or _COURT.match(text, mention.stop):
        return True
    return (
        _AT.search(text[: mention.start]) is not None
        and _ACTS.match(text, mention.stop) is not None
    )


def _role(
    rows: list[dict[str, Any]], entity: str, value: str, main: str | None, before: str
) -> str:
    """What a name is in its message: the one that is meant, another, a denied one, home, or said again."""
    if entity == "country" and value in _HOME:
        return "home"
    if denied_from(before, len(before)) is not None:
        return "denied"
    if main is None or _is_slip(rows, entity, main, before):
        return "main"
    return "again" if main == value else "other"


def _is_slip(rows: list[dict[str, Any]], entity: str, value: str, before: str) -> bool:
    """Whether what was named so far is taken back by the words before another name; it is denied then."""
    slip = _SLIP.search(before)
    last = max((row["end"] for row in rows if row["entity"] == entity), default=0)
    if slip is None or slip.start() < last:
        return False
    for row in rows:
        if row["entity"] == entity and row["value"] == value:
            row["role"] = "denied"
    return True


def _row(entity: str, value: str, start: int, end: int, role: str) -> dict[str, Any]:
    return {
        "entity": entity,
        "value": value,
        "start": start,
        "end": end,
        "role": role,
        "confidence_entity": 1.0,
        "extractor": "TableEntityExtractor",
    }


def _is_abroad(place: Region, text: str, rows: list[dict[str, Any]]) -> bool:
    """Whether a name that is a city's at home means the place abroad: that country is spoken of."""
    country = place.also_abroad
    is_spoken_of = any(row["entity"] == "country" and row["value"] == country for row in rows)
    return country is not None and is_spoken_of and place.province not in text
