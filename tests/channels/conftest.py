"""The application on a fresh database with a bot that answers from a script."""

from tests.scripted_app import app, casework, client, dialogue, engine, settings

__all__ = ["app", "casework", "client", "dialogue", "engine", "settings"]
