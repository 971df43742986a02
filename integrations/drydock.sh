#!/bin/sh
# Asks Drydock from a pipeline or a terminal: packs a build context, submits it, follows the build, prints the report.
# POSIX sh, curl and tar; gzip is used where it is there. `drydock.sh --help` says how, docs/integrations.md says more.
#
# Nothing confidential stands on a command line or in the environment of a child: curl reads its settings, the token among
# them, from files in a folder that only the owner can read, and that is gone in the end.
set -u
umask 077
unset CDPATH
LC_ALL=C
export LC_ALL
# macOS would put files of its own into the archive.
COPYFILE_DISABLE=1
export COPYFILE_DISABLE

token=${DRYDOCK_TOKEN-}
unset DRYDOCK_TOKEN
url=${DRYDOCK_URL:-http://127.0.0.1:8080}
tmp='' child='' build='' phase=''
newline='
'

usage() {
  cat <<'TEXT'
usage: drydock.sh analyze [options] [CONTEXT]    what the text of a Dockerfile and its context tell
       drydock.sh verify  [options] [CONTEXT]    the same, and what its image does when it is built, run and stopped
       drydock.sh pack --output FILE [CONTEXT]   only writes the archive that would be sent

CONTEXT is a folder (default: the one you are in), or a Dockerfile that is looked at alone.

  -f, --file DOCKERFILE     the Dockerfile, inside the context
      --project NAME        whose it is
      --profile NAME        service, kubernetes, cloud-run, job, cli or base-image
      --format NAME         how the report is told: text (default), json, markdown, or what else the service knows
  -o, --output FILE         the report goes there, and not to the standard output
      --also FORMAT=FILE    the same report in one more format; may be repeated
      --result FILE         appends verdict=, score= and report= (its address)
      --option NAME=VALUE   any plain option of the contract, such as port=8000; may be repeated
      --options FILE        options as JSON, for those that are not plain
      --build-arg NAME[=VALUE], --env NAME[=VALUE]    of the build, of the container; without a value: your own variable
      --secret ID=FILE      for RUN --mount=type=secret,id=ID
      --url URL             where Drydock is (DRYDOCK_URL; default http://127.0.0.1:8080)
      --timeout SECONDS     for all of it: 120 for analyze, 3600 for verify, unless told otherwise
  -q, --quiet               no progress

The token is read from DRYDOCK_TOKEN. Ends with 0: ready, 1: not ready, 2: it could not be found out.
TEXT
}

say() { printf '%s\n' "drydock: $*" >&2; }

die() {
  end_progress
  say "$*"
  exit 2
}

# --- What happens when it ends, however it ends ---

tidy() {
  [ -z "$tmp" ] || rm -rf "$tmp"
}

stop() {
  trap '' INT TERM HUP
  if [ -n "$child" ]; then
    # A submission that was sent to its end is a build, whose name is in the answer. One that was not is none.
    patience=8
    while [ "$phase" = submit ] && [ "$patience" -gt 0 ] && kill -0 "$child" 2>/dev/null; do
      sleep 1
      patience=$((patience - 1))
    done
    kill "$child" 2>/dev/null
    wait "$child" 2>/dev/null
    child=''
  fi
  [ "$phase" != submit ] || build=$(id_in_answer)
  cancel 'Interrupted'
  exit 2
}

# Cancels the build that is under way, if there is one.
cancel() {
  end_progress
  if [ -z "$build" ] || [ "$phase" = ended ]; then
    say "$1."
  elif phase=ended && request DELETE "/build-verify/$build" 'max-time = 15' && [ "$http" = 202 ]; then
    say "$1; the build is cancelled."
  else
    say "$1; the build could not be cancelled: $url/build-verify/$build"
  fi
}

# Waits for what was started last, so that a signal is heard. What is started has its own redirections: those of a function
# would be in force in the trap as well.
await() {
  child=$!
  wait "$child"
  set -- $?
  child=''
  return "$1"
}

# --- Texts ---

now() { date +%s; }

# For a line of curl's settings, between double quotes.
quoted() { printf %s "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'; }

# For an address.
encoded() {
  case $1 in
    *[!A-Za-z0-9._~-]*) printf %s "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g' ;;
    *) printf %s "$1" ;;
  esac
}

# The standard input as a string of JSON, in ASCII. Fails when it is not UTF-8.
json_string() {
  od -An -v -tx1 | awk -v digits=0123456789abcdef '
    function put(code) {
      if (code > 65535) {
        code -= 65536
        printf "\\u%04x\\u%04x", 55296 + int(code / 1024), 56320 + code % 1024
      } else if (code < 32 || code > 126 || code == 34 || code == 92) printf "\\u%04x", code
      else printf "%c", code
    }
    BEGIN { printf "\"" }
    {
      for (i = 1; i <= NF; i++) {
        byte = index(digits, substr($i, 1, 1)) * 16 + index(digits, substr($i, 2, 1)) - 17
        if (more > 0) {
          if (byte < 128 || byte > 191) exit (bad = 1)
          code = code * 64 + byte - 128
          if (--more > 0) continue
          if (code < least || code > 1114111 || (code >= 55296 && code <= 57343)) exit (bad = 1)
          put(code)
        } else if (byte == 0) exit (bad = 1)
        else if (byte < 128) put(byte)
        else if (byte >= 194 && byte <= 223) { more = 1; code = byte - 192; least = 128 }
        else if (byte >= 224 && byte <= 239) { more = 2; code = byte - 224; least = 2048 }
        else if (byte >= 240 && byte <= 244) { more = 3; code = byte - 240; least = 65536 }
        else exit (bad = 1)
      }
    }
    END { if (bad || more > 0) exit 1; printf "\"" }'
}

# The first field of that name in the JSON of the last answer, as plain text on one line.
# A quote inside of a string has a backslash in front of it, so what is found is a field and no text that looks like one.
field() {
  awk -v name="$1" '
    BEGIN { FS = "\001" }
    { text = text $0 " " }
    END {
      if (!match(text, "[{,][ \t]*\"" name "\"[ \t]*:[ \t]*")) exit
      text = substr(text, RSTART + RLENGTH, 8000)
      if (substr(text, 1, 1) != "\"") {
        sub(/[],} \t].*/, "", text)
        if (text != "null") print text
        exit
      }
      for (i = 2; i <= length(text); i++) {
        letter = substr(text, i, 1)
        if (letter == "\"") break
        if (letter == "\\") {
          letter = substr(text, ++i, 1)
          if (letter == "u") { i += 4; letter = "?" }
          else if (letter ~ /[bfnrt]/) letter = " "
        }
        plain = plain letter
      }
      print plain
    }' "$tmp/body" | tr -cd '\n\040-\176'
}

# A header of the last answer.
header() {
  awk -v name="$1" '
    {
      colon = index($0, ":")
      if (tolower(substr($0, 1, colon - 1)) != name) next
      value = substr($0, colon + 1)
      gsub(/^[ \t]+|[ \t\r]+$/, "", value)
    }
    END { print value }' "$tmp/head" | tr -cd '\n\040-\176'
}

# The id at the end of the header Location, if it looks like one.
id_in_answer() {
  [ -s "$tmp/head" ] || return 0
  id=$(header location)
  id=${id##*/}
  case $id in
    '' | *[!A-Za-z0-9_-]*) ;;
    *) printf %s "$id" ;;
  esac
}

# --- Progress: one line on a terminal, else a line for each change ---

shown=''
progress() {
  [ "$quiet" = no ] && [ "$1" != "$shown" ] || return 0
  shown=$1
  if [ -t 2 ]; then printf '\r\033[K%.78s' "drydock: $1" >&2; else say "$1"; fi
}

end_progress() {
  if [ -n "$shown" ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
  shown=''
}

# --- HTTP ---

# One request: method, path, further lines of curl's settings. Sets $http; fails when there was no answer.
request() {
  method=$1
  {
    printf '%s\n' silent show-error globoff 'proto = "=http,https"' 'connect-timeout = 10' 'write-out = "%{http_code}"'
    printf '%s = "%s"\n' request "$method" url "$(quoted "$url$2")" dump-header "$tmp/head" output "$tmp/body"
    [ -z "$token" ] || printf 'header = "Authorization: Bearer %s"\n' "$(quoted "$token")"
    shift 2
    [ $# -eq 0 ] || printf '%s\n' "$@"
  } >"$tmp/request"
  : >"$tmp/head"
  : >"$tmp/body"
  curl -q --config "$tmp/request" >"$tmp/status" 2>"$tmp/said" </dev/null &
  await
  failed=$?
  http=$(cat "$tmp/status")
  # A refusal may come while the upload is still on its way, which then breaks off.
  case $failed:$http in
    0:* | *:[45]??) return 0 ;;
  esac
  return 1
}

# The same, again and again while it makes sense: on a full queue until the time is over, otherwise a few times.
ask() {
  tries=0
  while :; do
    rest=$(left)
    if request "$@" "max-time = $(((rest < most_seconds ? rest : most_seconds) + grace))"; then
      failed=0
      case $http in
        429) ;;
        502 | 503 | 504) tries=$((tries + 1)) ;;
        *) return 0 ;;
      esac
    else
      tries=$((tries + 1))
      case $failed in
        5 | 6 | 7 | 16 | 18 | 28 | 35 | 52 | 55 | 56 | 92) ;;
        *) tries=99 ;;
      esac
    fi
    pause=$(header retry-after)
    case $pause in
      '' | *[!0-9]* | ??????*) pause=$((tries > 0 ? tries : 5)) ;;
    esac
    if [ "$tries" -ge "$most_tries" ] || [ "$pause" -ge "$(left)" ]; then give_up; fi
    [ "$failed" -ne 0 ] || progress "$(problem), trying again in $pause s"
    sleep "$pause" &
    await
  done
}

is_problem() {
  case $(header content-type) in application/problem+json*) ;; *) return 1 ;; esac
}

# What the last answer says is wrong.
problem() {
  title=$(field title)
  detail=$(field detail)
  printf %s "${title:-the answer is $http}${detail:+. $detail}" | cut -c 1-1000
}

give_up() {
  reason="$url does not answer as Drydock does ($http)"
  if [ "$failed" -ne 0 ]; then
    reason="$url cannot be asked: $(tr -cd '\040-\176' <"$tmp/said")"
  elif is_problem; then
    reason=$(problem)
  fi
  if [ -z "$build" ]; then die "$reason"; fi
  cancel "$reason"
  exit 2
}

# Seconds that are left.
left() {
  rest=$((deadline - $(now)))
  echo $((rest > 1 ? rest : 1))
}

# --- Packing ---

# Which files of the context are surely not part of it: reads the ignore file (part=1) and a list of paths (part=2), and
# prints the topmost ones for `tar -X`. Docker's patterns are read as far as they are simple. Where one is not, more is sent:
# the service applies the ignore file again, and exactly.
#
# Where all patterns are understood, they are asked as the builder asks them: in their order, each only if it would change
# the answer, and one that fitted a folder fits all that is in it. Otherwise, with exceptions (!) among them: what is not
# understood excludes nothing, and may take back anything. A path is then left out when a pattern fits it that no exception
# behind it could take back, or when one fits it or a folder above it and no exception at all could.
#
# A path begins with .//./ in the list, which stands nowhere else: what begins otherwise is one more line of the name before.
# A list for tar has one name a line, so a question mark stands there for a line feed, and for a blank at the end, unless
# that fits what has to be sent. Then the path is sent, and a line goes to the file in PACK_UNTOLD.
excluded_paths() {
  awk '
    BEGIN {
      FS = "\001"
      dockerfile = ENVIRON["PACK_DOCKERFILE"]
      ignorefile = ENVIRON["PACK_IGNORE"]
      anchor = ENVIRON["PACK_ANCHOR"]
      untold = ENVIRON["PACK_UNTOLD"]
      blank = "[ \t\r\v\f]"
    }
    function trim(text) { gsub("^" blank "+|" blank "+$", "", text); return text }
    # Go: path.Clean. "?" for one that leads out.
    function clean(text,  parts, count, kept, i) {
      count = split(text, parts, "/")
      kept = 0
      for (i = 1; i <= count; i++) {
        if (parts[i] == "" || parts[i] == ".") continue
        if (parts[i] != "..") parts[++kept] = parts[i]
        else if (kept-- == 0) return "?"
      }
      text = parts[1]
      if (kept == 0) return "."
      for (i = 2; i <= kept; i++) text = text "/" parts[i]
      return text
    }
    # A pattern with stars and question marks as a regular expression; "" when it is none of the simple ones.
    function expression(pattern, one,  made, i, letter, before, any) {
      if (pattern ~ /[][\\{}|^]/ || pattern ~ /\*\*\*/) return ""
      # Two stars before or behind plain text take all letters. Otherwise the builder makes a dot of Go of them: no line feed.
      any = pattern ~ /^(\*\*[^*?]*|[^*?]*\*\*)$/ ? "." : "[^\n]"
      for (i = 1; i <= length(pattern); i++) {
        letter = substr(pattern, i, 1)
        if (substr(pattern, i, 2) == "**") {
          before = i == 1 || substr(pattern, i - 1, 1) == "/"
          if (!before) return ""
          if (i + 1 == length(pattern)) return made any "*"
          if (substr(pattern, i + 2, 1) != "/") return ""
          made = made "(" any "*/)?"
          i += 2
        } else if (letter == "*") made = made "[^/]*"
        else if (letter == "?") made = made one
        else if (letter ~ /[A-Za-z0-9\/]/ || letter > "~") made = made letter
        else made = made "[" letter "]"
      }
      return made
    }
    part == 1 {
      if (tooLong) next
      if (FNR == 1) sub(/^\357\273\277/, "")
      if (length($0) >= 65536) tooLong = 1
      if (tooLong || substr($0, 1, 1) == "#") next
      text = trim($0)
      if (text == "") next
      number++
      exception = substr(text, 1, 1) == "!"
      if (exception) text = trim(substr(text, 2))
      text = clean(text)
      # What the builder would trim once more, or read in another way, or where bytes are not letters.
      simple = text != "?" && text != "." && text !~ /^[ !]|[ ]$|^[^!-~]|[^!-~]$/ && text !~ /[\001-\037\177]/
      isException = exception || substr(text, 1, 1) == "!"
      isPlain = text !~ /[][*?\\]/
      if (isException) exceptions++
      if (!simple || text ~ /[?]/) unclear = 1
      if (!simple) { if (isException) anything = number; next }
      takesBack[number] = isException ? 1 : 0
      wanted[number] = text
      if (isPlain) {
        if (isException) backExactly[text] = number
        else outExactly[text] = number
        next
      }
      # A letter may have several bytes: the question mark takes one for sure when it excludes, and any number when it does not.
      made = expression(text, isException ? "[^/][^/]*" : "[ -.0-~]")
      by[number] = "^" made "$"
      if (made == "") unclear = 1
      if (made == "") { if (isException) anything = number; next }
      if (isException) { backs++; backBy[backs] = "^" made "$"; backAt[backs] = number }
      else {
        outs++; outBy[outs] = "^" made "$"; outAt[outs] = number
        whole = whole (outs > 1 ? "|" : "") "^" made "$"
      }
      next
    }
    # The service reads these although the builder does not get them.
    function isRead(path) {
      if (path == dockerfile || path == ignorefile || path == ".dockerignore") return 1
      if (path == "drydock.yaml" || path == "drydock.yml") return 1
      if (path ~ /(^|\/)(Chart|kustomization|skaffold)[.]ya?ml$/ || path ~ /(^|\/)(k8s|kubernetes|kube|kustomize)\/(.*\/)?[^\/]+[.]ya?ml$/) return 1
      if (path ~ /(^|\/)(docker-)?compose([._-][A-Za-z0-9_.-]*)?[.]ya?ml$/) return 1
      return path !~ /\// && tolower(path) ~ /(docker|container)file/
    }
    function isOut(path, parent,  at, out, fitting, fits) {
      out = 0
      for (at = 1; at <= number; at++) {
        fits = index(fitted[parent], " " at " ")
        if (!fits && takesBack[at] == out) fits = (at in by) ? path ~ by[at] : path == wanted[at]
        if (!fits) continue
        fitting = fitting " " at " "
        out = !takesBack[at]
      }
      if (fitting != "") fitted[path] = fitting
      return out
    }
    # Whether a path is left out, and which folders are therefore needed.
    function look(path,  parent, out, back, own, i) {
      count++
      paths[count] = path
      parent = path
      if (!sub(/\/[^\/]*$/, "", parent)) parent = ""
      if (exceptions == 0) {
        out = (parent in gone) || (path in outExactly) || (outs > 0 && path ~ whole)
        if (out) gone[path] = 1
      } else if (!unclear) out = isOut(path, parent)
      else {
        back = parent == "" ? anything + 0 : (parent in backFor) ? backFor[parent] : number + 1
        if ((path in backExactly) && backExactly[path] > back) back = backExactly[path]
        for (i = 1; i <= backs; i++) if (backAt[i] > back && path ~ backBy[i]) back = backAt[i]
        own = path in outExactly ? outExactly[path] : 0
        for (i = outs; i > 0 && outAt[i] > own; i--) if (path ~ outBy[i]) own = outAt[i]
        if (own > 0 || (parent in under)) under[path] = 1
        backFor[path] = back
        out = (back == 0 && (path in under)) || own > back
      }
      if (out && isRead(path)) out = 0
      left[count] = out
      if (!out) for (; parent != "" && !(parent in needed); sub(/\/[^\/]*$/, "", parent)) {
        needed[parent] = 1
        if (parent !~ /\//) break
      }
    }
    # True when a question mark for each line feed in it would leave out something that has to be sent.
    function fitsMore(path,  parts, lines, i, j, from, fits) {
      lines = split(path, parts, "\n")
      for (i = 1; i <= count; i++) {
        # A folder that is left out goes with all that is in it.
        if (left[i] || index(paths[i], parts[1]) != 1 || substr(paths[i], length(path) + 1, 1) !~ /^\/?$/) continue
        from = 1
        fits = 1
        for (j = 1; j <= lines && fits; j++) {
          fits = substr(paths[i], from, length(parts[j])) == parts[j]
          from += length(parts[j]) + 1
        }
        if (fits && length(paths[i]) >= length(path)) return 1
      }
      return 0
    }
    substr($0, 1, 4) != ".//." { if (named) name = name "\n" $0; next }
    {
      if (named) look(name)
      # The first one is the context itself.
      named = FNR > 1
      name = substr($0, 6)
    }
    END {
      if (named) look(name)
      for (i = 1; i <= count; i++) {
        path = paths[i]
        parent = path
        if (!sub(/\/[^\/]*$/, "", parent)) parent = ""
        if (parent in done) { done[path] = 1; continue }
        if (!left[i] || (path in needed)) continue
        # Lists of patterns are trimmed when tar reads them.
        sub(/[ \t\r\v\f]$/, "\n", path)
        # So many are looked for among all others, and no more: it takes its time.
        if (path ~ /\n/ && (++odd > 100 || fitsMore(path))) { print "" >untold; continue }
        done[paths[i]] = 1
        gsub(/[][\\*?]/, "\\\\&", path)
        gsub(/\n/, "?", path)
        print anchor "./" path
      }
    }' part=1 "$1" part=2 "$2"
}

# Sets $dockerfile, the path inside of the context, where it is known before the service looks; $ignorefile, the ignore file
# in force. Fails when everything has to be sent.
look_at_context() {
  ignorefile=''
  if [ -z "$dockerfile" ]; then
    for one in drydock.yaml drydock.yml; do
      exists "$context/$one" || continue
      # Two of them, or one that names it in a way that is not plain.
      if [ -n "$dockerfile" ] || [ -L "$context/$one" ]; then return 1; fi
      grep -q dockerfile "$context/$one" 2>/dev/null || continue
      dockerfile=$(sed -n 's/^dockerfile:[[:blank:]]*\([A-Za-z0-9][A-Za-z0-9._/-]*\)[[:blank:]]*$/\1/p' "$context/$one")
      case $dockerfile in '' | *"$newline"*) return 1 ;; esac
    done
    for one in Dockerfile dockerfile; do
      if [ -z "$dockerfile" ] && { [ -f "$context/$one" ] || [ -L "$context/$one" ]; }; then dockerfile=$one; fi
    done
  fi
  # A link leads to a file that must not be left out.
  [ ! -L "$context/$dockerfile" ] || return 1
  if [ -z "$dockerfile" ]; then
    for one in "$context"/*.dockerignore; do
      ! exists "$one" || return 1
    done
  fi
  for one in ${dockerfile:+"$dockerfile.dockerignore"} .dockerignore; do
    [ ! -L "$context/$one" ] || return 1
    if [ -f "$context/$one" ]; then
      ignorefile=$one
      return 0
    fi
  done
  return 1
}

exists() { [ -e "$1" ] || [ -L "$1" ]; }

# Writes the context to $tmp/context.
pack() {
  told=$dockerfile
  : >"$tmp/exclude"
  anchor=''
  case $(tar --version 2>/dev/null) in
    *bsdtar*) anchor='^' ;;
  esac
  if look_at_context; then
    # A NUL would end the line for some, and not for others.
    tr '\000' '\001' <"$context/$ignorefile" >"$tmp/ignore" || die "$ignorefile cannot be read."
    (cd "$context" && find .//. 2>/dev/null) >"$tmp/list"
    PACK_DOCKERFILE=$dockerfile PACK_IGNORE=$ignorefile PACK_ANCHOR=$anchor PACK_UNTOLD=$tmp/untold \
      excluded_paths "$tmp/ignore" "$tmp/list" >"$tmp/exclude" || die "$ignorefile could not be applied."
    if [ -s "$tmp/untold" ]; then
      say "Sent although $ignorefile excludes it: what has a line feed in its name, or a blank at its end, and cannot be told to tar" \
        "($(($(wc -l <"$tmp/untold"))) of them). Rename it to keep it here."
    fi
  fi
  dockerfile=$told
  # Should the folder for temporary files lie in the context: it has the token.
  root=$(cd "$context" && pwd -P) || die "$context cannot be entered."
  mine=$(cd "$tmp" && pwd -P)
  own=''
  case $mine in
    "${root%/}"/*) own=$(printf %s "./${mine#"${root%/}"/}" | sed 's/[][\\*?]/\\&/g') ;;
  esac
  [ -z "$own" ] || printf '%s\n' "$anchor$own" >>"$tmp/exclude"
  # The tar of some small systems takes no list.
  if [ -s "$tmp/exclude" ] && ! (cd "$tmp" && tar -X exclude -cf - also) >/dev/null 2>&1; then
    [ -z "$own" ] || die 'This tar cannot leave files out: set TMPDIR to a folder outside of the context.'
    : >"$tmp/exclude"
    say 'This tar cannot leave files out: all of the context is sent, and the ignore file applied there.'
  fi
  set -- -cf
  media=application/x-tar
  if command -v gzip >/dev/null 2>&1; then
    set -- -czf
    media=application/gzip
  fi
  set -- "$@" "$tmp/context"
  [ ! -s "$tmp/exclude" ] || set -- "$@" -X "$tmp/exclude"
  progress 'packing'
  (cd "$context" && exec tar "$@" .) 2>"$tmp/said" &
  await || die "The context cannot be packed: $(tr -cd '\n\040-\176' <"$tmp/said" | head -n 5)"
}

# --- What was asked for ---

query=''
plain_option() {
  case $1 in
    '' | *[!A-Za-z]*) die "There is no option called $1." ;;
  esac
  query="$query&$1=$(encoded "$2")"
}

# Adds a member to one of the objects in the options: build arguments, environment, secrets. Its value is the standard input.
member() {
  case $2 in
    '' | *[!A-Za-z0-9_.-]*) die "$2 is no name: letters, digits and _ only." ;;
  esac
  value=$(json_string) || die "The value of $2 is not text in UTF-8."
  [ ! -s "$tmp/$1" ] || printf , >>"$tmp/$1"
  printf '"%s":%s' "$2" "$value" >>"$tmp/$1"
}

# NAME=VALUE, or NAME alone for a variable of ours.
variable() {
  name=${2%%=*}
  case $2 in
    *=*) printf %s "${2#*=}" >"$tmp/value" ;;
    *)
      case $name in
        '' | [0-9]* | *[!A-Za-z0-9_]*) die "$name is no name: letters, digits and _ only." ;;
        DRYDOCK_TOKEN) die 'DRYDOCK_TOKEN is not handed on.' ;;
      esac
      eval "[ \"\${$name+set}\" = set ]" || die "The variable $name is not set."
      eval "printf %s \"\${$name}\"" >"$tmp/value"
      ;;
  esac
  member "$1" "$name" <"$tmp/value"
}

# The names of the members of a JSON object, without those of objects in it.
first_names() {
  tr '\n\r\t' '   ' | awk '
    BEGIN { FS = "\001" }
    {
      for (i = 1; i <= length($0); i++) {
        letter = substr($0, i, 1)
        if (letter == "\"") {
          for (from = ++i; (letter = substr($0, i, 1)) != "\"" && letter != ""; i++) if (letter == "\\") i++
          text = substr($0, from, i - from)
        } else if (letter == ":" && depth == 1) print text
        else if (letter ~ /[[{]/) depth++
        else if (letter ~ /[]}]/) depth--
      }
    }'
}

# Puts the JSON of all options together, where there are any that do not fit into an address.
write_options() {
  [ -s "$tmp/buildArgs" ] || [ -s "$tmp/env" ] || [ -s "$tmp/secrets" ] || [ -n "$options" ] || return 1
  {
    printf '{'
    comma=''
    for one in buildArgs env secrets; do
      [ -s "$tmp/$one" ] || continue
      if [ -n "$options" ] && first_names <"$options" | grep -qx "$one"; then
        die "$options has $one as well. Give them in one place."
      fi
      printf '%s"%s":{' "$comma" "$one"
      cat "$tmp/$one"
      printf '}'
      comma=,
    done
    if [ -z "$options" ]; then printf '}'; else
      # Its first brace is ours already.
      tr '\n\r\t' '   ' <"$options" | sed -e 's/^ *{ *//' -e "/^}/!s/^/$comma/"
    fi
  } >"$tmp/options"
}

# The path inside of the context of a file that is there.
inside() {
  [ -f "$1" ] || return 1
  from=$(cd "$context" && pwd -P && echo x) || return 1
  to=$(cd "${1%/*}/" && pwd -P && echo x) || return 1
  from=${from%"${newline}x"}
  to=${to%"${newline}x"}/${1##*/}
  case $to in
    "${from%/}"/*) printf %s "${to#"${from%/}"/}" ;;
    *) return 1 ;;
  esac
}

take_context() {
  if [ $# -gt 1 ] || [ -n "$context" ]; then die 'There is more than one context.'; fi
  [ -n "$1" ] || die 'The name of the context is empty.'
  context=$1
}

readable() {
  if [ ! -f "$1" ] || [ ! -r "$1" ]; then die "$1 cannot be read."; fi
}

wants_value() { [ $# -ge 2 ] || die "$1 needs a value. --help tells more."; }

file='' format=text output='' result='' options='' timeout='' quiet=no context='' most_tries=4 most_seconds=90 grace=0
command=${1-}
case $command in
  analyze | verify | pack) shift ;;
  -h | --help | help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
esac

trap tidy EXIT
trap stop INT TERM HUP
command -v curl >/dev/null 2>&1 || die 'curl is needed.'
command -v tar >/dev/null 2>&1 || die 'tar is needed.'
tmp=$(mktemp -d "${TMPDIR:-/tmp}/drydock.XXXXXX") || die 'There is no place for temporary files: set TMPDIR.'
case $tmp in
  *[\"\\\;,]* | *"$newline"*) die 'The path in TMPDIR has quotes, commas, semicolons or backslashes.' ;;
esac
: >"$tmp/also"

while [ $# -gt 0 ]; do
  case $1 in
    --?*=*)
      value=${1#*=}
      name=${1%%=*}
      shift
      set -- "$name" "$value" "$@"
      ;;
  esac
  case $1 in
    -f | --file) wants_value "$@" && file=$2 ;;
    --project | --profile) wants_value "$@" && plain_option "${1#--}" "$2" ;;
    --format) wants_value "$@" && format=$2 ;;
    -o | --output) wants_value "$@" && output=$2 ;;
    --also)
      wants_value "$@"
      case $2 in
        *"$newline"* | =* | *=) die '--also wants FORMAT=FILE.' ;;
        *=*) printf '%s\n' "$2" >>"$tmp/also" ;;
        *) die '--also wants FORMAT=FILE.' ;;
      esac
      ;;
    --result) wants_value "$@" && result=$2 ;;
    --option)
      wants_value "$@"
      case $2 in
        ?*=*) plain_option "${2%%=*}" "${2#*=}" ;;
        *) die '--option wants NAME=VALUE.' ;;
      esac
      ;;
    --options) wants_value "$@" && options=$2 ;;
    --build-arg) wants_value "$@" && variable buildArgs "$2" ;;
    --env) wants_value "$@" && variable env "$2" ;;
    --secret)
      wants_value "$@"
      case $2 in
        ?*=?*) readable "${2#*=}" ;;
        *) die '--secret wants ID=FILE.' ;;
      esac
      member secrets "${2%%=*}" <"${2#*=}"
      ;;
    --url) wants_value "$@" && url=$2 ;;
    --timeout) wants_value "$@" && timeout=$2 ;;
    -q | --quiet)
      quiet=yes
      shift
      continue
      ;;
    -h | --help) usage && exit 0 ;;
    --)
      shift
      [ $# -eq 0 ] || take_context "$@"
      break
      ;;
    -*) die "There is no option $1. --help tells which there are." ;;
    *)
      take_context "$1"
      shift
      continue
      ;;
  esac
  shift 2
done

case $url in
  *[[:cntrl:]\ ]*) die 'The address of Drydock has blanks in it.' ;;
  http://?* | https://?*) ;;
  *) die "$url is no address: http://… or https://… is." ;;
esac
case $format$(sed 's/=.*//' "$tmp/also" | tr -d '\n') in
  *[!a-z0-9-]*) die 'The name of a format has small letters, digits and - only.' ;;
esac
while [ "${url%/}" != "$url" ]; do url=${url%/}; done
case $token in
  *[[:cntrl:]]*) die 'DRYDOCK_TOKEN has more than one line.' ;;
esac
[ -n "$timeout" ] || case $command in verify) timeout=3600 ;; *) timeout=120 ;; esac
case $timeout in
  0* | *[!0-9]* | ????????*) die "--timeout wants seconds, and not $timeout." ;;
esac
deadline=$(($(now) + timeout))
if [ -n "$options" ]; then
  readable "$options"
  tr '\n\r\t' '   ' <"$options" | grep -q '^ *{.*} *$' || die "$options is no object in JSON."
fi

# A leading dash, and `cd -`, mean something else.
context=${context:-.}
case $context in /* | ./* | ../*) ;; *) context=./$context ;; esac
dockerfile='' lone=''
if [ -d "$context" ]; then
  if [ -n "$file" ]; then
    case $file in /* | ./* | ../*) ;; *) file=./$file ;; esac
    # As docker has it, the path starts where you are; inside the context is where else it may start.
    dockerfile=$(inside "$file" || inside "$context/$file")
    [ -n "$dockerfile" ] || die "$file is not in the context $context."
  fi
elif [ -f "$context" ]; then
  [ -z "$file" ] || die "$context is a file: -f is for folders."
  [ "$command" != pack ] || die "$context is a file, and needs no packing."
  lone=$context
  # Its place tells which waivers are meant for it.
  case $context in
    /* | ../* | */../*) dockerfile=${context##*/} ;;
    *) dockerfile=${context#./} ;;
  esac
else
  die "$context is neither a folder nor a file."
fi

if [ "$command" = pack ]; then
  [ -n "$output" ] || die 'Where to? Give --output FILE.'
  pack
  end_progress
  cat "$tmp/context" >"$output" || die "$output cannot be written."
  exit 0
fi

# --- Submit ---

if [ "$command" = verify ]; then
  address=/build-verify
  # A format that is not known, or a token that is not, is better told now than when the build has ended.
  for one in "$format" $(sed 's/=.*//' "$tmp/also"); do
    ask GET "/build-verify/-/report?format=$(encoded "$one")"
    if [ "$http" != 404 ] || ! is_problem; then give_up; fi
  done
  [ -z "$dockerfile" ] || plain_option dockerfile "$dockerfile"
else
  address=/analyze
  plain_option format "$format"
  [ -z "$dockerfile" ] || plain_option path "$dockerfile"
fi
[ -n "$lone" ] || pack
set -- POST "$address${query:+?${query#&}}" 'header = "Accept: */*"'
if write_options; then
  set -- "$@" "form = \"options=<$tmp/options;type=application/json\""
  if [ -n "$lone" ]; then
    cat "$lone" >"$tmp/context" || die "$lone cannot be read."
    set -- "$@" "form = \"dockerfile=@$tmp/context;type=text/plain;filename=Dockerfile\""
  else
    set -- "$@" "form = \"context=@$tmp/context;type=$media;filename=context\""
  fi
else
  if [ -n "$lone" ]; then
    media=text/plain
    cat "$lone" >"$tmp/context" || die "$lone cannot be read."
  fi
  # Not `data`, which would hold all of it in memory.
  set -- "$@" "upload-file = \"$tmp/context\"" "header = \"Content-Type: $media\""
fi
if [ "$command" = verify ]; then
  # The same for every try: what is repeated brings the first build, and no second one.
  set -- "$@" "header = \"Idempotency-Key: $(now)-$$-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')\""
  phase=submit
fi
progress 'sending'
# The upload may take all the time there is.
most_seconds=$timeout
ask "$@"
most_seconds=90

# --- Follow ---

tell_verdict() {
  verdict=$(header drydock-verdict)
  case $verdict in
    ready | not-ready) ;;
    *) give_up ;;
  esac
  cp "$tmp/body" "$tmp/report"
}

if [ "$command" = analyze ]; then
  # A report is what has a verdict, whatever its status.
  tell_verdict
  id=$(id_in_answer)
  stored=${id:+/analyze/$id}
  report_path=$stored
else
  [ "$http" = 202 ] || give_up
  build=$(id_in_answer)
  phase=follow
  [ -n "$build" ] || give_up
  stored=/build-verify/$build
  report_path=$stored/report
  # A service that is started anew goes on with its builds.
  most_tries=12
  # The service may answer at the very end of the time that it was told to wait, and curl has to be there to hear it.
  grace=5
  etag=''
  while :; do
    rest=$(left)
    [ "$(now)" -lt "$deadline" ] || { cancel "It has not ended within $timeout s" && exit 2; }
    if [ -z "$etag" ]; then
      ask GET "$stored"
    else
      ask GET "$stored?wait=$((rest < 30 ? rest : 30))" "header = \"If-None-Match: $(quoted "$etag")\""
    fi
    case $http in
      304) ;;
      200)
        etag=$(header etag)
        state=$(field state)
        case $state in
          passed | failed | errored | cancelled) break ;;
          queued | building | probing) ;;
          *) give_up ;;
        esac
        step=$(field step)
        total=$(field total)
        [ "${total:-0}" = 0 ] || state="$state $(field 'done')/$total"
        progress "$state${step:+: $step}"
        ;;
      404)
        phase=ended
        die "The build is gone: $url$stored"
        ;;
      *) give_up ;;
    esac
    sleep 1 &
    await
  done
  phase=ended
  case $state in
    cancelled) die "Somebody cancelled the build: $url$stored" ;;
    errored) die "The build could not be done: $(field error) $url$stored" ;;
  esac
  ask GET "$report_path?format=$(encoded "$format")"
  [ "$http" = 200 ] || give_up
  tell_verdict
fi
end_progress

# --- Tell ---

if [ -n "$output" ]; then
  cat "$tmp/report" >"$output" || die "$output cannot be written."
else
  cat "$tmp/report"
fi

# The same report in another format, from what the service has stored.
fetch() {
  [ -n "$report_path" ] || die 'The service was told not to store the report, so there is no other format of it.'
  ask GET "$report_path?format=$(encoded "$1")"
  [ "$http" = 200 ] || give_up
}

while IFS= read -r one; do
  fetch "${one%%=*}"
  cat "$tmp/body" >"${one#*=}" || die "${one#*=} cannot be written."
done <"$tmp/also"

if [ -n "$result" ]; then
  if [ "$format" = json ]; then cp "$tmp/report" "$tmp/body"; else fetch json; fi
  printf '%s\n' "verdict=$verdict" "score=$(field score)" "report=${stored:+$url$stored}" >>"$result" ||
    die "$result cannot be written."
fi

[ "$quiet" = yes ] || say "$(echo "$verdict" | tr - ' ')${stored:+, $url$stored}"
[ "$verdict" = ready ]
