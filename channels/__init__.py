"""Everything that speaks with people: one aiohttp application and the command line.

Nothing here decides what the assistant says: requests become messages, pass the desk gate and the
bot, are recorded, and are rendered for the channel they came from.
"""
