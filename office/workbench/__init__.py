"""The trainers' workbench under ``/workbench``: bring documents in, see and correct what the bot will say.

A module for each page, with its ``routes``; ``app.py`` puts them together and ``pages.py`` frames them.
Pages call ``knowledge``, ``indexer`` and ``curation.publishing``; no page edits what is published.
"""

from office.workbench.app import create_workbench

__all__ = ["create_workbench"]
