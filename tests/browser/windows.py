"""Windows of a browser in which no script may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def windows(browser: Any) -> Iterator[Callable[[int, int], Any]]:
    """Opens pages of a width and a height, each in a browser of its own; an error on one of them fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def opened(width: int, height: int) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors, errors
