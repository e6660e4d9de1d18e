"""The application on a fresh database with a bot that answers from a script."""

from tests.scripted_app import app, casework, client, dialogue, engine, settings
from tests.stores import empty_databases, fresh_postgres, postgres, postgres_url, redis

__all__ = [
    "app",
    "casework",
    "client",
    "dialogue",
    "empty_databases",
    "engine",
    "fresh_postgres",
    "postgres",
    "postgres_url",
    "redis",
    "settings",
]
