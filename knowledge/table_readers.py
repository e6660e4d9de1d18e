"""Every table of the knowledge base with its one typed reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from knowledge import (
    alias_table,
    campaign_table,
    center_table,
    checklist_table,
    city_table,
    coverage,
    deadline_table,
    forum_holidays_table,
    funding_table,
    glossary_table,
    golden,
    lead_export_table,
    ledger,
    protection_table,
    quiz_table,
    region_table,
    word_table,
    wording,
)

# File name -> reads it from a folder of tables.  Opening hours are the desk's: desk/service_clock.py.
READERS: Mapping[str, Callable[[Path], object]] = {
    alias_table.FILE_NAME: alias_table.load_alias_rows,
    campaign_table.FILE_NAME: campaign_table.load_campaigns,
    center_table.FILE_NAME: center_table.load_center_table,
    checklist_table.FILE_NAME: checklist_table.load_checklists,
    city_table.FILE_NAME: city_table.load_cities,
    forum_holidays_table.FILE_NAME: forum_holidays_table.load_forum_holidays,
    deadline_table.FILE_NAME: deadline_table.load_deadline_table,
    ledger.FILE_NAME: ledger.load_ledger,
    funding_table.FILE_NAME: funding_table.load_funding_table,
    glossary_table.FILE_NAME: glossary_table.load_glossary,
    golden.FILE_NAME: golden.load_golden,
    protection_table.FILE_NAME: protection_table.load_protection,
    quiz_table.FILE_NAME: quiz_table.load_quiz,
    region_table.FILE_NAME: region_table.load_region_table,
    lead_export_table.FILE_NAME: lead_export_table.load_export_columns,
    wording.FILE_NAME: wording.load_terms,
    coverage.EXCUSES: coverage.load_excuses,
    word_table.FILE_NAME: word_table.load_words,
}
