"""Records of people and their matters; SQLAlchemy Core, synchronous.

SQL lives here and nowhere else.  Functions take a connection and return frozen dataclasses; the caller
opens the transaction with :func:`desk.engine.writing` or :func:`desk.engine.reading`.
"""
