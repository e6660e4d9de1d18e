"""The turn: what a message gets, decided in one place from everything that is seen of it.

``bot/turn.py`` tells the whole course and its order; here is what is seen and how it is decided.  An act's
words are in its own module of ``actions/``; what speaks for it against the others is in ``decision``.
"""
