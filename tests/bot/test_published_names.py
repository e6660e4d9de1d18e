"""Names that trainers give or take away reach the conversation with a publication, and leave with a rollback."""

import asyncio
import dataclasses
import shutil
from dataclasses import dataclass

import pytest

from bot.runtime import EmbeddedRasa
from curation import publishing
from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex, one_index
from knowledge.dictionary import Dictionary, EditKind, new_edit

pytestmark = [pytest.mark.rasa, pytest.mark.filterwarnings("ignore")]

# Names that no table holds; the first counts only as a word of its own, which it must be made.
TOLD = "我们收到鸡国法院的禁令，小红象店铺也停了，对方主张云母权"
NAMES = {"鸡国": "country-fr-short", "小红象": "platform-amazon", "云母权": "right-design"}


# A name that the tables hold, and one that is looked at within a turn.
REMOVED = "美利坚"
FOREIGN = "美利坚那边起诉我们了"
LATE = "凯旋门"


@pytest.fixture(scope="module")
def settings(bot_settings, tmp_path_factory):
    """The published base in a data folder of these tests' own."""
    folder = tmp_path_factory.mktemp("names")
    snapshots = folder / "snapshots"
    shutil.copytree(bot_settings.knowledge.snapshots_dir, snapshots)
    return dataclasses.replace(
        bot_settings,
        data_dir=folder,
        knowledge=dataclasses.replace(
            bot_settings.knowledge, snapshots_dir=snapshots, draft_dir=folder / "draft"
        ),
    )


def publish_with(settings, *edits):
    dictionary = Dictionary(settings.data_dir)
    for edit in edits:
        dictionary.add(edit, settings.knowledge.tables_dir)
    publishing.build(settings, by="li")
    return publishing.publish(settings, by="wang")


EDITS = (
    new_edit(EditKind.WORD, "鸡国", by="li"),
    *(new_edit(EditKind.ALIAS, name, by="li", target=target) for name, target in NAMES.items()),
    new_edit(EditKind.ALIAS, LATE, by="li", target="country-fr"),
    new_edit(EditKind.ALIAS, REMOVED, by="li", target="country-us", is_removal=True),
)


@dataclass(frozen=True)
class Published:
    """What one running bot and one index reader saw before a publication, after it and after its rollback."""

    given: list[dict[str, str | None]]
    removed: list[str | None]
    live: LiveIndex
    begun_with: HybridIndex
    within: HybridIndex
    after: HybridIndex
    identifier: str


@pytest.fixture(scope="module")
def published(settings):
    """The publication of all edits, which costs a build of the whole base, looked at from every side."""

    async def hold():
        rasa, live = EmbeddedRasa(settings), LiveIndex(settings)
        await rasa.start()
        given, removed = [], []

        async def look(when):
            await rasa.handle(f"given-{when}", TOLD, {})
            tracker = await rasa.tracker(f"given-{when}")
            given.append(
                {name: tracker.get_slot(name) for name in ("country", "platform", "right")}
            )
            await rasa.handle(f"removed-{when}", FOREIGN, {})
            removed.append((await rasa.tracker(f"removed-{when}")).get_slot("country"))

        try:
            await look("before")
            begun_with = live.current()
            with one_index(begun_with):  # a turn that has begun
                identifier = await asyncio.to_thread(publish_with, settings, *EDITS)
                within = await asyncio.to_thread(live.current)
            after = live.current()
            await look("after")
            await asyncio.to_thread(publishing.rollback, settings, None, by="wang")
            await look("undone")
        finally:
            await rasa.close()
        return Published(given, removed, live, begun_with, within, after, identifier)

    return asyncio.run(hold())


def test_a_published_name_fills_a_slot_at_once_and_no_more_after_a_rollback(published):
    before, named, undone = published.given
    assert before == undone == {"country": None, "platform": None, "right": None}
    assert named == {"country": "FR", "platform": "amazon", "right": "design"}


def test_a_removed_name_fills_no_slot(published):
    assert published.removed == ["US", None, "US"]


def test_a_turn_keeps_the_index_it_began_with(published):
    assert published.within is published.begun_with
    assert published.after.snapshot_id == published.identifier != published.begun_with.snapshot_id
    assert published.live.current().snapshot_id == published.begun_with.snapshot_id
