#!/usr/bin/env bash
# Regenerate requirements.lock: the full closure of pyproject.toml with hashes, for Python 3.10.
# aiohttp and python-dateutil are overridden: Rasa pins aiohttp 3.9, which it only uses as a client, while the public web
# server must be a patched release (DECISIONS.md 3); holidays asks for a later dateutil than Rasa allows and works with both.
set -euo pipefail
cd "$(dirname "$0")/.."
override=$(mktemp)
trap 'rm -f "$override"' EXIT
grep -oE '"(aiohttp|python-dateutil)==[0-9.]+"' pyproject.toml | tr -d '"' > "$override"
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  [ -x .cache/uv/bin/uv ] || { python3 -m venv .cache/uv && .cache/uv/bin/pip install --quiet uv; }
  uv=.cache/uv/bin/uv
fi
"$uv" pip compile pyproject.toml --extra dev --python .venv/bin/python --override "$override" \
  --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet \
  -o requirements.lock "$@"
if grep -nE '^(--|-f|-i|.*(file:|https?:))' requirements.lock; then
  echo "requirements.lock 里出现了索引地址或本地路径，请检查" >&2
  exit 1
fi
