"""The turn: what a message gets, decided in one place from everything that is seen of it.

``evidence`` gathers what is seen (the shelf, the classifier, the open form, the conversation),
``decision`` weighs the acts against each other and returns the plan, ``readings`` completes a question
from the conversation.  The policy in ``bot/components/turn_policy.py`` carries the plan out.
"""
