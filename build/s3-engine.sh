#!/usr/bin/env bash
# An S3 engine for the tests: Debian's Ceph (a monitor, an object store in memory and a RADOS gateway), on 127.0.0.1 only.
#   build/s3-engine.sh start DIRECTORY    installs what is missing, starts it with all its state in DIRECTORY (its path without spaces,
#                                         at most 80 characters), waits until it serves, and writes DIRECTORY/s3.env, which is what
#                                         ATTACHMENTS_TEST_S3 wants
#   build/s3-engine.sh stop DIRECTORY     ends what was started there; what it held is gone
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=build/setup.sh
. "$here/setup.sh"

access_key=attachmentstests
secret_key=attachmentstestsattachmentstests
bucket=attachments-tests
patience=60

usage() { fail "usage: $0 start|stop DIRECTORY"; }

# Whether the process that a file names still is the one that was started: its command line names our configuration.
is_ours() { [ -s "$1" ] && tr '\0' ' ' <"/proc/$(cat "$1")/cmdline" 2>/dev/null | grep -qF -- "$conf"; }

launch() {
    local name=$1
    shift
    setsid "$@" --conf "$conf" --foreground </dev/null >>"$state/$name.log" 2>&1 &
    echo $! >"$state/$name.pid"
}

# Waits until a command succeeds; gives up when the daemon that it depends on has ended.
wait_until() {
    local what=$1 name=$2 end=$((SECONDS + patience))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! is_ours "$state/$name.pid" || [ "$SECONDS" -ge "$end" ]; then
            tail -n 20 "$state/$name.log" >&2
            fail "The S3 engine's $name did not come to $what."
        fi
        sleep 0.1
    done
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); do
        if ! answers "$port"; then
            echo "$port"
            return
        fi
    done
}

ceph_says() { ceph --conf "$conf" --connect-timeout 20 "$@"; }

osd_is_up() { ceph_says osd stat | grep -q ' 1 up '; }

# A signed request. curl before 7.89 does not send the hash of the body, without which the gateway refuses it.
s3() {
    local method=$1 key=$2
    shift 2
    curl --silent --show-error --fail --max-time 20 --request "$method" --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \
        --aws-sigv4 aws:amz:us-east-1:s3 --user "$access_key:$secret_key" "$@" "http://127.0.0.1:$port/$bucket$key"
}

stores_and_serves() {
    s3 PUT /probe --data-binary probe && [ "$(s3 GET /probe)" = probe ] && s3 DELETE /probe
}

configure() {
    cat >"$conf" <<END
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_initial_members = a
mon_host = [v2:127.0.0.1:$mon_port]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# Encryption, the gateway's default, needs the authentication that is off.
ms_mon_client_mode = crc
run_dir = $state
admin_socket =
pid_file =
log_file = $state/\$name.ceph.log
mon_cluster_log_file = $state/cluster.log
crash_dir = $state
mon_data = $state/mon
osd_data = $state/osd
rgw_data = $state/rgw
# One disk, in memory, and each object once.
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[client]
rgw_frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw_relaxed_region_enforcement = true
rados_osd_op_timeout = 20
# Deleted objects give their memory back after a minute, not after two hours.
rgw_gc_obj_min_wait = 60
rgw_gc_processor_period = 30
END
}

start() {
    need_packages ceph-mon ceph-osd radosgw ceph-common curl
    [ ! -e "$state" ] || fail "$state is there already: stop it first."
    mkdir -p "$state"/{mon,osd,rgw}
    chmod 700 "$state"
    trap 'status=$?; [ "$status" -eq 0 ] || stop; exit "$status"' EXIT
    port=$(free_port)
    mon_port=$((port + 1))
    ! answers "$mon_port" || fail "Port $mon_port is taken; try again."
    configure

    quietly monmaptool --conf "$conf" --create --fsid "$(sed -n 's/^fsid = //p' "$conf")" \
        --addv a "[v2:127.0.0.1:$mon_port]" "$state/monmap"
    quietly ceph-mon --conf "$conf" --id a --mkfs --monmap "$state/monmap"
    launch mon ceph-mon --id a
    wait_until listen mon answers "$mon_port"
    osd=$(cat /proc/sys/kernel/random/uuid)
    quietly ceph_says osd new "$osd"
    quietly ceph-osd --conf "$conf" --id 0 --mkfs --osd-uuid "$osd"
    launch osd ceph-osd --id 0
    wait_until 'be up' osd osd_is_up
    quietly radosgw-admin --conf "$conf" user create --uid=tests --display-name=tests \
        --access-key="$access_key" --secret="$secret_key"
    launch gateway radosgw --name client.rgw.a
    wait_until answer gateway answers "$port"
    wait_until 'make a bucket' gateway s3 PUT ''
    wait_until 'store and serve' gateway stores_and_serves
    cat >"$directory/s3.env" <<END
S3_ENDPOINT=http://127.0.0.1:$port
S3_ACCESS_KEY=$access_key
S3_SECRET_KEY=$secret_key
S3_BUCKET=$bucket
S3_REGION=us-east-1
END
}

stop() {
    local name
    for name in gateway osd mon; do
        # Nothing of it is to be kept.
        if is_ours "$state/$name.pid"; then
            kill -KILL "$(cat "$state/$name.pid")" || true
        fi
    done
    rm -rf "$state" "$directory/s3.env"
}

[ $# -eq 2 ] || usage
mkdir -p "$2"
directory=$(cd "$2" && pwd)
state=$directory/ceph
conf=$state/ceph.conf
case $1 in
    start) start ;;
    stop) stop ;;
    *) usage ;;
esac
