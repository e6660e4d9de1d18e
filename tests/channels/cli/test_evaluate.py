"""What ``huhang evaluate --golden`` refuses: measures below the committed ones, and faults."""

from __future__ import annotations

import json

import pytest

from channels.cli.evaluate import below

FIGURES = {"hit@1": 0.9, "wrong_country": 0}


@pytest.fixture
def figures(tmp_path):
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(FIGURES), encoding="utf-8")
    return path


def test_nothing_is_said_of_measures_as_good_as_committed(figures):
    assert below({"hit@1": 0.9, "wrong_country": []}, figures) == []


def test_a_measure_below_its_figure_is_named(figures):
    (line,) = below({"hit@1": 0.8999, "wrong_country": []}, figures)
    assert line.startswith("hit@1 为 0.8999")


def test_more_faults_than_allowed_are_listed(figures):
    (line,) = below({"hit@1": 1.0, "wrong_country": ["b012", "b013"]}, figures)
    assert line == "wrong_country 有 2 个，多于允许的 0 个：b012、b013"


def test_without_committed_figures_nothing_is_judged(tmp_path):
    assert below({"hit@1": 0.0}, tmp_path / "figures.json") == []
