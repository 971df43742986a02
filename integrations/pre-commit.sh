#!/bin/sh
# The hook `drydock` of pre-commit: analyses each Dockerfile that is committed, by its text. Options stand in front of the
# files, as --name=value, and go to drydock.sh; with --context=DIR the files are looked at inside of that build context.
# Ends with 0 when all are ready, 1 when one is not, 2 when it could not be found out.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 2

analyze_all() {
  worst=0
  for file do
    # A name may begin with a dash.
    case $file in /* | ./*) ;; *) file=./$file ;; esac
    status=0
    analyze_one "$file" || status=$?
    [ "$status" -le "$worst" ] || worst=$status
  done
  exit "$worst"
}

project='' profile='' format='' url='' timeout='' context='' quiet=''
analyze_one() {
  if [ -n "$context" ]; then set -- --file "$1" -- "$context"; else set -- -- "$1"; fi
  sh "$here/drydock.sh" analyze ${quiet:+"$quiet"} ${project:+"$project"} ${profile:+"$profile"} ${format:+"$format"} \
    ${url:+"$url"} ${timeout:+"$timeout"} "$@"
}

while [ $# -gt 0 ]; do
  case $1 in
    --project=*) project=$1 ;;
    --profile=*) profile=$1 ;;
    --format=*) format=$1 ;;
    --url=*) url=$1 ;;
    --timeout=*) timeout=$1 ;;
    --context=*) context=${1#*=} ;;
    -q | --quiet) quiet=$1 ;;
    --)
      shift
      break
      ;;
    --*)
      [ -e "$1" ] && break
      echo "drydock: $1 is no option of this hook. There are --project=, --profile=, --format=, --url=, --timeout=, --context=, --quiet." >&2
      exit 2
      ;;
    *) break ;;
  esac
  shift
done
analyze_all "$@"
