"""The public holidays of countries, each country's read when it is asked for.

The library means to do so, too, but its package of countries imports all 250 of them with the first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_PACKAGE = "holidays.countries"


def country_holidays(country: str, **options: Any) -> Any:
    """What the library's function of this name gives.

    :raises NotImplementedError: it knows no such country or part.
    """
    import holidays

    if _PACKAGE not in sys.modules:
        package = ModuleType(_PACKAGE)
        package.__path__ = [str(Path(holidays.__file__).parent / "countries")]
        sys.modules[_PACKAGE] = package
    return holidays.country_holidays(country, **options)
