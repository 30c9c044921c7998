#!/usr/bin/env bash
# Starts a throw-away Ceph Object Gateway (one monitor, one storage daemon in memory, one gateway) for the checks that
# moto's server cannot answer honestly, runs a command against it and stops it. Not a part of the normal test run.
#
#   bash tests/radosgw.sh COMMAND…
#
# The command finds the address in GRIFFIE_TEST_S3 and AWS_ENDPOINT_URL_S3, credentials in AWS_…, and the buckets `plain`
# and `locked` (with Object Lock). So the whole suite of the stores, and the probe, run against it:
#
#   bash tests/radosgw.sh cargo test --lib another_s3_server -- --ignored
#   bash tests/radosgw.sh bash tests/probe.sh target/debug/griffie
#
# Needs Debian's packages (apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common) and what
# tests/setup.sh installs.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }

work=$(mktemp -d)
port=${RADOSGW_PORT:-7480}
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf -- "$work"
}
trap stop EXIT

fsid=$(cat /proc/sys/kernel/random/uuid)
export CEPH_CONF=$work/ceph.conf
cat >"$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon_initial_members = a
mon_host = [v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]
keyring = $work/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 2147483648
osd_data = $work/osd
mon_data = $work/mon
mon_allow_pool_size_one = true
mon_data_avail_crit = 1
mon_warn_on_pool_no_redundancy = false
run_dir = $work
admin_socket = $work/\$name.asok
log_file = $work/\$name.log
pid_file =
rgw_data = $work/rgw
rgw_frontends = beast endpoint=127.0.0.1:$port
rgw_crypt_require_ssl = false
rgw_cache_enabled = true
CONF

mkdir "$work/mon" "$work/osd" "$work/rgw"
key() { ceph-authtool "$work/keyring" --gen-key "$@" >>"$work/setup.log"; }
ceph-authtool --create-keyring "$work/keyring" >"$work/setup.log"
key -n mon. --cap mon 'allow *'
key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
key -n client.rgw --cap mon 'allow rwx' --cap osd 'allow rwx'
key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]" "$work/monmap" >>"$work/setup.log"
ceph-mon --mkfs -i a --monmap "$work/monmap" --keyring "$work/keyring" >>"$work/setup.log" 2>&1
ceph-mon -f -i a >"$work/mon.out" 2>&1 &
pids+=($!)
osd_uuid=$(cat /proc/sys/kernel/random/uuid)
timeout 60 ceph osd new "$osd_uuid" 0 >>"$work/setup.log" 2>&1
ceph-osd -i 0 --mkfs --osd-uuid "$osd_uuid" >>"$work/setup.log" 2>&1
ceph-osd -f -i 0 >"$work/osd.out" 2>&1 &
pids+=($!)
radosgw -f -n client.rgw >"$work/rgw.out" 2>&1 &
pids+=($!)

export AWS_ACCESS_KEY_ID=griffie AWS_SECRET_ACCESS_KEY=griffie-secret AWS_REGION=default
timeout 120 radosgw-admin -n client.rgw user create --uid griffie --display-name griffie \
  --access-key "$AWS_ACCESS_KEY_ID" --secret "$AWS_SECRET_ACCESS_KEY" >>"$work/setup.log" 2>&1 || {
  tail -n 20 "$work"/*.out "$work/setup.log" >&2
  exit 1
}
up=no
for _ in $(seq 120); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then up=yes; break; fi
  sleep 0.5
done
[ "$up" = yes ] || { tail -n 20 "$work/rgw.out" >&2; exit 1; }

export GRIFFIE_TEST_S3=http://127.0.0.1:$port AWS_ENDPOINT_URL_S3=http://127.0.0.1:$port
"${XDG_CACHE_HOME:-$HOME/.cache}/griffie/moto-5.2.5/bin/python" - <<'PY'
import os
import boto3

s3 = boto3.client("s3", endpoint_url=os.environ["GRIFFIE_TEST_S3"], region_name=os.environ["AWS_REGION"])
s3.create_bucket(Bucket="plain")
s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
PY
"$@"
