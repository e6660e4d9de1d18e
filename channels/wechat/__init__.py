"""WeChat: an official account, a WeCom application and 微信客服, through the same gate as every other channel.

Nothing here answers by itself: what a person writes becomes an ``InboundMessage``, what is said back is
rendered as text within the other server's limits.  What arrives is stored before it is acknowledged, and
what is sent goes through ``desk.outgoing``.
"""
