"""Allowances of copies on several machines: counted in Redis, or in the casework database."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import redis
from redis.exceptions import RedisError

from desk import allowances
from desk.engine import open_engine, writing
from knowledge.errors import StorageError
from server.buckets import Wanted, wait_for

_PATIENCE_S = 0.5
_CONNECTIONS = 8
_TIDY_EVERY = 2000

# Each key in order: refilled by Redis's own clock, one taken where there is one.  What is left is told
# in thousandths, since Lua's numbers become whole on their way out.
_TAKE = """
local now = redis.call('TIME')
now = now[1] + now[2] / 1000000
for i, key in ipairs(KEYS) do
  local most = tonumber(ARGV[i])
  local held = redis.call('HMGET', key, 'level', 'at')
  local level = most
  if held[1] then
    level = math.min(most, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * most / 60)
  end
  local has = level >= 1
  if has then level = level - 1 end
  redis.call('HSET', key, 'level', tostring(level), 'at', string.format('%.6f', now))
  redis.call('EXPIRE', key, 120)
  if not has then return {i, math.floor(level * 1000)} end
end
return {0, 0}
"""


class RedisAllowances:
    """Buckets as hashes that Redis forgets after two minutes, when they are full again."""

    is_quick = False

    def __init__(self, url: str, prefix: str) -> None:
        """Nothing is opened yet.

        :param url: ``redis://…``
        :param prefix: what the names begin with.
        """
        pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_PATIENCE_S,
            socket_timeout=_PATIENCE_S,
            socket_connect_timeout=_PATIENCE_S,
        )
        self._pool = pool
        self._prefix = prefix
        self._script = redis.Redis(connection_pool=pool).register_script(_TAKE)

    def take(self, wanted: Sequence[Wanted]) -> int:
        """Use one allowance of each, in one round trip."""
        names = [f"{self._prefix}:allowance:{allowances.digest(key)}" for key, _ in wanted]
        try:
            refused, thousandths = self._script(keys=names, args=[most for _, most in wanted])
        except (RedisError, OSError) as error:
            raise StorageError(f"Redis：{type(error).__name__}") from error
        if not refused:
            return 0
        return wait_for(thousandths / 1000, wanted[refused - 1][1])

    def close(self) -> None:
        """Disconnect."""
        self._pool.disconnect()


class DatabaseAllowances:
    """Buckets as rows that PostgreSQL does not log."""

    is_quick = False

    def __init__(self, url: str) -> None:
        """Connections are made when they are needed.

        :param url: a SQLAlchemy address of PostgreSQL.
        """
        self._engine = open_engine(url)
        self._taken = 0
        self._guard = threading.Lock()

    def take(self, wanted: Sequence[Wanted]) -> int:
        """Use one allowance of each."""
        with writing(self._engine) as conn:
            if self._is_time():
                allowances.tidy(conn)
            for key, per_minute in wanted:
                level = allowances.take(conn, key, per_minute)
                if level is not None:
                    return wait_for(level, per_minute)
        return 0

    def close(self) -> None:
        """Disconnect."""
        self._engine.dispose()

    def _is_time(self) -> bool:
        with self._guard:
            self._taken += 1
            return self._taken % _TIDY_EVERY == 0
