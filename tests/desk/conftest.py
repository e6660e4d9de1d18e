"""A fresh, migrated casework database for each test, and a throwaway PostgreSQL where one is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.engine import Engine

from desk.leads import Lead
from tests.fresh_database import MigratedPostgres
from tests.stores import postgres, postgres_url

__all__ = ["postgres", "postgres_url"]


@pytest.fixture
def lead() -> Callable[..., Lead]:
    def make(**changes: object) -> Lead:
        values = {
            "company": "广州测试灯具有限公司",
            "contact": "张三",
            "phone": "13800138000",
            "consent_version": "2026-1",
            "sender": "visitor-1",
            "country": "US",
            "right": "patent",
            "procedure": "section-337",
        }
        return Lead(**{**values, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> MigratedPostgres:
    """The database of the throwaway cluster, migrated once."""
    return MigratedPostgres(postgres_url)


@pytest.fixture
def postgres_db(migrated_postgres: MigratedPostgres) -> Iterator[Engine]:
    """A migrated, empty database on the throwaway cluster."""
    engine = migrated_postgres.fresh()
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_db(request: pytest.FixtureRequest) -> Engine:
    """The test runs once on SQLite and once on PostgreSQL."""
    name = "fresh_db" if request.param == "sqlite" else "postgres_db"
    engine: Engine = request.getfixturevalue(name)
    return engine
