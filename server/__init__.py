"""What every way in shares: a message from arrival to its recorded reply, and the manners of HTTP.

The dispatcher with its gate and lanes, tokens and limits, who is connected and who carries words to other
servers.  Nothing here knows a page or another server's protocol.
"""
