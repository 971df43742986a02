# Sourced by engine.sh: where things are, how to talk, and the docker client.
# Some names are set in one of these files and read in another.
# shellcheck shell=bash disable=SC2034,SC2154

if [ "$(id -u)" = 0 ]; then engine_home=/var/lib/drydock-engine; else engine_home=${XDG_CACHE_HOME:-$HOME/.cache}/drydock-engine; fi
engine_home=${ENGINE_HOME:-$engine_home}
engine_run=${ENGINE_RUN:-/run/drydock-engine}
logs=$engine_home/logs
# Set, and not left to the client's own context: dockerode knows nothing of contexts, and the tests go through dockerode.
export DOCKER_HOST=${DOCKER_HOST:-unix:///var/run/docker.sock}
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

say() { printf '[engine %3ss] %s\n' "$SECONDS" "$*" >&2; }
die() {
  say "failed: $*"
  exit 1
}

# logged NAME COMMAND...: output goes to a log; on failure its end is shown
logged() {
  local log=$logs/$1.log
  shift
  mkdir -p "$logs"
  "$@" >"$log" 2>&1 </dev/null || {
    tail -n 15 "$log" >&2
    return 1
  }
}

# One run at a time; whoever waited finds the work done. Where there is no flock (macOS) only pulls can follow, and they may overlap.
take_lock() {
  mkdir -p "$engine_home" || die "cannot write $engine_home: set ENGINE_HOME to a folder that you may write"
  command -v flock >/dev/null || return 0
  exec 9>"$engine_home/lock"
  flock -n 9 || {
    say "another run is at work: waiting for it"
    flock 9
  }
}

# docker ARGUMENTS...: the client, for at most $patience seconds: an engine can take a question and never answer it.
# The client that came with our engine knows BuildKit; the machine's own may lack the plugin, and then still does what is asked of it here.
docker() {
  local client=docker
  if [ -x "$engine_home/bin/docker" ]; then
    client=$engine_home/bin/docker
    local -x DOCKER_CONFIG=${DOCKER_CONFIG:-$engine_home/docker}
  fi
  if command -v timeout >/dev/null; then
    timeout "${patience:-600}" "$client" "$@"
  else
    command "$client" "$@"
  fi
}

has_client() { [ -x "$engine_home/bin/docker" ] || type -P docker >/dev/null; }

# Without a client there may still be an engine: somebody else's, on a socket that is there.
need_client() {
  has_client && return 0
  can_unpack || die "there may be an engine on $DOCKER_HOST, but no docker client to ask it: install one"
  fetch_client || die "no docker client could be fetched from Debian: install one"
}

# Does an engine answer? Sets engine_version, or engine_refusal to the reason.
ask_engine() {
  engine_version='' engine_refusal=''
  case $DOCKER_HOST in
    unix://*) [ -S "${DOCKER_HOST#unix://}" ] || return 1 ;;
  esac
  need_client
  local answer
  if answer=$(patience=${patience:-10} docker version --format '{{.Server.Version}}' 2>&1) && [ -n "$answer" ]; then
    engine_version=$answer
  else
    engine_refusal=$answer
    return 1
  fi
}
