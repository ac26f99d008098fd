# What every script of the cluster shares: messages, places, waiting. Sourced, not run.
# shellcheck shell=bash disable=SC2034 # the places are used by those who source this

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
CACHE=${ACERVO_CACHE:-$HOME/.cache/acervo}/cluster
# Binaries are named by the pins they were built from, so that clones with other pins do not fight.
PINS=$CACHE/$(cat "$HERE"/modules/*/go.mod "$HERE"/modules/*/go.sum | sha256sum | cut -c 1-12)
BIN=$PINS/bin
LOGS=$PINS/log
GATEWAY_CRDS=$PINS/gateway-api

say() { echo "$*" >&2; }

fail() {
  echo "error: $*" >&2
  exit 1
}

# fail_with_log FILE SENTENCE: the sentence, and how the log ended.
fail_with_log() {
  echo "error: $2; the end of $1:" >&2
  tail -n 20 "$1" 2>/dev/null | sed 's/^/    /' >&2
  exit 1
}

# until_true SECONDS COMMAND...: whether the command succeeds before the time is over. Its output is dropped.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}
