"""What a copy of the server does about changes that another copy made: it answers by them, too.

Snapshots and models lie in the shared data folder; a signal says when to look.  Looking twice changes
nothing, so the same is done whenever signals may have been missed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from indexer.live import LiveIndex
from knowledge.errors import AssistantError
from knowledge.snapshots import SnapshotStore
from server.dispatch import Dialogue, Reloadable
from server.names import Names
from server.readiness import Readiness
from server.signals import Signals, Topic

logger = logging.getLogger(__name__)


class Following:
    """Keeps this copy at the live snapshot, the model in use and the accounts as they are."""

    def __init__(
        self,
        dialogue: Dialogue,
        index: LiveIndex,
        snapshots: SnapshotStore,
        names: Names,
        readiness: Readiness,
    ) -> None:
        """Follow nothing yet.

        :param snapshots: where ``index`` reads, which may have to be brought here first.
        """
        self._dialogue = dialogue
        self._snapshots = snapshots
        self._index = index
        self._names = names
        self._readiness = readiness

    def listen(self, signals: Signals) -> None:
        """Do so from now on."""

        async def snapshot(_key: str, _along: Mapping[str, Any]) -> None:
            await self.snapshot()

        async def model(_key: str, _along: Mapping[str, Any]) -> None:
            await self.model()

        async def people(_key: str, _along: Mapping[str, Any]) -> None:
            self._names.forget()

        signals.hear(Topic.SNAPSHOT, snapshot)
        signals.hear(Topic.MODEL, model)
        signals.hear(Topic.PEOPLE, people)
        signals.on_gap(self.all)

    async def all(self) -> None:
        """Look at everything."""
        self._names.forget()
        await self.snapshot()
        await self.model()

    async def snapshot(self) -> None:
        """Have the live snapshot and open it, before somebody asks and waits for it."""
        try:
            await asyncio.to_thread(self._snapshots.follow)
        except AssistantError as error:
            logger.error("the snapshot in use was not taken over: %s", error)
        if self._readiness.is_loaded:
            await asyncio.to_thread(self._index.current)
            await asyncio.to_thread(self._dialogue.snapshot)

    async def model(self) -> None:
        """Answer with the model that the inputs imply; the present one goes on where that fails."""
        if not self._readiness.is_loaded or not isinstance(self._dialogue, Reloadable):
            return
        try:
            await self._dialogue.reload()
        except AssistantError as error:
            logger.error(
                "another copy switched the dialogue model, which is not to be had: %s", error
            )
