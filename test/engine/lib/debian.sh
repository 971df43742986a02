# Sourced by engine.sh: programs out of Debian, installed (this machine's own suite) or only unpacked (a newer one).
# Some names are set in one of these files and read in another.
# shellcheck shell=bash disable=SC2034,SC2154

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
suites=${ENGINE_SUITES:-forky trixie}

# Ubuntu has /etc/debian_version too, but not Debian's keys
can_unpack() { [ -e "$keyring" ] && command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null; }

# install_missing PROGRAM:PACKAGE...: from this machine's own suite, and only where the program (or file) is missing
install_missing() {
  local pair wanted=()
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || [ -e "${pair%%:*}" ] || wanted+=("${pair#*:}"); done
  ((${#wanted[@]})) || return 0
  say "apt-get install ${wanted[*]}"
  # a mirror that lags behind is no reason to give up: what is asked for may be there all the same
  logged apt-update apt-get -qq update || say "apt-get update failed; going on with what is known"
  logged apt-install apt-get -qq -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${wanted[@]}"
}

# The mirrors that this machine uses for its own suite: a mirror of Debian has every suite.
mirrors() {
  # shellcheck disable=SC1091
  . /etc/os-release
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
    while read -r suite component uri; do
      if [ "$suite $component" = "${VERSION_CODENAME:-} main" ]; then echo "$uri"; fi
    done | awk '!seen[$0]++'
}

# apt_of SUITE ...: apt-get with sources and state of its own; this machine's package database is not touched.
# Signatures are checked, the date until which lists are valid is not: a frozen mirror would end the engine with it.
apt_of() {
  local state=$engine_home/apt/$1
  shift
  apt-get -qq -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$state/lists" \
    -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
    -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false "$@"
}

# know_suite SUITE: its package lists, from the first mirror that has it
know_suite() {
  local state=$engine_home/apt/$1 mirror
  mkdir -p "$state"/lists/partial "$state"/cache/archives/partial
  : >"$state/status"
  for mirror in $(mirrors); do
    echo "deb [signed-by=$keyring] $mirror $1 main" >"$state/sources.list"
    logged "apt-$1" apt_of "$1" update -o Acquire::Retries=2 -o APT::Update::Error-Mode=any && return 0
  done
  return 1
}

# unpack SUITE STAMP PACKAGE...: the programs of these packages below $engine_home/opt/SUITE; nothing is installed.
# The stamp tells a later run that this was finished.
unpack() {
  local suite=$1 stamp=$engine_home/opt/$1/.$2 target=$engine_home/opt/$1 work deb jobs=() failed=0
  shift 2
  [ ! -e "$stamp" ] || return 0
  say "fetching $* from Debian $suite"
  know_suite "$suite" || return 1
  work=$(mktemp -d -p "$engine_home")
  mkdir -p "$target"
  if (cd "$work" && logged "download-$suite" apt_of "$suite" download "$@"); then
    for deb in "$work"/*.deb; do
      dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$target" --exclude='./usr/share/*' --exclude='./etc/*' &
      jobs+=($!)
    done
    for deb in "${jobs[@]}"; do wait "$deb" || failed=1; done
  else
    failed=1
  fi
  rm -rf "$work"
  ((!failed)) && : >"$stamp"
}

# unpack_from_best STAMP PROGRAM PACKAGE...: from the first suite whose PROGRAM runs on this machine's C library
# (testing moves on); sets $unpacked to the folder
unpack_from_best() {
  local stamp=$1 program=$2 suite
  shift 2
  for suite in $suites; do
    unpacked=$engine_home/opt/$suite
    unpack "$suite" "$stamp" "$@" || continue
    if "$unpacked/$program" --help >/dev/null 2>&1; then return 0; fi
    rm -f "$unpacked/.$stamp"
  done
  return 1
}

# fetch_client: docker and its BuildKit plugin, below $engine_home/bin
fetch_client() {
  unpack_from_best client usr/bin/docker docker-cli docker-buildx || return 1
  link_client
}

# fetch_compose: the same, and the plugin that brings compose files up
fetch_compose() {
  unpack_from_best compose usr/libexec/docker/cli-plugins/docker-compose docker-cli docker-buildx docker-compose || return 1
  link_client
}

link_client() {
  local plugin
  mkdir -p "$engine_home/bin" "$engine_home/docker/cli-plugins"
  for plugin in "$unpacked"/usr/libexec/docker/cli-plugins/docker-{buildx,compose}; do
    if [ -x "$plugin" ]; then ln -sfn "$plugin" "$engine_home/docker/cli-plugins/${plugin##*/}"; fi
  done
  ln -sfn "$unpacked/usr/bin/docker" "$engine_home/bin/docker"
}
