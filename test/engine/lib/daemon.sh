# Sourced by engine.sh: brings a dockerd up, and down again.
#
# Debian 12's own docker.io is 20.10, without heredocs and lint. The binaries of newer suites (28 in testing, 26 in Debian
# 13) run on Debian 12's C library, with its runc and iptables: they are unpacked, not installed.
# Some names are set in one of these files and read in another.
# shellcheck shell=bash disable=SC2034,SC2154

pid_file=$engine_run/dockerd.pid
ceiling=drydock

# Root on Debian, and a socket of this machine: somebody else's tcp:// engine is not ours to start.
can_bring_engine() {
  case $DOCKER_HOST in unix://*) ;; *) return 1 ;; esac
  [ "$(id -u)" = 0 ] && can_unpack
}

fetch_engine() {
  unpack_from_best engine usr/sbin/dockerd docker.io containerd docker-cli docker-buildx docker-compose busybox-static || return 1
  link_client
  local program
  for program in sbin/dockerd sbin/docker-proxy bin/containerd bin/containerd-shim-runc-v2; do
    ln -sfn "$unpacked/usr/$program" "$engine_home/bin/${program##*/}"
  done
}

# is_ours PID: a process that this script started (a zombie has no command line)
is_ours() { [ -n "${1:-}" ] && tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -e "$engine_home/" -e "$engine_run/"; }

gone_within() { # gone_within SECONDS PID
  local tenths=$(($1 * 10))
  while is_ours "$2"; do
    ((tenths-- > 0)) || return 1
    sleep 0.1
  done
}

# end_process PID SECONDS: politely, then not
end_process() {
  is_ours "$1" || return 0
  kill -TERM "$1" 2>/dev/null || true
  gone_within "$2" "$1" || kill -KILL "$1" 2>/dev/null || true
}

# What a killed engine leaves: a mute dockerd, an orphaned containerd, and pid files that make the next one refuse to start
# (their numbers may belong to a zombie, or to anybody, by now).
clear_remains() {
  local dockerd containerd
  dockerd=$(cat "$pid_file" 2>/dev/null || true)
  containerd=$(cat "$engine_run/containerd/containerd.pid" 2>/dev/null || true)
  if is_ours "$dockerd"; then
    say "an engine of ours (process $dockerd) runs but does not answer: waiting a little more, then replacing it"
    for _ in 1 2 3; do
      sleep 1
      patience=4 ask_engine && return 0
    done
    kill -KILL "$dockerd" 2>/dev/null || true
    gone_within 5 "$dockerd" || true
  fi
  end_process "$containerd" 10
  rm -f "$pid_file" "$engine_run/containerd/containerd.pid"
}

# Containers need cgroups. And nothing in this engine may take the machine down with it: a build obeys none of the limits of
# the build API, so everything lives below one cgroup with a ceiling.
prepare_cgroups() {
  local root=/sys/fs/cgroup memory=${ENGINE_MEMORY:-} processes=${ENGINE_PROCESSES:-2048}
  [ -n "$memory" ] || memory=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 768)) # three quarters, in bytes
  if [ ! -d $root/memory ] && [ ! -e $root/cgroup.controllers ]; then
    mount -t cgroup2 none $root 2>/dev/null || die "no cgroups below $root, and they cannot be mounted: containers need them (run in a virtual machine, or in a privileged container)"
  fi
  if {
    if [ -d $root/memory ]; then # version 1
      mkdir -p $root/memory/$ceiling $root/pids/$ceiling &&
        echo "$memory" >$root/memory/$ceiling/memory.limit_in_bytes && echo "$processes" >$root/pids/$ceiling/pids.max
    else
      delegate_controllers $root && mkdir -p $root/$ceiling &&
        echo "$memory" >$root/$ceiling/memory.max && echo "$processes" >$root/$ceiling/pids.max
    fi
  } 2>/dev/null; then
    say "ceiling for all builds and containers together: $((memory >> 20)) MiB, $processes processes"
  else
    say "warning: no ceiling on memory and processes, for want of a right to write below $root"
  fi
}

# Version 2: inside a container the processes of the root group must step aside before its controllers can be handed down.
delegate_controllers() {
  echo '+memory +pids' >"$1/cgroup.subtree_control" && return 0
  mkdir -p "$1/init"
  xargs -rn1 <"$1/cgroup.procs" >"$1/init/cgroup.procs" || true
  echo '+memory +pids' >"$1/cgroup.subtree_control"
}

# The daemon outlives this script, its terminal and its pipes: a session of its own, and no descriptor of ours but the log.
launch() {
  (
    cd /
    for descriptor in /proc/self/fd/*; do
      descriptor=${descriptor##*/}
      if ((descriptor > 2)); then eval "exec $descriptor>&-"; fi
    done
    PATH=$engine_home/bin:$PATH exec setsid "$engine_home/bin/dockerd" -H "$DOCKER_HOST" --data-root "$engine_home/data" \
      --exec-root "$engine_run" --pidfile "$pid_file" --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "/$ceiling" \
      --log-level warn --shutdown-timeout 5 --log-opt max-size=10m --log-opt max-file=2
  ) </dev/null >>"$engine_home/dockerd.log" 2>&1 &
}

start_engine() {
  local fetching daemon
  # side by side: they use different apt states
  fetch_engine &
  fetching=$!
  plan_images
  install_missing runc:runc iptables:iptables ps:procps tini-static:tini /etc/ssl/certs/ca-certificates.crt:ca-certificates "${test_tools[@]}" ${image_tools:+"$image_tools"} ||
    die "apt-get could not install what the engine needs: see $logs"
  if [ -n "$image_tools" ]; then prepare_images; fi
  wait "$fetching" || die "no engine could be fetched from Debian (${suites}): is a Debian mirror reachable? See $logs"
  # bind-mounted into containers that ask for an init, so it must be static
  ln -sfn "$(command -v tini-static)" "$engine_home/bin/docker-init"
  mkdir -p "$engine_run"
  clear_remains
  if ask_engine; then return 0; fi
  prepare_cgroups
  launch
  daemon=$!
  for _ in $(seq 150); do
    sleep 0.2
    if ask_engine; then
      say "engine $engine_version is up on $DOCKER_HOST"
      return 0
    fi
    kill -0 "$daemon" 2>/dev/null || break
  done
  tail -n 15 "$engine_home/dockerd.log" >&2
  die "the engine did not come up: see $engine_home/dockerd.log (it needs a machine, a virtual machine or a privileged container)"
}

stop_engine() {
  local dockerd
  dockerd=$(cat "$pid_file" 2>/dev/null || true)
  if is_ours "$dockerd"; then
    end_process "$dockerd" 20
    clear_remains
    say "stopped"
  else
    say "this script started no engine that still runs"
  fi
}
