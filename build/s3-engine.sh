#!/usr/bin/env bash
# An S3 engine for the tests: runs deploy/s3/engine in memory and in the background, on 127.0.0.1 only.
#   build/s3-engine.sh start DIRECTORY    installs Debian's Ceph if it is missing, starts the engine with all its state in DIRECTORY (a path
#                                         without spaces, at most 75 characters), waits until it serves, and writes DIRECTORY/s3.env, the
#                                         value for ATTACHMENTS_TEST_S3
#   build/s3-engine.sh stop DIRECTORY     stops the engine and deletes its data
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=build/setup.sh
. "$here/setup.sh"

export S3_ACCESS_KEY=attachmentstests S3_SECRET_KEY=attachmentstestsattachmentstests S3_BUCKET=attachments-tests

usage() { fail "usage: $0 start|stop DIRECTORY"; }

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A free port whose next port is free too.
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); do
        if ! answers "$port" && ! answers $((port + 1)); then
            echo "$port"
            return
        fi
    done
}

# Whether a process of the started group still runs. Its command line contains the state directory.
is_running() { [ -s "$group" ] && pgrep --pgroup "$(cat "$group")" --full -- "$state" >/dev/null; }

start() {
    need_packages ceph-mon ceph-osd radosgw ceph-common curl procps
    [ ! -e "$state" ] || fail "$state already exists: stop the engine first."
    mkdir -p "$state"
    chmod 700 "$state"
    trap 'status=$?; [ "$status" -eq 0 ] || stop; exit "$status"' EXIT
    S3_PORT=$(free_port)
    export S3_PORT S3_STORE=memory
    setsid "$here/../deploy/s3/engine" serve "$state" </dev/null >"$log" 2>&1 &
    echo $! >"$group"
    until [ -e "$state/ready" ]; do
        sleep 0.1
        is_running || {
            tail -n 40 "$log" >&2
            fail "The S3 engine did not start."
        }
    done
    cat >"$directory/s3.env" <<END
S3_ENDPOINT=http://127.0.0.1:$S3_PORT
S3_ACCESS_KEY=$S3_ACCESS_KEY
S3_SECRET_KEY=$S3_SECRET_KEY
S3_BUCKET=$S3_BUCKET
S3_REGION=us-east-1
END
}

stop() {
    # No data is kept.
    if is_running; then
        kill -KILL -- "-$(cat "$group")" || true
    fi
    rm -rf "$state" "$directory/s3.env" "$group" "$log"
}

[ $# -eq 2 ] || usage
mkdir -p "$2"
directory=$(cd "$2" && pwd)
state=$directory/ceph
group=$directory/engine.pid
log=$directory/engine.log
case $1 in
    start) start ;;
    stop) stop ;;
    *) usage ;;
esac
