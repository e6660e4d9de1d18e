"""The trainers' workbench under ``/workbench``: bring documents in, see and correct what the bot will say.

A module for each page, with its ``routes``; ``app.py`` puts them together and ``pages.py`` frames them.
Pages call ``knowledge``, ``indexer`` and ``channels.publishing``; no page edits what is published.
"""

from channels.workbench.app import create_workbench

__all__ = ["create_workbench"]
