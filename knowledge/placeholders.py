"""Placeholders for modules that somebody else's code imports and that this program does not use.

A placeholder has exactly the names that the importing code asks for, and says what is missing when one
is used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Module -> names of classes and functions that others import from it.
Modules = Mapping[str, tuple[str, ...]]
# Makes the error for something that is used all the same.
Missing = Callable[[str], Exception]


@contextmanager
def replaced(modules: Modules, missing: Missing, *, lasting: bool) -> Iterator[None]:
    """Have placeholders for modules that are not imported yet.

    :param missing: makes the error of whoever uses one.
    :param lasting: whether they stay; otherwise a module can be imported afterwards if it is installed.
    """
    made = [name for name in modules if name not in sys.modules]
    for name in made:
        sys.modules[name] = _Placeholder(name, modules[name], missing)
    try:
        yield
    finally:
        for name in () if lasting else made:
            _forget(name)


def attach(name: str) -> None:
    """Make a placeholder an attribute of its package, as importing a module does."""
    package, _, leaf = name.rpartition(".")
    if package in sys.modules and not hasattr(sys.modules[package], leaf):
        setattr(sys.modules[package], leaf, sys.modules[name])


def _forget(name: str) -> None:
    placeholder = sys.modules.pop(name)
    package, _, leaf = name.rpartition(".")
    holder = sys.modules.get(package)
    if holder is not None and vars(holder).get(leaf) is placeholder:
        delattr(holder, leaf)


class _Placeholder(ModuleType):
    """A module with placeholder classes of some names and nothing else."""

    def __init__(self, name: str, classes: tuple[str, ...], missing: Missing) -> None:
        super().__init__(name, "A placeholder: this module is not loaded.")
        self.__path__: list[str] = []
        self._missing = missing
        for item in classes:
            setattr(self, item, _absent(name, item, missing))

    def __getattr__(self, item: str) -> Any:
        if item.startswith("__"):
            raise AttributeError(item)
        raise AttributeError(str(self._missing(f"{self.__name__}.{item}")))


def _absent(module: str, name: str, missing: Missing) -> type:
    """A class that can be named, compared and listed, but neither made nor built upon."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise missing(f"{module}.{name}")

    leaf = module.rpartition(".")[2]
    return type(
        name,
        (),
        {
            "__module__": module,
            "__init__": refuse,
            "__init_subclass__": classmethod(refuse),
            "create": classmethod(refuse),
            "load": classmethod(refuse),
            "name": classmethod(lambda _: leaf),  # Rasa lists its channels by this
        },
    )
