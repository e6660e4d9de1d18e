"""Whether an answer helped, typed in the conversation."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation as talk
from actions.context import AssistantAction, Event
from desk import feedback
from desk.engine import writing


class ActionFeedback(AssistantAction):
    """Keeps 有帮助 or 没用 with the answer and the passages it rested on."""

    def name(self) -> str:
        """The action's name."""
        return "action_feedback"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Record the opinion about the last answer, if there was one."""
        is_good = talk.intent(tracker) == "praise"
        with writing(self.services.engine) as conn:
            uid = feedback.latest_answer(conn, tracker.sender_id)
            if uid is not None:
                rating = feedback.Rating.UP if is_good else feedback.Rating.DOWN
                feedback.record(conn, uid, rating, None if is_good else talk.text(tracker))
        dispatcher.utter_message(
            response="utter_praise_thanks" if is_good else "utter_sorry_not_helpful"
        )
        return []
