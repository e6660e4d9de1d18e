#!/usr/bin/env bash
# Make .venv with Python 3.10 and what a purpose needs; does nothing when up to date.
#   bootstrap.sh [run]      what running needs (requirements.lock)
#   bootstrap.sh dev        also all of Rasa, the test tools and the checks (requirements-dev.lock)
#   bootstrap.sh store      also what an object store is reached by (requirements-store.lock)
#   bootstrap.sh encoders   also torch and transformers (requirements-encoders.lock); with HUHANG_TORCH=cpu
#                           the +cpu build of torch, where the user's package index has it: no CUDA
# Rasa 3.6 needs Python below 3.11, so the machine's plain python3 is often too new: the search goes
# $PYTHON, python3.10, pyenv, uv's interpreters, and last an interpreter installed by uv.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '[护航] %s\n' "$*" >&2; }
die() { printf '[护航] 错误：%s\n' "$*" >&2; exit 1; }

is_python310() {
  [ -n "${1:-}" ] && "$1" -c 'import sys, venv, ssl; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

purpose=${1:-run}
case "$purpose" in
  run) lock=requirements.lock usual=" 1 到 3 分钟" ;;
  dev) lock=requirements-dev.lock usual=" 3 到 6 分钟" ;;
  store) lock=requirements-store.lock usual="不到 1 分钟" ;;
  encoders) lock=requirements-encoders.lock usual=" 3 到 8 分钟" ;;
  *) die "不认识的用途 $purpose，应为 run、dev、store 或 encoders" ;;
esac
log=.venv/install.log

stamp_value() {  # of a lock
  { cat "$1" pyproject.toml; pwd -P; } | sha256sum | cut -d' ' -f1
}

is_stamped() {  # purpose, lock
  [ -f ".venv/huhang-$1.stamp" ] && [ "$(cat ".venv/huhang-$1.stamp")" = "$(stamp_value "$2")" ]
}

# What development installs holds all that running needs, at the same versions.
is_ready() {
  is_python310 .venv/bin/python || return 1
  is_stamped "$purpose" "$lock" || { [ "$purpose" = run ] && is_stamped dev requirements-dev.lock; }
}

# uv from PATH, else a private copy installed by whichever Python 3 there is.
find_uv() {
  if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
  if [ ! -x .cache/uv/bin/uv ]; then
    say "本机没有 Python 3.10，正在取得 uv 以便安装……"
    mkdir -p .cache
    { python3 -m venv .cache/uv && .cache/uv/bin/pip install --quiet uv; } > .cache/uv.log 2>&1 || return 1
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
    mkdir -p .cache
    "$uv" python install 3.10 > .cache/python.log 2>&1 ||
      die "取不到 Python 3.10（记录在 .cache/python.log）；请检查网络，或先装好 Python 3.10，或用 PYTHON=/路径/python3.10 make run"
    candidate=$("$uv" python find --managed-python 3.10)
  fi
  is_python310 "$candidate" || die "找到的 Python 3.10 不能正常运行：$candidate"
  echo "$candidate"
}

if is_ready; then exit 0; fi

exec 9>.bootstrap.lock
if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
  say "另一个安装正在进行，等它结束……"
  flock 9
  if is_ready; then exit 0; fi
fi

if ! is_python310 .venv/bin/python; then
  python=$(find_python)
  say "用 $("$python" --version) 建立虚拟环境 .venv"
  rm -rf .venv
  "$python" -m venv .venv
fi

# Only our lines on the screen; what pip says is kept in $log and shown when it fails.
pip() {
  .venv/bin/python -m pip --disable-pip-version-check "$@" >> "$log" 2>&1 ||
    { printf '\n' >&2; tail -n 20 "$log" >&2; die "安装没有完成，请检查网络后重来；全部记录在 $log"; }
}

count=$(grep -cE '^[A-Za-z0-9]' "$lock")
printf '[护航] 安装 %s 个包（通常%s，可随时重来）……' "$count" "$usual" >&2
: > "$log"
wanted=$lock
if [ "$purpose" = encoders ] && [ "${HUHANG_TORCH:-}" = cpu ]; then
  version=$(sed -nE 's/^torch==([0-9.]+).*/\1/p' "$lock")
  say "按 HUHANG_TORCH=cpu 取 torch $version+cpu（来自您的软件源，不在锁定文件里，不核对哈希）"
  pip install --no-deps "torch==$version+cpu"
  wanted=.venv/encoders-cpu.lock
  awk '/^[A-Za-z0-9]/ { out = /^(torch==|triton==|nvidia-|cuda-)/ } !out' "$lock" > "$wanted"
fi
# Modules are compiled when they are first used: most never are.
pip install --no-compile --no-deps --require-hashes -r "$wanted"
pip install --no-deps --no-build-isolation --editable .
stamp_value "$lock" > ".venv/huhang-$purpose.stamp"
printf '用了 %s 秒\n' "$SECONDS" >&2
