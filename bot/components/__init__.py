"""Rasa components over the project's own tokenizer, encoder and tables.

They may import ``indexer`` and ``knowledge`` and nothing above them.
"""
