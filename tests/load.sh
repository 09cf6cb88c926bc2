#!/usr/bin/env bash
# How many answers a second, beside nginx with the same bytes: cached pages and feeds, packed, and 304s.
#
# usage: tests/load.sh BINARY [TURNS]
#
# Shows the demo, fetches a page of a Thing, the first page and a feed from it, gives their bytes (plain and as .gz) to
# nginx, and has wrk ask both for each, a second each, by turns; the middle one of seven counts, since what else the machine
# does changes from one second to the next. Server and wrk have a core each; nginx has one worker. Wants nginx and wrk.
set -euo pipefail
binary=$(realpath "$1")
turns=${2:-7}
folder=$(mktemp -d)
ours=8741
theirs=8742
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT

RUST_LOG=error taskset -c 0 "$binary" demo --listen 127.0.0.1:$ours >"$folder/demo.log" 2>&1 &
pids+=($!)
until grep -q "The planet is at" "$folder/demo.log"; do sleep 0.2; done

mkdir "$folder/files" "$folder/tmp"
paths=(/ /things/6 /feed.atom /progress)
for path in "${paths[@]}"; do
  name=$(tr / _ <<<"$path")
  curl -fsS "http://127.0.0.1:$ours$path" -o "$folder/files/$name"
  gzip -9k "$folder/files/$name"
done
# nginx gives its worker to nobody, who has to read them.
chmod -R a+rX "$folder"
cat >"$folder/nginx.conf" <<CONF
daemon off;
worker_processes 1;
pid $folder/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path $folder/tmp; proxy_temp_path $folder/tmp; fastcgi_temp_path $folder/tmp; uwsgi_temp_path $folder/tmp; scgi_temp_path $folder/tmp;
  open_file_cache max=100; sendfile on; tcp_nopush on; gzip_static on;
  server { listen 127.0.0.1:$theirs; root $folder/files; default_type text/html; }
}
CONF
taskset -c 0 nginx -c "$folder/nginx.conf" -e stderr &
pids+=($!)
until curl -fsS "http://127.0.0.1:$theirs/_" -o /dev/null 2>/dev/null; do sleep 0.2; done

# Answers a second, and how many were not 2xx or 3xx.
rate() { # url header...
  local url=$1 said
  shift
  said=$(taskset -c 1 wrk -t1 -c64 -d1s "${@/#/-H}" "$url")
  grep -q "Non-2xx" <<<"$said" && echo "errors from $url: $said" >&2
  awk '/Requests\/sec/ {print $2}' <<<"$said"
}

middle() { sort -n "$1" | sed -n "$(((turns + 1) / 2))p"; }

tag() { curl -fsS -o /dev/null -D - "$@" | tr -d '\r' | awk 'tolower($1) == "etag:" {sub(/^[^ ]* /, ""); print}'; }

printf '%-12s %-6s %10s %10s %6s\n' path what ours nginx ratio
for path in "${paths[@]}"; do
  name=$(tr / _ <<<"$path")
  for what in plain gzip 304; do
    case $what in
      plain) mine=("X-None: 1") other=("X-None: 1") ;;
      gzip) mine=("Accept-Encoding: gzip") other=("Accept-Encoding: gzip") ;;
      304)
        mine=("If-None-Match: $(tag "http://127.0.0.1:$ours$path")")
        other=("If-None-Match: $(tag "http://127.0.0.1:$theirs/$name")")
        ;;
    esac
    : >"$folder/a" >"$folder/b"
    for _ in $(seq "$turns"); do
      rate "http://127.0.0.1:$ours$path" "${mine[@]}" >>"$folder/a"
      rate "http://127.0.0.1:$theirs/$name" "${other[@]}" >>"$folder/b"
    done
    a=$(middle "$folder/a") b=$(middle "$folder/b")
    printf '%-12s %-6s %10.0f %10.0f %6.2f\n' "$path" "$what" "$a" "$b" "$(awk "BEGIN {print $a / $b}")"
  done
done
