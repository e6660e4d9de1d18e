"""Tables that had another name: what an installation left under it is named, never passed over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.checks import _tables
from knowledge.errors import SourceError
from knowledge.forum_holidays_table import load_forum_holidays
from knowledge.lead_export_table import load_export_columns
from knowledge.table_readers import READERS
from knowledge.table_row import FORMER_NAMES

TABLES = Path(__file__).resolve().parents[2] / "knowledge" / "tables"
RENAMED = (
    ("forum_holidays.yaml", load_forum_holidays),
    ("lead_export_columns.yaml", load_export_columns),
)


def test_every_table_that_was_renamed_has_a_reader_and_no_file_under_its_old_name():
    assert {name for name, _ in RENAMED} == set(FORMER_NAMES) <= set(READERS)
    assert [name for name in FORMER_NAMES.values() if (TABLES / name).exists()] == []


@pytest.mark.parametrize(("name", "read"), RENAMED)
@pytest.mark.parametrize("is_new_there", [True, False])
def test_rows_under_the_former_name_are_refused_with_both_names(tmp_path, name, read, is_new_there):
    former = FORMER_NAMES[name]
    shutil.copy(TABLES / name, tmp_path / former)
    if is_new_there:
        shutil.copy(TABLES / name, tmp_path / name)
    with pytest.raises(SourceError, match=rf"{former} 现在叫 {name}"):
        read(tmp_path)
    [told] = [problem for problem in _tables(tmp_path) if problem.where == name]
    assert (told.severity, former in told.message) == ("error", True)
    (tmp_path / former).unlink()
    if is_new_there:
        read(tmp_path)
