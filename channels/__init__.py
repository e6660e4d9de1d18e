"""The ways in: the chat page, REST, WeChat, campaigns, the command line; ``app.py`` puts them together.

Nothing here decides what the assistant says: requests become messages, pass the desk gate and the
bot, are recorded, and are rendered for the channel they came from.
"""
