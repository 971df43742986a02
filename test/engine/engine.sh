#!/usr/bin/env bash
# A real Docker engine for the tests, and the base images they build on.
#
#   engine.sh [up]     an engine that answers, and every base image on it; a fraction of a second when all is there
#   engine.sh status   what there is
#   engine.sh down     stops the engine that this script started; its data stay
#
# An engine of version 23 or newer that answers on DOCKER_HOST (or the default socket) is used as it is. Where none does,
# on Debian and as root, one is brought up: lib/daemon.sh. Base images are pulled where the public registry answers, and
# made here where it does not: lib/images.sh. Whatever cannot be had ends with exit code 1 and a sentence that says what to do.
#
#   ENGINE_HOME      binaries, images and logs; they survive (default /var/lib/drydock-engine)
#   ENGINE_RUN       what lives as long as the engine (default /run/drydock-engine)
#   ENGINE_SUITES    Debian suites to take the engine from, best first (default "forky trixie")
#   ENGINE_IMAGES    "pull" or "make" instead of finding out
#   ENGINE_MEMORY    ceiling in bytes for all builds and containers together (default three quarters of the memory)
#   ENGINE_PROCESSES the same for processes (default 2048)
set -euo pipefail

lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lib
# shellcheck source-path=SCRIPTDIR source=lib/common.sh
. "$lib/common.sh"
# shellcheck source-path=SCRIPTDIR source=lib/debian.sh
. "$lib/debian.sh"
# shellcheck source-path=SCRIPTDIR source=lib/daemon.sh
. "$lib/daemon.sh"
# shellcheck source-path=SCRIPTDIR source=lib/images.sh
. "$lib/images.sh"

# What tests start besides: the lines of the README, as a reader pastes them, and a browser that looks at the page.
browsers=(chromium-headless-shell chromium chromium-browser google-chrome)
test_tools=(curl:curl)
[ -n "$(type -P "${browsers[@]}" | head -n 1)" ] || test_tools+=(chromium-headless-shell:chromium-headless-shell)
has_tools() { command -v curl >/dev/null && [ -n "$(type -P "${browsers[@]}" | head -n 1)" ]; }
need_tools() {
  has_tools && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && install_missing "${test_tools[@]}" && has_tools; then return 0; fi
  die "tests paste the README's lines, which need curl, and look at the page, which needs Chromium (chromium-headless-shell): install both"
}

# compose.yaml is brought up as an operator does it.
has_compose() { [ -e "$engine_home/docker/cli-plugins/docker-compose" ] || { docker compose version && docker buildx version; } >/dev/null 2>&1; }
need_compose() {
  has_compose && return 0
  if can_unpack && fetch_compose && has_compose; then return 0; fi
  die "a test brings compose.yaml up, which needs docker's plugins compose and buildx: install both"
}

use_or_start_engine() {
  if ask_engine; then
    [ "${engine_version%%.*}" -ge 23 ] || die "the engine on $DOCKER_HOST is $engine_version, and Drydock needs 23 or newer (BuildKit): update or stop it, or set DOCKER_HOST to another one"
    return 0
  fi
  case $engine_refusal in
    *'permission denied'*) die "you may not use the engine on $DOCKER_HOST: run this as root, or join the group that owns the socket" ;;
  esac
  can_bring_engine || die "no Docker engine answers on $DOCKER_HOST: start one (23 or newer), set DOCKER_HOST to one, or run this as root on Debian, which brings its own"
  start_engine
}

up() {
  if has_tools && ask_engine && has_compose && [ "${engine_version%%.*}" -ge 23 ] && [ -z "$(missing_images)" ]; then
    say "engine $engine_version on $DOCKER_HOST, all base images there"
    return 0
  fi
  take_lock
  use_or_start_engine
  need_tools
  need_compose
  provide_images
  say "ready: engine $engine_version on $DOCKER_HOST"
}

status() {
  if ! ask_engine; then
    echo "no engine answers on $DOCKER_HOST"
    return 1
  fi
  local missing
  missing=$(missing_images)
  echo "engine $engine_version on $DOCKER_HOST, $(if is_ours "$(cat "$pid_file" 2>/dev/null)"; then echo "started by this script"; else echo "not started by this script"; fi)"
  docker images --format '{{.Repository}}:{{.Tag}}  {{.Size}}' | grep -wE "$(tr ' ' '|' <<<"$all_names")" | sort
  [ -z "$missing" ] || echo "missing: $missing"
}

case ${1:-up} in
  up) up ;;
  status) status ;;
  down) take_lock && stop_engine ;;
  *)
    sed -n '2,6p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
