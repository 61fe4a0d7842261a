#!/bin/sh
# Starts a Redis server. Whose replica it is, is said at its first start; later Sentinel decides, and Redis writes it down here.
set -eu
cd "${DATA:-/data}"
if [ ! -s redis.conf ]; then
  umask 077
  {
    printf 'port %s\n' "${PORT:-6379}"
    printf 'appendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\n'
    printf 'requirepass %s\nmasterauth %s\n' "$REDIS_PASSWORD" "$REDIS_PASSWORD"
    if [ -n "${REPLICA_OF:-}" ]; then printf 'replicaof %s %s\n' "$REPLICA_OF" "${PRIMARY_PORT:-6379}"; fi
  } >redis.conf
fi
exec redis-server ./redis.conf
