#!/bin/sh
# Starts a Sentinel. Which server takes writes, is said at its first start; later the Sentinels agree, and write it down here.
set -eu
cd "${DATA:-/data}"
if [ ! -s sentinel.conf ]; then
  umask 077
  {
    printf 'port %s\n' "${PORT:-26379}"
    printf 'sentinel monitor doorward %s %s 2\n' "$PRIMARY" "${PRIMARY_PORT:-6379}"
    printf 'sentinel auth-pass doorward %s\n' "$REDIS_PASSWORD"
    printf 'sentinel down-after-milliseconds doorward 3000\n'
    printf 'sentinel failover-timeout doorward 10000\n'
    printf 'sentinel parallel-syncs doorward 1\n'
  } >sentinel.conf
fi
exec redis-server ./sentinel.conf --sentinel
