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
    closed_days_table,
    coverage,
    deadline_table,
    funding_table,
    glossary_table,
    golden,
    ledger,
    protection_table,
    quiz_table,
    region_table,
    report_forms,
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
    closed_days_table.FILE_NAME: closed_days_table.load_calendars,
    deadline_table.FILE_NAME: deadline_table.load_deadline_table,
    ledger.FILE_NAME: ledger.load_ledger,
    funding_table.FILE_NAME: funding_table.load_funding_table,
    glossary_table.FILE_NAME: glossary_table.load_glossary,
    golden.FILE_NAME: golden.load_golden,
    protection_table.FILE_NAME: protection_table.load_protection,
    quiz_table.FILE_NAME: quiz_table.load_quiz,
    region_table.FILE_NAME: region_table.load_region_table,
    report_forms.FILE_NAME: report_forms.load_report_forms,
    wording.FILE_NAME: wording.load_terms,
    coverage.EXCUSES: coverage.load_excuses,
    word_table.FILE_NAME: word_table.load_words,
}
