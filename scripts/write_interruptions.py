"""Write bot/data/rules/interruptions.yml: what may be said in the middle of any form.

A form's validation leaves these intents to the rules and the form is taken up again.  The file is
committed; run this after adding a form or an intent that may interrupt.
"""

from __future__ import annotations

from pathlib import Path

FORMS = (
    "lead_form", "deadline_form", "center_form", "triage_form", "status_form", "erase_form", "quiz_form",
)  # fmt: skip
# What is answered, then the form asks again.
RETURNING: dict[str, tuple[str, ...]] = {
    "action_answer": ("ask", "nlu_fallback", "out_of_scope"),
    "action_follow_up": ("follow_up",),
    "action_funding": ("funding",),
    "action_checklist": ("checklist",),
    "action_feedback": ("praise", "not_helpful"),
    "action_notice": ("notice",),
    "utter_greet": ("greet",),
    "utter_thanks": ("thanks",),
    "utter_help": ("help",),
    "utter_identity": ("identity",),
    "utter_privacy": ("privacy",),
    "utter_complaint": ("complaint",),
    "action_take_back": ("take_back",),
    "utter_bye": ("bye",),
}
# What is answered while the form waits for the next message.
WAITING: dict[str, tuple[str, ...]] = {
    "action_handoff": ("human",),
}
# What closes the form.
CLOSING: dict[str, tuple[str, ...]] = {"action_leave_form": ("cancel", "start_over")}
# Another form takes over; what the first one has stays in its slots.
SWITCHING = {
    "lead": "lead_form", "deadline": "deadline_form", "center": "center_form", "triage": "triage_form",
    "lead_status": "status_form", "erase_data": "erase_form", "quiz": "quiz_form",
}  # fmt: skip
TARGET = Path(__file__).resolve().parent.parent / "bot" / "data" / "rules" / "interruptions.yml"


def _said(intents: tuple[str, ...]) -> list[str]:
    if len(intents) == 1:
        return [f"  - intent: {intents[0]}"]
    return ["  - or:", *(f"    - intent: {intent}" for intent in intents)]


def lines() -> list[str]:
    """The file's lines."""
    text = [
        'version: "3.1"',
        "# Written by scripts/write_interruptions.py; change that, not this.",
        "rules:",
    ]
    for form in FORMS:
        head = ["  condition:", f"  - active_loop: {form}", "  steps:"]
        for action, intents in RETURNING.items():
            text += [f"- rule: {form}, then {action}, then on", *head, *_said(intents)]
            text += [f"  - action: {action}", f"  - action: {form}", f"  - active_loop: {form}"]
        for action, intents in WAITING.items():
            text += [
                f"- rule: {form} waits for {action}",
                *head,
                *_said(intents),
                f"  - action: {action}",
            ]
        for action, intents in CLOSING.items():
            text += [f"- rule: {form} closed by {action}", *head, *_said(intents)]
            text += [f"  - action: {action}", "  - active_loop: null"]
        for intent, other in SWITCHING.items():
            if other != form:
                text += [f"- rule: {form} gives way to {other}", *head, f"  - intent: {intent}"]
                text += [f"  - action: {other}", f"  - active_loop: {other}"]
            else:
                text += [f"- rule: {form} asked for again", *head, f"  - intent: {intent}"]
                text += [f"  - action: {form}", f"  - active_loop: {form}"]
    return text


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()) + "\n", encoding="utf-8")
