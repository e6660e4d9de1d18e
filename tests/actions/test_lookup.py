from datetime import date

from actions.lookup import look_up
from indexer.types import Assessment, QueryInfo, ScoredPassage
from knowledge.types import Kind, Passage

TODAY = date(2026, 11, 23)


def hit(document: str, *jurisdiction: str) -> ScoredPassage:
    passage = Passage(
        id=document, version="v", document=document, title=document, heading=("问",), text="答。", kind=Kind.GUIDE,
        jurisdiction=jurisdiction,
    )  # fmt: skip
    return ScoredPassage(passage, 1.0)


class FakeIndex:
    """Returns the hits that the filters allow; answers when there is one."""

    snapshot_id = "s"

    def __init__(self, hits, countries=()):
        self.hits, self.countries, self.asked = hits, countries, []

    def understand(self, text):
        return QueryInfo(text=text, expanded=text, countries=self.countries)

    def search(self, query, top_k, filters, today):
        self.asked.append(filters.jurisdictions)
        return [
            h for h in self.hits
            if not filters.jurisdictions or "GENERAL" in h.passage.jurisdiction
            or filters.jurisdictions & set(h.passage.jurisdiction)
        ]  # fmt: skip

    def assess(self, query, hits):
        return Assessment("answer" if hits else "refuse", 0.9)


def test_a_named_country_locks_the_search():
    index = FakeIndex([hit("us", "US"), hit("jp", "JP")], countries=("JP",))
    found = look_up(index, "日本商标异议期", TODAY)
    assert [h.passage.document for h in found.hits] == ["jp"]


def test_the_countrys_law_of_the_conversation_comes_first():
    index = FakeIndex([hit("us", "US"), hit("jp", "JP")])
    found = look_up(index, "期限多久", TODAY, country="JP")
    assert {h.passage.document for h in found.hits} == {"jp"}


def test_a_domestic_question_is_answered_from_home_while_a_country_is_known():
    index = FakeIndex([hit("cn", "CN"), hit("us", "US")])
    found = look_up(index, "广州资助怎么申请", TODAY, country="JP")
    assert [h.passage.document for h in found.hits] == ["cn"]


def test_no_third_country_is_ever_cited():
    index = FakeIndex([hit("us", "US")])
    assert look_up(index, "期限多久", TODAY, country="JP").hits == ()


def test_several_countries_among_the_first_hits_ask_for_one():
    index = FakeIndex([hit("us", "US"), hit("jp", "JP"), hit("de", "DE")])
    found = look_up(index, "商标异议期多久", TODAY)
    assert found.band == "country"
    assert found.countries == ("US", "JP", "DE")
