#!/usr/bin/env bash
# Make .venv with Python 3.10 and everything requirements.lock names; does nothing when up to date.
# Rasa 3.6 needs Python below 3.11, so the machine's plain python3 is often too new: the search goes
# $PYTHON, python3.10, pyenv, uv's interpreters, and last an interpreter installed by uv.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '[护航] %s\n' "$*" >&2; }
die() { printf '[护航] 错误：%s\n' "$*" >&2; exit 1; }

is_python310() {
  [ -n "${1:-}" ] && "$1" -c 'import sys, venv, ssl; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

stamp_value() {
  { cat requirements.lock pyproject.toml; pwd -P; } | sha256sum | cut -d' ' -f1
}

# uv from PATH, else a private copy installed by whichever Python 3 there is.
find_uv() {
  if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
  if [ ! -x .cache/uv/bin/uv ]; then
    say "本机没有 Python 3.10，正在取得 uv 以便安装……"
    python3 -m venv .cache/uv >&2 && .cache/uv/bin/pip install --quiet uv >&2 || return 1
  fi
  echo "$PWD/.cache/uv/bin/uv"
}

find_python() {
  local candidate uv
  for candidate in "${PYTHON:-}" python3.10 \
      "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python /opt/python3.10/bin/python3.10; do
    if is_python310 "$candidate"; then echo "$candidate"; return; fi
  done
  uv=$(find_uv) || die "找不到 Python 3.10，也装不上 uv；请先安装 Python 3.10，或用 PYTHON=/路径/python3.10 make run"
  candidate=$("$uv" python find --managed-python 3.10 2>/dev/null || true)
  if ! is_python310 "$candidate"; then
    say "正在安装 Python 3.10（只需一次）……"
    "$uv" python install 3.10 >&2 || die "安装 Python 3.10 失败；请检查网络，或用 PYTHON=/路径/python3.10 make run"
    candidate=$("$uv" python find --managed-python 3.10)
  fi
  is_python310 "$candidate" || die "找到的 Python 3.10 不能正常运行：$candidate"
  echo "$candidate"
}

stamp=.venv/huhang.stamp
wanted=$(stamp_value)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && is_python310 .venv/bin/python; then
  exit 0
fi

exec 9>.bootstrap.lock
if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
  say "另一个安装正在进行，等它结束……"
  flock 9
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && exit 0
fi

if ! is_python310 .venv/bin/python; then
  python=$(find_python)
  say "用 $("$python" --version) 建立虚拟环境 .venv"
  rm -rf .venv
  "$python" -m venv .venv
fi
rm -f "$stamp"
say "按 requirements.lock 安装依赖（首次约需几分钟，可随时重来）"
.venv/bin/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r requirements.lock |
  { grep -E --line-buffered '^(Collecting|Downloading|Installing|Successfully)' || true; } |
  awk '/^Collecting/ { n++; printf "\r[护航] 已取得 %d 个包", n > "/dev/stderr"; next }
       /^Installing/ { printf "\n[护航] 正在安装……\n" > "/dev/stderr" }
       /^Successfully/ { printf "[护航] 依赖已就绪\n" > "/dev/stderr" }'
.venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
printf '%s' "$wanted" > "$stamp"
say "环境已就绪"
