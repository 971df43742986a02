#!/bin/sh
# What Drydock does in a verification, one step after another, with the docker command: the yardstick of `npm run bench verify`.
# sh scripts/bench/verify.sh CONTEXT: prints how many milliseconds each step took. The service listens on 8000 and answers /health.
set -eu

context=$1
name=drydock-by-hand-$$
copy=$(mktemp -d)
limits='--memory 512m --memory-swap 512m --cpus 1 --pids-limit 256 --security-opt no-new-privileges --health-interval 1s'

now() { date +%s%3N; }
clean_up() {
    docker rm --force --volumes "$name" >/dev/null 2>&1 || true
    docker network rm "$name" >/dev/null 2>&1 || true
    docker image rm --force "$name:first" "$name:second" >/dev/null 2>&1 || true
    rm -rf "$copy"
}
trap clean_up EXIT
took() { # took NAME SINCE
    echo "$1 $(($(now) - $2))"
}
start() { # start OPTIONS...
    # the options are words
    # shellcheck disable=SC2086
    docker run --detach --name "$name" --network "$name" $limits "$@" "$name:first" >/dev/null
    address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$name")
}
answers() {
    tries=0
    until curl --silent --fail --output /dev/null --max-time 5 "http://$address:8000/health"; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || return 1
        sleep 0.1
    done
}
stays_up() { # stays_up SINCE: two seconds after its start it is still there
    while [ $(($(now) - $1)) -lt 2000 ]; do sleep 0.1; done
    [ "$(docker inspect --format '{{.State.Running}}' "$name")" = true ]
}

begun=$(now)
cp -R "$context/." "$copy"
docker build --quiet --no-cache --tag "$name:first" "$copy" >/dev/null 2>&1
took build "$begun"

since=$(now)
docker save "$name:first" | tar -x --to-stdout >/dev/null
took 'image pass' "$since"

since=$(now)
docker network create --internal "$name" >/dev/null
start
answers
until [ "$(docker inspect --format '{{.State.Health.Status}}' "$name")" = healthy ]; do sleep 0.1; done
stays_up "$since"
docker top "$name" -eo pid,ppid,uid,gid,args >/dev/null
docker diff "$name" >/dev/null
docker logs "$name" >/dev/null 2>&1
docker stop "$name" >/dev/null
took 'ordinary run' "$since"
docker rm --volumes "$name" >/dev/null

longest=0
for options in '--read-only --tmpfs /tmp --tmpfs /run --cap-drop ALL' '--user 12345:0'; do
    since=$(now)
    # the options are words
    # shellcheck disable=SC2086
    start $options
    answers
    stays_up "$since"
    docker rm --force --volumes "$name" >/dev/null
    lasted=$(($(now) - since))
    [ "$lasted" -le "$longest" ] || longest=$lasted
done
since=$(now)
start
docker stop --time 2 "$name" >/dev/null
docker rm --volumes "$name" >/dev/null
lasted=$(($(now) - since))
[ "$lasted" -le "$longest" ] || longest=$lasted
echo "slowest variant $longest"

since=$(now)
for source in "$copy"/*.py "$copy"/*.js; do
    [ ! -e "$source" ] || echo >>"$source"
done
docker build --quiet --tag "$name:second" "$copy" >/dev/null 2>&1
took 'second build' "$since"

since=$(now)
clean_up
trap - EXIT
took clean-up "$since"
took whole "$begun"
