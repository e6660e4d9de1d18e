"""Names that trainers give or take away reach the conversation with a publication, and leave with a rollback."""

import asyncio
import dataclasses
import shutil

import pytest

from bot.runtime import EmbeddedRasa
from curation import publishing
from indexer.live import LiveIndex, one_index
from knowledge.dictionary import Dictionary, EditKind, new_edit

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

# Names that no table holds; the first counts only as a word of its own, which it must be made.
TOLD = "我们收到鸡国法院的禁令，小红象店铺也停了，对方主张云母权"
NAMES = {"鸡国": "country-fr-short", "小红象": "platform-amazon", "云母权": "right-design"}


@pytest.fixture
def settings(bot_settings, tmp_path):
    """The published base in a data folder of this test's own."""
    snapshots = tmp_path / "snapshots"
    shutil.copytree(bot_settings.knowledge.snapshots_dir, snapshots)
    return dataclasses.replace(
        bot_settings,
        data_dir=tmp_path,
        knowledge=dataclasses.replace(
            bot_settings.knowledge, snapshots_dir=snapshots, draft_dir=tmp_path / "draft"
        ),
    )


def publish_with(settings, *edits):
    dictionary = Dictionary(settings.data_dir)
    for edit in edits:
        dictionary.add(edit, settings.knowledge.tables_dir)
    publishing.build(settings, by="li")
    return publishing.publish(settings, by="wang")


def test_a_published_name_fills_a_slot_at_once_and_no_more_after_a_rollback(settings):
    async def hold():
        rasa = EmbeddedRasa(settings)
        await rasa.start()

        async def slots(sender):
            await rasa.handle(sender, TOLD, {})
            tracker = await rasa.tracker(sender)
            return {name: tracker.get_slot(name) for name in ("country", "platform", "right")}

        try:
            before = await slots("before")
            await asyncio.to_thread(
                publish_with,
                settings,
                new_edit(EditKind.WORD, "鸡国", by="li"),
                *(new_edit(EditKind.ALIAS, name, by="li", target=NAMES[name]) for name in NAMES),
            )
            named = await slots("named")
            await asyncio.to_thread(publishing.rollback, settings, None, by="wang")
            return before, named, await slots("undone")
        finally:
            await rasa.close()

    before, named, undone = asyncio.run(hold())
    assert before == undone == {"country": None, "platform": None, "right": None}
    assert named == {"country": "FR", "platform": "amazon", "right": "design"}


def test_a_removed_name_fills_no_slot(settings):
    async def hold():
        rasa = EmbeddedRasa(settings)
        await rasa.start()
        try:
            found = []
            for sender in ("before", "after"):
                await rasa.handle(sender, "美利坚那边起诉我们了", {})
                found.append((await rasa.tracker(sender)).get_slot("country"))
                removal = new_edit(
                    EditKind.ALIAS, "美利坚", by="li", target="country-us", is_removal=True
                )
                if sender == "before":
                    await asyncio.to_thread(publish_with, settings, removal)
            return found
        finally:
            await rasa.close()

    assert asyncio.run(hold()) == ["US", None]


def test_a_turn_keeps_the_index_it_began_with(settings):
    live = LiveIndex(settings)
    begun_with = live.current()

    async def turn():
        with one_index(begun_with):
            later = publish_with(
                settings, new_edit(EditKind.ALIAS, "凯旋门", by="li", target="country-fr")
            )
            within = await asyncio.to_thread(live.current)
        return later, within

    later, within = asyncio.run(turn())
    assert within is begun_with
    assert live.current().snapshot_id == later != begun_with.snapshot_id
