"""Keeping Rasa's own log from the screen and from people's words."""

from __future__ import annotations

import logging

import structlog


def configure_rasa_log(level: int = logging.WARNING) -> None:
    """Send what Rasa logs through the standard logging, from ``level`` up.

    Left alone, Rasa's structured log prints every message, with the person's text, to standard output.
    """
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, structlog.dev.ConsoleRenderer(colors=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for name in ("rasa", "rasa_sdk", "matplotlib"):
        logging.getLogger(name).setLevel(level)
