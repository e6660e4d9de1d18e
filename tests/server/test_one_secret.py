"""Copies on the same records have one secret; a copy with another does not start."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from desk import copies, leases
from desk.copy_tables import copies as rows
from desk.engine import open_engine, writing
from desk.migrations import MIGRATIONS, migrate
from desk.tables import migrations
from knowledge.errors import SettingsError
from server.presence import Presence


async def test_a_copy_with_another_secret_is_refused_while_others_are_there(fresh_db):
    one, same = Presence(fresh_db, "one", "huhang:1"), Presence(fresh_db, "same", "huhang:1")
    other = Presence(fresh_db, "other", "huhang:2")
    await one.start()
    await same.start()
    with pytest.raises(SettingsError, match="HUHANG_SECRET_KEY"):
        await other.start()
    await other.close()
    with writing(fresh_db) as conn:
        assert copies.gone(conn, ["one", "same", "other"]) == {"other"}
    await one.close()
    await same.close()


async def test_the_secret_may_be_another_once_all_others_have_ended(fresh_db):
    one, killed, other = (
        Presence(fresh_db, name, f"huhang:{name}") for name in ("one", "one", "other")
    )
    await one.start()
    await one.close()
    await killed.start()
    with writing(fresh_db) as conn:
        conn.execute(sa.update(rows).values(begun="1"))  # its process is not there any more
    await other.start()
    await other.close()
    await killed.close()


async def test_work_without_a_secret_is_in_nobodys_way(fresh_db):
    with leases.alone(fresh_db, "publish", "李雷"):
        presence = Presence(fresh_db, "one", "huhang:1")
        await presence.start()
        await presence.close()


def test_records_of_an_earlier_version_get_the_column(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    migrate(engine)
    last = "add_deployment_of_copies"
    assert last in [step.__name__ for step in MIGRATIONS]
    with writing(engine) as conn:
        conn.exec_driver_sql("ALTER TABLE copies DROP COLUMN deployment")
        conn.execute(sa.delete(migrations).where(migrations.c.name == last))
    assert migrate(engine) == [last]
    assert "deployment" in {column["name"] for column in sa.inspect(engine).get_columns("copies")}
    engine.dispose()
