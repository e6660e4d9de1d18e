"""What the bot can do: an act a module, the arithmetic beside it in modules without Rasa."""
