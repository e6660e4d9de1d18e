"""The Rasa assistant: dialogue data, language understanding, and the runtime that holds them.

No business logic lives here; what the assistant can do is in ``actions``.
"""
