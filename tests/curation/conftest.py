"""Settings over a fresh data folder."""

from tests.scripted_app import app, casework, client, dialogue, engine, settings

__all__ = ["app", "casework", "client", "dialogue", "engine", "settings"]
