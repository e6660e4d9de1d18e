#!/usr/bin/env bash
# Regenerate the four locks, full closures with hashes for Python 3.10:
#   requirements.lock           what running needs: Rasa without what scripts/left-out.txt names
#   requirements-dev.lock       that, all that Rasa declares, and the tools for tests and checks
#   requirements-encoders.lock  what running needs, with torch and transformers
#   requirements-store.lock     what running needs, with s3fs
# A package has one version in all of them.  aiohttp and python-dateutil are overridden: Rasa pins aiohttp 3.9, which it only
# uses as a client, while the public web server must be a patched release (DECISIONS.md 3); holidays asks for a later
# dateutil than Rasa allows and works with both.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep -oE '"(aiohttp|python-dateutil)==[0-9.]+"' pyproject.toml | tr -d '"' > "$work/all"
{ cat "$work/all"; sed -E '/^#|^$/d; s/$/ ; python_version < "3"/' scripts/left-out.txt; } > "$work/lean"
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  [ -x .cache/uv/bin/uv ] || { python3 -m venv .cache/uv && .cache/uv/bin/pip install --quiet uv; }
  uv=.cache/uv/bin/uv
fi

compile() {  # output, then further options
  local output=$1; shift
  "$uv" pip compile pyproject.toml --python .venv/bin/python --generate-hashes --no-annotate \
    --no-header --no-emit-index-url --no-emit-find-links --quiet -o "$output" "$@" > /dev/null
  if grep -nE '^(--|-f|-i|.*(file:|https?:))' "$output"; then
    echo "$output 里出现了索引地址或本地路径，请检查" >&2
    exit 1
  fi
}

compile requirements-dev.lock --extra dev --override "$work/all" "$@"
grep -E '^[A-Za-z0-9]' requirements-dev.lock | sed 's/ *\\$//' > "$work/versions"
compile requirements.lock --override "$work/lean" --constraint "$work/versions" "$@"
compile requirements-encoders.lock --extra encoders --override "$work/lean" --constraint "$work/versions" "$@"
compile requirements-store.lock --extra store --override "$work/lean" --constraint "$work/versions" "$@"
