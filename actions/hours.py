"""When staff can be reached, from the one table that the desk is measured by."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event
from actions.matter import route
from actions.replies import HUMAN, Reply
from desk.service_clock import hours_in_words, hours_of, service_hours


class ActionHours(AssistantAction):
    """Says the opening hours of the center that the person's matter goes to."""

    def name(self) -> str:
        """The action's name."""
        return "action_hours"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Say the week."""
        routing = route(self.services, tracker, talk.slot(tracker, "region"))
        table = service_hours(self.services.settings.knowledge.tables_dir)
        hours = hours_of(table, routing.primary.center.id)
        Reply("utter_hours", fields={"hours": hours_in_words(hours)}, buttons=[HUMAN]).send(
            dispatcher
        )
        return []
