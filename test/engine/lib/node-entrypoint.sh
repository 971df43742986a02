#!/bin/sh
# The entrypoint of the node stand-in. As in the official image, arguments without a command are node's.
set -e
case ${1-} in
  -* | *.js | *.mjs | *.cjs) set -- node "$@" ;;
esac
exec "$@"
