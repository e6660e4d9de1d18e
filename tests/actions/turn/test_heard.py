"""Which question is read by itself, and which within what was said before."""

from dataclasses import replace

import pytest

from actions.lookup import Found
from actions.turn.heard import stands_alone
from actions.turn.hearing import Conversation
from tests.actions.turn.shelf import Shelf, hit

TEXT = "保证金一般要交多少"


@pytest.mark.parametrize(
    ("country", "procedures", "known", "names_place", "alone"),
    [
        ("CN", (), "VN", False, False),  # the law at home is another's
        ("CN", (), "VN", True, True),
        ("CN", ("funding",), "VN", False, True),  # given at home whatever the dispute
        ("CN", (), None, False, True),
        ("CN", (), "CN", False, True),
        ("VN", (), "VN", False, True),
        ("TH", (), "VN", False, False),
        ("GENERAL", (), "VN", False, True),
    ],
)
def test_who_names_no_place_means_the_one_spoken_of(country, procedures, known, names_place, alone):
    first = hit("g", country=country)
    first = replace(first, passage=replace(first.passage, procedures=procedures))
    info = Shelf(lambda question: ("answer", 0.9, ())).understand(TEXT)
    found = Found(TEXT, info, (first,), "answer", 0.9, "s")
    assert found.right >= 0.8
    said = Conversation(country=known)
    assert stands_alone(said, found, TEXT, names_place=names_place) is alone
