"""Who did something, as a person reads it: names instead of logins, words instead of codes.

The names are read again from time to time, so that pages can be rendered without asking the database.
"""

from __future__ import annotations

import getpass
import re
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache

from desk.service_clock import CHINA

_EVERY_S = 30.0
_OTHERS = {"user": "来访者", "system": "系统", "bot": "机器人", "cli": "服务器命令行"}
GONE = "已离职同事"


@lru_cache(maxsize=1)
def _operator() -> str:
    return getpass.getuser()


class Names:
    """The names of the accounts by login."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._read_at = -_EVERY_S

    @property
    def is_old(self) -> bool:
        """Whether they should be read again."""
        return time.monotonic() - self._read_at >= _EVERY_S

    def knows(self, login: str) -> bool:
        """Whether a login is among them."""
        return login in self._names

    def forget(self) -> None:
        """Somebody's account has changed: read them before they are used again."""
        self._read_at = -_EVERY_S

    def take(self, people: Mapping[str, str]) -> None:
        """These are the accounts now."""
        self._names, self._read_at = dict(people), time.monotonic()

    def who(self, actor: str | None) -> str:
        """The name of whoever did something: ``staff:LOGIN``, a bare login, ``cli:NAME``, ``user``."""
        if not actor:
            return ""
        kind, _, login = actor.partition(":")
        if kind == "staff":
            return self._names.get(login, GONE)
        if kind in _OTHERS:
            return _OTHERS[kind]
        if actor in self._names:
            return self._names[actor]
        # Commands on the server note the operating system's account; other names came with imported content.
        return _OTHERS["cli"] if actor == _operator() else actor

    def what(self, subject: str) -> str:
        """What something was done to: a colleague by name, a person by the end of their digest."""
        kind, _, rest = subject.partition(":")
        if kind == "staff":
            return self._names.get(rest, GONE)
        if kind == "sender":
            return f"来访者（摘要尾号{rest[-4:]}）"
        if kind == "login":
            return "没有这个登录名"
        return _SUBJECTS.get(subject, subject)

    def found(self, text: str) -> str | None:
        """The login of a name that was typed; None when nobody is called so."""
        return next((login for login, name in self._names.items() if name == text), None)


_SUBJECTS = {
    "retention": "过期数据", "figures": "数据", "four-eyes": "双人审核", "leads": "线索", "model": "对话模型",
    "digest": "信息报送", "dictionary": "词典", "nlu": "对话标注", "quiz": "题库",
    "papers": "过期文书", "widget": "嵌入", "logo": "标志",
}  # fmt: skip


def version(snapshot: str | None) -> str:
    """A version by the moment it was built, in China time: 11月29日 00:54 的版本."""
    found = re.match(r"(\d{8}-\d{6})", snapshot or "")
    if found is None:
        return snapshot or ""
    built = datetime.strptime(found.group(), "%Y%m%d-%H%M%S").replace(tzinfo=timezone.utc)
    local = built.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S} 的版本"
